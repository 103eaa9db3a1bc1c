"""What holds for any text, and a made-up corpus in which no card number may be left."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.redaction_corpus import Sample, cards, check_digit
from benchmarks.redaction_lines import innocent
from benchmarks.redaction_secrets import secrets
from models.records import Transcript, Turn
from models.redaction import KINDS, marks, redact, redact_turn
from models.redaction.cards import find_cards, is_card
from models.redaction.plain import plain
from models.redaction.scan import MARK
from models.spoken_digits import NUMBER_WORDS

CONTACTS = 3_000
_PIECES = re.compile(r"[0-9]|[^\W\d_]+")


def left(text: str) -> str:
    """Every digit, written or spoken, that is still there outside marks."""
    words = _PIECES.findall(plain(MARK.sub(" | ", text)).text)
    return "".join(word if word.isdigit() else NUMBER_WORDS.get(word, "") for word in words)


def transcript(sample: Sample) -> Transcript:
    turns = tuple(Turn(speaker=speaker, text=text) for speaker, text in sample.turns)
    return Transcript(id="c", client="acme", turns=turns)


def leaks(sample: Sample, turns: tuple[Turn, ...]) -> bool:
    """Whether any turn holds more digits than stand around its secrets."""
    for number, turn in enumerate(turns):
        around = sample.turns[number][1]
        for place, start, end, _ in sorted(sample.secrets, reverse=True):
            around = around[:start] + " | " + around[end:] if place == number else around
        if len(left(turn.text)) > len(left(around)):
            return True
    return False


def test_no_card_number_is_left_in_three_thousand_contacts() -> None:
    missed, unique = [], set()
    for sample in cards(CONTACTS, seed=7):
        clean = redact(transcript(sample))
        unique.add(sample.digits)
        if leaks(sample, clean.turns):
            missed.append(sample.shape)
        for turn in clean.turns:
            assert sample.digits not in left(turn.text)
        assert redact(clean) == clean
    assert missed == []
    assert len(unique) == CONTACTS


def test_the_measure_of_leaks_sees_them() -> None:
    samples = list(cards(100, seed=3))
    assert all(leaks(sample, transcript(sample).turns) for sample in samples)


def test_live_no_card_number_is_left_whole_and_none_at_all_when_it_was_asked_for() -> None:
    for sample in cards(900, seed=8):
        turns: list[Turn] = []
        for turn in transcript(sample).turns:
            turns.append(redact_turn(turn, turns))
        said = "".join(left(turn.text) for turn in turns)
        assert sample.digits not in said
        if "card" in sample.turns[0][1] and sample.turns[0][0] == "agent":
            assert not leaks(sample, tuple(turns))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("CARD", "NUMBER")])
def test_other_secrets_are_masked_nearly_always(kind: str) -> None:
    samples = [sample for sample in secrets(150, seed=4) if sample.shape == kind]
    missed = 0
    for sample in samples:
        turn, start, end, _ = sample.secrets[0]
        before, text = sample.turns[:turn], sample.turns[turn][1]
        clean = redact(transcript(sample)).turns[turn].text
        behind = text[end:]
        whole = clean.startswith(text[:start]) and clean.endswith(behind) and before is not None
        inside = clean[start : len(clean) - len(behind)] if whole else clean
        missed += re.search(r"\w", MARK.sub("", inside)) is not None
    assert missed <= 1


def test_lines_without_a_secret_stay() -> None:
    assert [line for line in innocent(1_500, seed=5) if redact(line) != line] == []


WORDS = st.sampled_from(
    """one two three oh double triple forty eleven hundred thousand uh um and then my card number is cvv pin code password
    order the of at dot com jane email iban phone call me ok yes 4 41 4111 1111 123-45-6789 12/26 2024 $5 +44 % 45
    minutes [CARD] [PIN] [CARD ****1111] [NUMBER] [ ] , . : - ? \n \u200b \u0664 １ é ß İ @ G-48 AB12 GB29 to for ending in""".split(" ")
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(WORDS, max_size=30).map(" ".join),
    st.lists(WORDS, max_size=12).map("".join),
    st.text(max_size=60),
)
LINES = st.lists(
    st.tuples(st.sampled_from(["agent", "customer", "unknown", "system"]), TEXTS), min_size=1, max_size=8
)


def _turn(speaker: str, text: str) -> Turn | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return Turn(speaker=speaker, text=text)


@settings(max_examples=500, deadline=None)
@given(LINES)
def test_redacting_twice_changes_nothing(lines: list[tuple[str, str]]) -> None:
    turns = tuple(turn for line in lines if (turn := _turn(*line)) is not None)
    once = redact(Transcript(id="c", client="acme", turns=turns))
    assert redact(once) == once


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_text_outside_marks_is_the_text_as_it_was(text: str) -> None:
    clean = redact(text)
    assert redact(clean) == clean
    place = 0
    for piece in MARK.split(clean)[::2]:
        found = text.find(piece, place)
        assert found >= 0
        place = found + len(piece)
    before = [kind for _, _, kind in marks(text)]
    after = [kind for _, _, kind in marks(clean)]
    assert all(after.count(kind) >= before.count(kind) for kind in set(before))


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="0123456789", min_size=11, max_size=18),
    st.sampled_from(["4", "51", "37", "6011", "2221", "5018"]),
)
def test_every_card_number_is_found_among_other_digits(body: str, prefix: str) -> None:
    whole = (prefix + body)[:15]
    number = whole + check_digit(whole)
    assert redact(f"it is {number} ok") in (
        f"it is [CARD ****{number[-4:]}] ok",
        "it is [NUMBER] ok",
        "it is [PHONE] ok",
    )
    if is_card(number):
        first, last = find_cards(["12", number, "7"])[0]
        assert first <= 1 < last
        assert redact(f"it is {number} ok") == f"it is [CARD ****{number[-4:]}] ok"


@settings(max_examples=200, deadline=None)
@given(LINES, st.integers(0, 7))
def test_a_live_turn_changes_no_other(lines: list[tuple[str, str]], size: int) -> None:
    turns = [turn for line in lines if (turn := _turn(*line)) is not None]
    if turns:
        copy = list(turns)
        clean = redact_turn(turns[-1], turns[:-1][-size:])
        assert turns == copy
        assert clean.speaker == turns[-1].speaker
