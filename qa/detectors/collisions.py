"""Where a script shows through: a blank left unfilled, another customer's name, a sales line after grief."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.alignment import same_word
from models.records import Finding, Span
from qa.detectors.talk import Talk, find, raise_finding, says

LOOK_BACK = 2
"""Customer turns before a sales line that are searched for a complaint; a loss counts from anywhere."""

_LABEL = "scripting.collision"

_NOUNS = (
    r"(?:name|names|amount|date|dates|time|order|number|product|item|company|brand|agent|customer|caller|client|guest|"
    r"address|e-?mail|phone|reason|city|area|title|account|case|ticket|reference|ref|price|total|balance|plan|topic|"
    r"issue|day|month|year|department|store|url|code|id|insert|your|xx+)"
)
_CURLY = re.compile(r"\{\{?\s*[A-Za-z][\w .:'/-]{0,60}\}?\}")
# Word and gap share no character, so there is one way to cut a blank into words.
_PART = r"(?:[^\W_]|['-]){1,40}"
_SQUARE = re.compile(
    rf"\[(?=[^\[\]]{{0,120}}[a-z])(?:{_PART}[ _]){{0,3}}(?i:{_NOUNS})(?:[ _]{_PART}){{0,2}}\]"
)
_SHOUTED = re.compile(r"\[(?:INSERT|YOUR|CUSTOMER|CLIENT|AGENT|ORDER)[ _][A-Z _]{2,40}\]")
_ANGLE = re.compile(rf"<(?:[A-Za-z]+[ _])?{_NOUNS}>", re.IGNORECASE)
_PERCENT = re.compile(rf"%(?:[A-Za-z]+_)?{_NOUNS}%", re.IGNORECASE)
_BLANKS = (_CURLY, _SQUARE, _SHOUTED, _ANGLE, _PERCENT)
_NOISE = re.compile(
    r"inaudible|unintelligible|crosstalk|laugh|music|silence|pause|noise|cough|attachment|image|link|redacted|applause",
    re.IGNORECASE,
)

_NAME = r"[A-ZÀ-Þ][a-zß-ÿ'’][\w'’-]*"
_TITLE = r"(?:[Mm]rs?\.?\s+|[Mm]s\.?\s+|[Mm]iss\s+)?"
_FULL = rf"({_NAME}(?:\s+{_NAME}){{0,3}})"
_GIVEN = re.compile(
    rf"\b(?:[Nn]ame is|[Nn]ame['’]?s|[Nn]ame:)\s+{_FULL}|"
    rf"\b[Tt]his is\s+(?:[Mm]rs?\.?\s+|[Mm]s\.?\s+)?{_FULL}(?=,?\s+(?:speaking|here|calling|from)\b)"
)
_ANSWERED = re.compile(
    rf"(?:\bI am|\bI['’]m|\b[Ii]t is|\b[Ii]t['’]s|\b[Tt]his is)\s+{_TITLE}{_FULL}(?=\s*[,.;]|\s*$)|"
    r"^\s*(?:(?:[Ss]ure|[Yy]es|[Oo]f course),?\s+)?(?!(?:Hi|Hiya|Hello|Hey|Good|Dear|Thanks?|Okay)\b)"
    rf"({_NAME}(?:\s+{_NAME}){{1,3}})\s*(?:[,.;\d]|$)"
)
"""What counts as a name only right after it was asked for."""
_ASKS_NAME = re.compile(r"\b(?:name|speaking with|speaking to|who am i)\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b(?:(?:[Tt]hank you|[Tt]hanks|[Hh]ello|[Hh]i|[Dd]ear|[Ss]orry|[Ww]elcome)(?: so much| very much)?"
    rf",?\s+{_TITLE}|(?:Mr|Mrs|Ms)\.?\s+)({_NAME})(?=\s*(?:[,.!?;:]|$))"
)
_NOT_NAMES = frozenset(
    "sir madam ma'am maam there again everyone all team po miss mister good great sorry yes no okay ok for "
    "and calling dutch english german american friend dear customer valued guest mate welcome thank "
    "thanks".split()
)


def collisions(talk: Talk, names: Sequence[str] = ()) -> list[Finding]:
    """Placeholders, wrong names and misplaced sales lines, in order of the contact.

    Args:
        talk: The contact.
        names: The client's own names, which are nobody's.
    """
    return [*_placeholders(talk), *_wrong_names(talk, names), *_misplaced_sales(talk)]


def _placeholders(talk: Talk) -> Iterator[Finding]:
    masks = {hit for turn in talk.reading.customer_turns for hit in _marks(talk.text(turn))}
    for turn in talk.reading.agent_turns:
        text = talk.text(turn)
        for start, end in _mark_places(text):
            # A mark that the customer's turns have too was put there by whoever masked the transcript.
            if text[start:end] in masks:
                continue
            yield raise_finding(
                _LABEL,
                Span(turn, start, end),
                "A blank of the template was left in: the customer sees the placeholder instead of the word.",
                "Fill in the customer's own detail, or leave the phrase out.",
            )
            break


def _marks(text: str) -> set[str]:
    return {text[start:end] for start, end in _mark_places(text)}


def _mark_places(text: str) -> list[tuple[int, int]]:
    if not any(sign in text for sign in "{[<%"):
        return []
    found = {hit.span() for pattern in _BLANKS for hit in pattern.finditer(text)}
    return sorted(place for place in found if not _NOISE.search(text, *place))


def _wrong_names(talk: Talk, names: Sequence[str]) -> Iterator[Finding]:
    given: list[str] = []
    where = 0
    asked = False
    ours = {part.casefold() for name in names for part in name.split()}
    heard = " ".join(talk.text(turn) for turn in talk.reading.customer_turns).casefold()
    for index, turn in enumerate(talk.transcript.turns):
        if turn.visibility == "internal":
            continue
        if turn.speaker == "customer":
            hit = _GIVEN.search(turn.text) or (_ANSWERED.search(turn.text) if asked else None)
            parts = (
                [part for part in (hit[1] or hit[2]).split() if part.casefold() not in _NOT_NAMES]
                if hit
                else []
            )
            if parts and not given:
                given, where = [part.casefold() for part in parts], index
        elif turn.speaker == "agent":
            asked = _ASKS_NAME.search(turn.text) is not None
            for hit in _ADDRESS.finditer(turn.text) if given else ():
                name = hit[1].casefold()
                known = name in _NOT_NAMES or name in ours or name in heard
                if known or any(_alike(name, part) for part in given):
                    continue
                yield raise_finding(
                    _LABEL,
                    Span(index, hit.start(1), hit.end(1)),
                    f"The customer is addressed by another name than the one given in turn {where + 1}.",
                    "Use the name the customer gave, or none.",
                )


def _alike(name: str, given: str) -> bool:
    """A short form, a misspelling or a mishearing of the same name."""
    return name[:2] == given[:2] or same_word(name, given) > 0 or name in given or given in name


def _misplaced_sales(talk: Talk) -> Iterator[Finding]:
    told: list[int] = []
    raised: set[int] = set()
    for index, turn in enumerate(talk.transcript.turns):
        if turn.visibility == "internal":
            continue
        if turn.speaker == "customer":
            told.append(index)
        elif turn.speaker == "agent":
            cause = _cause(talk, told)
            place = _sales_place(talk, index) if cause is not None else None
            if cause is not None and place is not None and cause not in raised:
                raised.add(cause)
                span, source = place
                yield raise_finding(
                    _LABEL,
                    span,
                    "A sales or survey line, although the customer spoke of a complaint or a loss in turn "
                    f"{cause + 1}.",
                    "Leave offers and surveys for another contact; settle what the customer came with.",
                    source=source,
                )


def _cause(talk: Talk, told: list[int]) -> int | None:
    """The customer's turn that forbids a sales line: a recent complaint, or a loss at any time."""
    recent = (turn for turn in reversed(told[-LOOK_BACK:]) if says("complaint", talk.text(turn)))
    ever = (turn for turn in reversed(told) if says("loss", talk.text(turn)))
    return next(recent, next(ever, None))


def _sales_place(talk: Talk, turn: int) -> tuple[Span, str | None] | None:
    for recital in talk.recitals.of(turn):
        inside = [word for word in recital.words if word.turn == turn]
        if recital.line.part == "sales":
            return Span(turn, inside[0].start, max(word.end for word in inside)), recital.line.source
    for sentence in talk.reading.of(turn):
        hit = find("sales", sentence.text)
        if hit is not None:
            return Span(turn, sentence.span.start + hit[0], sentence.span.start + hit[1]), None
    return None
