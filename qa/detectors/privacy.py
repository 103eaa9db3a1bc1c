"""What must not be spoken: a full number read back, account facts before identity is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from models.patterns import pattern
from models.records import Finding, Span
from qa.detectors import cues
from qa.detectors.folding import fold
from qa.detectors.scope import in_scope, quotations

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading

_READ_BACK = {"CARD": "a full card number", "NATIONAL ID": "a full national id", "IBAN": "a full IBAN"}
_DIGITS = 12
"""Fewest digits, written or spoken, worth a closer look."""
_SPOKEN = pattern(
    r"\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|eleven|"
    r"een|twee|drie|vier|vijf|zes|zeven|acht|negen|nul|eins|zwei|drei|funf|sechs|sieben|neun|null|"
    r"en|to|tre|fire|fem|seks|sju|atte|ni|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|cero)\b",
    re.IGNORECASE,
)
_OURS = pattern(
    r"\b(?:our|transfer (?:it|the|to)|pay (?:it |the \w+ )?(?:to|into)|company'?s?)\b", re.IGNORECASE
)
_NAMED_OTHERWISE = pattern(
    r"\b(?:serial|order|reference|ticket|case|booking|tracking|invoice|meter|model|part|parcel)"
    r"(?: (?:number|no|id|code|of|your|the|my|our|meter|device|router|order|parcel))*\W*(?:is|was|:|=)?\W*$",
    re.IGNORECASE,
)
"""Right before a number that fits a national id by chance."""
_GIVEN = pattern(
    r"\[(?:EMAIL|PHONE|NUMBER|ACCOUNT|CODE|CARD|NATIONAL ID|IBAN)|\S@\S|"
    r"\d{4,}|\d[\d -]{5,}\d|\b[a-z]{1,4}-?\d{4,}",
    re.IGNORECASE,
)


class PrivacyDetector:
    """`privacy.readback` and `privacy.before_verification`."""

    name = "privacy.v1"
    labels: tuple[str, ...] = ("privacy.readback", "privacy.before_verification")

    def __init__(self, verification: Sequence[str] = ()) -> None:
        self._needed = tuple(verification)

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words."""
        found: list[list[Finding]] = []
        for reading in readings:
            findings = [*_read_back(reading), *self._too_early(reading)]
            findings.sort(
                key=lambda finding: (finding.span.turn, finding.span.start) if finding.span else (0, 0)
            )
            found.append(findings)
        return found

    def _too_early(self, reading: Reading) -> Iterator[Finding]:
        """Account facts before anything was asked or given that identifies the customer.

        Said once per contact, at the first place; a client that names nothing to verify is not checked.
        """
        if not self._needed:
            return
        for index, turn in enumerate(reading.transcript.turns):
            if turn.visibility != "public":
                continue
            if turn.speaker == "customer" and _GIVEN.search(turn.text):
                return
            if turn.speaker not in ("agent", "bot", "system"):
                continue
            if cues.has("asked_identity", turn.text):
                return
            if turn.speaker != "agent":
                continue
            for sentence in reading.of(index):
                for start, end in cues.places("yours", sentence.text):
                    if _only_spoken_of(sentence.text, start):
                        continue
                    span = Span(index, sentence.span.start + start, sentence.span.start + end)
                    yield Finding(
                        "privacy.before_verification",
                        "critical",
                        span,
                        0.75,
                        "privacy.before_verification@1",
                        "tells account facts before identity was checked; this client asks first for "
                        + "; ".join(self._needed),
                        "Ask for what the client names, and give account facts after that.",
                    )
                    return


def _only_spoken_of(text: str, start: int) -> bool:
    """Asked, supposed or reported rather than told."""
    folded = fold(text)
    at = start if folded.at is None else next((k for k, place in enumerate(folded.at) if place >= start), 0)
    return any(
        in_scope(scope, folded.text, at, at) for scope in ("question", "hypothetical", "reported")
    ) or any(low <= start < high for low, high in quotations(text))


def _read_back(reading: Reading) -> Iterator[Finding]:
    for index in reading.agent_turns:
        text = reading.transcript.turns[index].text
        for start, end, kind in _secrets(text):
            if kind == "IBAN" and _OURS.search(text):
                continue  # the client's own account, given for a payment
            if kind == "NATIONAL ID" and _NAMED_OTHERWISE.search(text[max(0, start - 60) : start]):
                continue
            yield Finding(
                "privacy.readback",
                "critical",
                Span(index, start, end),
                0.95,
                "privacy.readback@1",
                f"speaks {_READ_BACK[kind]}",
                "Say the last four digits only.",
            )


def _secrets(text: str) -> list[tuple[int, int, str]]:
    """Full numbers in an agent's turn, masked already or not: start, end and kind."""
    from models.redaction import marks, redact

    found = [
        (start, end, kind) for start, end, kind in marks(text) if kind in _READ_BACK and _leads(text, start)
    ]
    spoken = sum(character.isdigit() for character in text) + len(_SPOKEN.findall(text))
    if spoken >= _DIGITS:
        masked = redact(text, kinds=tuple(_READ_BACK))
        if masked != text:
            found.extend(_new_marks(text, masked, marks(masked)))
    return sorted(set(found))


def _leads(text: str, start: int) -> bool:
    """A number said over several turns has its kind and last four in the first mark only."""
    return not text.startswith("[CARD]", start)


def _new_marks(
    text: str, masked: str, found: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """The original ranges of marks that redaction has just put in."""
    pieces: list[str] = []
    last = 0
    for start, end, _ in found:
        pieces.append(re.escape(masked[last:start]))
        last = end
    pieces.append(re.escape(masked[last:]))
    whole = re.fullmatch("(.+?)".join(pieces), text, re.DOTALL)
    if whole is None:
        return
    for number, (_, _, kind) in enumerate(found, start=1):
        start, end = whole.span(number)
        if kind in _READ_BACK and not text.startswith("[", start):
            yield start, end, kind


def privacy_detector(kb: KnowledgeBase) -> PrivacyDetector:
    """The checks, with what the client wants to know before account facts are given."""
    return PrivacyDetector(kb.profile.verification)
