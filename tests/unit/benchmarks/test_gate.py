"""The gate notices what became worse, and only that."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GATE = ROOT / "benchmarks" / "gate.py"
BASELINE = json.loads((ROOT / "benchmarks" / "baseline.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def gate():
    before = list(sys.path)
    spec = importlib.util.spec_from_file_location("gate", GATE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


@pytest.mark.parametrize("name", BASELINE)
def test_each_figure_may_move_by_its_tolerance_and_no_further(gate, name, capsys):
    wanted = BASELINE[name]
    worse = -1 if wanted["better"] == "higher" else 1
    at_the_edge = wanted["value"] + worse * wanted["tolerance"]

    assert gate.compare({name: at_the_edge}, BASELINE)
    assert gate.compare({name: wanted["value"] - worse}, BASELINE)
    assert not gate.compare({name: at_the_edge + worse * 0.01}, BASELINE)
    assert "WORSE" in capsys.readouterr().out


def test_a_figure_that_is_new_does_not_fail_and_is_named(gate, capsys):
    assert gate.compare({"new": 1.0}, BASELINE)
    assert "--update" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(("moved", "code"), [(0.0, 0), (-0.3, 0), (0.3, 1)])
def test_the_command_ends_with_one_when_the_baseline_was_better(tmp_path, moved, code):
    name = "made: the right document among five"
    doctored = tmp_path / "baseline.json"
    doctored.write_text(
        json.dumps({name: {**BASELINE[name], "value": BASELINE[name]["value"] + moved}}), "utf-8"
    )

    run = subprocess.run(
        [sys.executable, GATE, "--skip-speed", "--baseline", doctored],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == code, run.stderr
