"""The state of a live contact: any order, repeats, partials; the same events give the same state."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot import state as live
from copilot.placing import place
from models.errors import InputError
from models.records import Commitment, FactTick, Finding, Span, Suggestion, Transcript, Turn

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = ("yes", "no", "refund", "delivery", "late", "angry")


def card(name, span, **fields):
    return Suggestion(name, "answer", name, (name,), name, (), span, "t@1", **fields)


def say(state, index):
    """A card for each word that calls for one, named by the turn's id and the word."""
    turn = state.transcript.turns[index]
    return [
        card(f"{turn.id}-{word}", Span(index, turn.text.index(word), turn.text.index(word) + len(word)))
        for word in ("refund", "delivery")
        if word in turn.text
    ]


def alerts(turns, index):
    text = turns[index].text
    at = text.find("angry")
    found = Finding("customer.complaint", "note", Span(index, at, at + 5), 0.9, "t@1", "said so")
    return [found] if at >= 0 else []


def promised(transcript, since):
    return [
        Commitment(Span(index, 0, len(turn.text)))
        for index, turn in enumerate(transcript.turns)
        if index >= since and turn.speaker == "agent"
    ]


TOOLS = live.Tools(
    mask=lambda turn, before, language: turn,
    alerts=alerts,
    call=lambda state, index: (),
    answer=lambda state, index, beside: say(state, index),
    disclosures=lambda state: (),
    ticks=lambda cards, turns: [FactTick(one.id, 0, "open") for one in cards],
    commitments=promised,
    explain=lambda turns, index: (),
)
EMPTY = Transcript("c1", "acme", ())


def after(arrivals, tools=TOOLS):
    """The state after arrivals (turn, is final), and the events that it is remembered by."""
    state, events = live.begin(EMPTY, tools), []
    for turn, is_final in arrivals:
        state, event = live.hear(state, turn, tools, at=NOW, is_final=is_final)
        events += [event] if event is not None else []
    return state, events


@st.composite
def contacts(draw):
    """Turns of one contact, each with an id and a time of its own, in the order in which they were said."""
    count = draw(st.integers(1, 12))
    return [
        Turn(
            draw(st.sampled_from(("customer", "agent"))),
            " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))),
            start_s=float(number),
            id=f"t{number}",
        )
        for number in range(count)
    ]


