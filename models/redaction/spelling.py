"""Letters and digits said one by one: "capital H u n t e r two", "G B two nine N as in November"."""

from __future__ import annotations

from collections.abc import Iterator

from models.patterns import pattern

_ALPHABET = """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november
    oscar papa quebec romeo sierra tango uniform victor whiskey x-ray xray yankee zulu
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety oh double triple
""".split()
_SIGNS = (
    "underscore|dash|hyphen|dot|hash|hashtag|at sign|exclamation mark|exclamation point|dollar sign"
    "|percent sign|star|asterisk|(?:in )?(?:numbers|digits|all caps)"
)
_CASE = r"(?:capital|upper\s?case|lower\s?case|small|big)"
_ONE = rf"(?:[a-z0-9]|{'|'.join(_ALPHABET)})(?![\w'])"
_BETWEEN = rf"(?:(?:as in|for|like)\s\w{{2,15}}|(?:{_CASE}|uh|um|then|and)(?!\w))"
SPELLED = pattern(
    rf"(?<![\w'])(?:{_CASE}[\s,]{{1,3}})?{_ONE}"
    rf"(?:[\s,.\-]{{1,3}}(?:{_BETWEEN}|{_SIGNS}|{_ONE})){{2,60}}"
)
"""Three or more letters, digits or signs in a row, at most sixty."""


def spelled(text: str, *, tokens: int) -> Iterator[tuple[int, int]]:
    """Ranges of at least `tokens` letters and digits said one by one."""
    for match in SPELLED.finditer(text):
        if len(match.group().split()) >= tokens:
            yield match.span()
