"""Heavy scripting: each trigger, and beside it the look-alike that must stay silent."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from models.conformance import check_detector
from models.readings import read
from models.records import Document, Finding, Transcript, Turn
from qa.detectors.heavy_scripting import HeavyScriptingDetector, same_sentence
from qa.detectors.scripting import ScriptBook
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

SCRIPT = """
# Hold

- Please allow me two minutes while I check this for you.

# Verification

- Could you please confirm your account number and your postcode for me?

# Billing

- Your bill is made up of a daily charge, the energy you have used and the taxes of your area.
- Bills may be based on an estimated reading when no actual reading has reached us in time.
- You can view a full breakdown of your charges at any time in your online account with us.
- Your payment of [amount] has been accepted and will show on the next statement you receive.

# Closing

- Is there anything else that I can help you with today?
- As a valued customer you qualify for our exclusive offer, the boiler plan, for just [amount] a month.

# How to restart the router

- First press the small button on the back of the router and hold it down for ten full seconds.
- Then wait until the green light has stopped blinking and stays on, which takes about three minutes.
- Next open the settings on your phone, select the network with your name and enter the password there.
"""
BILL = "Your bill is made up of a daily charge, the energy you have used and the taxes of your area."
BREAKDOWN = "You can view a full breakdown of your charges at any time in your online account with us."
ESTIMATE = "Bills may be based on an estimated reading when no actual reading has reached us in time."
HOLD = "Please allow me two minutes while I check this for you."
NUMBER = "Could you please confirm your account number and your postcode for me?"
ELSE = "Is there anything else that I can help you with today?"
UPSELL = "As a valued customer you qualify for our exclusive offer, the boiler plan, for just $14 a month."
ROUTER = SCRIPT.split("router\n\n- ")[1].replace("\n- ", " ").strip()

DETECTOR = HeavyScriptingDetector(
    ScriptBook(Library(Document(id="script", kind="script", text=SCRIPT))), names=("Acme Energy",)
)
BARE = HeavyScriptingDetector(ScriptBook(Library()))


def found(talk: Transcript, detector: HeavyScriptingDetector = DETECTOR) -> list[Finding]:
    return detector.detect(read([talk]))[0]


def raised(talk: Transcript, detector: HeavyScriptingDetector = DETECTOR) -> set[tuple[str, int]]:
    """(label, turn counted from 1)."""
    return {(f.label.removeprefix("scripting."), f.span.turn + 1) for f in found(talk, detector) if f.span}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f"A: {BILL}", "C: I see, and the taxes are what?", f"A: {BILL}"], {("repeated", 3)}),
        ([f"A: {BILL}", "C: Sorry, can you say that again?", f"A: {BILL}"], set()),
        ([f"A: {BILL}", "C: I see, and the taxes are what?", f"A: {ESTIMATE}"], set()),
        ([f"A: {NUMBER}", "C: 4471 at 12345.", "A: That does not match.", "C: Oh.", f"A: {NUMBER}"], set()),
        ([f"A@10: {HOLD}", "C: ok", f"A@250: {HOLD}"], set()),
        ([f"A@10: {HOLD}", "C: Fine by me, go on.", f"A@100: {HOLD}"], {("repeated", 3)}),
        ([f"A: {HOLD}", "C: Fine by me, go on.", f"A: {HOLD}"], set()),
        ([f"A: {ELSE}", "C: Yes, what about my other bill?", "A: Sent.", "C: ok", f"A: {ELSE}"], set()),
        ([f"A: {ELSE}", "C: No thanks.", f"A: {ELSE}"], {("repeated", 3)}),
        (
            [
                "A: Your payment of $20 has been accepted and will show on the next statement you receive.",
                "C: And the second one, please.",
                "A: Your payment of $30 has been accepted and will show on the next statement you receive.",
            ],
            set(),
        ),
    ],
)
def test_repeated(lines: list[str], expected: set[tuple[str, int]]) -> None:
    assert raised(contact(*lines)) == expected


def test_the_earlier_turn_is_named() -> None:
    finding = found(contact(f"A: {BILL}", "C: I see, and the taxes are what?", f"A: {BILL}"))[0]
    assert "turn 1" in finding.reason
    assert finding.source == "script#3"
    assert finding.remedy


def test_hold_notices_by_wall_clock() -> None:
    began = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)

    def talk(apart: timedelta) -> Transcript:
        return Transcript(
            id="c1",
            client="acme",
            turns=(Turn("agent", HOLD, at=began), Turn("agent", HOLD, at=began + apart)),
        )

    assert raised(talk(timedelta(minutes=5))) == set()
    assert raised(talk(timedelta(minutes=1))) == {("repeated", 2)}


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ("We will look into the matter and get back to you very soon.", {("repeated", 3)}),
        ("We will look into this matter and get back to you very soon!", {("repeated", 3)}),
        ("We looked and the matter turned out to be a simple mix-up.", set()),
    ],
)
def test_without_a_script_a_long_sentence_again(again: str, expected: set[tuple[str, int]]) -> None:
    talk = contact(
        "A: We will look into the matter and get back to you very soon.", "C: Really, so when?", f"A: {again}"
    )
    assert raised(talk, BARE) == expected


def test_without_a_script_short_sentences_may_come_again() -> None:
    assert raised(contact("A: No problem at all.", "C: And my bill?", "A: No problem at all."), BARE) == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("it takes 5 days", "it takes 6 days", False),
        ("we will send you the form today", "we will send you the form today", True),
        ("we will send you the form today", "we will send you the forms today", True),
        ("we will send you the form", "please call the bank", False),
    ],
)
def test_same_sentence(one: str, other: str, same: bool) -> None:
    assert same_sentence(one.split(), other.split()) is same


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: Why is my bill so high?", f"A: {BILL}", "C: That's not what I asked."], {("unanswered", 2)}),
        (["C: Why did it double?", f"A: {ESTIMATE}", "C: So why did it double?"], {("unanswered", 2)}),
        (["C: Is mine an estimate?", f"A: {BREAKDOWN}", "C: Yes or no?"], {("unanswered", 2)}),
        (["C: Why is my bill so high?", f"A: {BILL}", "C: Thank you, that helps."], set()),
        (["C: Why is my bill so high?", "A: The reading was a guess.", "C: That's not what I asked."], set()),
        (["C: Why is it so high?", f"A: {BILL}", "C: And how do I send you a reading?"], set()),
        (["C: ok", f"A: {NUMBER}", "C: I asked you why it doubled."], set()),
    ],
)
def test_unanswered(lines: list[str], expected: set[tuple[str, int]]) -> None:
    assert raised(contact(*lines)) == expected


@pytest.mark.parametrize(
    "said",
    [
        "Are you reading from a script?",
        "are you reading that",
        "Stop reading the script, please.",
        "Is this a robot?",
        "You said that already.",
        "you’ve already said that",
        "You keep saying the same thing.",
        "This sounds scripted to me.",
        "I'd like an answer, not another canned response",
        "am I talking to a machine",
        "Bent u een robot?",
        "Lesen Sie das ab?",
        "¿Es un robot?",
    ],
)
def test_called_out(said: str) -> None:
    talk = contact("A: We value your call.", f"C: {said}")
    findings = found(talk, BARE)
    assert [(f.label, f.span.turn if f.span else None) for f in findings] == [("scripting.called_out", 1)]
    assert "turn 1" in findings[0].reason
    assert findings[0].severity == "major"


@pytest.mark.parametrize(
    "said",
    [
        "I am reading the letter you sent me.",
        "I was reading the script of the play.",
        "My robot vacuum is broken.",
        "You said it would come on Friday.",
        "I already told you my name.",
        "The prescription was wrong.",
        "Can you read that number to me?",
    ],
)
def test_not_called_out(said: str) -> None:
    assert raised(contact("A: How can I help?", f"C: {said}"), BARE) == set()


def test_what_is_said_to_a_bot_is_not_about_the_agent() -> None:
    assert raised(contact("B: Welcome to Acme.", "C: Is this a robot?", "A: No, I am Jo."), BARE) == set()


FORMULA = "I completely understand how frustrating this must be for you."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                f"A: {FORMULA}",
                "C: So?",
                "A: I do understand your concern.",
                "C: And?",
                "A: I am sorry for the inconvenience.",
            ],
            {("hollow_empathy", 5)},
        ),
        (
            [f"A: {FORMULA}", "C: So?", "A: Yes, it happens.", "C: And?", "A: It is what it is."],
            {("hollow_empathy", 1)},
        ),
        (
            [
                f"A: {FORMULA} I have sent you a new one today.",
                "C: Oh.",
                "A: Yes, it happens.",
                "C: Ok.",
                "A: Right.",
            ],
            set(),
        ),
        ([f"A: {FORMULA}", "C: So?", "A: Let me check the parcel now.", "C: ok", "A: It is here."], set()),
        ([f"A: {FORMULA}", "C: Thanks, bye."], set()),
        (["A: I am sorry, the depot made a mistake.", "C: So?", "A: Yes.", "C: And?", "A: Well."], set()),
    ],
)
def test_hollow_empathy(lines: list[str], expected: set[tuple[str, int]]) -> None:
    assert raised(contact(*lines), BARE) == expected


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Hello {customer name}, welcome.", "{customer name}"),
        ("Hello {{first_name}}, welcome.", "{{first_name}}"),
        ("A credit of [amount] is yours.", "[amount]"),
        ("Dear [Customer Name], welcome.", "[Customer Name]"),
        ("Dear <NAME>, welcome.", "<NAME>"),
        ("Dear [INSERT NAME], welcome.", "[INSERT NAME]"),
    ],
)
def test_a_blank_left_in(said: str, words: str) -> None:
    talk = contact(f"A: {said}")
    finding = found(talk, BARE)[0]
    assert finding.label == "scripting.collision"
    assert finding.span is not None
    assert talk.quote(finding.span) == words


@pytest.mark.parametrize(
    "said",
    [
        "The card ending [CARD ****1111] was charged.",
        "I call you on [PHONE] or write to [EMAIL].",
        "Well [laughs] that is [inaudible] funny.",
        "Press <b>start</b> and <br> wait.",
        "It is 20 % off [see below].",
        "Your code is {4471}.",
    ],
)
def test_marks_are_no_blanks(said: str) -> None:
    assert raised(contact(f"A: {said}"), BARE) == set()


def test_a_mask_that_the_whole_transcript_has_is_no_blank() -> None:
    assert raised(contact("C: My name is <NAME>.", "A: Hello <NAME>, welcome."), BARE) == set()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: My name is Oscar Lind.", "A: Thank you, Maria, I see it."], {("collision", 2)}),
        (
            ["A: May I have your name?", "C: Oscar Lind, 4471.", "A: Hello Mr Berg, I see it."],
            {("collision", 3)},
        ),
        (["C: My name is Oscar Lind.", "A: Thank you, Oscar, I see it."], set()),
        (["C: My name is Oscar Lind.", "A: Thank you, Mr Lindt, I see it."], set()),
        (["C: My name is Elizabeth Moore.", "A: Thank you, Eliza."], set()),
        (["C: It's Monday, I am Dutch.", "A: Thank you, Maria."], set()),
        (["C: My name is Oscar.", "C: I call for my wife Maria.", "A: Thank you, Maria."], set()),
        (["C: My name is Oscar.", "A: Thank you, Sir, welcome."], set()),
        (
            ["A: You are speaking with Jana.", "C: Hi Jana. My bill is wrong.", "A: Thank you, Clara."],
            set(),
        ),
        (["C: My name is Oscar.", "A: Welcome, Acme, is what the letter says."], set()),
    ],
)
def test_wrong_name(lines: list[str], expected: set[tuple[str, int]]) -> None:
    assert raised(contact(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: I want to make a complaint.", f"A: {UPSELL}"], {("collision", 2)}),
        (
            [
                "C: My mother passed away.",
                "A: My condolences.",
                "C: ok",
                "A: Done.",
                "C: ok",
                "C: bye",
                f"A: {UPSELL}",
            ],
            {("collision", 7)},
        ),
        (
            ["C: I want to make a complaint.", "A: It is logged. Would you take our short survey?"],
            {("collision", 2)},
        ),
        (["C: I need a new boiler soon.", f"A: {UPSELL}"], set()),
        (["C: I want to make a complaint.", "A: I have logged it for you."], set()),
        (["C: My phone died.", f"A: {UPSELL}"], set()),
    ],
)
def test_misplaced_sales(lines: list[str], expected: set[tuple[str, int]]) -> None:
    assert raised(contact(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: Is mine a guess?", f"A: {BILL} {BREAKDOWN} {ESTIMATE}"], {("monologue", 2)}),
        (["C: Is mine a guess?", f"A: {BILL} {BREAKDOWN}"], set()),
        (["C: How do I restart the router?", f"A: {ROUTER}"], set()),
        (["C: I am lost.", f"A: {BILL} {BREAKDOWN} {ESTIMATE}"], set()),
        (
            ["C: Is mine a guess?", f"A: {NUMBER}", "C: 4471 12345", f"A: {BILL} {BREAKDOWN} {ESTIMATE}"],
            {("monologue", 4)},
        ),
    ],
)
def test_monologue(lines: list[str], expected: set[tuple[str, int]]) -> None:
    assert raised(contact(*lines)) == expected


def test_heavy_needs_much_script_and_a_trigger() -> None:
    payment = "Your payment of $20 has been accepted and will show on the next statement you receive."
    lines = [
        f"A: {BILL}",
        "C: Fine, go on please.",
        f"A: {BREAKDOWN}",
        "C: I see, go on.",
        f"A: {ESTIMATE} {payment}",
    ]
    assert raised(contact(*lines)) == set()
    called = contact(*lines, "C: Are you reading from a script?", "A: Sorry, no.")
    assert raised(called) == {("called_out", 6), ("heavy", 6)}
    finding = next(f for f in found(called) if f.label == "scripting.heavy")
    assert re.search(r"9\d%", finding.reason)
    assert "60%" in finding.reason
    assert finding.confidence == pytest.approx(0.97)


def test_heavy_is_not_raised_when_the_agent_mostly_speaks_freely() -> None:
    own = "I rang the depot and they told me that the man had the wrong door and left it at number nine. "
    talk = contact(f"A: {own * 4}", "C: You said that already.", f"A: {BILL}")
    assert raised(talk) == {("called_out", 2)}


def test_internal_notes_say_nothing() -> None:
    assert raised(contact("N: Hello {customer name}", f"N: {BILL}", f"N: {BILL}")) == set()


def test_conformance() -> None:
    talk = contact("C: Why?", f"A: {BILL}", "C: You said that already.", f"A: {BILL} Dear {{customer name}}")
    for detector in (DETECTOR, BARE):
        check_detector(detector, transcripts=[talk])