@st.composite
def arrivals_of(draw, turns):
    """In any order, some of them twice, some as partials before (or after) their final."""
    again = draw(st.lists(st.sampled_from(turns), max_size=6))
    partly = draw(st.lists(st.sampled_from(turns), max_size=6))
    made = [(turn, True) for turn in (*turns, *again)]
    made += [(replace(turn, text=turn.text[: len(turn.text) // 2 + 1]), False) for turn in partly]
    return draw(st.permutations(made))


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_order_ends_in_the_same_transcript(data):
    turns = data.draw(contacts())
    state, _ = after(data.draw(arrivals_of(turns)))
    assert list(state.transcript.turns) == turns
    assert state.partials == ()


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_the_same_events_give_the_same_state(data):
    turns = data.draw(contacts())
    state, events = after(data.draw(arrivals_of(turns)))
    again = live.restored(live.LiveState(EMPTY), events, TOOLS)
    assert again == state


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_at_most_three_cards_each_staying_where_it_is(data):
    turns = data.draw(contacts())
    state = live.begin(EMPTY, TOOLS)
    for turn, is_final in data.draw(arrivals_of(turns)):
        before, made = state.places, {one.id for one in state.made}
        state, event = live.hear(state, turn, TOOLS, at=NOW, is_final=is_final)
        assert len(state.cards) <= 3
        assert len(state.places) == 3
        new = {one.id for one in event.cards} - made if event is not None else set()
        for was, now in zip(before, state.places, strict=True):
            assert now == was or now in new or now == ""
        assert len(set(filter(None, state.places))) == len(state.cards)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_spans_lie_inside_their_turn_and_hold_their_words(data):
    turns = data.draw(contacts())
    state, _ = after(data.draw(arrivals_of(turns)))
    for one in state.made:
        assert one.because is not None
        assert state.transcript.quote(one.because) == one.id.split("-")[1]
        assert state.transcript.turns[one.because.turn].id == one.id.split("-")[0]
    for alert in state.alerts:
        assert state.transcript.quote(alert.span) == "angry"
    assert len(state.alerts) == sum("angry" in turn.text for turn in turns)
    assert [one.span.turn for one in state.commitments] == [
        index for index, turn in enumerate(turns) if turn.speaker == "agent"
    ]


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_spans_lie_inside_a_turn_whose_words_changed(data):
    turns = data.draw(contacts())
    changed = replace(data.draw(st.sampled_from(turns)), text=data.draw(st.sampled_from(("x", "refund now"))))
    state, _ = after([*((turn, True) for turn in turns), (changed, True)])
    for span in [one.because for one in state.made] + [alert.span for alert in state.alerts]:
        assert 0 <= span.start <= span.end <= len(state.transcript.turns[span.turn].text)


def test_a_partial_is_kept_and_not_answered_until_its_final_comes():
    state, events = after(
        [(Turn("customer", "ref", id="1"), False), (Turn("customer", "refu", id="1"), False)]
    )
    assert ([turn.text for turn in state.partials], state.transcript.turns, events) == (["refu"], (), [])
    state, event = live.hear(state, Turn("customer", "refund", id="1"), TOOLS, at=NOW)
    assert (state.partials, [one.id for one in event.cards]) == ((), ["1-refund"])
    late, event = live.hear(state, Turn("customer", "refu", id="1"), TOOLS, at=NOW, is_final=False)
    assert (late, event) == (state, None)
    with pytest.raises(InputError):
        live.hear(state, Turn("customer", "x"), TOOLS, at=NOW, is_final=False)


@pytest.mark.parametrize(
    ("heard", "turn", "index"),
    [
        ([], Turn("agent", "a", start_s=1.0), 0),
        ([Turn("agent", "a", start_s=1.0), Turn("agent", "b", start_s=3.0)], Turn("agent", "c", start_s=2.0), 1),
        ([Turn("agent", "a", start_s=1.0), Turn("agent", "b")], Turn("agent", "c", start_s=0.5), 0),
        ([Turn("agent", "a", start_s=1.0)], Turn("agent", "c"), 1),
        ([Turn("agent", "a", start_s=1.0)], Turn("agent", "c", start_s=1.0), 1),
        ([Turn("agent", "a", start_s=1.0, id="s10")], Turn("agent", "c", start_s=1.0, id="s9"), 0),
        ([Turn("agent", "a", at=NOW)], Turn("agent", "c", at=NOW.replace(tzinfo=None)), 1),
        ([Turn("agent", "a", at=NOW)], Turn("agent", "c", at=NOW.replace(hour=8)), 0),
    ],
)  # fmt: skip
def test_where_a_turn_takes_its_place(heard, turn, index):
    turns, found, moves = place(heard, turn)
    assert (found, turns[index]) == (index, turn)
    assert [turns[new] for new in moves] == heard


def test_a_dismissed_card_leaves_and_the_others_stay():
    state, _ = after(
        [(Turn("customer", "refund delivery", id="1"), True), (Turn("customer", "refund", id="2"), True)]
    )
    assert state.places == ("1-refund", "1-delivery", "2-refund")
    state, event = live.dismiss(state, "1-delivery", TOOLS, at=NOW)
    assert state.places == ("1-refund", "", "2-refund")
    assert [tick.suggestion for tick in state.ticks] == ["1-refund", "2-refund"]
    state, _ = live.hear(state, Turn("customer", "delivery", id="3"), TOOLS, at=NOW)
    assert state.places == ("1-refund", "3-delivery", "2-refund")
    state, _ = live.hear(state, Turn("customer", "refund", id="4"), TOOLS, at=NOW)
    assert state.places == ("4-refund", "3-delivery", "2-refund")
    assert event.suggestion == "1-delivery"


def test_old_cards_leave_and_steps_stay_and_follow_in_place():
    from models.records import Passage

    passage = Passage("p#1", "p", "text", 0, 4)
    step = card("s1", Span(0, 0, 1), step=1, steps=2)
    step = replace(step, kind="step", sources=(passage,))
    tools = replace(
        TOOLS,
        answer=lambda state, index, beside: (
            [step] if index == 0 else [replace(step, id="s2", step=2)] if index == 9 else []
        ),
    )
    turns = [Turn("customer", "hm", id=str(number)) for number in range(12)]
    state, _ = after([(turn, True) for turn in turns], tools)
    assert state.places == ("s2", "", "")
    state, _ = after([(replace(turn, text="refund" if turn.id == "0" else "hm"), True) for turn in turns])
    assert state.places == ("", "", "")


def test_a_part_that_breaks_loses_no_turn_and_is_said():
    def broken(*_):
        raise ZeroDivisionError

    tools = replace(
        TOOLS, call=broken, answer=broken, ticks=broken, commitments=broken, disclosures=broken, alerts=broken
    )
    state, event = after([(Turn("agent", "refund", id="1"), True)], tools)
    assert len(state.transcript.turns) == 1
    assert event[0].turn is not None
    assert {part for part, _ in state.failed} == {"moments", "search", "promises", "statements", "alerts"}
    well, _ = live.hear(state, Turn("agent", "no", id="2"), TOOLS, at=NOW)
    assert well.failed == ()


def test_a_late_question_makes_the_digits_before_it_a_code():
    from copilot.speaking import Quietness
    from copilot.tools import tools_of
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder

    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    tools = tools_of(kb, (), Quietness())
    digits = Turn("customer", "It is 483.", start_s=2.0, id="2")
    asked = Turn("agent", "What is the security code on the back of your card?", start_s=1.0, id="1")
    state, _ = after([(digits, True), (asked, True)], tools)
    assert "483" not in state.transcript.turns[1].text
    assert state.transcript.turns[0].text == asked.text
