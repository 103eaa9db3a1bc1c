"""An agent's own scores: confirmed ones of theirs alone, and another's look like none."""

from dataclasses import replace

import pytest

from models.errors import NotFoundError
from storage.access import Principal
from tests.unit.web.test_qa_views import scored
from web import desk, own_scores
from web.reader import Reader


@pytest.fixture
def ana(workspace):
    scored(workspace, "Ana", "Bo", "Ana")
    for number in (0, 1):
        desk.review(workspace, "Acme", f"c-{number}:short", [], who="Lea")
    return Reader(workspace, Principal("Ana", "agent", "Acme"))


def test_only_confirmed_scores_of_ones_own_are_listed(ana):
    assert [one["contact"] for one in own_scores.listed(ana, {})["scores"]] == ["c-0"]
    bo = replace(ana, principal=Principal("Bo", "agent", "Acme"))
    assert [one["contact"] for one in own_scores.listed(bo, {})["scores"]] == ["c-1"]
    at_beta = replace(ana, principal=Principal("Ana", "agent", "Beta"))
    assert own_scores.listed(at_beta, {})["scores"] == []


def test_anothers_and_a_draft_look_like_none(ana):
    assert own_scores.opened(ana, {"evaluation": "c-0:short"})["percent"] == 100
    said = set()
    for evaluation in ("c-1:short", "c-2:short", "c-9:short"):
        for function in (own_scores.opened, own_scores.acknowledge, own_scores.dispute):
            with pytest.raises(NotFoundError) as problem:
                function(ana, {"evaluation": evaluation, "criterion": "rude", "reason": "It was not so."})
            said.add(str(problem.value).replace(evaluation, "…"))
    assert len(said) == 1
