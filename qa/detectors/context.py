"""Wordings that hurt only in their context: bare answers, missed distress, denial, dead ends, officialese.

Every check reads one contact and looks a few turns ahead or back; the words it asks for are cues
(`rules/cues.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from models.patterns import pattern
from models.records import Finding, Span
from models.words import is_back_channel
from qa.detectors import cues
from qa.detectors.contact import customer_before, finding, replies, whole
from qa.detectors.folding import fold
from qa.detectors.scope import in_scope, quotations
from qa.detectors.uptake import uptake

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading

NAME = "context.v1"
CURT_WORDS = 4
"""Longest bare answer, in words."""
CURT_TIMES = 2
"""Bare answers in a contact before they are raised; one is enough after distress."""
CURT_SHARE = 0.15
"""Of the agent's turns; a few short answers in a long chat are ordinary."""
AHEAD = 2
"""Further agent turns in which an acknowledgement or a way forward still counts."""
STIFF_FEATURES = 4
"""Of five: officialese, a rule number, passive, nobody speaks to anybody, no first person."""
STIFF_WORDS = 6
"""Shorter sentences are not read."""

_WORD = pattern(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_PERSON = pattern(r"\b(?:i|we|i'm|i'll|i've|we're|we'll|we've|my|me|us)\b")
_CONTRACTION = pattern(r"\w'(?:s|re|ve|ll|d|m|t)\b")


class ContextDetector:
    """Findings that need more than one turn, or the whole of one."""

    name = NAME
    labels: tuple[str, ...] = (
        "tone.curt",
        "tone.missed_empathy",
        "tone.argumentative",
        "tone.stiff",
        "tone.uptake",
        "brand.dead_end",
    )

    def __init__(self, legal: Sequence[str] = ()) -> None:
        self._legal = tuple(fold(text).text for text in legal)

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words."""
        return [sorted(self._read(reading), key=_place) for reading in readings]

    def _read(self, reading: Reading) -> Iterator[Finding]:
        distressed = _distress(reading)
        yield from curt(reading, distressed)
        yield from missed_empathy(reading, distressed)
        yield from argumentative(reading)
        yield from dead_ends(reading)
        yield from stiff(reading, self._legal)
        yield from uptake(reading)


def curt(reading: Reading, distressed: Iterable[int] = ()) -> Iterator[Finding]:
    """`tone.curt`: at most four bare words to an open request, twice, or once after distress."""
    turns = reading.transcript.turns
    bare = []
    for turn in replies(reading):
        before = customer_before(reading, turn)
        if before is None or not _is_bare(turns[turn].text):
            continue
        asked = turns[before].text
        listed = _piled(turns[turn].text) or re.match(r"\W*not\b", turns[turn].text, re.IGNORECASE)
        if not ("?" in asked or cues.has("open_question", asked) or listed):
            continue
        yes_or_no = cues.has("yes_no_question", asked)
        answers = re.match(r"\W*(?:yes|yeah|yep|no|nope)\b", turns[turn].text, re.IGNORECASE) is not None
        if (
            yes_or_no
            and answers
            and not cues.has("refusal", turns[turn].text)
            and not _piled(turns[turn].text)
        ):
            continue
        bare.append(turn)
    first_distress = min(distressed, default=None)
    late = [turn for turn in bare if first_distress is not None and turn > first_distress]
    enough = len(bare) >= max(CURT_TIMES, CURT_SHARE * len(replies(reading)))
    chosen = bare if enough else late
    for turn in chosen:
        yield finding(
            "tone.curt",
            whole(reading, turn),
            0.7,
            f"a few bare words, {len(chosen)} such answers in this contact"
            if len(chosen) > 1
            else "a few bare words to somebody who has just told of a hardship",
            "Answer in a whole sentence, and say what happens next.",
        )


def _piled(text: str) -> bool:
    """Whether "no" or "yes" is followed by another bare sentence."""
    return len([part for part in re.split(r"[.!]+", text) if part.strip()]) > 1


def _is_bare(text: str) -> bool:
    words = _WORD.findall(text)
    if not 1 <= len(words) <= CURT_WORDS or "?" in text or any(character.isdigit() for character in text):
        return False
    if re.search(r"https?:|www\.|@|\[|[\U0001F300-\U0001FAFF]", text) or text.rstrip().endswith(
        (",", ":", "…")
    ):
        return False
    if re.search(r"(?<!not )\b(?:\w+ed|sent|done|found|now|book|fixed)\b", text, re.IGNORECASE):
        return False  # "Booked." tells what was done
    return not (cues.has("courtesy", text) or cues.has("confirmation", text) or is_back_channel(text))


def missed_empathy(reading: Reading, distressed: Iterable[int]) -> Iterator[Finding]:
    """`tone.missed_empathy`: distress voiced, and no word about it in the next two agent turns."""
    turns = reading.transcript.turns
    answered = -1
    for heard in sorted(distressed):
        if heard <= answered:
            continue
        after = [turn for turn in replies(reading) if turn > heard][:AHEAD]
        if not after or any(cues.has("acknowledgement", turns[turn].text) for turn in after):
            continue
        answered = after[-1]
        numbers = " and ".join(str(turn + 1) for turn in after)
        yield finding(
            "tone.missed_empathy",
            _first_sentence(reading, after[0]),
            0.75,
            f"the customer told of a loss or hardship in turn {heard + 1}; "
            f"no word about it in turn{'s' if len(after) > 1 else ''} {numbers}",
            'First a word about what the customer told ("I am sorry to hear that"), then the question.',
        )


def argumentative(reading: Reading) -> Iterator[Finding]:
    """`tone.argumentative`: the customer's account contradicted a second time, with nothing checked."""
    turns = reading.transcript.turns
    denied: list[int] = []
    for turn in replies(reading):
        before = customer_before(reading, turn)
        text = turns[turn].text
        if before is None or "?" in turns[before].text[-2:]:
            continue
        for sentence in reading.of(turn):
            hits = [
                (start, end)
                for start, end in cues.places("denial", sentence.text)
                if not _meant_otherwise(sentence.text, start, end)
            ]
            if hits and not cues.has("checking", text):
                denied.append(turn)
                start, end = hits[0]
                if len(denied) > 1:
                    yield finding(
                        "tone.argumentative",
                        Span(turn, sentence.span.start + start, sentence.span.start + end),
                        0.8,
                        f"contradicts what the customer told, again after turn {denied[-2] + 1}, "
                        "with nothing checked",
                        'Say what you see and offer to look: "let me check that with you".',
                    )
                break


def dead_ends(reading: Reading) -> Iterator[Finding]:
    """`brand.dead_end`: a refusal, and no reason, alternative or next step here or in the next two turns."""
    turns = reading.transcript.turns
    said = replies(reading)
    for position, turn in enumerate(said):
        window = said[position : position + AHEAD + 1]
        for sentence in reading.of(turn):
            hits = [
                (start, end)
                for start, end in cues.places("refusal", sentence.text)
                if not _meant_otherwise(sentence.text, start, end)
            ]
            plain = [
                hit for hit in hits if re.fullmatch(r"\W*no\W*", sentence.text[slice(*hit)], re.IGNORECASE)
            ]
            if not hits or (plain == hits and _answers_small_question(reading, turn)):
                continue
            if any(cues.has("way_forward", cues.without("refusal", turns[later].text)) for later in window):
                break
            start, end = hits[0]
            searched = ", ".join(str(later + 1) for later in window)
            yield finding(
                "brand.dead_end",
                Span(turn, sentence.span.start + start, sentence.span.start + end),
                0.8,
                f"refuses; no reason, alternative, next step or other contact in turn(s) {searched}",
                "Give the reason, then what is possible instead, or who can decide.",
            )
            break


def _answers_small_question(reading: Reading, turn: int) -> bool:
    """A "no" is an answer to a question of fact ("Is there any interest?"), a refusal of a request."""
    before = customer_before(reading, turn)
    asked = "" if before is None else reading.transcript.turns[before].text
    return not re.search(
        r"\b(?:can|could|may) (?:you|i|we|it)|please|would you|at least|somebody|anybody|someone",
        asked,
        re.IGNORECASE,
    )


def stiff(reading: Reading, legal: Sequence[str] = ()) -> Iterator[Finding]:
    """`tone.stiff`: officialese, English only; wording the client prescribes is left out."""
    if not (reading.transcript.language or "en").startswith("en"):
        return
    for turn in reading.agent_turns:
        if (reading.transcript.turns[turn].language or "en")[:2] != "en":
            continue
        for sentence in reading.of(turn):
            text = fold(sentence.text).text
            named = cues.has("officialese", text)
            numbered = cues.has("rule_number", text)
            if len(_WORD.findall(text)) < STIFF_WORDS or not (named or numbered):
                continue
            features = [
                named,
                numbered,
                cues.has("passive", text),
                _CONTRACTION.search(text) is None and "you" not in text.split(),
                _PERSON.search(text) is None,
            ]
            prescribed = any(text.rstrip(".!? ") in wording for wording in legal)
            if sum(features) >= STIFF_FEATURES and not prescribed:
                yield finding(
                    "tone.stiff",
                    sentence.span,
                    0.65,
                    "officialese: no person speaks, the matter happens by itself"
                    + (", and a rule number is the reason" if numbered else ""),
                    'Say who does what ("I have cancelled it"), and give the reason in plain words.',
                )
                break


def _distress(reading: Reading) -> list[int]:
    """Customer turns that tell of a loss or hardship, and mean it."""
    found = []
    for turn in reading.customer_turns:
        for sentence in reading.of(turn):
            hits = cues.places("distress", sentence.text)
            if any(not _meant_otherwise(sentence.text, start, end) for start, end in hits):
                found.append(turn)
                break
    return found


def _meant_otherwise(text: str, start: int, end: int) -> bool:
    """Quoted, reported, hypothetical or part of an apology."""
    if any(low <= start and end <= high for low, high in quotations(text)):
        return True
    folded = fold(text)
    at = 0 if folded.at is None else next((k for k, place in enumerate(folded.at) if place >= start), 0)
    at = start if folded.at is None else at
    return any(in_scope(scope, folded.text, at, at) for scope in ("reported", "hypothetical", "apology"))


def _first_sentence(reading: Reading, turn: int) -> Span:
    parts = reading.of(turn)
    return parts[0].span if parts else whole(reading, turn)


def _place(finding: Finding) -> tuple[int, int, str]:
    span = finding.span or Span(0, 0, 0)
    return span.turn, span.start, finding.label


def context_detector(kb: KnowledgeBase) -> ContextDetector:
    """The checks, knowing the wording that the client prescribes word for word."""
    return ContextDetector([document.text for document in kb.documents(kind="disclosure", all_dates=True)])
