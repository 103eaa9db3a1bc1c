"""P30: the tests notice a fault that was put in on purpose.

A copy of the tree gets one fault at a time; the tests that ought to notice it are run there, in processes of
their own. By itself: `python -m tests.evidence.teeth` tries all of them, with words of their names only those.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from random import Random
from tempfile import TemporaryDirectory

from tests.evidence import Outcome
from tests.evidence.faults import FAULTS, Fault

TREE = Path(__file__).parents[2]
_FAILED = 1
"""What pytest ends with when tests failed, and nothing else went wrong."""
_PATIENCE_S = 900
_TOGETHER = 3
"""Faults at a time, each in a copy of its own."""
_CACHES = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info")
_NOT_OURS = {"data", "dist", "build"}
"""Folders beside the rooms that working in the tree leaves there."""


def run(n: int, seed: int, folder: Path, *, tell: Callable[[str], object] | None = None) -> Outcome:
    """Put in `n` faults, one after the other; all of them when there are not so many.

    Args:
        n: Faults.
        seed: Decides which.
        folder: For the copy; empty.
        tell: Is told of each as it comes.
    """
    return held_against(Random(seed).sample(FAULTS, min(n, len(FAULTS))), folder, tell=tell)


def held_against(
    faults: Sequence[Fault], folder: Path, *, tell: Callable[[str], object] | None = None
) -> Outcome:
    """Whether these faults are noticed. First the tests must pass without any."""
    trees: Queue[Path] = Queue()
    for number in range(min(_TOGETHER, len(faults))):
        shutil.copytree(TREE, folder / f"{number}" / "tree", ignore=_not_copied)
        trees.put(folder / f"{number}" / "tree")

    def one(fault: Fault) -> tuple[bool, str]:
        tree = trees.get()
        try:
            noticed, said = _held_against(fault, tree, broken)
        finally:
            trees.put(tree)
        if tell is not None:
            tell(f"{'noticed' if noticed else 'MISSED'}  {said}")
        return noticed, said

    with ThreadPoolExecutor(max(1, trees.qsize())) as together:
        broken = _broken(trees, faults, together)
        found = list(together.map(one, faults))
    missed = tuple(said for noticed, said in found if not noticed)
    return Outcome(len(faults), len(faults), missed, tuple(said for noticed, said in found if noticed))


def _held_against(fault: Fault, tree: Path, broken: Sequence[str]) -> tuple[bool, str]:
    """Whether a fault is noticed, and by what. The tree is as it was again."""
    if found := [test for test in broken if test.startswith(fault.tests)]:
        return False, f"{fault.name}: not tried, {found[0]} fails without it"
    before = fault.put_in(tree)
    try:
        ended, said = _tests(tree, fault.tests)
    finally:
        (tree / fault.file).write_text(before, "utf-8")
    if ended == _FAILED:
        return True, f"{fault.name}: {said}"
    return False, f"{fault.name}: not noticed by {', '.join(fault.tests)} ({said})"


def _broken(trees: Queue[Path], faults: Sequence[Fault], together: ThreadPoolExecutor) -> list[str]:
    """Tests that fail without any fault; a fault that they ought to notice proves nothing."""
    tests = sorted({test for fault in faults for test in fault.tests})
    count = max(1, trees.qsize())

    def some(asked: Sequence[str]) -> list[str]:
        tree = trees.get()
        try:
            done = _pytest(tree, asked)
        finally:
            trees.put(tree)
        failed: list[str] = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        if done.returncode not in (0, _FAILED) or (done.returncode and not failed):
            raise RuntimeError(f"pytest ended with {done.returncode} without a fault")
        return failed

    parts = [tests[first::count] for first in range(count) if tests[first::count]]
    return [test for failed in together.map(some, parts) for test in failed]


def _not_copied(folder: str, names: list[str]) -> set[str]:
    return {*_CACHES(folder, names), *(_NOT_OURS if Path(folder) == TREE else ())}


def _tests(tree: Path, tests: Sequence[str]) -> tuple[int, str]:
    """How pytest ended, and the first test that failed or how many passed."""
    try:
        done = _pytest(tree, ["-x", *tests])
    except subprocess.TimeoutExpired:
        return -1, f"no end within {_PATIENCE_S} s"
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    last = done.stdout.strip().rpartition("\n")[2]
    return done.returncode, failed[1] if failed else last or f"pytest ended with {done.returncode}"


def _pytest(tree: Path, asked: Sequence[str]) -> subprocess.CompletedProcess[str]:
    plain = ["-q", "-rfE", "--tb=no", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", "0"]
    # The copy comes before the tree that may be installed. What is compiled stays in the copy: a fault changes
    # a file's time, by more than the second that Python tells apart.
    settings = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plain, *asked],
        cwd=tree,
        env=settings,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )


def _command(words: Sequence[str]) -> int:
    wanted = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    with TemporaryDirectory() as folder:
        outcome = held_against(wanted, Path(folder), tell=lambda line: print(line, flush=True))
    print(f"{outcome.tried - len(outcome.failures)} of {outcome.tried} faults were noticed")
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(_command(sys.argv[1:]))
