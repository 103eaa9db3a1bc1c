"""Passwords: what follows "password is", and the short answer to a request for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.patterns import pattern
from models.redaction.mentions import Mention
from models.redaction.spelling import SPELLED

_NAME = (
    r"(?<![^\W_])(?:pass\s?word|pass\s?phrase|passwd|pwd|(?:memorable|secret|security)\s(?:word|answer)"
    r"|wachtwoord|passwort|kennwort|contraseña|passord|mot\sde\spasse|senha)(?:'s|s)?"
)
_OF = (
    r"(?:\s(?:on|for|to|of)\s(?:my|the|that|this|your)?\s?\w{1,20}(?:\s(?:account|app|portal|login|site))?)?"
)
_IS = r"(?:is|was|are|would be|will be|should be|ist|er|es|set to|changed to|to|be)(?![\w'])"
_SAID = pattern(
    rf"{_NAME}{_OF}(?P<link>\s{{0,3}}[:=]\s{{0,3}}|\s{{1,3}}{_IS}\s{{0,3}}[:=\-]?\s{{0,3}}|\s{{1,3}}-\s{{1,3}}|\s{{1,3}})"
)
_HEDGE = pattern(
    r"(?:(?:uh|um|uhm|er|erm|like|just|now|still|currently|actually|probably|all|in|lowercase|lower case"
    r"|spelled|it's|that's|my|set to|called)[\s,:]{1,3}){1,4}"
)
_VALUE = pattern(r"\"[^\"\n]{1,64}\"|'[^'\n]{1,64}'(?!\w)|\S{1,64}")
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
_REFUSAL = frozenset(
    """
    no not don't forgot forgotten forget can't cannot won't never why what which how sure yes okay
    ok hold moment second wait know remember think tried reset email sorry need want hello thanks
    thank locked help doesn't didn't isn't
""".split()
)
_LEAD = pattern(
    r"\s*(?:(?:uh|um|er|erm|well|sure|yes|yeah|ok|okay|so|oh|it's|its|it is|that's|that is|that would be"
    r"|it should be|the password is|mine is|i think|is|my)[\s,.:]{1,3}){0,5}"
)
_ANSWER, _SHORTEST = 4, 4
"""Words of an answer that is a password as a whole; characters of one with digits in it."""
_MIXED = pattern(r"(?=[^\s]{0,63}[0-9])(?=[^\s]{0,63}[^\W\d_])\S{5,64}")


def said(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of passwords that follow their name in the same text."""
    for match in _SAID.finditer(text):
        place = match.end()
        hedge = _HEDGE.match(text, place)
        if hedge:
            place = hedge.end()
        spelled = SPELLED.match(text, place)
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
    """The password in an answer to a request for it: short, or tokens of letters and digits."""
    lead = _LEAD.match(text)
    place = lead.end() if lead else 0
    rest = text[place:].strip()
    words = re.findall(r"[^\s]+", rest)
    if not words or "[" in rest:
        return
    spelled = SPELLED.match(text, place)
    if spelled:
        yield spelled.span()
        return
    refused = any(word.strip(".,!?") in _REFUSAL for word in words)
    if len(words) <= _ANSWER and not refused and not rest.endswith("?"):
        start = text.index(words[0], place)
        yield _trimmed(text, start, start + len(rest))
        return
    for match in _MIXED.finditer(text):
        yield _trimmed(text, *match.span())


def _complex(word: str) -> bool:
    """Letters with digits or symbols: no ordinary word."""
    inner = word.replace("-", "").replace("'", "")
    return len(word) >= _SHORTEST and any(c.isalpha() for c in word) and not inner.isalpha()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without quotation marks and the punctuation of the sentence."""
    while end > start and text[end - 1] in ".,;:?)\"'":
        end -= 1
    while start < end and text[start] in "\"'(":
        start += 1
    return start, end


_CODE_LINK = pattern(r"\s{0,3}(?:is|was|reads|says|:|=|-)?\s{0,3}[:=]?\s{0,2}")
_CODE_VALUE = pattern(r"(?=[a-z0-9-]{0,9}[0-9])(?=[a-z0-9-]{0,9}[a-z])[a-z0-9-]{4,10}(?![\w-])")


def codes(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Ranges of codes with letters in them that follow the name of a code: `G-482913`, `AB12CD`."""
    for mention in mentions:
        if mention.kind != "CODE":
            continue
        link = _CODE_LINK.match(text, mention.end)
        value = _CODE_VALUE.match(text, link.end()) if link else None
        if value and not re.search("(?:digit|character|letter|hour|minute|day)", value.group()):
            yield value.span()


_REQUEST = pattern(
    r"\?|\b(?:what|what's|which|tell|give|provide|confirm|say|spell|need|have|enter|type|may i|can i|could"
    r"|please|want|read|set|choose|pick)\b"
)


def is_request(text: str) -> bool:
    """Whether a turn that speaks of a password asks for it."""
    return (
        _REQUEST.search(text) is not None
        and re.search(r"\b(?:never|don't|do not|reset|forgot)\b", text) is None
    )
