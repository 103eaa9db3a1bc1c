"""What the words around a number, in its turn and in the turns before, say that it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from models.patterns import pattern
from models.redaction.cards import SHORTEST
from models.redaction.mentions import INNOCENT, SECRETS, Mention
from models.redaction.scan import Run, Scan

_REACH = {
    # code points between a mention and the number it speaks of, in the same turn
    "CARD": 80, "CARD WORD": 40, "SECURITY CODE": 60, "PIN": 50, "CODE": 50, "NATIONAL ID": 60, "IBAN": 80,
    "ACCOUNT": 50, "PHONE": 40, "LINE": 12, "PASSWORD": 0, "REFERENCE": 30, "MONEY": 22, "MEASURE": 24,
    "EXPIRY": 24, "DATE": 8, "POSTCODE": 24, "LAST FOUR": 30,
}  # fmt: skip
_FITS = {
    # digits that a secret of the kind has, generously: what was misheard is hidden too
    "CARD": (4, 99), "CARD WORD": (4, 99), "SECURITY CODE": (3, 8), "PIN": (3, 12), "CODE": (3, 12),
    "NATIONAL ID": (4, 20), "IBAN": (6, 40), "ACCOUNT": (6, 24), "PHONE": (6, 20), "LINE": (7, 20),
}  # fmt: skip
_EXACT = {"SECURITY CODE": (3, 4), "PIN": (4, 6), "CODE": (4, 8)}
_KEEPS = {"REFERENCE": 99, "MONEY": 8, "MEASURE": 8, "EXPIRY": 6, "DATE": 8, "POSTCODE": 9, "LAST FOUR": 4}
"""Up to how many digits a harmless number of the kind has."""
_LINK = pattern(
    r"(?:\W{1,3}or\W{1,3}[0-9]{3,12})?\W{0,3}(?:(?:is|was|are|that's|as|for|being|there's)\W{1,3})?(?:(?:my|the|your|our|a|his|her)\W{1,2})?"
)
_YEAR = pattern(
    r"(?<!\w)(?:in|since|from|until|till|by|of|before|after|during|year|around|to|early|late|mid"
    r"|spring|summer|autumn|winter|fall)\W{1,2}$"
)
_PART_REACH, _WORD_REACH = 30, 6
"""Reach of "card number" and of "card" when the number is too short for a whole one."""
_MENTIONS = 12
"""Mentions before a number that are looked at."""
_BACK = 8
"""Turns looked back on at most, back-channels included."""
_TURNS = 2
"""Turns that a request holds for, back-channels not counted."""


def near(scan: Scan, run: Run) -> tuple[str, int] | None:
    """Kind and distance of the mention that a run belongs to in its own turn; secrets win over the rest."""
    size = len(run.digits)
    nearest: Mention | None = None
    place = bisect_left(scan.mentions, run.start, key=lambda mention: mention.start)
    for mention in scan.mentions[max(0, place - _MENTIONS) : place][::-1]:
        distance = run.start - mention.end
        if distance > _REACH[mention.kind]:
            continue
        if nearest is None or (nearest.kind == "LINE" and mention.kind in SECRETS):
            if mention.kind in ("CARD", "CARD WORD") and size < SHORTEST and not _close(scan, mention, run):
                continue
            nearest = mention
            if mention.kind == "LINE":
                continue
            if mention.kind in SECRETS:
                break
            continue
        low, high = _EXACT.get(mention.kind, (1, 0))
        if (
            low <= size <= high
            and distance <= _REACH[mention.kind]
            and not _between(scan, mention.end, run.start)
        ):
            nearest = mention
            break
    if nearest is not None:
        return nearest.kind, run.start - nearest.end
    return None


def _close(scan: Scan, mention: Mention, run: Run) -> bool:
    """Whether a part of a card number is named: the mention is near, and no other number in between."""
    reach = _PART_REACH if mention.kind == "CARD" else _WORD_REACH
    return run.start - mention.end <= reach and not _between(scan, mention.end, run.start)


def _between(scan: Scan, start: int, end: int) -> bool:
    """Whether another number stands between."""
    place = bisect_left(scan.runs, start, key=lambda run: run.start)
    return place < len(scan.runs) and scan.runs[place].start < end


def after(scan: Scan, run: Run) -> str | None:
    """Kind of the mention that follows directly: "4821 is my PIN"."""
    match = _LINK.match(scan.plain.text, run.end)
    if match is None:
        return None
    place = bisect_left(scan.mentions, run.end, key=lambda mention: mention.start)
    if place < len(scan.mentions) and scan.mentions[place].start <= match.end():
        return scan.mentions[place].kind
    return None


def fits(kind: str, size: int) -> bool:
    """Whether a number of `size` digits can be a secret of the kind."""
    low, high = _FITS.get(kind, (1, 0))
    return low <= size <= high


_NAMING = pattern(
    r"\W{0,4}(?:(?:number|numbers|no|num|id|ref|reference|code|is|was|it's|its|for|that's|uh|um|your|my|the|a|with|and|starting)"
    r"\W{1,4}){0,6}"
)
_LOOSE = 8
"""Digits up to which a reference need not stand right beside its name."""


def is_reference(scan: Scan, run: Run, distance: int) -> bool:
    """Whether nothing but "number is" and the like stands between a number and the name of a reference."""
    short = len(run.digits) <= _LOOSE
    return short or _NAMING.fullmatch(scan.plain.text, run.start - distance, run.start) is not None


def keeps(kind: str, size: int) -> bool:
    """Whether a number of `size` digits can be a harmless one of the kind."""
    return size <= _KEEPS.get(kind, 0)


def is_year(scan: Scan, run: Run) -> bool:
    """Whether the run is a year in words such as "since 2019"."""
    digits = run.digits
    if len(digits) != 4 or digits[:2] not in ("19", "20"):  # noqa: PLR2004 - a year
        return False
    return _YEAR.search(scan.plain.text, max(0, run.start - 12), run.start) is not None


def is_list(run: Run) -> bool:
    """Whether the run lists small figures ("10, 20, 30 and 40") or years, rather than being one number."""
    joined = [place for place, atom in enumerate(run.atoms) if atom.joint or run.atoms[place - 1].weak]
    groups = [atom.digits for atom in run.atoms if not atom.weak]
    parted = len(joined) + 1 + sum(atom.weak for atom in run.atoms) >= len(run.atoms)
    if len(groups) < 2 or not parted or any(group[0] == "0" for group in groups):  # noqa: PLR2004 - one is no list
        return False
    if all(len(group) == 4 and group[:2] in ("19", "20") for group in groups):  # noqa: PLR2004 - years
        return True
    if sum(atom.scaled for atom in run.atoms) > 1:
        return True  # "five thousand, ten thousand"
    values = [int(group) if len(group) <= 3 else 0 for group in groups]  # noqa: PLR2004 - longer ones are parts
    return all(low < high for low, high in pairwise(values)) and values[0] > 0


_RANKS = {
    3: ("SECURITY CODE", "PIN", "CODE"),
    4: ("SECURITY CODE", "PIN", "CODE", "CARD", "NATIONAL ID"),
}
_MIDDLE = ("CODE", "PIN", "SECURITY CODE", "NATIONAL ID", "ACCOUNT", "PHONE", "CARD", "IBAN")
_LONG = ("NATIONAL ID", "ACCOUNT", "IBAN", "PHONE", "CARD")
_CARD_LENGTHS = range(12, 20)


def asked(
    scans: Sequence[Scan], speakers: Sequence[str], held: Sequence[set[str]], turn: int, size: int
) -> str | None:
    """What the turns before asked for or hold, if a number of `size` digits can be it.

    Returns:
        A kind of secret; "KEEP" when the other party's last question was for something harmless; None.
    """
    seen = 0
    for place in range(turn - 1, max(-1, turn - 1 - _BACK), -1):
        scan = scans[place]
        kinds = {mention.kind for mention in scan.mentions}
        other = speakers[place] != speakers[turn] or speakers[turn] == "unknown"
        if "CARD" in held[place]:
            kinds.add("CARD")
        if seen == 0 and other:
            kinds |= held[place] & {"SECURITY CODE", "PIN", "CODE"}
        kind = _choose(kinds, size)
        if kind:
            return kind
        if seen == 0 and other and any(keeps(name, size) for name in kinds & INNOCENT.keys() - {"DATE"}):
            return "KEEP"
        if not scan.light or kinds:
            seen += 1
            if seen == _TURNS:
                return None
    return None


def card_wanted(scans: Sequence[Scan], turn: int) -> bool:
    """Whether the last turn that is more than a back-channel asks for a card number."""
    for place in range(turn - 1, max(-1, turn - 1 - _BACK), -1):
        if not scans[place].light:
            return any(mention.kind == "CARD" for mention in scans[place].mentions)
    return False


_FIGURE = pattern(
    r"\b(?:how (?:much|many|long|old|far|often|big|tall|high|wide|heavy|fast|late)|(?:what|which|what's the) "
    r"(?:year|time|date|day|month|model|size|value|figure|reading)|when\b"
    r"|d o b\b|dob\b|birth|born"
    r"|hoeveel|hoe (?:lang|oud|laat|ver)|wanneer|welk jaar|geboren|geboorte"
    r"|wie ?viele?|wie (?:lange|alt|weit|hoch|spät)|wann\b|welches jahr|geboren|geburt"
    r"|cu[aá]nt[oa]s?|cu[aá]ndo|qu[eé] (?:año|fecha|hora|d[ií]a)|naci|hvor (?:mye|mange|lenge|gammel|langt)"
    r"|når\b|hvilket år|født|combien|quand\b|quelle? (?:année|date|heure)|naissance)"
)


def figure_asked(scans: Sequence[Scan], speakers: Sequence[str], turn: int) -> bool:
    """Whether the other party just asked for an amount, a date, a reading: any figure that is no secret."""
    for place in range(turn - 1, max(-1, turn - 1 - _BACK), -1):
        other = speakers[place] != speakers[turn] or speakers[turn] == "unknown"
        if other and _FIGURE.search(scans[place].plain.text):
            return True
        if not scans[place].light:
            kinds = {mention.kind for mention in scans[place].mentions}
            return bool(kinds & INNOCENT.keys() - {"DATE"} and not kinds & SECRETS.keys())
    return False


def _choose(kinds: set[str], size: int) -> str | None:
    """The kind, of those asked for, that a number of `size` digits most likely is."""
    if size in _CARD_LENGTHS and kinds & {"CARD", "CARD WORD"}:
        return "CARD"
    ranks = _RANKS.get(size, _MIDDLE if size < 9 else _LONG)  # noqa: PLR2004 - where bare numbers are masked anyway
    for kind in ranks:
        if kind in kinds and fits(kind, size):
            if kind == "PHONE" and size < 7:  # noqa: PLR2004 - shortest local number
                continue
            return kind
    return None
