"""A wrap-up is made of the contact's own words, says what a colleague needs, and can be edited."""

from datetime import UTC, datetime

import pytest

from copilot.dispositions import Disposition, choose, dispositions_of
from copilot.wrap_up import draft, edit, wrap_up
from models.encoders import HashingEncoder
from models.errors import ConfigError, InputError
from models.generators import QuotingGenerator
from models.records import ClientProfile, DisclosureState, Finding, Span, Transcript, Turn, WrapUp, WrapUpLine
from storage import MemoryStore

SPEAKERS = {"A": "agent", "C": "customer"}
TALK = """A: Good morning, this is Nora, how can I help you today?
C: Hi there. My parcel shows as delivered on Monday but there is nothing here. I will complain if that goes on.
A: Let me see. I've opened a search with the carrier. I'll call you on Thursday before noon.
C: Who pays if it never turns up?
A: I'm not sure, I would have to check that with my lead.
C: Okay.
A: Thank you for calling, have a nice day."""


def contact(talk, **changes):
    turns = tuple(Turn(SPEAKERS[line[0]], line[3:]) for line in talk.splitlines())
    started = datetime(2026, 10, 12, 9, 0, tzinfo=UTC)
    return Transcript(id="c1", client="acme", turns=turns, started_at=started, **changes)


def said(talk, heading):
    return [line.text for line in wrap_up(contact(talk), (), ()).lines if line.heading == heading]


def test_each_line_is_a_slice_of_a_turn():
    transcript = contact(TALK)
    summary = wrap_up(transcript, (), ())
    assert [(line.heading, line.text) for line in summary.lines] == [
        ("issue", "My parcel shows as delivered on Monday but there is nothing here."),
        ("issue", "I will complain if that goes on."),
        ("done", "I've opened a search with the carrier."),
        ("commitment", "I'll call you on Thursday before noon."),
        ("open", "Who pays if it never turns up?"),
    ]
    assert all(transcript.quote(line.spans[0]) == line.text for line in summary.lines)
    assert transcript.quote(summary.commitments[0].span) == "I'll call you on Thursday before noon."
    assert wrap_up(transcript, (), ()) == summary


@pytest.mark.parametrize(
    "line",
    [
        "I haven't booked anything yet.",
        "Once I've booked it, you get a mail.",
        "If I've cancelled it by mistake, tell me.",
        "Have I booked it for you?",
        "I've verified your account, thank you.",
        "Calls are recorded for training.",
        "Refunds are sent within five days.",
        "You should have booked earlier.",
        "I could have booked it for you.",
    ],
)
def test_what_was_not_done_is_not_said_to_be(line):
    assert said(f"C: My order is late.\nA: {line}", "done") == []


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Okay, so I've just refunded the 42 euros.", "I've just refunded the 42 euros."),
        ("The number has been updated to the one ending in 88.", None),
        ("I'm sending you the form now.", None),
        ("Your account is now locked.", None),
        ("You're booked for the fourteenth.", None),
    ],
)
def test_what_was_done_is_said_without_its_lead_in(line, kept):
    assert said(f"C: My order is late.\nA: {line}", "done") == [kept or line]


def test_the_last_word_on_a_thing_counts_once():
    talk = "C: My desk is late.\nA: I've booked the engineer for Monday.\nC: Tuesday?\nA: I've booked the engineer for Tuesday."
    assert said(talk, "done") == ["I've booked the engineer for Tuesday."]


def test_long_turns_are_cut_to_the_clause_that_says_it():
    padding = "the weather was bad and the roads were full and nobody in the whole street could get through, "
    talk = f"C: My sofa is late.\nA: You know, {padding * 2}but I've refunded the delivery fee for you, and {padding}"
    (line,) = said(talk, "done")
    assert "I've refunded the delivery fee" in line
    assert len(line) <= 160


def test_a_question_asked_again_and_never_answered_is_open():
    talk = (
        "C: I want to switch.\nA: I've switched you to the new plan.\nC: And what if I change my plan again?\n"
        "A: Is there anything else?\nC: I asked what happens if I change my plan again.\n"
        "A: You can view all charges online."
    )
    assert said(talk, "open") == ["what if I change my plan again?"]
    answered = talk + "\nC: So?\nA: You can change your plan again after one month."
    assert said(answered, "open") == []


@pytest.mark.parametrize("ask", ["Are you there?", "Is that okay?", "Shall I wait?", "Did you get it?"])
def test_small_questions_are_not_open(ask):
    assert said(f"C: My bill is wrong.\nA: Moment.\nC: {ask}\nA: I'll check that.", "open") == []


def test_statements_alerts_and_repetitions():
    state = DisclosureState("d", "Recording notice", "missing", "opening", verbatim=True)
    transcript = contact(TALK)
    at = transcript.turns[1].text.index("I will complain")
    alert = Finding("customer.complaint", "note", Span(1, at, at + 15), 1.0, "x@1", "complaint words")
    summary = wrap_up(transcript, (alert, alert), (state,))
    assert summary.lines[-2] == WrapUpLine("open", "Required statement not complete: Recording notice")
    assert summary.lines[-1].text == "I will complain if that goes on."
    assert [line.heading for line in summary.lines].count("customer_wording") == 1


