"""Passwords: what follows "password is", and the short answer to a request for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.redaction.mentions import Mention

_NAME = (
    r"(?<![^\W_])(?:password|pass\s?word|pass\s?phrase|passwd|pwd|memorable\s(?:word|answer)|secret\s(?:word|answer)|security\s(?:word|answer)"
    r"|wachtwoord|passwort|kennwort|contraseña|passord|mot\sde\spasse|senha)(?:'s|s)?"
)
_SAID = re.compile(
    _NAME
    + r"(?:\s(?:on|for|to|of)\s(?:my|the|that|this|your)?\s?\w{1,20}(?:\s(?:account|app|portal|login|site))?)?"
    + r"(?P<link>\s{0,3}[:=]\s{0,3}|\s{1,3}(?:is|was|are|would be|will be|should be|ist|er|es|set to|changed to|to|be)\s{0,3}[:=\-]?\s{0,3}|\s{1,3}-\s{1,3}|\s{1,3})"
)
_HEDGE = re.compile(
    r"(?:(?:uh|um|uhm|er|erm|like|just|now|still|currently|actually|probably|all|in|lowercase|lower case|spelled|it's|that's|my|set to|called)[\s,:]{1,3}){1,4}"
)
_VALUE = re.compile(r"\"[^\"\n]{1,64}\"|'[^'\n]{1,64}'(?!\w)|\S{1,64}")
_HARMLESS = frozenset(
    """
    not expired wrong incorrect invalid locked no being reset required the a an case too weak strong
    at least must should can cannot can't won't doesn't does did didn't isn't is was has have had
    needs need to for on and or but in of with that this never always my your his her their our its
    safe secure protected blocked disabled unknown forgotten lost stolen correct right fine ok okay
    gone due about compromised private confidential encrypted stored changed updated set old new
    page field box policy policies reset-link link rules rule screen prompt manager change recovery
    hint protection requirements requirement settings setting please working accepted rejected good
    bad different same long short missing empty blank sent important so very only also already again
    when if because you i we they it what which who how something anything eight eighteen twelve
    characters letters used valid confirmed verified request requests sharing shared emailed problem
    issue issues help there here none going one email by from until after before via through niet
    nicht no ikke er ist is falsch verkeerd feil vergeten vergessen
""".split()
)
_LETTER = r"(?:[a-z0-9]|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|oh|double|triple|alpha|alfa|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliet|juliett|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|x-ray|xray|yankee|zulu)"
_SPELLED = re.compile(
    rf"(?<![\w'])(?:(?:capital|upper\s?case|lower\s?case|small|big)[\s,]{{1,3}})?{_LETTER}(?![\w'])"
    rf"(?:[\s,.\-]{{1,3}}(?:(?:as in|for|like)\s\w{{2,15}}|(?:capital|upper\s?case|lower\s?case|small|big|uh|um|then|and)(?!\w)|"
    rf"underscore|dash|hyphen|dot|hash|hashtag|at sign|exclamation mark|exclamation point|dollar sign|percent sign|star|asterisk|"
    rf"(?:in\s)?(?:numbers|digits|all caps)|{_LETTER}(?![\w']))){{2,60}}"
)
_REFUSAL = frozenset(
    """
    no not don't forgot forgotten forget can't cannot won't never why what which how sure yes okay
    ok hold moment second wait know remember think tried reset email sorry need want hello thanks
    thank locked help doesn't didn't isn't
""".split()
)
_LEAD = re.compile(
    r"\s*(?:(?:uh|um|er|erm|well|sure|yes|yeah|ok|okay|so|oh|it's|its|it is|that's|that is|that would be|it should be|the password is|mine is|i think|is|my)[\s,.:]{1,3}){0,5}"
)
_MIXED = re.compile(r"(?=[^\s]{0,63}[0-9])(?=[^\s]{0,63}[^\W\d_])\S{5,64}")


def said(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of passwords that follow their name in the same text."""
    for match in _SAID.finditer(text):
        place = match.end()
        hedge = _HEDGE.match(text, place)
        if hedge:
            place = hedge.end()
        spelled = _SPELLED.match(text, place)
        if spelled:
            yield spelled.span()
            continue
        value = _VALUE.match(text, place)
        if value is None or value.group().startswith("["):
            continue
        span = _trimmed(text, *value.span())
        word = text[span[0] : span[1]]
        bare = not match["link"].strip() and not match.group().rstrip().endswith("'s")
        if not word or word.strip(".,;:!?-*") in _HARMLESS or set(word) <= set("*x•.-"):
            continue
        if bare and not _complex(word):
            continue
        yield span


def answered(text: str) -> Iterator[tuple[int, int]]:
    """The password in an answer to a request for it: a short answer whole, else tokens of letters and digits."""
    lead = _LEAD.match(text)
    place = lead.end() if lead else 0
    rest = text[place:].strip()
    words = re.findall(r"[^\s]+", rest)
    if not words or "[" in rest:
        return
    spelled = _SPELLED.match(text, place)
    if spelled:
        yield spelled.span()
        return
    if (
        len(words) <= 4
        and not any(word.strip(".,!?") in _REFUSAL for word in words)
        and not rest.endswith("?")
    ):  # noqa: PLR2004
        start = text.index(words[0], place)
        yield _trimmed(text, start, start + len(rest))
        return
    for match in _MIXED.finditer(text):
        yield _trimmed(text, *match.span())


def _complex(word: str) -> bool:
    """Letters with digits or symbols: no ordinary word."""
    inner = word.replace("-", "").replace("'", "")
    return len(word) >= 4 and any(c.isalpha() for c in word) and not inner.isalpha()  # noqa: PLR2004


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without quotation marks and the punctuation of the sentence."""
    while end > start and text[end - 1] in ".,;:?)\"'":
        end -= 1
    while start < end and text[start] in "\"'(":
        start += 1
    return start, end


def spelled(text: str, *, tokens: int) -> Iterator[tuple[int, int]]:
    """Ranges of at least `tokens` letters and digits said one by one."""
    for match in _SPELLED.finditer(text):
        if (not match.start() or not text[match.start() - 1].isalnum()) and len(
            match.group().split()
        ) >= tokens:
            yield match.span()


_CODE_LINK = re.compile(r"\s{0,3}(?:is|was|reads|says|:|=|-)?\s{0,3}[:=]?\s{0,2}")
_CODE_VALUE = re.compile(r"(?=[a-z0-9-]{0,9}[0-9])(?=[a-z0-9-]{0,9}[a-z])[a-z0-9-]{4,10}(?![\w-])")


def codes(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Ranges of codes with letters in them that follow the name of a code: `G-482913`, `AB12CD`."""
    for mention in mentions:
        if mention.kind != "CODE":
            continue
        link = _CODE_LINK.match(text, mention.end)
        value = _CODE_VALUE.match(text, link.end()) if link else None
        if value and not re.search("(?:digit|character|letter|hour|minute|day)", value.group()):
            yield value.span()


_REQUEST = re.compile(
    r"\?|\b(?:what|what's|which|tell|give|provide|confirm|say|spell|need|have|enter|type|may i|can i|could|please|want|read|set|choose|pick)\b"
)


def is_request(text: str) -> bool:
    """Whether a turn that speaks of a password asks for it."""
    return (
        _REQUEST.search(text) is not None
        and re.search(r"\b(?:never|don't|do not|reset|forgot)\b", text) is None
    )
