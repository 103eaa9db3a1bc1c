"""Claim frames: what a sentence says of what, in a shape that can be compared.

A policy sentence and an agent's sentence become frames of the same kind: what they are about, whether
they affirm or deny, may or must, the number with its comparator and unit, and the conditions beside it.
The policy's frames are facts (`knowledge_base.facts`); `knowledge_base.comparison` holds a claim against
them. QA judges with it, and the copilot ticks off facts with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from knowledge_base.quantities import Quantity, all_quantities
from knowledge_base.scope import Scope, in_scope
from knowledge_base.topics import topic
from models.patterns import pattern

Kind = Literal["value", "may", "must"]

_CUT = pattern(
    r"; |[,]? but(?: |$)|(?:, |,? (?:and|so|because|while|whereas|otherwise) )(?=(?:then |also |it |that |"
    r"this )?"
    r"(?:we|you|i|they|it|he|she|there|the|a|an|takes?|costs?|is|are|has|have|must|may|can|cannot|will|"
    r"arrives?|"
    r"comes?|gets?|no|some|all|after|below|otherwise|then|later|who|which|released|issued|x|y)\b)|"
    r", (?=(?:after|otherwise|then|there|we|you|it|that|so)\b)"
)
_BUT_NOT = pattern(r"^(?:the )?(\w+(?: \w+)?) (.+?),? but not (.+)$")
_VERBS = (
    "takes?|costs?|is|are|has|have|must|may|can|cannot|will|arrives?|comes?|gets?|expires?|lasts?|applies|"
    "released|issued|due|returned|refunded|needs?"
)
_VERB = pattern(rf"\b(?:{_VERBS})\b")
_VERB_FIRST = pattern(rf"^(?:it |they |this |that |which |then |also )?(?:{_VERBS})\b")
_SUBJECT_WORDS = 6
_NEGATIVE = pattern(
    r"\b(?:not|never|cannot|nobody|none|neither|nor|excluded?|excludes|forbidden|prohibited|impossible|"
    r"refuse[sd]?|"
    r"declined?|no longer|non-?(?=refundable|returnable|transferable|cancell?able)|unable|isnt|arent|dont|"
    r"doesnt|"
    r"cant|wont|niet|geen|nicht|kein\w*|ikke|ingen|jamas|ne|pas)\b|n't\b|\bno (?!problem|worries|doubt|"
    r"matter|"
    r"less|more|later|one )(?=\w)|\bno one\b|\bnon(?=refundable|returnable|transferable)"
)
_AGREEING_NO = pattern(r"^(?:oh |ah |well |so )?no[,.]? (?=you|we|i|it|that|the|they|there)|\bno problem\b,?")
_NOT_ONLY = pattern(
    r"\bnot only\b|\bnot just\b|\bwhy not\b|\bcannot be too\b|\bdon't (?:worry|hesitate)\b,?|\bnot sure\b"
)
_MUST = pattern(
    r"\b(?:must(?!n't| not\b)|have to|has to|having to|need(?:s|ed)?(?! not to)|required?s?|necessary|"
    r"obliged|"
    r"obligatory|mandatory|needn't)\b"
)
_MAY = pattern(
    r"\b(?:can|cannot|cant|can't|could|may|must not|mustn't|possible|impossible|allowed|permitted|able|"
    r"unable|"
    r"accept(?:s|ed)?|offers?|delivers?|shipp?(?:s|ed)?|refund(?:s|ed|able)?|returnable|nonrefundable|"
    r"covers?|covered|included?s?|excluded?|available|forbidden|prohibited|welcome|transferable|non-\w+able|"
    r"cancell?able|open|closed|eligible|entitled|applies|apply|valid|counts?|supports?|takes? back|we "
    r"(?:do )?(?:not )?"
    r"(?:take|sell|repair|replace|match|charge|pay)|don't|doesn't|do not|does not|there is|there are|"
    r"there's|are enough|"
    r"is enough|travels?|sold|changed|exchanged)\b"
)
_CLOSED = pattern(r"\b(?:are|is|we're|stays?|remains?) closed\b")
_WITHOUT = pattern(r"\bwithout\b")
_EXCEPT = pattern(r"\b(?:except|unless|other than|apart from|only|but not|save for)\b")
_CONDITION = pattern(
    r"\b(?:if|unless|only|provided|as long as|in case|with(?! us| you| me)|without|outside|except|for|"
    r"wenn|als|si|hvis|falls|bei|voor|pour|para)\b (?P<rest>[^,;]+)"
)
_UNIVERSAL = pattern(
    r"\b(?:whatever|no matter|regardless|in any case|in every case|in all cases|without exception|for "
    r"everyone|"
    r"every time|always free|all of them|even if|even without)\b"
)
_NONE_AT_ALL = pattern(
    r"\b(?:there(?:'s| is| are) no|there is not any|there (?:isn't|aren't) any|we (?:have|offer|give|do|"
    r"make) no|"
    r"we (?:don't|do not) (?:have|offer|give|do|make)(?: any)?|no such thing|does not exist|doesn't exist)\b"
)
_QUESTION = pattern(
    r"^(?:and |so |okay |ok |but |well |all right |alright |right )*(?:would|could|can|do|did|does|is|are|"
    r"was|were|have|has|"
    r"may|shall|should|will|what|which|when|where|who|why|how)(?:n't)? (?:i|you|we|he|she|they|it|that|"
    r"this|the|your|"
    r"there|much|many|long|is|are|was|did|do|exactly|about)\b"
)
_HEDGED = pattern(
    r"\b(?:might|maybe|perhaps|probably|possibly|i think|i believe|i guess|i assume|i suppose|not sure|"
    r"not certain|"
    r"if i remember|as far as i know|let me check|i will check|i'll check|i need to check|"
    r"(?:other|another|most|some) (?:compan(?:y|ies)|suppliers?|shops?|stores?|banks?|providers?|"
    r"airlines?|hotels?|"
    r"insurers?|carriers?|retailers?|states?|countries)|elsewhere|competitors?|by law|legally|legal right|"
    r"the law|"
    r"statutory|used to be|previously|formerly|in the past|until last (?:year|month)|back then|in those days|"
    r"the old (?:rule|policy|price)|last year|for example|for instance|e\.g|suppose|supposing|imagine|"
    r"assuming|let's say|"
    r"say you|as though|as if|would have|could have|should have|wish|hopefully)\b"
)
_HYPOTHETICAL = pattern(
    r"\bif (?:\w+ ){1,4}(?:had|were|was|gave|went|did|would|could|bought|ordered|came|called|told|wanted|"
    r"took|made|"
    r"paid|booked|returned it earlier|cancelled it)\b|\bhad (?:you|we|i)\b|\bwould (?:be|have|get|need|"
    r"pay|cost|take)\b"
)
_PAST = pattern(
    r"\b(?:was|were|had|did|ordered|bought|paid|delivered (?:on|to|by|yesterday)|arrived|received|shipped|"
    r"sent|called|came|"
    r"happened|signed|placed|ago|last (?:week|month|monday|tuesday|wednesday|thursday|friday)|yesterday|"
    r"since|so far|already|"
    r"geleden|vor (?:\w+ )?(?:tagen|wochen|monaten)|hace|il y a|siden|wurde|llego|heb ik|ble|been here|"
    r"has been|have been)\b"
)
_STILL_A_RULE = pattern(
    r"\b(?:must|may|can|cannot|need|needs|have to|has to|allowed|within|after (?:it|the|your)|once|when|"
    r"as soon as|will|"
    r"takes?|costs?|up to|at most|free|covered|refunded|returned|cancelled)\b"
)
_CASE_MONEY = pattern(
    r"\b(?:the (?:new |next |final |corrected |last )?bill (?:will be|is|was)|your (?:\w+ )?(?:bill|"
    r"balance|order|invoice|total|payment|stay|refund|reference|fare|ticket|bag|basket|cart|"
    r"parcel|usage|account|transfer|purchase|claim)|the (?:balance|total)|comes to|in total|adds? up|i "
    r"see|i can see|"
    r"you(?:'re| are) (?:using|paying)|you (?:owe|used|have used|paid)|i(?:'ll| will|'m| am|'ve| have) |"
    r"we(?:'ll| will|'ve| have) (?!charge|need)|i can (?:offer|give|refund|take)|this (?:bill|order|"
    r"invoice|month))\b"
)
_USING = pattern(r"\b(?:you(?:'re| are) using|i see|i can see|you (?:still )?owe|you (?:have )?used)\b")
_CASE_TIME = pattern(
    r"\b(?:i see|i can see|i(?:'ll| will|'m going to| am going to|'m calling)|i can (?:call|have|get|"
    r"send)|let me|"
    r"your (?:\w+ )?(?:order|parcel|package|flight|train|bus|appointment|delivery|stay|arrival|bag|"
    r"contract|lab report|"
    r"subscription|booking|visit|engineer|technician)(?: \w+)? (?:is|was|has|will|should|ends|starts|runs|"
    r"arrives|"
    r"weighs|leaves)|you have been|you've been|you are using|hold (?:on|the line)|wait|bear with|give me|"
    r"(?:call|ring|get back|come back|reply|write|email|be with)(?:s|ing)? (?:to )?you|in your case|"
    r"unplug|press|restart|reboot|hold the|keep it|turn it|ik zie|ich sehe|veo que|je vois|jeg ser|i have|"
    r"it has been|it's been)\b"
)
_CASE_AFTER = pattern(
    r" (?:late|overdue|early|left|remaining|away|ago|too (?:late|long|old)|before today|behind|geleden|siden|"
    r"less|cheaper|lower|higher|more expensive|more than|saved|off)\b"
)
_KNOWN = pattern(r"\b(?:those|these|that|your|my|his|her|their|this) ?$")
_NOT_MEANT: tuple[Scope, ...] = ("reported", "apology")
_TOLD = pattern(
    r"\b(?:you|he|she|they|customer|letter|colleague|website|e-?mail|somebody|someone)(?:'ve| have| has| "
    r"had|'d)? "
    r"(?:just |also )?(?:said|say|says|told|mention(?:ed|s)?|wrote|write|writes|claim(?:ed|s)?|ask(?:ed|"
    r"s)?|thought|think)\b"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing that a clause says. Of an agent it is a claim, of a policy a fact."""

    kind: Kind
    start: int
    end: int
    """Where it stands in the folded sentence: the number, or the clause."""
    core: frozenset[str]
    """Topic stems of the clause."""
    near: frozenset[str]
    """Topic stems of the rest of the sentence."""
    denies: bool = False
    quantity: Quantity | None = None
    guards: tuple[Quantity, ...] = ()
    """Other numbers of the clause: "with a delay of *60 minutes* or more"."""
    condition: frozenset[str] = frozenset()
    """Topic stems of the condition under which it holds, as its own words name it."""
    excepts: bool = False
    """It names an exception, so that its denial says little."""
    universal: bool = False
    """"in any case", "whatever the reason"."""
    none_at_all: bool = False
    """"there is no ...": denied by every case in which there is one."""
    place: bool | None = None
    """True for "inside", False for "outside", None when it says neither."""


