"""Scriptedness: which words come from scripts, and that mandatory words move nothing."""

from __future__ import annotations

import pytest

from models.conformance import check_detector
from models.readings import read
from models.records import Document, Transcript
from qa.detectors.scripting import COURTESY, MINED, VERBATIM, ScriptBook, ScriptingDetector, scriptedness
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

NOTICE = (
    "Calls with Acme Air are recorded for training and quality, and you can ask us for a copy at any time."
)
SCRIPT = Document(
    id="scripts/returns",
    kind="script",
    text=(
        "- Your refund of {amount} will arrive within five business days of the return.\n"
        "- Please keep the receipt until the refund has arrived on your account.\n"
        "- Thank you."
    ),
)
LIBRARY = Library(
    SCRIPT, Document(id="disclosures/notice", kind="disclosure", text=NOTICE, verbatim=True, due="opening")
)
BOOK = ScriptBook(LIBRARY)
OWN = (
    "I looked at the parcel with our depot just now and the driver left it with the florist next to your house, "
    "because nobody opened when he rang on Tuesday morning, so if you pop in before six today the lady there "
    "has it behind her counter and only needs your surname, and I put a note on it so that it is not sent back."
)
REFUND = "Your refund of twenty euros will arrive within 5 business days of the return."


def labels(talk: Transcript, book: ScriptBook = BOOK) -> list[tuple[str, int, str]]:
    findings = ScriptingDetector(book).detect(read([talk]))[0]
    return [(f.label, f.span.turn, talk.quote(f.span)) for f in findings if f.span]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (REFUND, [(VERBATIM, 0, REFUND.rstrip("."))]),
        ("So, um, " + REFUND.lower(), [(VERBATIM, 0, REFUND.lower().rstrip("."))]),
        ("Your refund will arrive within five business days of your return.", True),
        ("Your refund arrives in about a week after we have the shoes.", []),
        ("Thank you.", []),
        (OWN, []),
        (
            "Is there anything else I can help you with today?",
            [(COURTESY, 0, "Is there anything else I can help you with today")],
        ),
    ],
)
def test_spans(said: str, expected: list[tuple[str, int, str]] | bool) -> None:
    found = labels(contact(f"A: {said}"))
    if expected is True:
        assert [label for label, _, _ in found] == [VERBATIM]
    else:
        assert found == expected


def test_a_back_channel_does_not_split_a_passage() -> None:
    talk = contact(
        "A: Please keep the receipt until", "C: mm-hm", "A: the refund has arrived on your account."
    )
    assert labels(talk) == [
        (VERBATIM, 0, "Please keep the receipt until"),
        (VERBATIM, 2, "the refund has arrived on your account"),
    ]
    assert (
        labels(
            contact("A: Please keep the receipt until", "C: Which receipt?", "A: the one on your account.")
        )
        == []
    )


def test_the_source_is_the_passage() -> None:
    finding = ScriptingDetector(BOOK).detect(read([contact(f"A: {REFUND}")]))[0][0]
    assert finding.source == "scripts/returns#1"
    assert finding.severity == "note"
    assert finding.by == "scripting.verbatim@1"


def test_recall_is_lower_when_the_recogniser_was_unsure() -> None:
    noisy = "A: please keep the recede until the refund has a rifle on your account"
    worse = "A: please heap the recede until a refund has a rifle on your account"
    assert labels(contact(noisy)) != []
    assert labels(contact(worse)) == []
    assert labels(contact(worse, confidence=0.8)) != []


def test_the_number_is_the_weighted_share_of_words() -> None:
    all_script = contact(
        f"A: {REFUND}", "C: But when exactly?", *[f"A: {REFUND}", "C: But when exactly?"] * 4
    )
    assert scriptedness(BOOK, all_script).value == pytest.approx(100.0, abs=4.0)
    none = scriptedness(BOOK, contact(f"A: {OWN}", "C: Oh nice, where is that?", f"A: {OWN}"))
    assert none.value == 0.0
    mixed = scriptedness(BOOK, contact(f"A: {OWN}", "C: And my money, then?", f"A: {REFUND}"))
    assert mixed.value is not None
    assert mixed.value == pytest.approx(100.0 * mixed.spans[0].words / mixed.words, abs=2.0)
    assert mixed.low is not None
    assert mixed.high is not None
    assert mixed.low <= mixed.value <= mixed.high