def test_nothing_said_gives_an_empty_wrap_up():
    assert wrap_up(Transcript(id="c", client="a", turns=()), (), ()) == WrapUp("c", ())
    assert wrap_up(contact("A: Hello.\nC: Hello.\nC: Bye."), (), ()).lines == ()


KNOWN = (
    Disposition("Delivery problem", ("my parcel did not arrive", "a search with the carrier")),
    Disposition("Refund given", ("I've refunded the amount",)),
)


@pytest.mark.parametrize("encoder", [None, HashingEncoder()])
def test_a_disposition_is_one_of_the_clients_or_none(encoder):
    summary = wrap_up(contact(TALK), (), (), dispositions=KNOWN, encoder=encoder)
    assert summary.disposition == "Delivery problem"
    unsure = wrap_up(contact("C: What time is it?\nA: Ten."), (), (), dispositions=KNOWN, encoder=encoder)
    assert unsure.disposition == ""
    assert choose((), ["a"]) == choose(KNOWN, []) == ""
    twins = (Disposition("A", ("my parcel is lost",)), Disposition("B", ("my parcel is lost",)))
    assert choose(twins, ["my parcel is lost"], encoder=encoder) == ""


def test_dispositions_are_read_from_the_clients_file():
    profile = ClientProfile(
        id="a", extra={"dispositions": ["Refund", {"name": "Fault", "phrases": "it broke"}]}
    )
    assert dispositions_of(profile) == (Disposition("Refund"), Disposition("Fault", ("it broke",)))
    assert dispositions_of(ClientProfile(id="a", extra={"dispositions": {"Fault": ["it broke"]}}))[0].phrases
    assert dispositions_of(ClientProfile(id="a")) == ()
    for wrong in ([5], [{"phrases": ["a"]}], [""], 7, ["A", "a"], [{"name": "A", "phrases": [5]}]):
        with pytest.raises(ConfigError, match="dispositions"):
            dispositions_of(ClientProfile(id="a", extra={"dispositions": wrong}))


def test_a_draft_says_what_the_lines_say():
    summary, made = draft(wrap_up(contact(TALK), (), ()), QuotingGenerator(), deadline_s=20)
    assert made.outcome in ("worded", "nothing")
    assert "I've opened a search with the carrier." in summary.drafted
    for sentence in summary.drafted.rstrip(".").split(". "):
        words = sentence.split(": ", 1)[-1]
        assert any(words in line.text for line in summary.lines)


def test_an_edit_names_its_author_and_keeps_what_was_not_touched():
    summary = wrap_up(contact(TALK), (), (), dispositions=KNOWN)
    lines = [summary.lines[0], WrapUpLine("done", "  Search 4711 opened.  ", (Span(0, 0, 1),))]
    edited = edit(summary, who="Ana", lines=lines, disposition="Refund given", dispositions=KNOWN)
    assert edited.edited_by == "Ana"
    assert edited.lines[0] == summary.lines[0]
    assert edited.lines[1] == WrapUpLine("done", "Search 4711 opened.")
    assert edited.disposition == "Refund given"
    assert edited.commitments == summary.commitments
    assert edit(edited, who="Bo", disposition="").disposition == ""
    assert edit(edited, who="Bo", drafted="Short.").drafted == "Short."


@pytest.mark.parametrize(
    "changes",
    [
        {"who": " "},
        {"who": "Ana", "lines": [WrapUpLine("done", " ")]},
        {"who": "Ana", "lines": [WrapUpLine("gossip", "a")]},
        {"who": "Ana", "lines": [WrapUpLine("done", "a" * 501)]},
        {"who": "Ana", "lines": [WrapUpLine("done", "a")] * 41},
        {"who": "Ana", "disposition": "Made up", "dispositions": KNOWN},
        {"who": "Ana", "drafted": "a" * 2001},
    ],
)
def test_an_edit_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(InputError, match="wrap-up"):
        edit(wrap_up(contact(TALK), (), ()), **changes)


def test_a_stored_edit_is_a_new_revision_without_secrets():
    store = MemoryStore()
    summary = wrap_up(contact(TALK), (), ())
    store.put("acme", summary)
    typed = WrapUpLine("done", "Paid with 4111 1111 1111 1111.")
    edited = edit(summary, who="Ana", lines=[typed], drafted="Card 4111 1111 1111 1111 was used.")
    assert store.put("acme", edited, expected=store.get("acme", WrapUp, "c1"))
    kept = store.get("acme", WrapUp, "c1")
    assert kept.edited_by == "Ana"
    assert "4111 1111" not in kept.lines[0].text + kept.drafted
