"""Secrets that words and letters make: addresses, passwords, IBANs, ids with letters, sort codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.patterns import pattern
from models.redaction import emails, identity, passwords
from models.redaction.edits import Edit
from models.redaction.scan import Scan
from models.redaction.spelling import spelled

_TURNS = 4
"""Turns back in which somebody may have spoken of what is now given."""
_IBAN_TOKENS = 10
_SORT_CODE_REACH = 60
_SPOKEN_AT = (" at ", " add ", " arroba ", " apenstaartje ", " krøllalfa ")
_DIGIT = pattern("[0-9]")


def worded(scans: Sequence[Scan], speakers: Sequence[str], turn: int, *, strict: bool) -> list[Edit]:
    """What is to be masked in one turn, numbers apart.

    Args:
        scans: All turns.
        speakers: Who spoke, per turn.
        turn: Index of the turn.
        strict: A document: only what is named in the same text.
    """
    return [
        Edit(start, end, kind)
        for kind, start, end in _found(scans, speakers, turn, strict=strict)
        if end > start
    ]


def _found(
    scans: Sequence[Scan], speakers: Sequence[str], turn: int, *, strict: bool
) -> Iterator[tuple[str, int, int]]:
    scan = scans[turn]
    text = scan.plain.text
    first = turn if strict else max(0, turn - _TURNS)
    named = {mention.kind for place in range(first, turn + 1) for mention in scans[place].mentions}
    spoken = any(word in text for word in _SPOKEN_AT) or text.startswith("at ")
    if spoken or "@" in text:
        expected = any("mail" in scans[place].plain.text for place in range(first, turn + 1))
        yield from _of("EMAIL", emails.written(text, expected=expected))
        yield from _of("EMAIL", emails.spoken(text, expected=expected) if spoken else iter(()))
    if "PASSWORD" in named:
        if any(mention.kind == "PASSWORD" for mention in scan.mentions):
            yield from _of("PASSWORD", passwords.said(text))
        elif not strict and _password_asked(scans, speakers, turn):
            yield from _of("PASSWORD", passwords.answered(text))
    if _DIGIT.search(text):
        yield from _of("IBAN", identity.ibans(text, expected="IBAN" in named))
        yield from _of("NATIONAL ID", identity.shaped_ids(text))
        if "ACCOUNT" in named:
            yield from _of("ACCOUNT", _sort_codes(scans, turn, strict=strict))
    if "IBAN" in named and not strict:
        yield from _of("IBAN", spelled(text, tokens=_IBAN_TOKENS))
    if "CODE" in named:
        yield from _of("CODE", passwords.codes(text, scan.mentions))


def _of(kind: str, ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[str, int, int]]:
    return ((kind, start, end) for start, end in ranges)


def _password_asked(scans: Sequence[Scan], speakers: Sequence[str], turn: int) -> bool:
    """Whether the other party's last turn asks for a password."""
    for place in range(turn - 1, max(-1, turn - 1 - _TURNS), -1):
        if speakers[place] == speakers[turn] and speakers[turn] != "unknown":
            continue
        if any(mention.kind == "PASSWORD" for mention in scans[place].mentions):
            return passwords.is_request(scans[place].plain.text)
        if not scans[place].light:
            return False
    return False


def _sort_codes(scans: Sequence[Scan], turn: int, *, strict: bool) -> Iterator[tuple[int, int]]:
    """Sort codes (2-2-2, which a date looks like too) after their name."""
    text = scans[turn].plain.text
    places = [end for name, end in _bank_names(scans[turn]) if "sort" in name]
    if not places and turn and not strict and any("sort" in name for name, _ in _bank_names(scans[turn - 1])):
        places = [0]
    for place in places:
        span = identity.sort_code(text, place, place + _SORT_CODE_REACH)
        if span:
            yield span


def _bank_names(scan: Scan) -> Iterator[tuple[str, int]]:
    for mention in scan.mentions:
        if mention.kind == "ACCOUNT":
            yield scan.plain.text[mention.start : mention.end], mention.end
