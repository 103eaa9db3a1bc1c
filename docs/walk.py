"""Do what a page shows: `python docs/walk.py [--write]`.

Every line of a ```console block that begins with `$ unscripted` is run, in order, in a new data folder and a
copy of the examples; the page as it should be has the real output below each. `--write` puts that in place.
A test holds the pages up to date; times of the day and dates may differ.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ("docs/tutorials/qa-lead.md",)
WIDTH = "100"
sys.path.insert(0, str(ROOT))


def walked(page: str) -> str:
    """The page with the output that its commands print now."""
    text = (ROOT / page).read_text("utf-8")
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(ROOT / "examples", Path(name) / "examples")
        os.chdir(name)
        try:
            return re.sub(r"```console\n(.*?)```", lambda block: f"```console\n{_run(block[1])}```", text, flags=re.DOTALL)
        finally:
            os.chdir(home)


def without_times(text: str) -> str:
    """The text with dates and times of the day taken out."""
    text = re.sub(r"\d{4}-\d{2}-\d{2}", "DAY", text)
    return re.sub(r"\d{2}:\d{2}(?= UTC|\b)", "TIME", text)


def _run(block: str) -> str:
    from typer.testing import CliRunner

    from app import cli
    from models.errors import UnscriptedError

    written = []
    for line in block.splitlines():
        if not line.startswith("$ unscripted "):
            continue
        words = shlex.split(line.removeprefix("$ unscripted "))
        environment = {"UNSCRIPTED_DATA": str(Path("data").absolute()), "COLUMNS": WIDTH, "TERM": "dumb"}
        result = CliRunner().invoke(cli, words, env=environment)
        if result.exit_code == 2:
            raise SystemExit(f"not a command: {line}\n{result.stderr}")
        printed = result.stdout.replace(str(Path.cwd()) + "/", "")
        if isinstance(result.exception, UnscriptedError):
            printed += f"error: {result.exception}\n"
        elif result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        lines = [shown.rstrip() for shown in printed.splitlines()]
        written += [line, *(shown for shown in lines if shown), ""]
    return "\n".join(written).rstrip() + "\n"


if __name__ == "__main__":
    for one in PAGES:
        fresh = walked(one)
        if "--write" in sys.argv:
            (ROOT / one).write_text(fresh, "utf-8")
        elif without_times(fresh) != without_times((ROOT / one).read_text("utf-8")):
            sys.exit(f"{one}: run python docs/walk.py --write")
