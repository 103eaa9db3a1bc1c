"""Secrets out of a record before it is stored, encoded, shown or logged.

`redact(record)` gives the same type with marks in the place of secrets: `[CARD ****1111]`,
`[SECURITY CODE]`, `[PIN]`, `[CODE]`, `[PASSWORD]`, `[NATIONAL ID]`, `[IBAN]`, `[ACCOUNT]`,
`[EMAIL]`, `[PHONE]`, `[NUMBER]`.
Postal addresses stay, and names too, unless a client wants `[NAME]` in their place
(`models.redaction.masking`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from models.errors import InputError, RedactionError
from models.patterns import pattern
from models.records import Document, Transcript, Turn
from models.redaction.decide import Decider
from models.redaction.known_clean import KnownClean
from models.redaction.metadata import redact_value
from models.redaction.names import names, of_metadata, words_of
from models.redaction.scan import KINDS, MARK, NAME, Scan, scan

__all__ = ["DOCUMENT_KINDS", "KINDS", "NAME", "marks", "redact", "redact_turn"]

DOCUMENT_KINDS: tuple[str, ...] = ("CARD", "SECURITY CODE", "PIN", "CODE", "PASSWORD", "NATIONAL ID")
"""What is masked in a client's own document; its telephone lines and addresses stay."""
_PASSES = 8
_SHORTEST_CARD = 12
"""Digits."""
_NUMERAL = pattern(
    r"\d|\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)\b", re.IGNORECASE
)
_UUID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LIVE = 12
"""Turns that `redact_turn` looks back on."""

_clean = KnownClean()

Record = TypeVar("Record", str, Turn, Transcript, Document)


def redact(record: Record, *, kinds: Collection[str] | None = None, kept: Collection[str] = ()) -> Record:
    """The record with its secrets masked. Redacting twice changes nothing more; marks are never changed.

    Text, title, warnings and metadata (keys and values, at any depth) are read. Names (the agent,
    participants, ids of turns) lose card numbers alone; the id of a record is never changed.
    A number said over several turns has a mark in each: `[CARD ****1111]` first, then `[CARD]`. Linear time.

    Args:
        record: A text, a turn, a transcript or a document. A turn of a live contact is better given
            to `redact_turn`, which knows what was asked before.
        kinds: Of `KINDS` and `NAME`, those to mask. Default: `KINDS`; for a document `DOCUMENT_KINDS`.
        kept: Names that stay where names are masked, beside the transcript's agent: a brand, a product.

    Returns:
        A record of the same type; the same object when nothing was found.

    Raises:
        RedactionError: When anything fails; names the record and the step, never the words.
        InputError: A kind is not in `KINDS`.

    Example:
        >>> redact("it's four one one one, one one one one, double one double one, one one one one")
        "it's [CARD ****1111]"
    """
    wanted = _wanted(kinds, record)
    if isinstance(record, str):
        return _guarded("text", "reading it", lambda: _text(record, wanted, kept=kept))
    if isinstance(record, Turn):
        return _guarded("turn", "reading its text", lambda: _turns([record], wanted, kept=kept)[0])
    return _transcript(record, wanted, kept) if isinstance(record, Transcript) else _document(record, wanted)


def redact_turn(
    turn: Turn,
    previous: Sequence[Turn],
    *,
    kinds: Collection[str] | None = None,
    known: Collection[str] = (),
    kept: Collection[str] = (),
) -> Turn:
    """The next turn of a live contact with its secrets masked.

    Args:
        turn: What was just said.
        previous: The turns before it, oldest first, redacted already; the last twelve are read. A
            request for a code in them makes a bare "483" in `turn` a security code. Digits alone that may
            be the beginning of a card number are masked when nobody asked for a figure.
        kinds: Of `KINDS` and `NAME`, those to mask. Default: `KINDS`.
        known: Words of names told before in this contact, as `Masking.told` gives them.
        kept: Names that stay.

    Raises:
        RedactionError: When anything fails; names the turn's place, never the words.
        InputError: A kind is not in `KINDS`.
    """
    wanted = _wanted(kinds, turn)
    turns = [*previous[-_LIVE:], turn]
    return _guarded(
        f"turn {len(previous) + 1}",
        "reading its text",
        lambda: _turns(turns, wanted, live=True, known=known, kept=kept)[-1],
    )


def marks(text: str) -> list[tuple[int, int, str]]:
    """Where marks stand in a redacted text: start, end (half-open code points) and kind, in order.

    A `CARD` mark in an agent's turn is a read-back of a card number.
    """
    return [(match.start(), match.end(), match.group(1)) for match in MARK.finditer(text)]


def _wanted(kinds: Collection[str] | None, record: object) -> frozenset[str]:
    if kinds is None:
        return frozenset(DOCUMENT_KINDS if isinstance(record, Document) else KINDS)
    unknown = sorted(set(kinds) - {*KINDS, NAME})
    if unknown:
        raise InputError(f"redact: no such kind {unknown[0]!r}; known: {', '.join(KINDS)}")
    return frozenset(kinds)


Result = TypeVar("Result")


def _guarded(name: str, step: str, work: Callable[[], Result]) -> Result:
    """Run `work`; whatever it raises becomes a RedactionError without words, cause or context."""
    failure = ""
    try:
        return work()
    except Exception as problem:  # noqa: BLE001 - fail closed, whatever it was
        failure = type(problem).__name__
    # Raised outside the handler, so that no exception with text in its frames hangs on it.
    raise RedactionError(f"{name}: redaction failed while {step} ({failure}); nothing was stored")