def frames(text: str, language: str = "en") -> list[Frame]:
    """The frames of a folded sentence, in order.

    Example:
        >>> [(frame.kind, frame.denies) for frame in frames("opened games cannot be returned")]
        [('may', True)]
    """
    whole = topic(text, language)
    subject = _subject(text)
    universal = _UNIVERSAL.search(text) is not None
    found: list[Frame] = []
    for start, end in _clauses(text):
        clause = text[start:end]
        amounts = all_quantities(clause, language)
        stated = _without(clause, amounts)
        if start and subject and _VERB_FIRST.match(clause):
            stated = f"{subject} {stated}"  # "it costs 8 and arrives within 5 days"
        core = topic(stated, language)
        condition = _condition(clause, text, language)
        place = _place(clause)
        denies = _denies(clause)
        common: dict[str, Any] = {
            "denies": denies,
            "condition": condition,
            "universal": universal,
            "place": place,
        }
        found.extend(
            Frame(
                "value",
                start + one.start,
                start + one.end,
                core,
                whole - core,
                quantity=one,
                guards=tuple(other for other in amounts if other is not one),
                excepts=_EXCEPT.search(clause) is not None,
                **common,
            )
            for one in amounts
        )
        kind = predicate(clause)
        if language == "en" and kind is not None and core:
            found.append(
                Frame(
                    kind,
                    start,
                    end,
                    core,
                    whole - core,
                    guards=tuple(amounts),
                    excepts=_EXCEPT.search(text) is not None or _WITHOUT.search(clause) is not None,
                    none_at_all=denies and _NONE_AT_ALL.search(clause) is not None,
                    **common,
                )
            )
    return found


