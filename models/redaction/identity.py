"""National ids and bank accounts: by check digit where there is one, by shape where the shape is telling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from models.patterns import pattern

IBAN_LENGTHS: dict[str, int] = {
    entry[:2]: int(entry[2:])
    for entry in """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20
    EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30
    KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28
    PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 VG24 XK20
    """.split()
}
"""Characters of an IBAN, by country."""
_IBAN = pattern(r"(?<![^\W_])[a-z]{2}[ \-]?[0-9]{2}(?:[ \-.]{0,2}[a-z0-9]){11,34}")
_IBAN_START = pattern(r"(?<![^\W_])(?:" + "|".join(IBAN_LENGTHS).lower() + r")[ \-]?[0-9]{2}")
_SORT_CODE = pattern(r"(?<![0-9])[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2}(?![0-9])")

_SHAPED: tuple[tuple[str, str], ...] = (
    # shapes that no price, order or phone number has; each name is a check in `_checks`
    ("ssn", r"(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}"),
    ("itin", r"9[0-9]{2}-[5-9][0-9]-[0-9]{4}"),
    ("nino", r"[abceghj-prstw-z][abceghj-nprstw-z][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[a-d]"),
    ("dni", r"[0-9]{8}[ -]?[a-z]"),
    ("nie", r"[xyz][ -]?[0-9]{7}[ -]?[a-z]"),
    ("aadhaar", r"(?<![0-9][ -])[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}(?![ -][0-9])"),
    ("pan", r"[a-z]{3}[abcfghljpt][a-z][0-9]{4}[a-z]"),
    ("codice_fiscale", r"[a-z]{6}[0-9]{2}[a-z][0-9]{2}[a-z][0-9]{3}[a-z]"),
    ("hetu", r"[0-9]{6}[-+a][0-9]{3}[0-9a-fhj-npr-y]"),
    ("personnummer", r"(?:19|20)?[0-9]{6}[-+][0-9]{4}"),
    ("cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"),
    ("curp", r"[a-z]{4}[0-9]{6}[hm][a-z]{5}[0-9a-z][0-9]"),
    ("fodselsnummer", r"(?<![0-9][ -])[0-9]{6}[ ]?[0-9]{5}(?![ -][0-9])"),
)
_BY_SHAPE = ("ssn", "itin", "nino", "pan")
_SHAPES = pattern(
    r"(?<![\w./-])(?:" + "|".join(f"(?P<{name}>{shape})" for name, shape in _SHAPED) + r")(?![^\W_]|-[0-9])"
)


@cache
def _checks() -> dict[str, Callable[[str], bool]]:
    """Check per name; python-stdnum is loaded with the first look-alike."""
    from stdnum.br import cpf
    from stdnum.de import idnr
    from stdnum.es import dni, nie
    from stdnum.fi import hetu
    from stdnum.in_ import aadhaar
    from stdnum.it import codicefiscale
    from stdnum.mx import curp
    from stdnum.nl import bsn
    from stdnum.no import fodselsnummer
    from stdnum.pl import pesel
    from stdnum.se import personnummer

    return {
        "dni": dni.is_valid,
        "nie": nie.is_valid,
        "aadhaar": aadhaar.is_valid,
        "codice_fiscale": codicefiscale.is_valid,
        "hetu": hetu.is_valid,
        "personnummer": personnummer.is_valid,
        "cpf": cpf.is_valid,
        "curp": curp.is_valid,
        "fodselsnummer": fodselsnummer.is_valid,
        "idnr": idnr.is_valid,
        "bsn": bsn.is_valid,
        "pesel": pesel.is_valid,
    }


def shaped_ids(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of the reading copy that are national ids by their shape and check digit."""
    for match in _SHAPES.finditer(text):
        name = match.lastgroup or ""
        words = match.group().replace(" ", "") if name == "fodselsnummer" else match.group()
        if name in _BY_SHAPE or _checks()[name](words):
            yield match.span()


def is_national(digits: str) -> bool:
    """Whether bare digits carry the two check digits or the rare pattern of a national id."""
    if len(digits) != 11:  # noqa: PLR2004 - fødselsnummer and Steuer-ID have eleven
        return False
    checks = _checks()
    return checks["fodselsnummer"](digits) or checks["idnr"](digits)


def _mod_97(compact: str) -> bool:
    """ISO 7064 mod 97-10, as an IBAN has it."""
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def ibans(text: str, *, expected: bool) -> Iterator[tuple[int, int]]:
    """Ranges that are IBANs: country, length and mod 97; or country and length alone.

    Args:
        text: The reading copy.
        expected: Somebody speaks of an IBAN: an unknown country or a wrong length counts too.
    """
    place = 0
    if not expected and not _IBAN_START.search(text):
        return
    while (match := _IBAN.search(text, place)) is not None:
        start = match.start()
        ends = [index + 1 for index in range(start, match.end()) if text[index].isalnum()]
        size = _iban_size(text, start, ends, expected=expected)
        if size:
            yield start, ends[size - 1]
            place = ends[size - 1]
        else:
            place = start + 2


def _iban_size(text: str, start: int, ends: list[int], *, expected: bool) -> int:
    """Characters of the IBAN at `start`; 0 when there is none."""
    compact = "".join(char for char in text[start : ends[-1]] if char.isalnum()).upper()
    if not compact.isascii():
        return 0
    due = IBAN_LENGTHS.get(compact[:2], 0)
    digits = sum(char.isdigit() for char in compact[: due or None])
    if due and due <= len(compact) and digits >= 10:  # noqa: PLR2004 - words have fewer
        whole = not text[ends[due - 1] : ends[due - 1] + 1].isalnum()
        glued = ends[due - 1] - start == due
        if _mod_97(compact[:due]) if not (glued or expected) else whole:
            return due
    if expected and digits >= 8:  # noqa: PLR2004 - a misheard one
        for size in range(len(ends), 14, -1):
            if not text[ends[size - 1] : ends[size - 1] + 1].isalnum() and compact[size - 1].isdigit():
                return size
    return 0


def sort_code(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The first UK sort code (2-2-2) in a range."""
    match = _SORT_CODE.search(text, start, end)
    return match.span() if match else None
