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


def test_notes_on_a_colleagues_part_are_the_colleagues(workspace):
    from datetime import UTC, datetime

    from models.records import Evaluation, Transcript, Turn
    from models.records.coaching import CoachingNote

    said = [
        Turn("agent", "Hello, this is Ana, how can I help you today?", participant="Ana"),
        Turn("customer", "My order is late."),
        Turn("agent", "Bo here, I have your order on the screen now.", participant="Bo"),
    ]
    workspace.add_transcripts(
        "Acme", [Transcript(id="passed-on", client="Acme", agent="Ana", turns=tuple(said))]
    )
    store = workspace.knowledge_base("Acme").store
    desk.score(workspace, "Acme", store.get("Acme", Transcript, "passed-on"), keep=True)
    for turn, text in ((0, "For Ana."), (2, "For Bo.")):
        store.put("Acme", CoachingNote("passed-on", turn, text, "Lea", datetime.now(UTC)))
    notes = {}
    for one in store.find("Acme", Evaluation):
        if one.transcript == "passed-on":
            desk.review(workspace, "Acme", one.id, [], who="Lea")
            reader = Reader(workspace, Principal(one.agent, "agent", "Acme"))
            notes[one.agent] = own_scores.opened(reader, {"evaluation": one.id})["notes"]
    assert notes == {"Ana": ["For Ana."], "Bo": ["For Bo."]}