def _texts(
    texts: Sequence[str],
    speakers: Sequence[str],
    languages: Sequence[str | None],
    wanted: frozenset[str],
    *,
    strict: bool = False,
    live: bool = False,
    known: Collection[str] = (),
    kept: Collection[str] = (),
) -> list[str]:
    """Texts of one conversation, redacted until nothing changes."""
    current = list(texts)
    if not any(current):
        return current
    how = (tuple(speakers), tuple(languages), sorted(wanted), strict, live, sorted(known), sorted(kept))
    if _clean.key(current, how) in _clean:
        return current
    scans = [scan(text, language=language) for text, language in zip(current, languages, strict=True)]
    for _ in range(_PASSES):
        edits = Decider(scans, speakers, languages=languages, strict=strict, live=live).decide()
        changed = False
        for place, found in enumerate(edits):
            chosen = [edit for edit in found if edit.kind in wanted]
            if not chosen:
                continue
            changed = True
            text, copy, parts, done = current[place], scans[place].plain, [], 0
            for edit in chosen:
                start, end = copy.original(edit.start, edit.end)
                parts += [text[done:start], edit.mark]
                done = end
            current[place] = "".join([*parts, text[done:]])
            scans[place] = scan(current[place], language=languages[place])
        if NAME in wanted and not changed:
            changed = _unnamed(current, scans, speakers, languages, known=known, kept=kept)
        if not changed:
            _clean.add(_clean.key(current, how))
            break
    return current


def _unnamed(
    current: list[str],
    scans: list[Scan],
    speakers: Sequence[str],
    languages: Sequence[str | None],
    *,
    known: Collection[str],
    kept: Collection[str],
) -> bool:
    """Mask names, in place; whether there were any."""
    found, _ = names(current, speakers, known=known, kept=kept)
    for place, ranges in enumerate(found):
        for start, end in reversed(ranges):
            current[place] = f"{current[place][:start]}[{NAME}]{current[place][end:]}"
        if ranges:
            scans[place] = scan(current[place], language=languages[place])
    return any(found)


def _turns(
    turns: Sequence[Turn],
    wanted: frozenset[str],
    *,
    language: str | None = None,
    live: bool = False,
    known: Collection[str] = (),
    kept: Collection[str] = (),
) -> list[Turn]:
    texts = [turn.text for turn in turns]
    speakers = [turn.speaker for turn in turns]
    languages = [turn.language or language for turn in turns]
    clean = _texts(texts, speakers, languages, wanted, live=live, known=known, kept=kept)
    return [
        turn if text == turn.text else replace(turn, text=text)
        for turn, text in zip(turns, clean, strict=True)
    ]


def _text(text: str, wanted: frozenset[str], *, strict: bool = False, kept: Collection[str] = ()) -> str:
    return _texts([text], ["unknown"], [None], wanted, strict=strict, kept=kept)[0]


def _transcript(transcript: Transcript, wanted: frozenset[str], kept: Collection[str]) -> Transcript:
    name = f"transcript {transcript.id}"
    stays = (*kept, *filter(None, [transcript.agent]))

    def clean_turns() -> list[Turn]:
        known = {word for one in of_metadata(transcript.metadata) for word in words_of(one)}
        return _turns(transcript.turns, wanted, language=transcript.language, known=sorted(known), kept=stays)

    turns = tuple(_guarded(name, "reading the turns", clean_turns))
    # Who the customer is stays here: the store hashes it for later erasures, and masks it then.
    wanted -= {NAME}
    metadata = _guarded(
        name,
        "reading the metadata",
        lambda: redact_value(transcript.metadata, "", lambda text: _text(text, wanted)),
    )
    named = _guarded(name, "reading the names", lambda: tuple(_named(turn, wanted) for turn in turns))
    agent = _guarded(name, "reading the names", lambda: _name(transcript.agent, wanted))
    warnings = _guarded(
        name,
        "reading the warnings",
        lambda: tuple(
            replace(one, message=_text(one.message, wanted), path=_name(one.path, wanted))
            for one in transcript.warnings
        ),
    )
    clean = replace(transcript, turns=named, metadata=metadata, agent=agent, warnings=warnings)
    return transcript if clean == transcript else clean


def _name(name: str, wanted: frozenset[str]) -> str:
    """A name or id without card numbers. Shorter numbers in it are somebody's own reference."""
    if len(_NUMERAL.findall(name)) < _SHORTEST_CARD or _UUID.fullmatch(name):
        return name
    return _text(name, wanted & {"CARD"})


def _named(turn: Turn, wanted: frozenset[str]) -> Turn:
    id = turn.id and _name(turn.id, wanted)
    participant = turn.participant and _name(turn.participant, wanted)
    if (id, participant) == (turn.id, turn.participant):
        return turn
    return replace(turn, id=id, participant=participant)


def _document(document: Document, wanted: frozenset[str]) -> Document:
    def clean(text: str) -> str:
        return _text(text, wanted, strict=True)

    name = f"document {document.id}"
    text = _guarded(name, "reading the text", lambda: clean(document.text))
    title = _guarded(name, "reading the title", lambda: clean(document.title))
    metadata = _guarded(name, "reading the metadata", lambda: redact_value(document.metadata, "", clean))
    if (text, title, metadata) == (document.text, document.title, document.metadata):
        return document
    return replace(document, text=text, title=title, metadata=metadata)
