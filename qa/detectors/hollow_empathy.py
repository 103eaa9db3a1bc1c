"""Empathy by formula: said over and over, or with nothing done after it."""

from __future__ import annotations

from functools import cache

from models.alignment import ScriptIndex
from models.records import Finding, Span
from models.words import SpokenWord, spans_of
from qa.detectors.shipped import read_shipped
from qa.detectors.talk import Talk, raise_finding, says

OFTEN = 3
"""Formulas in one contact from which it is over and over."""
LOOK_AHEAD = 2
"""Agent turns after a formula in which something must be done."""

_LABEL = "scripting.hollow_empathy"


@cache
def _formulas() -> ScriptIndex:
    return ScriptIndex(read_shipped("data/heavy_scripting.yaml")["formulas"])


def hollow_empathy(talk: Talk) -> list[Finding]:
    """At most one finding a contact: at the third formula, else at the first that nothing follows."""
    places = _places(talk)
    if len(places) >= OFTEN:
        turns = ", ".join(str(span.turn + 1) for span in places[: OFTEN - 1])
        return [
            raise_finding(
                _LABEL,
                places[OFTEN - 1],
                f"An empathy or apology formula for the third time in this contact (also in turn {turns}). "
                "Repeated, it sounds read out.",
                "Say it once, name what happened to this customer, and go on with what you do about it.",
            )
        ]
    for span in places:
        turns_after = _agent_turns_after(talk, span.turn)
        if len(turns_after) == LOOK_AHEAD and not _acted(talk, span, turns_after):
            listed = " and ".join(str(turn + 1) for turn in turns_after)
            return [
                raise_finding(
                    _LABEL,
                    span,
                    "A formula of empathy, but neither in this turn nor in the agent's next turns "
                    f"({listed}) is anything done, promised or asked about the problem.",
                    "Follow it at once with a step: what you check, change or ask, and by when.",
                )
            ]
    return []


def _places(talk: Talk) -> list[Span]:
    found: list[Span] = []
    for stretch in talk.recitals.stretches:
        for match in _formulas().find([word.text for word in stretch], precision=0.7):
            said: list[SpokenWord] = stretch[match.alignment.start : match.alignment.end]
            if not any(word in talk.recitals.mandatory for word in said):
                found.append(spans_of(said)[0])
    for recital in talk.recitals.found:
        own = recital.line.part == "empathy" and says("empathy", recital.line.text)
        span = spans_of(recital.words)[0]
        if own and not any(other.overlaps(span) for other in found):
            found.append(span)
    return sorted(found, key=lambda span: (span.turn, span.start))


def _agent_turns_after(talk: Talk, turn: int) -> list[int]:
    return [index for index in talk.reading.agent_turns if index > turn][:LOOK_AHEAD]


def _acted(talk: Talk, span: Span, after: list[int]) -> bool:
    own = talk.text(span.turn)
    before = [index for index in talk.reading.agent_turns if index < span.turn][-1:]
    texts = [own[: span.start], own[span.end :], *(talk.text(turn) for turn in (*before, *after))]
    return any(says("action", text) for text in texts)
