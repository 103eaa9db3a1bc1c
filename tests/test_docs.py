"""Docs that cannot rot: generated pages are current, links lead somewhere, shown code runs."""

import doctest
import json
import re
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ROOMS = ("models", "storage", "knowledge_base", "copilot", "qa", "web")
SHOWN = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)
BUILD = runpy.run_path(str(ROOT / "docs" / "build.py"))


@pytest.mark.parametrize("page", BUILD["PAGES"])
def test_generated_pages_are_current(page):
    assert (ROOT / "docs" / "reference" / page).read_text("utf-8") == BUILD["PAGES"][page](), (
        "run python docs/build.py"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{target} is not there"


def test_every_page_is_reached_from_the_index():
    docs = ROOT / "docs"
    linked = re.findall(r"\]\(([^)#]+)", (docs / "README.md").read_text("utf-8"))
    reached = {(docs / target).resolve() for target in linked}
    rooms = ("tutorials", "how-to", "explanation", "reference", "templates")
    assert {path.resolve() for room in rooms for path in (docs / room).glob("*.md")} <= reached


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_shown_exist(page):
    import typer

    import app

    commands = typer.main.get_command(app.cli).commands
    for block in re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL):
        for name, options in re.findall(r"unscripted ([a-z-]+)([^#\n&]*)", block):
            assert name in commands, name
            known = {
                option
                for parameter in commands[name].params
                for option in (*parameter.opts, *parameter.secondary_opts)
            }
            assert set(re.findall(r"--[a-z-]+", options)) <= known, options


@pytest.mark.weights
def test_shown_python_runs():
    """Each page as a program of its own; all in one process, which loads the models once."""
    pages = {}
    for page in PAGES:
        blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), flags=re.DOTALL)
        if blocks:
            pages[str(page.relative_to(ROOT))] = "\n".join(blocks)
    code = """
import json, sys
for page, code in json.load(sys.stdin).items():
    print(page, file=sys.stderr)
    exec(compile(code, page, "exec"), {"__name__": "__main__"})
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert set(pages) <= set(run.stderr.splitlines())


@pytest.mark.parametrize("module", SHOWN)
def test_examples_in_docstrings_hold(module):
    outcome = doctest.testmod(import_module(module))
    assert outcome.attempted
    assert not outcome.failed


def test_shown_scorecards_and_profiles_are_read(tmp_path):
    from knowledge_base.client_file import read_profile
    from qa.scorecards import Scorecard

    (card,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/how-to/write-a-scorecard.md").read_text("utf-8"), flags=re.DOTALL
    )
    assert len(Scorecard.parse(card).criteria) == 5
    (profile,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/how-to/bring-a-client.md").read_text("utf-8"), flags=re.DOTALL
    )
    (tmp_path / "client.yaml").write_text(profile, "utf-8")
    read, warnings = read_profile(tmp_path / "client.yaml", "acme")
    assert read.competitors == ("Globex", "Spark")
    assert not warnings


def test_the_rule_that_is_shown_holds_on_its_own_sentences():
    import yaml

    from models.readings import read
    from models.records import Transcript, Turn
    from qa.detectors.rules import RuleDetector, _read

    page = (ROOT / "docs/how-to/add-a-rule.md").read_text("utf-8")
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    home = (ROOT / "qa/detectors/rules/tone_dismissive.yaml").read_text("utf-8")
    rules = _read("tone_dismissive.yaml", yaml.safe_load(home.rstrip("\n") + "\n" + shown))
    (rule,) = [rule for rule in rules if rule.id == "tone.dismissive.not-today"]
    assert len(rules) > 1
    detector = RuleDetector([rule])
    for sentences, wanted in ((rule.yes, 1), (rule.no, 0)):
        assert len(sentences) >= 3
        for sentence in sentences:
            turns = (Turn("agent", sentence.say),)
            ((*found,),) = detector.detect(read([Transcript("t", "c", turns)]))
            assert len(found) == wanted, sentence.say
    for command in re.findall(r"python -m pytest [^\n]*?(tests/\S+)", page):
        assert (ROOT / command).exists()
    assert (ROOT / "benchmarks/detectors.py").exists()


WALK = runpy.run_path(str(ROOT / "docs" / "walk.py"))


@pytest.mark.weights
@pytest.mark.parametrize("page", WALK["PAGES"])
def test_walk_throughs_print_what_they_show(page):
    without_times = WALK["without_times"]
    shown = (ROOT / page).read_text("utf-8")
    assert without_times(WALK["walked"](page)) == without_times(shown), "run python docs/walk.py --write"
