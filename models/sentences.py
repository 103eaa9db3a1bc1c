"""Sentences of a text, as offset ranges.

spaCy's rule-based sentencizer proposes the borders; a few rules of ours mend what speech recognisers
and chat writers do to punctuation: abbreviations before a number, list numbers, quotation marks on the
wrong side, ideographic full stops. Text without punctuation stays one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from threading import Lock
from typing import Any

from models.patterns import pattern
from models.without import without

CHUNK = 100_000
"""Longest stretch, in code points, given to spaCy at once."""

_SIGHT = 100
"""Code points on either side of a border that decide about it; a bound, so that no text takes long."""

_RUN = pattern(r"\S{300,}")
"""No word: a data blob, or a script without blanks. spaCy takes quadratic time over it."""

_REFRESH = 5_000_000
"""Code points after which a pipeline is made anew (.2 s)."""

_FALLBACK = "xx"
_LANGUAGE = pattern(r"[a-z]{2,3}\Z")

_NEVER_LAST = frozenset(
    "mr. mrs. ms. mx. dr. prof. st. messrs. sra. dra. hr. fr. mme. mlle. capt. lt. sgt. gen. rev. hon. "
    "e.g. i.e. eg. ie. cf. vs. v.s. approx. attn. incl. excl. resp. z.b. d.h. bzw. p.ej. p.ex.".split()
)
"""Abbreviations with which no sentence ends."""

_BEFORE_NUMBER = frozenset(
    "no. nos. nr. num. n.º ref. ext. extn. acct. acc. tel. ph. fig. p. pp. pg. sec. art. para. par. cl. ch. "
    "vol. ver. v. app. apt. rm. ste. inv. qty. est. ca. min. max. tkt. bldg. dept. "
    "jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec.".split()
)
"""Abbreviations with which a sentence may end, but not when a number follows."""

_MAY_END = frozenset(
    "etc. a.m. p.m. inc. ltd. co. corp. bros. plc. llc. jr. sr. ph.d. u.s. u.k. e.u. u.s.a. dept. govt. est. "
    "max. min. acct. ext. ref. tel. qty. usw. ff.".split()
)
"""Abbreviations that end a sentence only when what follows reads like a new one."""

_STARTERS = frozenset(
    "i we you he she it they this that these those there here the a an my our your his her their its if in "
    "on at for from after before when while once as but and so or also then thus however please thank thanks "
    "sorry yes no ok okay do does did is are was can could would will what which who how why where let both "
    "each all any some many most not now hello hi".split()
)
"""Words that, capitalised after an abbreviation, begin a new sentence."""

_SUFFIXES = frozenset(
    "com org net edu gov io co uk de fr ai app html htm php pdf doc docx xls csv js".split()
)
"""Not a new sentence when glued to a dot: `Acme.Com`, `Terms.PDF`."""

_LIST_NUMBER = pattern(r"[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)\]]+\Z")
_INITIALS = pattern(r"(?:[^\W\d_]\.)+\Z")
_IDEOGRAPHIC = pattern(r"[。！？｡]+[」』”’）)]*")
_CLOCK = pattern(r"(?:^|\W|\d)[ap]\.m\.\s+", re.IGNORECASE)
_COMPANY = pattern(r"\b(?:Inc|Ltd|Co|Corp|Bros|Jr|etc|U\.S|U\.K|Ph\.D)\.\s+")
_STRANDED = pattern(r"(?<=[.!?…\"')\]”’])\s+([\"'“‘«(\[{¿¡*•–—#-]+)\s*\Z")
_ENDS = pattern(r"[.!?…。！？][\"')\]”’]*\Z")


class _Sentencizer:
    """spaCy's blank pipeline of one language, one thread at a time."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._lock = Lock()
        self._pipeline: Any = None
        self._read = 0

    def borders(self, text: str) -> list[int]:
        """Where sentences start."""
        with self._lock:
            # spaCy keeps every word that it ever saw. Starting over now and then bounds that; its memory
            # zones would too, but they forget the language's common words as well and cost ten times as much.
            if self._pipeline is None or self._read > _REFRESH:
                self._pipeline, self._read = _blank(self._language), 0
            self._read += len(text)
            words = _RUN.sub(lambda run: "x" * (len(run[0]) - 1) + run[0][-1], text)
            return [sentence.start_char for sentence in self._pipeline(words).sents]


def _blank(language: str) -> Any:
    # spaCy takes PyTorch along when it is there: 3 s and 150 MB that splitting sentences has no use for.
    with without("torch"):
        import spacy

    try:
        pipeline = spacy.blank(language)
    except (ImportError, OSError, ValueError):
        # Unknown code, or a language whose tokeniser needs a package of its own (Japanese, Thai, Korean).
        pipeline = spacy.blank(_FALLBACK)
    pipeline.add_pipe("sentencizer")
    return pipeline


_sentencizer = cache(_Sentencizer)


