import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import web.live_contacts
from models.errors import ConflictError, InputError, NotFoundError
from models.records import Transcript, Turn, WrapUp
from models.records.events import LiveContact, LiveEvent
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


def again(workspace):
    """The same data folder in a process that has just begun."""
    from models.encoders import HashingEncoder
    from web.workspace import Workspace

    return Workspace(workspace.folder, encoder=HashingEncoder())


def test_a_restart_loses_nothing_and_searches_nothing_anew(workspace):
    turns = [
        Turn("customer", "How long does a refund take?", id="1", start_s=4.0),
        Turn("agent", "Hello.", id="2", start_s=1.0),
    ]
    (card, *_) = workspace.live.hear(
        "Acme", "c1", [Arrival(turn) for turn in turns[:1]], agent="Ana"
    ).suggestions
    workspace.live.hear(
        "Acme", "c1", [Arrival(turns[1]), Arrival(Turn("customer", "and", id="3"), is_final=False)]
    )
    before = workspace.live.find("Acme", "c1")
    assert [turn.id for turn in before.transcript.turns] == ["2", "1"]
    started = again(workspace)
    after = started.live.find("Acme", "c1", agent="Ana")
    # A partial is a promise of its final; it is not kept.
    assert after == replace(before, partials=())
    assert [one.transcript.id for one in started.live.views("Acme")] == ["c1"]
    heard = started.live.hear("Acme", "c1", [Arrival(turn) for turn in turns])
    assert (heard.accepted, heard.replaced, heard.ignored) == (0, 0, 2)
    started.live.feedback("Acme", "c1", card.id, "dismissed", agent="Ana")
    assert card.id not in [one.id for one in again(workspace).live.find("Acme", "c1").cards]


@pytest.mark.parametrize("step", ["put_all", "delete_all", "delete"])
def test_an_end_that_breaks_off_is_finished_later(workspace, monkeypatch, step):
    hear(workspace, "c1", "One.", id="1")
    store = workspace.knowledge_base("Acme").store

    def broken(*_, **__):
        raise OSError("power cut")

    with monkeypatch.context() as cut:
        cut.setattr(workspace.live._store, step, broken)
        with pytest.raises(OSError, match="power"):
            workspace.live.end("Acme", "c1", agent="Ana")
    started = again(workspace)
    if step != "put_all":
        with pytest.raises(ConflictError):
            hear(started, "c1", "Two.", id="2")
        with pytest.raises(NotFoundError):
            started.live.find("Acme", "c1")
    assert [line.heading for line in started.live.end("Acme", "c1", agent="Ana").lines] == []
    assert [one.id for one in store.find("Acme", Transcript)].count("c1") == 1
    assert len(store.find("Acme", WrapUp)) == 1
    assert store.find("Acme", LiveContact) == store.find("Acme", LiveEvent) == []


def test_what_cannot_be_stored_is_not_acknowledged(workspace, monkeypatch):
    hear(workspace, "c1", "One.", id="1")

    def full(*_, **__):
        raise OSError("disk full")

    with monkeypatch.context() as cut:
        cut.setattr(workspace.live._store, "put_all", full)
        with pytest.raises(OSError, match="full"):
            hear(workspace, "c1", "Two.", id="2")
    assert len(workspace.live.find("Acme", "c1").transcript.turns) == 1
    assert hear(workspace, "c1", "Two.", id="2") == (1, 0, 0)
    assert len(again(workspace).live.find("Acme", "c1").transcript.turns) == 2


def test_another_process_that_hears_the_same_contact_is_seen(workspace):
    other = again(workspace)
    hear(workspace, "c1", "One.", id="1")
    hear(other, "c1", "Two.", id="2")
    hear(workspace, "c1", "Three.", id="3")
    assert [turn.text for turn in workspace.live.find("Acme", "c1").transcript.turns] == [
        "One.",
        "Two.",
        "Three.",
    ]
    other.live.end("Acme", "c1")
    with pytest.raises(ConflictError):
        hear(workspace, "c1", "Four.", id="4")


def test_words_of_events_are_masked_on_disk(workspace):
    hear(workspace, "c1", "My card is 4111 1111 1111 1111.", id="1")
    (event,) = workspace.knowledge_base("Acme").store.find("Acme", LiveEvent)
    assert event.turn.text == "My card is [CARD ****1111]."


def test_what_nobody_ends_is_ended_and_kept(workspace):
    from web.abandoned import close_abandoned

    hear(workspace, "c1", "One.", id="1")
    now = datetime.now(UTC)
    assert close_abandoned(workspace, now=now + timedelta(hours=11)) == 0
    assert close_abandoned(again(workspace), now=now + timedelta(hours=13)) == 1
    assert "c1" in [one.id for one in workspace.transcripts("Acme")]
    assert close_abandoned(again(workspace), now=now + timedelta(hours=13)) == 0


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
