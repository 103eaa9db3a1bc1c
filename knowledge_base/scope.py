"""Whether matched words are meant: negation, quotation, reported speech and their like.

Everything here reads folded text (`models.folding.fold`). One place for all rules, so that "I would never
call you stupid" is understood the same way by every one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from models.patterns import pattern

Scope = Literal[
    "negated", "quoted", "reported", "question", "hypothetical", "apology", "corrected", "doubted"
]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_CLAUSE_END = pattern(
    r"[.;:!?()]|,(?= (?:i|you|he|she|we|they|it|so|and|but|that|then|the|our|this|your|my)\b)|"
    r"\b(?:but|however|although|though|because|so that|maar|aber|men|pero)\b"
)
_NEGATION = pattern(
    r"\b(?:not|never|no|nobody|no one|none|nor|neither|without|rather than|instead of|far from|"
    r"by no means|unable to|refuse to|hardly|cannot|cant|dont|wont|isnt|arent|wasnt|werent|doesnt|didnt|"
    r"wouldnt|couldnt|shouldnt|havent|hasnt|aint|"
    r"niet|nooit|geen|nicht|nie|niemals|kein|keine|keinen|ikke|aldri|ingen|nunca|jamas)\b|n't\b"
)
_SPANISH_NO = pattern(r"\bno (?:es|fue|ha|hemos|fuimos|somos|estamos|le|se|nos)\b")
"""In English a leading "no" agrees or objects; before these words it is Spanish and negates."""
_REACH = 600
"""Characters on either side that are looked at: a text without full stops stays linear to read."""
_NEGATION_WORDS = 6
_NEVERTHELESS = pattern(
    r"\bnot only\b|\bno(?:,| )(?: sir| ma'am)?,?$|^no\b|"
    r"\bwhy (?:don't|can't|not)\b|\bcan't (?:believe|wait)\b"
)

_SOMEONE = (
    r"(?:you|u|he|she|they|it|(?:the|your|my|our|his|her|their|a|another|one|that|some)(?: \w+){0,2}|"
    r"someone|somebody|anyone|anybody|people|who|everyone|klant|kunde|kunden|cliente)"
)
_SAID = (
    r"(?:said|says|saying|say|told|tells|telling|tell|mentioned|mentions|mention|wrote|writes|claimed|claims|"
    r"stated|states|heard|hear|called|calls|calling|call|shouted|yelled|asked|asks|described|describes|"
    r"complained|reported|felt|feels|feel|think|thinks|thought|believe|believed|quoted|promised|"
    r"zei|zegt|sagte|sagt|sa|sier|dijo|dice)"
)
_REPORT = pattern(
    rf"\b{_SOMEONE}(?:'s|'ve|'d)?(?: (?:has|have|had|was|were|is|are|just|also|already|even|"
    rf"actually|once|"
    rf"only|did|may|might|will|would|could|ever|been))*"
    rf" {_SAID}\b|\b(?:according to|was told|were told|been told|been called|was called|i heard)\b|"
    r"\b(?:er|sie|hij|zij|ze|u|je|han|hun|hen|du|de|el|ella|usted|ellos|klant|kunden?|cliente)"
    r"(?:,? (?:habe|hat|haben|heeft|heb|har|ha|le|me|les))? "
    r"(?:sagten?|sagt|gesagt|zei|zegt|gezegd|sa|sier|sagt|dijo|dice|dicho|dijeron)\b"
)
_REPORT_WORDS = 12
_OWN_VOICE = pattern(r"\b(?:i|we)(?:'ve|'d| have| had| already| just)* (?:told|said|mentioned)\b")

_HYPOTHESIS = pattern(
    r"\b(?:if|unless|in case|suppose|supposing|imagine|assuming|whether|as though|had (?:i|we)|"
    r"(?:would|could|might) have|als ik|wenn ich|hvis jeg|si yo|si le)\b"
)
_APOLOGY = pattern(
    r"\b(?:sorry|apolog\w+|forgive me|excuse me|regret)\b[^.!?]{0,20}\b(?:if|"
    r"for (?:saying|calling|sounding|implying|suggesting|being|having)|"
    r"that (?:i|we|my|our|it|this|she|he|they)(?: colleague)? "
    r"(?:said|called|told|sounded|came|implied|suggested|made you feel)|"
    r"(?:i|we|she|he|they) (?:said|called|sounded|came across|implied))\b|"
    r"\b(?:(?:didn't|did not|don't|do not|wouldn't|never) (?:mean|intend|want|wish)(?:ing)? (?:to|that|it)|"
    r"(?:am|'m|was|are|'re|were) not (?:trying|saying|implying|suggesting|blaming|here to)|"
    r"(?:wrong|rude|unfair|unacceptable|inappropriate|unprofessional) (?:of (?:me|us|him|her|them) )?to "
    r"(?:say|call|tell|suggest|imply))\b"
)
_CORRECTION = pattern(
    r"\b(?:scratch that|strike that|let me rephrase|let me correct|i take that back|that came out wrong|"
    r"correction|no wait|wait no|sorry i mean|i mean to say|i meant|what i meant|disregard that|i misspoke|"
    r"that was wrong|that's wrong|i was wrong|i spoke too soon|actually no)\b"
)
_DOUBT = pattern(
    r"\b(?:should|might|may|could|probably|possibly|perhaps|maybe|usually|normally|typically|generally|hopefully|"
    r"try|trying|i'll ask|request|i think|i believe|likely|expected|aim to)\b"
)
_QUOTES = pattern(
    r'"[^"\n]{2,}"|\u201c[^\u201d\n]{2,}\u201d|\u201e[^\u201c\u201d\n]{2,}[\u201c\u201d]|\u00ab[^\u00bb\n]{2,}\u00bb|'
    r"(?:(?<=\s)|^|(?<=\())['\u2018](?:[^'\u2018\u2019\n]|(?<=\w)['\u2019](?=\w))+['\u2019](?=[\s,.;:!?)]|$)"
)


def quotations(text: str) -> list[tuple[int, int]]:
    """Ranges of the original turn's text that stand in quotation marks."""
    if not any(mark in text for mark in "\"'\u201c\u201e\u00ab\u2018"):
        return []
    return [hit.span() for hit in _QUOTES.finditer(text)]


