"""Importing every room loads the standard library and the rooms, and nothing else.

That is what keeps it cheap: `benchmarks/imports.py` says how much it costs.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("models", "storage", "knowledge_base", "copilot", "qa", "web")
INSIDE = (
    "copilot.session, knowledge_base.disclosures, models.encoders, models.redaction, qa.analyser, qa.batch, "
    "qa.detectors, qa.readers, qa.scorecards, storage.sqlite, web.workspace"
)

FOREIGN = """
import sys
before = set(sys.modules)
import {modules}
import sys
own = {{"app", *{rooms!r}}}
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(tops - own - sys.stdlib_module_names))
"""


def foreign(modules: str) -> list[str]:
    """The packages from elsewhere that importing these loads, in a fresh process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = FOREIGN.format(modules=modules, rooms=ROOMS)
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


@pytest.mark.parametrize("modules", [*ROOMS, INSIDE, f"{INSIDE}, {', '.join(ROOMS)}"])
def test_importing_a_room_loads_nothing_from_elsewhere(modules):
    assert foreign(modules) == []


def test_the_command_line_loads_only_what_reads_options():
    assert set(foreign("app")) <= {"typer", "click", "shellingham", "typing_extensions", "annotated_doc"}


def test_a_package_from_elsewhere_would_be_seen():
    assert "numpy" in foreign("numpy")


def test_splitting_sentences_leaves_torch_alone():
    """spaCy would take it along: seconds of every command, and memory of every worker."""
    loaded = foreign("models.sentences; models.sentences.split_sentences('Hello there. And you?')")
    assert "spacy" in loaded
    assert "torch" not in loaded
