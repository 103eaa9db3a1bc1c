"""Digits as people say them: "four one one one", "forty one eleven", "double four", "oh".

Words of English, and those of Dutch, German, Spanish, Norwegian and French that are not English
words too. `Digits` turns a stream of number words and written groups into atoms, the pieces a number is
spoken in: "forty one" is one atom "41", "double four" one atom "44", "four hundred and twelve" one "412".
"""

from __future__ import annotations

from dataclasses import dataclass

_UNITS = {
    "0": "zero oh o nought naught nil ziro nul null cero zéro",
    "1": "one wun eins uno én ett",
    "2": "two twee zwei zwo dos deux",
    "3": "three drie drei tres tre trois",
    "4": "four fower vier cuatro quatre",
    "5": "five fife vijf fünf funf cinco fem cinq",
    "6": "six sicks zes sechs seis seks",
    "7": "seven zeven sieben siete sju syv",
    "8": "eight acht ocho åtte huit",
    "9": "nine niner negen neun nueve neuf",
}
_TEENS = {
    "10": "ten tien zehn diez ti dix",
    "11": "eleven elf once elleve onze",
    "12": "twelve twaalf zwölf zwolf doce tolv douze",
    "13": "thirteen dertien dreizehn trece tretten treize",
    "14": "fourteen forteen veertien vierzehn catorce fjorten quatorze",
    "15": "fifteen vijftien fünfzehn quince femten quinze",
    "16": "sixteen zestien sechzehn dieciséis dieciseis seksten seize",
    "17": "seventeen zeventien siebzehn diecisiete sytten",
    "18": "eighteen achttien achtzehn dieciocho atten",
    "19": "nineteen negentien neunzehn diecinueve nitten",
}
_TENS = {
    "20": "twenty twintig zwanzig veinte tjue vingt",
    "30": "thirty dertig dreißig dreissig treinta tretti trente",
    "40": "forty fourty veertig vierzig cuarenta førti quarante",
    "50": "fifty vijftig fünfzig cincuenta femti cinquante",
    "60": "sixty zestig sechzig sesenta seksti soixante",
    "70": "seventy zeventig siebzig setenta sytti",
    "80": "eighty tachtig achtzig ochenta åtti",
    "90": "ninety negentig neunzig noventa nitti",
}
_SPANISH_ENGLISH_CLASH = {"once"}

_GERMAN = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_GERMAN_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_DUTCH = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_DUTCH_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_NORWEGIAN = ("en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni")
_NORWEGIAN_TENS = ("tjue", "tretti", "førti", "femti", "seksti", "sytti", "åtti", "nitti")


def _compounds() -> dict[str, str]:
    """`einundvierzig`, `eenenveertig`, `førtien`: one word, two digits."""
    table = {}
    for unit in range(9):
        for ten in range(8):
            digits = f"{ten + 2}{unit + 1}"
            table[_GERMAN[unit] + "und" + _GERMAN_TENS[ten]] = digits
            link = "ën" if _DUTCH[unit].endswith("e") else "en"
            table[_DUTCH[unit] + link + _DUTCH_TENS[ten]] = digits
            table[_NORWEGIAN_TENS[ten] + _NORWEGIAN[unit]] = digits
    return table


NUMBER_WORDS: dict[str, str] = {
    word: digits
    for table in (_UNITS, _TEENS, _TENS)
    for digits, words in table.items()
    for word in words.split()
    if word not in _SPANISH_ENGLISH_CLASH
} | _compounds()
"""A word and its digits, lower case."""

LANGUAGE_WORDS: dict[str, dict[str, str]] = {
    "nl": {"een": "1", "één": "1"},
    "de": {"ein": "1", "eine": "1"},
    "es": {"once": "11", "un": "1"},
    "no": {"en": "1", "to": "2", "fire": "4", "ni": "9", "null": "0"},
    "fr": {"un": "1", "sept": "7"},
}
"""Number words that are ordinary words in English: they count only in a turn of that language."""

MULTIPLIERS: dict[str, int] = {
    "double": 2, "dubbel": 2, "doppel": 2, "doble": 2, "dobbel": 2,
    "triple": 3, "treble": 3, "tripple": 3, "trippel": 3, "quadruple": 4,
}  # fmt: skip
SCALES: dict[str, int] = {"hundred": 100, "thousand": 1000}
HOMOPHONES: dict[str, str] = {
    "to": "2", "too": "2", "tu": "2", "for": "4", "ate": "8", "won": "1", "tree": "3", "free": "3",
    "sex": "6", "nein": "9", "fire": "4", "mine": "9", "owe": "0",
    "een": "1", "un": "1", "ni": "9", "sept": "7",
}  # fmt: skip
"""What a speech recogniser writes for a digit, and digits of other languages where the language is not
known; counted only between two spoken digits."""


@dataclass(slots=True)
class Atom:
    """One piece of a number: a written group, or the words for one or a few digits."""

    start: int
    end: int
    digits: str
    written: bool
    joint: str = ""
    """What joins it to the atom before: "" a blank or a dash, "," punctuation, "~" filler words."""
    weak: bool = False
    """A homophone ("for"): may be a digit, may be nothing."""
    room: int = 1
    """A following spoken value below this is added ("forty" + "one"), above 1 for tens and scales."""
    tail: int = 0
    """The value added last: "two thousand five" + "hundred"."""
    scaled: bool = False
    """Holds "hundred" or "thousand"."""


def spoken(start: int, end: int, digits: str, *, joint: str = "", times: int = 1) -> Atom:
    """An atom of one number word, said `times` times ("double four")."""
    room = 10 if times == 1 and len(digits) == 2 and digits[1] == "0" and digits != "10" else 1  # noqa: PLR2004 - tens
    return Atom(start, end, digits * times, written=False, joint=joint, room=room)


def merge(last: Atom, atom: Atom) -> bool:
    """Add a spoken atom to the one before when together they say one value ("forty" + "one").

    Args:
        last: The atom before; changed in place when the two are one.
        atom: The one that follows directly.

    Returns:
        True when `atom` was taken up.
    """
    if last.written or atom.written or last.room == 1 or atom.digits[0] == "0":
        return False
    value = int(atom.digits)
    if value >= last.room:
        return False
    last.digits = str(int(last.digits) + value)
    last.room = atom.room
    last.tail = value
    last.end = atom.end
    return True


def scale(last: Atom, factor: int, end: int) -> bool:
    """Apply "hundred" or "thousand" to the atom before; False when that makes no number.

    The value stays below a million, so digits never grow with the length of the text.
    """
    if last.written or len(last.digits) > len("999") or last.digits[0] == "0":
        value = int(last.digits) if not last.written and 0 < len(last.digits) <= len("999999") else 0
        base = value - last.tail
        if factor == 100 and 0 < last.tail < 10 and base and base % 1000 == 0:  # noqa: PLR2004 - place values
            last.digits, last.room, last.tail, last.end = str(base + last.tail * 100), 100, 0, end
            return True
        return False
    value = int(last.digits)
    if factor == 100 and value >= 100:  # noqa: PLR2004 - place values
        return False
    last.digits, last.room, last.tail, last.end, last.scaled = str(value * factor), factor, 0, end, True
    return True