def in_scope(scope: Scope, sentence: str, start: int, end: int) -> bool:
    """Whether the words `[start, end)` of a folded sentence stand in that scope.

    `quoted` is answered by `quotations`, because a quotation may run over several sentences; here it
    is always False.
    """
    test = _TESTS.get(scope)
    low = max(0, start - _REACH)
    near = sentence[low : end + _REACH]
    return test is not None and test(near, start - low, end - low)


def _clause_before(sentence: str, start: int) -> str:
    """The words before `start` back to the last clause border."""
    last = 0
    for border in _CLAUSE_END.finditer(sentence):
        if border.end() > start:
            break
        last = border.end()
    return sentence[last:start]


def _negated(clause: str) -> bool:
    near = " ".join(clause.split(" ")[-_NEGATION_WORDS - 1 :])
    return _NEGATION.search(near) is not None and _NEVERTHELESS.search(near.strip()) is None


def _spanish_no(sentence: str, start: int) -> bool:
    before = start - len("no ")
    return before >= 0 and _SPANISH_NO.match(sentence, before) is not None


def _reported(before: str) -> bool:
    """Whether somebody else's saying opens the stretch before the words, and no new clause began since."""
    last = None
    for last in _REPORT.finditer(before):  # noqa: B007 -- the last report counts
        pass
    if last is None:
        return False
    between = before[last.end() :]
    if re.search(r"[.;!?]|, (?:and|so|but|then) |\bbut\b|\bbecause\b", between):
        return False
    if _OWN_VOICE.search(before[max(0, last.start() - 3) :]) and not re.search(
        r"\b(?:you|he|she|they) \w+$", last.group()
    ):
        return False
    return len(between.split()) <= _REPORT_WORDS


_TESTS: Mapping[Scope, Callable[[str, int, int], bool]] = {
    "question": lambda sentence, _start, _end: sentence.rstrip(" \"')").endswith("?"),
    "corrected": lambda sentence, start, _end: _CORRECTION.search(sentence, start) is not None,
    "doubted": lambda sentence, start, end: (
        _DOUBT.search(_clause_before(sentence, start) + sentence[start:end]) is not None
    ),
    "negated": lambda sentence, start, _end: (
        _negated(_clause_before(sentence, start)) or _spanish_no(sentence, start)
    ),
    "reported": lambda sentence, start, _end: _reported(sentence[:start]),
    "hypothetical": lambda sentence, start, _end: _HYPOTHESIS.search(sentence[:start]) is not None,
    "apology": lambda sentence, start, _end: _APOLOGY.search(sentence[:start]) is not None,
}
