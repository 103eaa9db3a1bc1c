"""Words with their place: the one way in which texts are compared word by word.

What is said and what is written differ in case, apostrophes, contractions, fillers and number words;
here they become equal, and every word still knows where it stands in the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from models.records import Span, Speaker, Transcript
from models.stems import stem

SLOT = "{}"
"""The word that stands for `{customer name}`, `[amount]`, `<NAME>` or a redaction mark."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


FILLERS: frozenset[str] = _listed(
    "um umm ummm uh uhh uhm er erm eh ehm hm hmm hmmm mm mmm mhm ah ahh äh ähm öh öhm euh"
)
"""Sounds that carry nothing; a recogniser writes them or not."""

BACK_CHANNELS: frozenset[str] = _listed(
    "okay yes yeah yep yup sure right alright fine good great cool perfect thanks oh i see got it hello "
    "huh aha mhm uhuh all please go ahead understood exactly correct thank you that is no problem and so "
    "well then ja oké jo si sí klar genau gut"
)
"""Words of which "mm-hm, okay, I see" is made: a listener's sign, not a turn of the talk."""
_LISTENING = 4


@dataclass(frozen=True, slots=True)
class Word:
    """One normalised word at `[start, end)` code points of the text it came from.

    Two words may share a place ("I'm" is *i* and *am*), and one word may cover several ("twenty five").
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word and the turn in which it was said."""

    turn: int
    text: str
    start: int
    end: int


