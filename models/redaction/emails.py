"""E-mail addresses, written and spoken ("jane dot doe at example dot com")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.patterns import pattern
from models.spoken_digits import NUMBER_WORDS

_LOCAL = pattern(r"[\w.+%'&=~!#$*/^{|}-]")
_LOCAL_LIMIT = 64
_DOMAIN = pattern(r"@\s?(?:\[?[0-9]{1,3}(?:\.[0-9]{1,3}){3}\]?|[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){0,8})")

_TLD = (
    "com|org|net|co|edu|gov|info|biz|io|app|dev|eu|me|uk|us|ca|au|nz|ie|in|ph|za|mx|br"
    "|nl|be|de|at|ch|fr|es|it|pt|no|se|dk|fi|pl"
)
_DOT = r"(?:dot|point|punkt|punt|punto|\.)"
_TAIL = pattern(
    rf"\s{{1,3}}(?:at|add|@|arroba|apenstaartje|krøllalfa)\s{{1,3}}(?:the\s)?"
    rf"(?P<domain>[^\W_][\w-]{{0,40}}(?:\s{{1,2}}(?!{_DOT}\s)[^\W_][\w-]{{0,30}}){{0,5}}?)"
    rf"(?:\s{{0,2}}{_DOT}\s{{0,2}}(?:{_TLD})(?![\w-])){{1,3}}"
)
_WORD_BEFORE = pattern(r"[\w.+'-]")
_LINKS = frozenset("dot point punkt punt punto underscore dash hyphen plus minus stroke period".split())
_STOPS = frozenset(
    """
    is it it's its that that's email e-mail mail address my your his her their the to me and at on
    in for of was as with use using by send sent under a an i you we they he she this reach contact
    us be are so uh um er yeah yes ok okay sure well right like just via from or not no but if
    please spelled spells spelling number username login name here's would should can will shop buy
    bought order ordered look looked looking visit online site website page found saw available chat
    go went working works work signed sign account registered customer agent hello hi hey sorry got
    have has
""".split()
)
_WORDS, _NAMES, _SPOKEN_LIMIT = 10, 4, 160
"""Words of a spoken local part, names in a row that nothing links, and code points."""
_PROVIDERS = pattern(
    r"g\s?mail|hot\s?mail|yahoo|outlook|i\s?cloud|aol|proton|live|msn|gmx|web\s?de|rediff|comcast|verizon"
)


def written(text: str, *, expected: bool) -> Iterator[tuple[int, int]]:
    """Ranges of addresses with an @.

    Args:
        text: The reading copy.
        expected: Somebody speaks of an e-mail address: a domain without a dot will do.
    """
    place = 0
    while (at := text.find("@", place)) >= 0:
        place = at + 1
        start = at
        while start and at - start < _LOCAL_LIMIT and _LOCAL.match(text[start - 1]):
            start -= 1
        domain = _DOMAIN.match(text, at)
        if start == at or domain is None or text[at - 1] in ".'":
            continue
        end = domain.end()
        if "." not in domain.group() and not (expected and domain.group()[1:2].isalnum()):
            continue
        start = _backwards(text, start) if text[:start].rstrip().endswith(tuple(_LINKS)) else start
        place = end
        yield start, end


def spoken(text: str, *, expected: bool) -> Iterator[tuple[int, int]]:
    """Ranges of addresses in words.

    Args:
        text: The reading copy.
        expected: Somebody speaks of an e-mail address; without it the address must look like one.
    """
    for match in _TAIL.finditer(text):
        if re.search(r"\b(?:the|a|my|your|our|this)\b", match["domain"]):
            continue
        start = _backwards(text, match.start() + 1)
        local = text[start : match.start()].strip()
        if not local:
            if expected and not text[: match.start()].strip():
                yield match.start(), match.end()
            continue
        if (
            expected
            or _PROVIDERS.search(match["domain"])
            or re.search(r"\b(?:dot|underscore)\b|[0-9._]", local)
        ):
            yield start, match.end()


def _backwards(text: str, end: int) -> int:
    """Where the local part that ends before `end` begins: names, letters, digits, "dot"."""
    start, words, place, spelling = end, 0, end, False
    while words < _WORDS and end - place < _SPOKEN_LIMIT:
        stop = place
        while stop and not _WORD_BEFORE.match(text[stop - 1]):
            stop -= 1
        if place - stop > 3 or (words and re.search(r"[.!?;:]", text[stop:place])):  # noqa: PLR2004 - more blanks and marks than stand between two words
            break
        begin = stop
        while begin and stop - begin < _LOCAL_LIMIT and _WORD_BEFORE.match(text[begin - 1]):
            begin -= 1
        word = text[begin:stop].strip(".'-")
        letter = len(word) == 1
        if not word or (word in _STOPS and not (letter and spelling)):
            break
        plain_word = not letter and word not in _LINKS
        if words >= _NAMES and plain_word and _next_word(text, stop) not in _LINKS:
            break
        start, place, spelling = begin, begin, letter
        words += not letter and word not in NUMBER_WORDS
    return start


def _next_word(text: str, place: int) -> str:
    match = re.compile(r"\W*(\w+)").match(text, place)
    return match.group(1) if match else ""
