"""Wordings that hurt only in their context: bare answers, missed distress, denial, dead ends, officialese.

Every check reads one contact and looks a few turns ahead or back; the words it asks for are cues
(`rules/cues.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from models.labels import LABELS
from models.records import Finding, Severity, Span
from models.words import is_back_channel
from qa.detectors import cues
from qa.detectors.folding import fold
from qa.detectors.scope import in_scope, quotations

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
STIFF_FEATURES = 3

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_PERSON = re.compile(r"\b(?:i|we|i'm|i'll|i've|we're|we'll|we've|my|me|us)\b")
_CONTRACTION = re.compile(r"\w'(?:s|re|ve|ll|d|m|t)\b")


class ContextDetector:
    """Findings that need more than one turn, or the whole of one."""

    name = NAME
    labels = (
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
    for turn in _replies(reading):
        before = _customer_before(reading, turn)
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
    enough = len(bare) >= max(CURT_TIMES, CURT_SHARE * len(_replies(reading)))
    chosen = bare if enough else late
    for turn in chosen:
        yield _finding(
            "tone.curt",
            _whole(reading, turn),
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
        after = [turn for turn in _replies(reading) if turn > heard][:AHEAD]
        if not after or any(cues.has("acknowledgement", turns[turn].text) for turn in after):
            continue
        answered = after[-1]
        numbers = " and ".join(str(turn + 1) for turn in after)
        yield _finding(
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
    for turn in _replies(reading):
        before = _customer_before(reading, turn)
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
                    yield _finding(
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
    replies = _replies(reading)
    for position, turn in enumerate(replies):
        window = replies[position : position + AHEAD + 1]
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
            yield _finding(
                "brand.dead_end",
                Span(turn, sentence.span.start + start, sentence.span.start + end),
                0.8,
                f"refuses; no reason, alternative, next step or other contact in turn(s) {searched}",
                "Give the reason, then what is possible instead, or who can decide.",
            )
            break


def _answers_small_question(reading: Reading, turn: int) -> bool:
    """A "no" is an answer to a question of fact ("Is there any interest?"), a refusal of a request."""
    before = _customer_before(reading, turn)
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
            if len(_WORD.findall(text)) < 6 or not (named or numbered):
                continue
            features = [
                named,
                numbered,
                cues.has("passive", text),
                _CONTRACTION.search(text) is None and "you" not in text.split(),
                _PERSON.search(text) is None,
            ]
            prescribed = any(text.rstrip(".!? ") in wording for wording in legal)
            if sum(features) >= STIFF_FEATURES + 1 and not prescribed:
                yield _finding(
                    "tone.stiff",
                    sentence.span,
                    0.65,
                    "officialese: no person speaks, the matter happens by itself"
                    + (", and a rule number is the reason" if numbered else ""),
                    'Say who does what ("I have cancelled it"), and give the reason in plain words.',
                )
                break


_STOP = frozenset(
    """about after again already also always another because been before being could does doing done down during each
    even ever every from give going gonna good great have having hello help here into just know last like little look
    made make many maybe more most much need never next okay once only other over please really right said same should
    since some something still such sure take tell than thank thanks that their them then there these they thing things
    think this those today tomorrow until very want wanted well went were what when where which while with without
    would yeah your yours yesterday hours days time minutes account order number customer company email address""".split()
)


def uptake(reading: Reading) -> Iterator[Finding]:
    """`tone.uptake` (went well): the agent takes up two or more of the customer's own content words."""
    for turn in _replies(reading):
        before = _customer_before(reading, turn)
        if before is None:
            continue
        theirs = {_stem(word) for word in _content(reading.transcript.turns[before].text)}
        for sentence in reading.of(turn):
            text = sentence.text
            shared = [hit for hit in _WORD.finditer(text) if _stem(hit.group().lower()) in theirs]
            kinds = {_stem(hit.group().lower()) for hit in shared}
            if len(kinds) >= 2 and len(_WORD.findall(text)) >= 6:  # noqa: PLR2004
                start, end = sentence.span.start + shared[0].start(), sentence.span.start + shared[-1].end()
                yield _finding(
                    "tone.uptake",
                    Span(turn, start, end),
                    0.6,
                    f"takes up the customer's own words of turn {before + 1}",
                    "",
                )
                break


def _content(text: str) -> Iterator[str]:
    for hit in _WORD.finditer(fold(text).text):
        if len(hit.group()) >= 4 and hit.group() not in _STOP and not hit.group().isdigit():  # noqa: PLR2004
            yield hit.group()


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004
            return word[: -len(ending)]
    return word


def _distress(reading: Reading) -> list[int]:
    return [
        turn
        for turn in reading.customer_turns
        if any(
            not in_scope("hypothetical", fold(sentence.text).text, 0, 0)
            and cues.has("distress", sentence.text)
            and not re.search(
                r"\b(?:battery|phone|laptop|line|app) (?:is |has |just )*d(?:ied|ead)", sentence.text
            )
            for sentence in reading.of(turn)
        )
    ]


def _replies(reading: Reading) -> list[int]:
    """Agent turns that are more than a sign of listening; a few bare words are kept."""
    turns = reading.transcript.turns
    return [
        turn
        for turn in reading.agent_turns
        if not is_back_channel(turns[turn].text)
        or re.fullmatch(r"\W*(?:no|nope)\W*", turns[turn].text, re.IGNORECASE)
    ]


def _customer_before(reading: Reading, turn: int) -> int | None:
    """The public turn right before, when it is the customer's."""
    turns = reading.transcript.turns
    for index in range(turn - 1, -1, -1):
        if turns[index].visibility == "public" and turns[index].speaker in ("agent", "customer"):
            return index if turns[index].speaker == "customer" else None
    return None


def _meant_otherwise(text: str, start: int, end: int) -> bool:
    """Quoted, reported, hypothetical or part of an apology."""
    if any(low <= start and end <= high for low, high in quotations(text)):
        return True
    folded = fold(text)
    at = 0 if folded.at is None else next((k for k, place in enumerate(folded.at) if place >= start), 0)
    at = start if folded.at is None else at
    return any(in_scope(scope, folded.text, at, at) for scope in ("reported", "hypothetical", "apology"))


def _whole(reading: Reading, turn: int) -> Span:
    parts = reading.of(turn)
    if not parts:
        return Span(turn, 0, len(reading.transcript.turns[turn].text))
    return Span(turn, parts[0].span.start, parts[-1].span.end)


def _first_sentence(reading: Reading, turn: int) -> Span:
    parts = reading.of(turn)
    return parts[0].span if parts else _whole(reading, turn)


def _finding(label: str, span: Span, confidence: float, reason: str, remedy: str) -> Finding:
    severity: Severity = LABELS[label].severity
    return Finding(label, severity, span, confidence, f"{label}.context@1", reason, remedy)


def _place(finding: Finding) -> tuple[int, int, str]:
    span = finding.span or Span(0, 0, 0)
    return span.turn, span.start, finding.label


def context_detector(kb: KnowledgeBase) -> ContextDetector:
    """The checks, knowing the wording that the client prescribes word for word."""
    return ContextDetector([document.text for document in kb.documents(kind="disclosure", all_dates=True)])