_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_LETTER = rf"(?:[^\W\d_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[{_MARKS}])"
_TOKEN = (
    r"(?P<slot>\{\{[^{}\n]{0,80}\}\}|\{[^{}\n]{0,80}\}|\[[^\[\]\n]{0,80}\]|<[A-Za-z][A-Za-z_ -]{0,40}>)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)*)(?P<ordinal>(?:st|nd|rd|th)\b)?"
    r"|(?P<percent>%|\bper cent\b)"
    r"|(?P<mail>\b[eE]-mail)"
    rf"|(?P<word>{_LETTER}+(?:['’‘ʼ′`]{_LETTER}+)*)"
    r"|(?P<sign>[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff])"
)
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ′`", "'"))

_WHOLE: dict[str, tuple[str, ...]] = {
    "can't": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "ain't": ("is", "not"),
    "cannot": ("can", "not"),
    "let's": ("let", "us"),
    "y'all": ("you", "all"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("got", "to"),
    "ok": ("okay",),
    "mr": ("mister",),
    "colour": ("color",),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "youre": ("you", "are"),
    "youve": ("you", "have"),
    "youll": ("you", "will"),
    "weve": ("we", "have"),
    "theyre": ("they", "are"),
    "thats": ("that", "is"),
    "whats": ("what", "is"),
    "theres": ("there", "is"),
    "cant": ("can", "not"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "isnt": ("is", "not"),
    "wasnt": ("was", "not"),
    "couldnt": ("could", "not"),
    "wouldnt": ("would", "not"),
    "havent": ("have", "not"),
}
"""Whole forms, also as recognisers write them without the apostrophe."""
_ENDINGS = {"'ll": "will", "'re": "are", "'ve": "have", "'d": "would", "'m": "am"}
_IS = _listed("it that this what there here he she who where how when everything something")

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_SMALL.split())}
_TENS = {word: 10 * value for value, word in enumerate(_ROUND.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_NUMBERS = _UNITS.keys() | _TENS.keys() | _SCALES.keys()


def words(text: str, *, drop_fillers: bool = False) -> list[Word]:
    """The words of a text, normalised, with offsets of the original.

    Lower case, apostrophes and contractions unified ("I’m" and "i am" give equal words), English number
    words as digits ("twenty five" is *25*), punctuation dropped, a slot or redaction mark one word `{}`.
    Languages written without blanks give one word per character.

    Args:
        text: Any text, also without punctuation as recognisers write it.
        drop_fillers: Leave out *um*, *uh* and the like, and "you know" or "I mean" between commas.

    Example:
        >>> [word.text for word in words("I’m, um, twenty-five", drop_fillers=True)]
        ['i', 'am', '25']
    """
    read = _kept if len(text) <= _SENTENCE else _read
    return list(read(text, drop_fillers))


def _read(text: str, drop_fillers: bool) -> tuple[Word, ...]:  # noqa: FBT001 - cached by position
    found: list[Word] = []
    for match in _tokens().finditer(text):
        start, end = match.span()
        found.extend(Word(part, start, end) for part in _parts(match))
    if drop_fillers:
        found = _without_fillers(found, text)
    return tuple(_with_digits(found, text))


_SENTENCE = 2_000
"""Code points up to which a text is kept: the detectors ask for the same turn a dozen times."""
_kept = lru_cache(maxsize=4096)(_read)


@cache
def _tokens() -> re.Pattern[str]:
    """Compiled on first use: it is large, and importing must stay cheap."""
    return re.compile(_TOKEN)


def _parts(match: re.Match[str]) -> tuple[str, ...]:
    kind = match.lastgroup
    raw = match.group()
    if kind == "slot":
        return (SLOT,)
    if kind in {"number", "ordinal"}:
        number = match["number"]
        grouped = "," in number and re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number)
        plain = number.replace(",", "") if grouped else number
        return (plain + (match["ordinal"] or "").lower(),)
    if kind == "mail":
        return ("email",)
    if kind == "percent":
        return ("percent",)
    word = raw.translate(_APOSTROPHES).lower()
    if not word.isascii():
        word = unicodedata.normalize("NFC", word)
    return _expand(word)


def _expand(word: str) -> tuple[str, ...]:
    if word in _WHOLE:
        return _WHOLE[word]
    if "'" not in word:
        return (word,)
    if word.endswith("n't") and word != "n't":
        return (word[:-3], "not")
    stem, _, tail = word.rpartition("'")
    if f"'{tail}" in _ENDINGS:
        return (*_expand(stem), _ENDINGS[f"'{tail}"])
    if tail == "s" and stem in _IS:
        return (stem, "is")
    return (word.replace("'", ""),)


def _without_fillers(found: list[Word], text: str) -> list[Word]:
    kept: list[Word] = []
    index = 0
    while index < len(found):
        word = found[index]
        pair = (word.text, found[index + 1].text) if index + 1 < len(found) else None
        if pair in {("you", "know"), ("i", "mean")}:
            after = text[found[index + 1].end :].lstrip()[:1]
            before = text[: word.start].rstrip()[-1:]
            if after == "," and before in {"", ",", ".", "?", "!"}:
                index += 2
                continue
        if word.text not in FILLERS:
            kept.append(word)
        index += 1
    return kept


def _with_digits(found: list[Word], text: str) -> list[Word]:
    """Join "one hundred and five" to `105`; spoken digits ("four four one seven") stay single."""
    if not any(word.text in _NUMBERS for word in found):
        return found
    joined: list[Word] = []
    index = 0
    while index < len(found):
        if found[index].text not in _NUMBERS:
            joined.append(found[index])
            index += 1
            continue
        value, stop = _number(found, index, text)
        joined.append(Word(str(value), found[index].start, found[stop - 1].end))
        index = stop
    return joined


def _number(found: list[Word], index: int, text: str) -> tuple[int, int]:
    total, current = 0, 0
    room = 0  # words of a value below it may still be added
    stop = index
    while stop < len(found):
        word = found[stop].text
        first = stop == index
        if not first and re.search(r"[,.;!?\n]", text[found[stop - 1].end : found[stop].start]):
            break
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            room = _SCALES[word]
            if word != "hundred":
                total, current = total + current, 0
        elif word in _TENS and (first or room > _TENS[word]):
            current, room = current + _TENS[word], 10
        elif word in _UNITS and (first or 0 < _UNITS[word] < room):
            current, room = current + _UNITS[word], 0
        elif not (word == "and" and room > _TENS["ninety"] and _continues(found, stop)):
            break
        stop += 1
    return total + current, stop


def _continues(found: list[Word], index: int) -> bool:
    following = found[index + 1].text if index + 1 < len(found) else ""
    return following in _UNITS or following in _TENS


STOP_WORDS: frozenset[str] = _listed(
    "a an the this that these those there here it its he him his she her they them their theirs i me "
    "my mine we us our ours you your yours who whom whose which what when where why how and or but so "
    "if then than because as of to in on at by for from with into onto about over under after before "
    "between through up down out off again is am are was were be been being do does did done doing "
    "have has had having can could will would shall should may might must not no nor any some all "
    "both each also just only very too more most such own same while until during without yes okay "
    "please well now one let get got go going come comes make made say said tell told give giving "
    "want like just really even still"
)
"""English words too common to carry a meaning of their own."""


def content(said: Iterable[str]) -> list[str]:
    """Stems of the words that carry meaning, in order; slots and stop words left out."""
    return [stem(word) for word in said if word != SLOT and word not in STOP_WORDS]


def is_back_channel(text: str) -> bool:
    """Whether a turn is only a sign of listening ("mm-hm", "okay, yes"): a few such words, no question."""
    if "?" in text:
        return False
    said = [word.text for word in words(text, drop_fillers=True)]
    return len(said) <= _LISTENING and all(word in BACK_CHANNELS for word in said)


def stretches(
    transcript: Transcript,
    *,
    speakers: tuple[Speaker, ...] = ("agent",),
    passes: Callable[[str], bool] = is_back_channel,
) -> list[list[SpokenWord]]:
    """What one party said in one go, fillers dropped, across turns that do not interrupt it.

    Consecutive public turns of `speakers` run on, and so do turns with a back-channel of somebody else
    between them: "mm-hm" does not split a passage that is read out. Internal notes are passed over.

    Args:
        transcript: Any contact.
        speakers: Whose words.
        passes: Which turns of others, by their text, do not end a stretch.

    Returns:
        Lists of words, each word with its turn; no list is empty.
    """
    found: list[list[SpokenWord]] = []
    current: list[SpokenWord] = []
    for index, turn in enumerate(transcript.turns):
        if turn.visibility == "internal":
            continue
        if turn.speaker in speakers:
            current.extend(_spoken(index, turn.text))
        elif current and not passes(turn.text):
            found.append(current)
            current = []
    if current:
        found.append(current)
    return found


@lru_cache(maxsize=8192)  # a live contact is read again with every turn, and only its end is new
def _spoken(index: int, text: str) -> tuple[SpokenWord, ...]:
    return tuple(
        SpokenWord(index, word.text, word.start, word.end) for word in words(text, drop_fillers=True)
    )


def spans_of(said: Sequence[SpokenWord]) -> list[Span]:
    """One span per turn, from the first to the last of the given words in it."""
    found: list[Span] = []
    for word in said:
        if found and found[-1].turn == word.turn:
            last = found[-1]
            found[-1] = Span(last.turn, min(last.start, word.start), max(last.end, word.end))
        else:
            found.append(Span(word.turn, word.start, word.end))
    return found