def split_sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    """Where the sentences of a text stand.

    Newlines end a sentence. Whitespace around a sentence is left out, everything else is covered, and no
    range is empty. A stretch without punctuation is one sentence.

    Args:
        text: Any text; a blank one has no sentences.
        language: BCP 47; the region is ignored, and codes unknown to spaCy use its neutral rules.

    Returns:
        Half-open ranges of code points in `text`, ascending, never overlapping.

    Example:
        >>> text = "Mr. Lee paid $3.50.  Is that right?"
        >>> [text[start:end] for start, end in split_sentences(text)]
        ['Mr. Lee paid $3.50.', 'Is that right?']
    """
    if not text.strip():
        return []
    primary = language.partition("-")[0].partition("_")[0].lower()
    return list((_kept if len(text) <= _TURN else _split)(text, primary))


def _split(text: str, primary: str) -> tuple[tuple[int, int], ...]:
    sentencizer = _sentencizer(primary if _LANGUAGE.match(primary) else _FALLBACK)
    ranges: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        ranges.extend((offset + start, offset + end) for start, end in _split_line(sentencizer, line))
        offset += len(line)
    return tuple(ranges)


_TURN = 2_000
"""Code points up to which a text is kept: detectors, statements and suggestions ask for the same turns."""
_kept = lru_cache(maxsize=4096)(_split)


def _split_line(sentencizer: _Sentencizer, line: str) -> list[tuple[int, int]]:
    borders: set[int] = set()
    for start, end in _chunks(line):
        if line[start:end].strip():
            borders.update(start + border for border in sentencizer.borders(line[start:end]))
    # A chunk's first sentence starts at the chunk, which is a border only if the words before it ended.
    for start, _ in _chunks(line):
        if start and not _ENDS.search(line[max(0, start - _SIGHT) : start].rstrip()):
            borders.discard(start)
    borders.update(_missed(line))
    kept = [0]
    for border in sorted(borders - {0, len(line)}):
        moved = _mended(line, kept[-1], border)
        if moved is not None and moved > kept[-1]:
            kept.append(moved)
    return list(_trimmed(line, pairwise([*kept, len(line)])))


def _chunks(line: str) -> Iterator[tuple[int, int]]:
    """Ranges of at most `CHUNK` code points that end at a blank where there is one."""
    start = 0
    while len(line) - start > CHUNK:
        blank = line.rfind(" ", start + CHUNK // 2, start + CHUNK)
        end = blank + 1 if blank >= 0 else start + CHUNK
        yield start, end
        start = end
    yield start, len(line)


def _missed(line: str) -> Iterator[int]:
    """Borders that the sentencizer does not see."""
    for match in _IDEOGRAPHIC.finditer(line):
        yield match.end()
    for known in (_CLOCK, _COMPANY):
        for match in known.finditer(line):
            if _starts_sentence(line[match.end() : match.end() + _SIGHT]):
                yield match.end()


def _first_word(text: str) -> str:
    match = re.match(r"[\s\"'“‘(\[]*([^\W_]+)", text)
    return match.group(1) if match else ""


def _starts_sentence(text: str) -> bool:
    word = _first_word(text)
    return word[:1].isupper() and word.lower() in _STARTERS


def _mended(line: str, start: int, border: int) -> int | None:
    """The border where it belongs, or None where there is none; `start` is where the sentence began."""
    before, after = _around(line, start, border)
    stranded = _STRANDED.search(before)
    if stranded:
        # `Really? "` belongs to two sentences: the quotation mark opens the next one.
        border -= len(before) - stranded.start(1)
        before, after = _around(line, start, border)
    sentence = before.strip()
    if not sentence or not after.strip():
        return None
    if _LIST_NUMBER.match(sentence):
        return None
    glued = not before[-1].isspace() and not after[0].isspace()
    if glued and before.endswith(".") and not _new_sentence_glued(after):
        return None
    if _abbreviated(sentence.rsplit(None, 1)[-1].lstrip("\"'“‘([{").lower(), after.lstrip()):
        return None
    return border


def _around(line: str, start: int, border: int) -> tuple[str, str]:
    """The end of the sentence before a border and the beginning of what follows, within sight."""
    return line[max(start, border - _SIGHT) : border], line[border : border + _SIGHT]


def _new_sentence_glued(after: str) -> bool:
    """Whether `Thanks` in `Hi.Thanks` begins a sentence."""
    word = _first_word(after)
    return len(word) > 1 and word[0].isupper() and word.lower() not in _SUFFIXES and not word.isupper()


def _abbreviated(last: str, after: str) -> bool:
    """Whether the dot that ends the word `last` is part of it, given what follows."""
    if not last.endswith("."):
        return False
    if last in _NEVER_LAST:
        return True
    if last in _BEFORE_NUMBER and (after[0].isdigit() or after[0] in "#$£€"):
        return True
    if last in _MAY_END or _INITIALS.match(last):
        return not _starts_sentence(after)
    return False


def _trimmed(line: str, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in ranges:
        piece = line[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = end - (len(piece) - len(piece.rstrip()))
        if left < right:
            yield left, right
