"""The reranker of a workspace: searches that are typed, and how its failure is told."""

import pytest

from models.encoders import HashingEncoder
from models.records import Document, Turn
from web.api_health import Readiness
from web.workspace import Workspace

PLACES = "shop street airport harbour station market".split()
QUESTION = "How long does a refund take?"


class LastFirst:
    name = "last@1"
    broken = False

    def rate(self, query, passages):
        if self.broken:
            raise ZeroDivisionError(query)
        return [float(place == len(passages) - 1) for place in range(len(passages))]


class NoKeys:
    def list(self):
        return []


@pytest.fixture
def workspaces(tmp_path):
    made = [
        Workspace(tmp_path / name, encoder=HashingEncoder(), reranker=reranker)
        for name, reranker in (("plain", None), ("rated", LastFirst()))
    ]
    for one in made:
        one.knowledge_base("acme", create=True).add(
            Document(place, f"# Refunds\n\nHow long a refund takes at the {' '.join(PLACES[:at])} {place}.")
            for at, place in enumerate(PLACES)
        )
    return made


def test_searches_are_reranked_and_cards_are_not(workspaces):
    plain, rated = workspaces
    before, after = (one.search("acme", QUESTION, limit=6) for one in workspaces)
    assert after[0].passage == before[-1].passage
    cards = [one.suggest("acme", [Turn("customer", QUESTION)]) for one in (plain, rated)]
    assert cards[0]
    assert [card.sources for card in cards[0]] == [card.sources for card in cards[1]]


def test_health_says_that_it_failed(workspaces, monkeypatch):
    plain, rated = workspaces
    reason = "the reranker of searches failed"
    assert reason not in Readiness(rated, NoKeys()).look()["reasons"]
    monkeypatch.setattr(LastFirst, "broken", True)
    found = [[hit.passage.document for hit in one.search("acme", QUESTION)] for one in workspaces]
    assert found[0] == found[1]
    assert reason in Readiness(rated, NoKeys()).look()["reasons"]
    assert reason not in Readiness(plain, NoKeys()).look()["reasons"]
