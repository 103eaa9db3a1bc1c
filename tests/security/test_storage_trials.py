"""Trials of what is kept, read and called (P10, P13-P16, P22-P25, P27), small; and each notices its fault."""

from contextlib import nullcontext

import pytest

from knowledge_base import index, indexing
from qa.detectors import rules as engine
from storage import panel_use, restore
from tests.evidence import (
    backup,
    batch,
    erasure,
    index_damage,
    index_swap,
    ingest,
    kills,
    missing_parts,
    rules,
    ssrf,
    uploads,
)
from web import addresses

SMALL = {
    kills: 4,
    index_swap: 6,
    index_damage: 24,
    ingest: 5,
    rules: 6,
    ssrf: 33,
    uploads: 5,
    erasure: 2,
    backup: 2,
}


@pytest.mark.parametrize("trial", SMALL, ids=lambda one: one.__name__.rpartition(".")[2])
def test_the_promise_holds(trial, tmp_path):
    outcome = trial.run(SMALL[trial], 1, tmp_path)
    assert outcome.failures == ()
    assert outcome.tried >= SMALL[trial]


@pytest.mark.parametrize(
    ("trial", "n", "fault"),
    [
        (kills, 3, {"forgetful": True}),
        (index_damage, 12, {"trusting": True}),
        (ssrf, 11, {"unguarded": True}),
        (backup, 2, {"unchecked": True}),
        pytest.param(ingest, 6, {"forgetting": False}, marks=pytest.mark.nightly),
        pytest.param(rules, 3, {"most_hits": 10**9}, marks=pytest.mark.nightly),
        pytest.param(erasure, 2, {"deleting": True}, marks=pytest.mark.nightly),
        pytest.param(uploads, 3, {"most_mb": 20}, marks=pytest.mark.nightly),
    ],
    ids=lambda one: getattr(one, "__name__", "").rpartition(".")[2],
)
def test_a_fault_is_noticed(trial, n, fault, tmp_path, monkeypatch):
    # Put back afterwards, whatever the trial puts there.
    monkeypatch.setattr(index.FaissIndex, "load", index.FaissIndex.__dict__["load"])
    monkeypatch.setattr(addresses, "may_call", addresses.may_call)
    monkeypatch.setattr(restore, "check_backup", restore.check_backup)
    monkeypatch.setattr(engine, "_MOST_HITS", engine._MOST_HITS)
    monkeypatch.setattr(engine, "_MOST_OF_CLIENT", engine._MOST_OF_CLIENT)
    assert trial.run(n, 1, tmp_path, **fault).failures


@pytest.mark.slow
def test_the_panel_goes_on_without_its_parts(tmp_path, monkeypatch):
    outcome = missing_parts.run(len(missing_parts.PARTS), 1, tmp_path / "whole")
    assert outcome.failures == ()
    assert outcome.tried == len(missing_parts.PARTS)
    # Where a search breaks with its encoder, or a refused note breaks the turn, it is noticed.
    monkeypatch.setattr(missing_parts, "PARTS", ("encoder",))
    monkeypatch.setattr(indexing, "try_queries", lambda *_, **__: 1 / 0)
    assert missing_parts.run(1, 1, tmp_path / "encoder").failures
    monkeypatch.setattr(missing_parts, "PARTS", ("disk",))
    monkeypatch.setattr(panel_use, "refusals", nullcontext)
    assert missing_parts.run(3, 1, tmp_path / "disk").failures


@pytest.mark.nightly
def test_a_batch_that_is_killed(tmp_path):
    outcome = batch.run(90, 1, tmp_path)
    assert outcome.failures == ()
    assert outcome.faults > 1