def test_courtesy_weighs_a_quarter_and_learned_phrases_half() -> None:
    courtesy = "Is there anything else I can help you with today?"
    learned = "we are looking into it with our colleagues at the depot"
    book = ScriptBook(LIBRARY, learned=[learned])
    for said, weight in ((courtesy, 0.25), (learned, 0.5)):
        lines = [line for _ in range(10) for line in (f"A: {said}", "C: What do you mean?")]
        read_out = scriptedness(book, contact(*lines))
        assert read_out.value == pytest.approx(100.0 * weight, abs=4.0 * weight)
        assert {span.weight for span in read_out.spans} == {weight}
    assert labels(contact(f"A: {learned}"), book)[0][0] == MINED


def test_no_number_below_sixty_words() -> None:
    short = scriptedness(BOOK, contact(f"A: {REFUND}"))
    assert (short.value, short.low, short.high) == (None, None, None)
    assert short.spans != ()


@pytest.mark.parametrize(
    "notice",
    [
        [f"A: {NOTICE}"],
        [
            "A: Calls with Acme Air are recorded for training",
            "C: mm-hm",
            "A: and quality, and you can ask us for a copy at any time.",
        ],
        ["A: Calls with Acme Air are recorded for quality, and you can ask us for a copy."],
        [f"A: {NOTICE}", "C: okay"],
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_disclosure_moves_nothing(notice: list[str], place: int) -> None:
    lines = [
        "A: Hello, Jo here.",
        "C: Where is my parcel?",
        f"A: {OWN}",
        "C: And my money, then?",
        f"A: {REFUND}",
    ]
    before = scriptedness(BOOK, contact(*lines))
    after = scriptedness(BOOK, contact(*lines[:place], *notice, *lines[place:]))
    assert (after.value, after.low, after.high, after.words) == (
        before.value,
        before.low,
        before.high,
        before.words,
    )
    assert len(after.spans) == len(before.spans)


def test_a_disclosure_inside_a_turn_moves_nothing_and_cuts_no_span_across() -> None:
    lines = ["A: Hello, Jo here.", "C: Where is my parcel?", f"A: {OWN} {REFUND}", "C: Fine then."]
    spliced = [*lines[:2], f"A: {OWN} {NOTICE} {REFUND}", lines[3]]
    before, talk = scriptedness(BOOK, contact(*lines)), contact(*spliced)
    after = scriptedness(BOOK, talk)
    assert (after.value, after.words) == (before.value, before.words)
    assert all("recorded" not in talk.quote(span.span) for span in after.spans)


def test_words_of_others_and_internal_notes_do_not_count() -> None:
    assert scriptedness(BOOK, contact(f"C: {REFUND}", f"N: {REFUND}", f"B: {REFUND}")).words == 0


def test_conformance() -> None:
    check_detector(ScriptingDetector(BOOK), transcripts=[contact(f"A: {REFUND}", "C: hm?", f"A: {OWN}")])


@pytest.mark.parametrize("confidence", [0.95, 0.85, 0.7])
def test_doubt_is_tolerant_and_never_surer(confidence: float) -> None:
    garbled = REFUND.replace("arrive within", "arrive").replace("business", "busy")
    sure = BOOK.recite(contact(f"A: {REFUND}")).found[0]
    unsure = BOOK.recite(contact(f"A: {REFUND}", confidence=confidence)).found[0]
    assert unsure.confidence < sure.confidence
    heard = BOOK.recite(contact(f"A: {garbled}", confidence=confidence)).found
    written = BOOK.recite(contact(f"A: {garbled}")).found
    if heard and written:
        assert heard[0].confidence <= written[0].confidence
        assert heard[0].p >= written[0].p
    assert len(heard) >= len(written)


def test_a_line_among_other_words_is_less_surely_the_line() -> None:
    alone = BOOK.recite(contact(f"A: {REFUND}")).found[0]
    words = "Your refund of twenty euros, the manager says, will maybe arrive soon within, what, 5 business days of"
    among = BOOK.recite(contact(f"A: {words} the return of these shoes to the shop in Leeds.")).found
    assert alone.p >= 0.9
    assert all(recital.p < alone.p - 0.1 for recital in among)


def test_the_interval_is_the_same_every_time() -> None:
    talk = contact(f"A: {OWN}", "C: And my money, then?", f"A: {REFUND} {OWN}")
    assert scriptedness(BOOK, talk) == scriptedness(ScriptBook(LIBRARY), talk)
