"""How hard a draft is to read. About the text: its sentence and word lengths, and never its grammar.

Each language has its own published formula; a formula that gives ease instead of years is turned into
years by Flesch's own table. Syllables are counted as groups of vowels: good to a syllable or so for a word,
and enough for an average over a text, without a dictionary of hyphens (`docs/decisions/0023`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.folding import fold
from models.patterns import pattern
from models.records import ReadingLevel, Span
from models.sentences import split_sentences

LONG_SENTENCE = 25
"""Words above which a sentence is worth cutting (the limit of GOV.UK's guidance on plain writing)."""
HARD = 10.0
"""Years of school above which long words are named."""
MOST_YEARS = 20.0
_ENOUGH_WORDS = 8
"""Below this a formula says nothing."""
_LETTERS = 6
"""Letters above which LIX and the Vienna formula call a word long."""
_SYLLABLES = 4
"""From which a word is named as hard."""
_MOST_HARD = 3
_MARGIN = 5
"""Words that either half of a cut sentence keeps at least."""
_WORD = pattern(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SILENT_E = pattern(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyscxzgh])es$")
_VOWELS = {
    "en": re.compile(r"[aeiouy]+"),
    "nl": re.compile(r"ij|[aeiouy]+"),
    "de": re.compile(r"ei|ie|au|eu|ai|aa|ee|oo|[aeiouy]"),
    "es": re.compile(r"[iuy]?[aeo][iuy]?|[iuy]+"),
    "no": re.compile(r"ei|au|oy|ai|[aeiouy]"),
}
_CUTS = {
    "en": "and but because so which who while whereas although however therefore or unless",
    "nl": "en maar omdat want dus die dat terwijl hoewel of tenzij zodat",
    "de": "und aber weil denn der die das während obwohl oder sodass damit wobei",
    "es": "y pero porque que mientras aunque o cuando ya",
    "no": "og men fordi som mens selv eller slik når",
}
_EASE = ((90.0, 5.0), (80.0, 6.0), (70.0, 7.0), (60.0, 9.0), (50.0, 12.0), (30.0, 16.0), (0.0, 18.0))
"""Reading ease and the school grade it asks for (R. Flesch, How to Write Plain English, 1979)."""
_LIX = (
    (10, 1),
    (15, 2),
    (20, 3),
    (24, 4),
    (28, 5),
    (32, 6),
    (36, 7),
    (40, 8),
    (44, 9),
    (48, 10),
    (52, 11),
    (56, 12),
)
"""LIX below which a text suits a grade (J. Anderson, Lix and Rix, Journal of Reading 26, 1983)."""


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the formulas ask of a text."""

    words: int
    sentences: int
    syllables: int
    long_words: int
    """Of more than six letters."""
    one_syllable: int
    three_syllables: int
    """Or more."""

    @property
    def sentence_length(self) -> float:
        return self.words / self.sentences

    @property
    def per_word(self) -> float:
        return self.syllables / self.words

    def percent(self, number: int) -> float:
        return 100 * number / self.words


def reading_level(text: str, language: str) -> ReadingLevel:
    """How many years of school a text asks of its reader, and what would make it easier.

    English: Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, 1975). Dutch: Flesch-Douma
    (W. H. Douma, 1960). German: first Wiener Sachtextformel (Bamberger and Vanecek, 1984). Spanish:
    Szigriszt-Pazos (1993). Norwegian and every other language: LIX (C.-H. Björnsson, 1968).

    Args:
        text: A draft.
        language: Of the text, such as `en` or `nb-NO`.

    Returns:
        The years in [0, 20]; 0 with fewer than eight words, where a formula says nothing. `longest` is the
        longest sentence when it has more than 25 words. The advice speaks of length and long words alone:
        grammar, spelling and turns of phrase of whatever English are nobody's business here.

    Example:
        >>> reading_level("Send it back to us and we pay you within five days.", "en").grade < 6
        True
    """
    code = _code(language)
    sentences = [Span(0, start, end) for start, end in split_sentences(text, language or "en")]
    said = [_WORD.findall(text[span.start : span.end]) for span in sentences]
    kept = [(span, words) for span, words in zip(sentences, said, strict=True) if words]
    words = [word for _, found in kept for word in found]
    if len(words) < _ENOUGH_WORDS:
        return ReadingLevel(0.0, len(words))
    grade = min(MOST_YEARS, max(0.0, _FORMULAS.get(code, _lix)(_counted(words, len(kept), code))))
    longest, found = max(kept, key=lambda one: len(one[1]))
    advice = []
    if len(found) > LONG_SENTENCE:
        advice.append(_cut(text, longest, len(found), code))
    if grade > HARD:
        hard = _hard_words(kept, code)
        if hard:
            advice.append(f"Long words: {', '.join(hard)}. Use a shorter one where there is one.")
    return ReadingLevel(
        round(grade, 1), len(words), longest if len(found) > LONG_SENTENCE else None, " ".join(advice)
    )


@lru_cache(maxsize=20_000)
def syllables(word: str, language: str) -> int:
    """Groups of vowels in a word, at least 1; in English a silent final e does not count.

    Example:
        >>> [syllables(word, "en") for word in ("refund", "made", "table", "settlement")]
        [2, 1, 2, 3]
    """
    code = _code(language)
    plain = fold(word).text
    if code == "en":
        plain = _SILENT_E.sub("", re.sub(r"(?<=[^aeiouyl])e(?=(?:ment|ful|less|ly)\w*$)", "", plain))
    elif code == "es":
        plain = re.sub(r"(?<=[qg])u(?=[ei])", "", plain)
        word = word.lower()
        hiatus = len(re.findall(r"[aeo][íú]|[íú][aeo]", word))
        return max(1, len(_VOWELS["es"].findall(plain)) + hiatus)
    return max(1, len(_VOWELS.get(code, _VOWELS["en"]).findall(plain)))


def _code(language: str) -> str:
    code = (language or "en").partition("-")[0].lower()
    return {"nb": "no", "nn": "no"}.get(code, code)


def _counted(words: Sequence[str], sentences: int, code: str) -> _Counts:
    counts = [syllables(word, code) for word in words]
    return _Counts(
        len(words),
        sentences,
        sum(counts),
        sum(len(word) > _LETTERS for word in words),
        sum(count == 1 for count in counts),
        sum(count > 2 for count in counts),  # noqa: PLR2004 - three syllables or more
    )


def _flesch_kincaid(counts: _Counts) -> float:
    return 0.39 * counts.sentence_length + 11.8 * counts.per_word - 15.59


def _flesch_douma(counts: _Counts) -> float:
    return _years(206.84 - 0.93 * counts.sentence_length - 77.0 * counts.per_word)


def _vienna(counts: _Counts) -> float:
    return (
        0.1935 * counts.percent(counts.three_syllables)
        + 0.1672 * counts.sentence_length
        + 0.1297 * counts.percent(counts.long_words)
        - 0.0327 * counts.percent(counts.one_syllable)
        - 0.875
    )


def _szigriszt_pazos(counts: _Counts) -> float:
    return _years(206.835 - 62.3 * counts.per_word - counts.sentence_length)


def _lix(counts: _Counts) -> float:
    lix = counts.sentence_length + counts.percent(counts.long_words)
    return next((float(grade) for below, grade in _LIX if lix < below), 13.0)


_FORMULAS: Mapping[str, Callable[[_Counts], float]] = {
    "en": _flesch_kincaid,
    "nl": _flesch_douma,
    "de": _vienna,
    "es": _szigriszt_pazos,
    "no": _lix,
}


def _years(ease: float) -> float:
    """Years of school for a reading ease, between the rows of Flesch's table."""
    if ease >= _EASE[0][0]:
        return max(0.0, _EASE[0][1] - (ease - _EASE[0][0]) / 10)
    for (high, easier), (low, harder) in pairwise(_EASE):
        if ease >= low:
            return easier + (harder - easier) * (high - ease) / (high - low)
    return _EASE[-1][1]


def _cut(text: str, sentence: Span, length: int, code: str) -> str:
    """Advice on the longest sentence: where it can be cut, nearest to its middle."""
    words = list(_WORD.finditer(text, sentence.start, sentence.end))
    joints = set(_CUTS.get(code, "").split())
    places = [
        place for place in range(_MARGIN, len(words) - _MARGIN + 1) if words[place].group().lower() in joints
    ]
    told = f"The longest sentence has {length} words."
    if places:
        best = min(places, key=lambda place: abs(place - len(words) / 2))
        start = words[best].start()
        after = text[start : words[min(best + 2, len(words) - 1)].end()]
        return f"{told} End it before “{' '.join(after.split())}” and begin a new one."
    return f"{told} Say it in two."


def _hard_words(kept: Sequence[tuple[Span, Sequence[str]]], code: str) -> list[str]:
    """The longest words that begin small: a name is as long as it is."""
    found = {
        word.lower(): syllables(word, code)
        for _, words in kept
        for word in words
        if word[0].islower() and "-" not in word and syllables(word, code) >= _SYLLABLES
    }
    return sorted(found, key=lambda word: (-found[word], word))[:_MOST_HARD]
