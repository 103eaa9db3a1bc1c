import threading

import pytest

import web.live_contacts
from models.errors import ConflictError, InputError, NotFoundError
from models.records import Transcript, Turn
from web.live_contacts import Arrival


def hear(workspace, contact, *texts, agent="Ana", client="Acme", id=None, is_final=True):
    arrivals = [Arrival(Turn("customer", text, id=id), is_final=is_final) for text in texts]
    heard = workspace.live.hear(client, contact, arrivals, agent=agent)
    return heard.accepted, heard.replaced, heard.ignored


def test_one_id_may_live_at_two_clients(workspace):
    hear(workspace, "c1", "For Acme.")
    hear(workspace, "c1", "For Beta.", client="Beta")
    assert workspace.live.find("Acme", "c1").transcript.turns[0].text == "For Acme."
    assert workspace.live.find("Beta", "c1").transcript.turns[0].text == "For Beta."


def test_somebody_elses_and_missing_are_the_same(workspace):
    hear(workspace, "c1", "One.")
    words = set()
    for client, contact, agent in (("Acme", "c1", "Bob"), ("Acme", "none", "Bob"), ("Beta", "c1", "Ana")):
        with pytest.raises(NotFoundError) as raised:
            workspace.live.find(client, contact, agent=agent)
        words.add(str(raised.value))
    assert len(words) == 1
    with pytest.raises(ConflictError):
        hear(workspace, "c1", "Two.", agent="Bob")


def test_ended_is_ended(workspace):
    hear(workspace, "c1", "One.")
    first = workspace.close("Acme", "c1", agent="Ana")
    assert workspace.close("Acme", "c1", agent="Ana") is first
    with pytest.raises(ConflictError):
        hear(workspace, "c1", "Two.")
    assert workspace.live.find("Acme", "c1").ended
    stored = [t.id for t in workspace.transcripts("Acme")]
    assert "c1" in stored


def test_partials_without_an_id_are_refused_whole(workspace):
    with pytest.raises(InputError):
        hear(workspace, "c1", "One.", is_final=False)
    with pytest.raises(NotFoundError):
        workspace.live.find("Acme", "c1")


def test_what_leaves_the_memory_is_found_again_in_the_store(workspace, monkeypatch):
    monkeypatch.setattr(web.live_contacts, "_MOST_LIVE", 2)
    for number in range(4):
        hear(workspace, f"c{number}", f"Turn {number}.")
    assert len(workspace.live._live) == 2
    assert workspace.live.find("Acme", "c0").transcript.turns[0].text == "Turn 0."
    hear(workspace, "c0", "And more.")
    assert len(workspace.live.find("Acme", "c0").transcript.turns) == 2


def test_no_turn_is_lost_or_counted_twice_when_many_speak_at_once(workspace):
    totals = []

    def post(number):
        totals.append(hear(workspace, "busy", f"Turn {number}.", f"Turn {number} again."))

    threads = [threading.Thread(target=post, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transcript = workspace.live.find("Acme", "busy").transcript
    assert isinstance(transcript, Transcript)
    assert len(transcript.turns) == sum(accepted for accepted, _, _ in totals) == 24


def test_listeners_get_whole_views(workspace):
    seen = []
    workspace.live.listeners.append(seen.append)
    hear(workspace, "c1", "One.")
    hear(workspace, "c1", "Two.")
    workspace.close("Acme", "c1", agent="Ana")
    assert [(len(view.transcript.turns), view.ended) for view in seen] == [(1, False), (2, False), (2, True)]


def test_the_cards_that_were_shown_are_kept_with_the_contact_and_clicks_are_not(tmp_path):
    from pathlib import Path

    from models.encoders import HashingEncoder
    from models.records import ShownCards
    from web.reporting import uses_of_cards
    from web.workspace import Workspace

    workspace = Workspace(tmp_path, encoder=HashingEncoder())
    examples = Path(__file__).parent.parent.parent.parent / "examples"
    workspace.ingest("lumenor", examples / "lumenor")
    shown = workspace.hear(
        "lumenor", "c1", [Turn("customer", "How much is the late fee?", id="1")], agent="Ana"
    )
    assert shown
    workspace.feedback("lumenor", "c1", shown[0].id, "dismissed", agent="Ana")
    fact = shown[0].facts[0]
    workspace.hear("lumenor", "c1", [Turn("agent", fact, id="2")], agent="Ana")
    workspace.close("lumenor", "c1", agent="Ana")
    store = workspace.knowledge_base("lumenor").store
    kept = store.get("lumenor", ShownCards, "c1")
    assert [card.suggestion for card in kept.cards] == [one.id for one in shown]
    assert "dismissed" not in str(kept)
    first = uses_of_cards(workspace, "lumenor", store.get("lumenor", Transcript, "c1"))[0]
    assert first.use in ("read out", "own words")
    assert first.span.turn == 1