def _condition(clause: str, sentence: str, language: str) -> frozenset[str]:
    """Stems of what stands behind "if", "for" and the like, in the clause or before it in the sentence."""
    found: frozenset[str] = frozenset()
    for text in (
        clause,
        sentence if sentence.startswith(("if ", "when ", "with ", "for ", "outside ")) else "",
    ):
        for hit in _CONDITION.finditer(text):
            rest = _VERB.split(hit["rest"], maxsplit=1)[0] if hit.start() == 0 else hit["rest"]
            found |= topic(_without(rest, all_quantities(rest, language)), language)
    return found


def _subject(text: str) -> str:
    """The words before the first verb of a sentence, when they are few."""
    hit = _VERB.search(text)
    before = text[: hit.start()] if hit else ""
    return before if before.count(" ") <= _SUBJECT_WORDS and "," not in before else ""


def predicate(clause: str) -> Kind | None:
    """Whether a folded clause says what may or what must be; None when neither."""
    if re.search(r"\bneed (?:to )?(?:wait|help|anything)\b", clause):
        return None
    if _MUST.search(clause):
        return "must"
    return "may" if _MAY.search(clause) or _NEGATIVE.search(clause) else None


def asserts(sentence: str, *, supposing: bool = False) -> bool:
    """Whether a folded sentence of an agent states something: no question, supposition or doubt.

    Args:
        sentence: Folded.
        supposing: Count one that supposes, too: "if a bill was paid late, there is a fee".
    """
    text = sentence.strip()
    if text.endswith("?") or _QUESTION.match(text) or _HEDGED.search(text):
        return False
    return supposing or _HYPOTHETICAL.search(text) is None


