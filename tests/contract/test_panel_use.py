"""What was done with cards: the same promises in memory and in files."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import InputError
from storage.panel_use import FILE, KEPT_FOR, LINKED_FOR, PanelNote, PanelUse

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture(params=["memory", "files"])
def opened(request, tmp_path):
    clock = Clock()
    book = PanelUse(tmp_path if request.param == "files" else None, clock=clock)
    yield book, clock
    book.close()


def note(action="shown", *, card="s1", at=START, agent="a17", passages=("refunds#1",), heading=""):
    return PanelNote(card, passages, action, at, agent, "answer", heading)


def test_one_row_a_card_with_all_that_was_done(opened):
    book, _ = opened
    for action in ("shown", "copied", "copied", "dismissed"):
        book.note("acme", note(action))
    book.note("acme", note(card="s2", passages=("a#1", "b#2")))
    one, other = book.cards("acme")
    assert one.actions == {"shown", "copied", "dismissed"}
    assert (one.passages, one.agent, one.suggestion, one.at) == (("refunds#1",), "a17", "s1", START)
    assert other.passages == ("a#1", "b#2")


def test_clients_never_meet(opened):
    book, _ = opened
    book.note("acme", note())
    assert book.cards("globex") == []
    assert book.purge("globex") == 0
    book.erase("globex")
    assert [one.suggestion for one in book.cards("ACME")] == ["s1"], "another spelling is the same client"
    book.erase("acme")
    assert book.cards("acme") == []


def test_after_a_day_nothing_leads_to_a_person(opened):
    book, clock = opened
    book.note("acme", note(agent="agent-0815", card="card-4711"))
    clock.now = START + LINKED_FOR - timedelta(seconds=1)
    assert book.cards("acme")[0].agent == "agent-0815"
    clock.now = START + LINKED_FOR + timedelta(seconds=1)
    (one,) = book.cards("acme")
    assert (one.agent, one.suggestion) == ("", "")
    assert one.at == START.replace(hour=0, minute=0), "the time of day would lead to the contact"
    assert one.passages == ("refunds#1",)


def test_after_thirty_days_it_is_gone(opened):
    book, clock = opened
    book.note("acme", note())
    clock.now = START + KEPT_FOR - timedelta(hours=10)
    assert len(book.cards("acme")) == 1
    clock.now = START + KEPT_FOR + timedelta(days=1)
    assert book.purge("acme") == 1
    assert book.cards("acme") == []


def test_taking_a_note_cleans_too(opened):
    book, clock = opened
    book.note("acme", note())
    clock.now = START + timedelta(days=2)
    book.note("acme", note(card="s2", at=clock.now))
    assert book.purge("acme") == 0, "cleaned already"


@pytest.mark.parametrize(
    ("client", "one", "words"),
    [
        ("", note(), "client"),
        ("../x", note(), "client"),
        ("acme", note("clicked"), "action"),
        ("acme", note(at=datetime(2026, 11, 2)), "zone"),
    ],
)
def test_wrong_notes_are_refused(opened, client, one, words):
    book, _ = opened
    with pytest.raises(InputError, match=words):
        book.note(client, one)


def test_no_byte_of_the_agent_stays_in_the_files(tmp_path):
    clock = Clock()
    book = PanelUse(tmp_path, clock=clock)
    book.note("acme", note(agent="agent-0815-unmistakable", card="card-4711-unmistakable"))

    def on_disk():
        return b"".join(path.read_bytes() for path in tmp_path.rglob("panel.sqlite*"))

    assert b"0815-unmistakable" in on_disk()
    clock.now = START + timedelta(hours=25)
    assert book.purge("acme") == 1
    assert b"unmistakable" not in on_disk()
    book.close()


def test_opening_a_file_again_finds_and_cleans_it(tmp_path):
    clock = Clock()
    first = PanelUse(tmp_path, clock=clock)
    first.note("acme", note())
    first.close()
    clock.now = START + timedelta(days=40)
    again = PanelUse(tmp_path, clock=clock)
    again.note("acme", note(card="s9", at=clock.now))
    assert [one.suggestion for one in again.cards("acme")] == ["s9"]
    again.close()
    assert len(list(tmp_path.rglob(FILE))) == 1


def test_reading_makes_no_file(tmp_path):
    book = PanelUse(tmp_path)
    assert book.cards("nobody") == []
    assert not list(tmp_path.rglob(FILE))
