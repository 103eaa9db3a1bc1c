"""Commitments: what is owed after the contact, by when, and what only sounds like it."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from copilot.commitments import commitments
from models.records import Transcript, Turn

STARTED = datetime(2026, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1)))  # a Wednesday


def read(*turns, started_at=STARTED, **options):
    return commitments(Transcript("c", "acme", tuple(turns), started_at=started_at), **options)


def one(text, language=None, **fields):
    found = read(Turn("agent", text, language=language, **fields))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("text", "when", "due"),
    [
        ("I'll call you back by tomorrow 5 pm.", "tomorrow 5 pm", "2026-03-05T17:00"),
        ("We will refund you within 24 hours.", "within 24 hours", "2026-03-05T10:30"),
        ("I'll send you the form next Tuesday.", "next Tuesday", "2026-03-10T23:59"),
        ("You'll get it in two weeks.", "in two weeks", "2026-03-18T23:59"),
        ("We'll ring you on Wednesday.", "Wednesday", "2026-03-11T23:59"),  # today's name is next week's day
        ("I'll text you in half an hour.", "in half an hour", "2026-03-04T11:00"),
        ("I'll post it within three business days.", "within three business days", "2026-03-09T23:59"),
        ("I'll mail it by the 10th.", "by the 10th", "2026-03-10T23:59"),
        ("I'll mail it on March 2.", "March 2", "2027-03-02T23:59"),
        ("I'll email you at 9 am.", "9 am", "2026-03-05T09:00"),  # 9 is over
        ("I'll email you by noon.", "noon", "2026-03-04T12:00"),
        ("I'll email you by close of business tomorrow.", "close of business tomorrow", "2026-03-05T17:00"),
        ("You'll hear from us in a month.", "in a month", "2026-04-04T23:59"),
        ("You'll hear from us by the end of the month.", "the end of the month", "2026-03-31T23:59"),
        ("You'll hear from us in a few days.", "in a few days", None),
        ("Once it is back, we'll refund you within 5 days.", "within 5 days", None),
        ("I'll send you an email with all of that.", None, None),
        ("I'll pass this on to our billing team.", None, None),
        ("I'll check with the warehouse and call you.", None, None),
    ],
)
def test_promises_and_their_moments(text, when, due):
    found = one(text)
    assert (found.span.turn, found.span.start, found.span.end) == (0, 0, len(text))
    assert (None if found.when is None else text[found.when.start : found.when.end]) == when
    assert (None if found.due is None else f"{found.due:%Y-%m-%dT%H:%M}") == due


@pytest.mark.parametrize(
    ("text", "language", "due"),
    [
        ("Ik bel u morgen voor 12 uur terug.", "nl", "2026-03-05T12:00"),
        ("U ontvangt het geld binnen 5 werkdagen.", "nl-NL", "2026-03-11T23:59"),
        ("Wir schicken Ihnen die Ersatzteile bis Freitag.", "de", "2026-03-06T23:59"),
        ("Vamos a devolverle el dinero dentro de dos semanas.", "es", "2026-03-18T23:59"),
        ("Jeg ringer deg tilbake i morgen.", "nb", "2026-03-05T23:59"),
        ("Du får svar innen 24 timer.", "no", "2026-03-05T10:30"),
    ],
)
def test_other_languages(text, language, due):
    assert f"{one(text, language).due:%Y-%m-%dT%H:%M}" == due


@pytest.mark.parametrize(
    "text",
    [
        "I'll be happy to help you with that today.",
        "I'll check that for you.",
        "I'll look into this right away, one moment.",
        "I'll transfer you to billing now.",
        "I'll try to call you tomorrow.",
        "Shall I call you back tomorrow?",
        "I can't promise that it will be there tomorrow.",
        "I won't be able to call you tomorrow.",
        "If it is not there by Friday, I'll send you a new one.",
        "Unless you cancel by Friday, we will charge the fee.",
        'You were promised "we will call you tomorrow".',
        "My colleague said that she would call you on Monday.",
        "He said he will call you back within 24 hours.",
        "Refunds take 5 business days.",
        "I have sent you the form today.",
        "You'll need your order number by Friday.",
        "You will have to pay it by Friday.",
        "I am sending you a six-digit verification code now.",
        "You will receive a short survey after this chat.",
        "I'll do my best to help you today.",
        "Our shop opens again on Monday at 9.",
        "word " * 200 + "I'll send you the form tomorrow",
    ],
)
def test_look_alikes(text):
    assert read(Turn("agent", text)) == ()


def test_only_what_agents_say_to_the_customer():
    said = "I'll send it to you tomorrow."
    assert read(Turn("customer", said), Turn("agent", said, visibility="internal"), Turn("bot", said)) == ()


def test_since_and_several():
    turn = Turn("agent", "I'll send you the form today. And I will call you tomorrow.")
    assert [found.span.turn for found in read(turn, turn)] == [0, 0, 1, 1]
    assert [found.span.turn for found in read(turn, turn, since=1)] == [1, 1]


def test_the_clock_is_the_turns_then_the_contacts():
    text = "I'll call you within 2 hours."
    at = datetime(2026, 3, 7, 9, 0, tzinfo=UTC)
    assert one(text, at=at).due == at + timedelta(hours=2)
    assert one(text, start_s=600.0, end_s=1800.0).due == STARTED + timedelta(hours=2, minutes=30)
    (found,) = read(Turn("agent", text), started_at=None)
    assert found.due is None
    assert found.when is not None


def test_time_zones_are_kept_and_an_hour_is_an_hour():
    oslo = ZoneInfo("Europe/Oslo")
    before = datetime(2026, 3, 28, 12, 0, tzinfo=oslo)  # the clocks go forward that night
    assert one("I'll call you within 24 hours.", at=before).due == datetime(2026, 3, 29, 13, 0, tzinfo=oslo)
    due = one("I'll call you by tomorrow 5 pm.", at=before).due
    assert due == datetime(2026, 3, 29, 17, 0, tzinfo=oslo)
    assert due.tzinfo is oslo


def test_the_end_of_a_month_and_of_a_year():
    last = datetime(2026, 12, 31, 10, 0, tzinfo=UTC)
    assert one("You'll hear from us in two months.", at=last).due == datetime(2027, 2, 28, 23, 59, tzinfo=UTC)
    assert one("I'll send you the form tomorrow.", at=last).due == datetime(2027, 1, 1, 23, 59, tzinfo=UTC)
    assert one("You'll get it next month.", at=last).due == datetime(2027, 1, 31, 23, 59, tzinfo=UTC)
