"""Hashed words and letter groups of a text: the sparse half of what a tone head reads.

What must not move a finding about tone is taken out before anything is counted: case, accents,
punctuation but "!" and "?", articles, honorifics and courtesy of second-language English, names and
numbers behind one sign, fillers of speech.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from models.patterns import pattern
from qa.detectors.folding import fold

SIZE = 1 << 15
"""Places of the table; a power of two."""
LETTERS = (3, 4, 5)
"""Lengths of letter groups, counted inside words with a blank on both sides."""
MOST_WORDS = 400
"""Words of a turn that are read; a longer one says its tone by then."""

_TOKEN = pattern(r"#|[!?]|[^\W\d_]+(?:'[^\W\d_]+)*")
_MASKED = pattern(r"https?://\S+|www\.\S+|\S+@\S+|@\w+|\[[A-Z][A-Z *0-9]*\]|\d[\d.,:/-]*\w*")
_LEFT_OUT = frozenset(
    """
    a an the sir ma'am madam maam mam miss mister kindly dear po opo ji na lah yaar uh um er erm hmm mm
    """.split()
)


def tokens(text: str) -> list[str]:
    """The words that count, in order.

    Example:
        >>> tokens("Kindly tell me the order number 4471, sir!")
        ['tell', 'me', 'order', 'number', '#', '!']
    """
    found = _TOKEN.findall(fold(_MASKED.sub(" # ", text[: MOST_WORDS * 12])).text)
    return [word for word in found if word not in _LEFT_OUT][:MOST_WORDS]


def places(text: str) -> dict[int, float]:
    """Places of the table and their values: equal for each that occurs, of unit length together."""
    words = tokens(text)
    kept = {crc32(f"p {one} {two}".encode()) & (SIZE - 1) for one, two in pairwise(words)}
    for word in words:
        kept.update(_of(word))
    return dict.fromkeys(sorted(kept), len(kept) ** -0.5) if kept else {}


@lru_cache(maxsize=8192)
def _of(word: str) -> tuple[int, ...]:
    """The places of one word and of its letter groups; most words of a contact come again."""
    padded = f" {word} ".encode()
    groups = (crc32(padded[at : at + length]) for length in LETTERS for at in range(len(padded) - length + 1))
    return tuple({number & (SIZE - 1) for number in (crc32(f"w {word}".encode()), *groups)})
