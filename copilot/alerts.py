"""What a turn calls attention to: the customer's wording, and a secret that is about to be spoken.

A card number, code, PIN or password should be stopped before its first digit: when the customer says that
it is coming ("my card number is", "shall I read you the code?"), and when the agent asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge_base.scope import in_scope, quotations
from models.folding import fold
from models.readings import read
from models.records import Finding, Span, Transcript, Turn
from models.sentences import split_sentences

if TYPE_CHECKING:
    from models.ports import Detector

AHEAD = "privacy.secret_ahead"
REQUEST = "privacy.secret_request"
_BY = f"{AHEAD}@1"
_CONFIDENCE = 0.9
_LONGEST = 600
"""Code points of a sentence that are read."""
_COMING = "A card number, code, PIN or password is about to be spoken."
_ASKED = "The agent asks for a card number, code, PIN or password."
_STOP = "Stop here, before the first digit, and use the secure line or the payment page."


@dataclass(frozen=True, slots=True)
class _Language:
    ahead: re.Pattern[str]
    innocent: re.Pattern[str]


def alerts(turns: Sequence[Turn], index: int, detectors: Sequence[Detector]) -> list[Finding]:
    """Alerts of one turn, in the order of the words; spans point into `turns`.

    English, Dutch, German, Spanish and Norwegian for what customers are about to say, by the language of
    the turn; what agents ask for is known by the detectors, in theirs.

    Args:
        turns: Of the contact so far.
        index: The turn to read.
        detectors: Those with `customer.*` labels read the customer's turns, those with
            `privacy.secret_request` an agent's turn that mentions a secret.

    Returns:
        Findings `customer.*`, and at most one `privacy.secret_ahead`. An internal turn has none.
    """
    turn = turns[index]
    if turn.visibility != "public":
        return []
    found: list[Finding] = []
    if turn.speaker in ("customer", "unknown"):
        found.extend(
            one for one in _detected(turn, detectors, "customer.") if one.label.startswith("customer.")
        )
        found.extend(_coming(turn))
    elif turn.speaker == "agent" and _mentioned().search(fold(turn.text).text):
        asked = [one for one in _detected(turn, detectors, REQUEST) if one.label == REQUEST]
        found.extend(
            replace(one, label=AHEAD, severity="critical", by=_BY, reason=_ASKED, remedy=_STOP)
            for one in asked[:1]
        )
    placed = [replace(one, span=replace(one.span, turn=index)) for one in found if one.span is not None]
    return sorted(
        placed, key=lambda one: (one.span.start, one.span.end, one.label) if one.span else (0, 0, "")
    )


def _detected(turn: Turn, detectors: Sequence[Detector], label: str) -> Iterator[Finding]:
    """What detectors with such a label see in the turn alone."""
    chosen = [detector for detector in detectors if any(one.startswith(label) for one in detector.labels)]
    if chosen:
        reading = read([Transcript(id="live", client="live", turns=(turn,))])
        for detector in chosen:
            yield from detector.detect(reading)[0]


def _coming(turn: Turn) -> Iterator[Finding]:
    language = (turn.language or "en")[:2].lower()
    words = _words(language)
    quoted = quotations(turn.text)
    for start, end in split_sentences(turn.text, language):
        if end - start > _LONGEST:
            continue
        folded = fold(turn.text[start:end])
        hit = words.ahead.search(folded.text)
        if hit is None or words.innocent.search(folded.text):
            continue
        first, last = folded.original(hit.start(), hit.end())
        if in_scope("reported", folded.text, hit.start(), hit.end()) or any(
            low <= start + first < high for low, high in quoted
        ):
            continue
        span = Span(0, start + first, start + last)
        yield Finding(AHEAD, "critical", span, _CONFIDENCE, _BY, _COMING, _STOP)
        return


@cache
def _words(language: str) -> _Language:
    """The words of `secrets.yaml` for a language; English for one that is not in it."""
    data = _data()
    name = {"no": "nb", "nn": "nb"}.get(language, language)
    chosen = data[name] if name in data and isinstance(data[name], dict) else data["en"]
    ahead = "|".join(pattern.replace("{secret}", chosen["secret"]) for pattern in chosen["ahead"])
    return _Language(re.compile(ahead), re.compile(chosen["innocent"]))


@cache
def _mentioned() -> re.Pattern[str]:
    return re.compile(_data()["mentioned"])


@cache
def _data() -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("secrets.yaml").read_text("utf-8"))
    return data