def is_claim(frame: Frame, sentence: str) -> bool:  # noqa: PLR0911 - one reason a line
    """Whether a frame of an agent's sentence speaks of a rule, not of this case or somebody's words."""
    start = next((low for low, high in reversed(_clauses(sentence)) if low <= frame.start), 0)
    end = next((high for low, high in _clauses(sentence) if low == start), len(sentence))
    clause = sentence[start:end]
    if any(in_scope(scope, sentence, frame.start, frame.start) for scope in _NOT_MEANT):
        return False
    if _TOLD.search(sentence[: frame.start]):
        return False
    one = frame.quantity
    if one is None:
        return not (
            _PAST.search(clause) or _CASE_TIME.search(clause) or re.search(r"\b(?:i|i'm|i've|my)\b", clause)
        )
    before, after = sentence[max(start, frame.start - 40) : frame.start], sentence[frame.end :]
    if _CASE_AFTER.match(after) or (_KNOWN.search(before) and one.dimension != "money"):
        return False
    if re.search(
        r"\b(?:lower|higher|cheaper|less|more) than (?:[$\u20ac\u00a3]|eur |usd )?$|\bfrom (?:\S+ )?to ?$",
        before,
    ):
        return False
    if _USING.search(sentence):
        return False
    if one.dimension == "money" or one.dimension.startswith("count"):
        if _CASE_MONEY.search(clause):
            return False
    elif _CASE_TIME.search(clause):
        return False
    if re.search(r"(?:\bnot|n't) (?:\w+ )?$", before):
        return False  # "it is not 60 days" says what it is not
    return not _PAST.search(clause) or (
        _STILL_A_RULE.search(clause) is not None
        and not re.search(r"\b(?:ago|yesterday|i see)\b", clause)
        and not re.search(
            r"\b(?:you|we|i|it|was|were|took)\b[^,]{0,20}\b(?:was|were|took|paid|ordered|bought|had)\b",
            clause,
        )
    )


def _denies(clause: str) -> bool:
    """Whether a clause denies: an odd number of denials, "not only" and a leading "no" left out."""
    text = _NOT_ONLY.sub(" ", _AGREEING_NO.sub("", clause))
    text = re.sub(r", (?:but )?not [^,]*$", "", text)  # "covers breakage, not wear" affirms
    count = len(_NEGATIVE.findall(text)) + len(_CLOSED.findall(text))
    return count % 2 == 1


def _place(clause: str) -> bool | None:
    if re.search(r"\boutside\b|\babroad\b|\bnot inside\b", clause):
        return False
    return (
        True
        if re.search(r"\b(?:inside|within the|in the) (?:eu|country|european|uk|city|warranty)\b", clause)
        else None
    )


def _clauses(text: str) -> list[tuple[int, int]]:
    found, start = [], 0
    for cut in _CUT.finditer(text):
        if cut.start() > start:
            found.append((start, cut.start()))
            start = cut.end() if not cut.group().strip().startswith("otherwise") else cut.start()
    found.append((start, len(text)))
    return found


def _without(clause: str, amounts: list[Quantity]) -> str:
    """A clause with its numbers blanked, the nouns of counts kept."""
    for one in reversed(amounts):
        kept = clause[one.start : one.end] if one.dimension.startswith("count") else ""
        clause = clause[: one.start] + " " + kept + " " + clause[one.end :]
    return clause


def split_exception(text: str) -> Iterator[str]:
    """Give "we deliver to offices, but not to hotels" as two sentences, the second of which denies."""
    hit = _BUT_NOT.match(text)
    if hit is None:
        yield text
        return
    yield f"{hit[1]} {hit[2]}"
    yield f"{hit[1]} not {hit[3]}"
