"""Offers of money held against what the client's agents may give: `brand.unauthorised_offer`.

An offer is a commitment in the first person ("I'll refund", "I'm putting a credit") that is not hedged,
negated, asked, supposed or reported. Without limits of the client nothing is raised here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.patterns import pattern
from models.records import Finding, Span
from qa.detectors.authority import Authority, Ban, Limit, authority_of, family_of, stems
from qa.detectors.folding import fold
from qa.detectors.quantities import Quantity, quantities
from qa.detectors.scope import Scope, in_scope, quotations

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading

_GIVING = (
    r"(?:refund|credit|give|offer|waive|send|put|add|apply|pay|compensate|reimburse|take|knock|discount|"
    r"replace|throw|"
    r"grant|issue|cover|write|drop|remove|cancel|extend|approve|match|return|transfer|book|"
    r"arrange|reduce|provide|set|giv|waiv|issu|remov|reduc|replac|reimburs|compensat|writ|tak|provid|"
    r"arrang|approv)"
)
_COMMITMENT = pattern(
    rf"\b(?:i|we)(?:'ll| will| can| am going to| are going to|'m going to|'re going to|'m gonna| shall|"
    rf"'m| am|'re| are|'ve| "
    rf"have)(?: (?:also|just|now|even|then|gladly|happily|happy to|personally|already|certainly|"
    rf"definitely|go ahead and|"
    rf"of course|simply|able to|additionally|immediately))* {_GIVING}(?:s|d|ed|ing|ting|ping|ling)?\b|"
    rf"\blet me(?: (?:also|just|now|even))* {_GIVING}\b|\b(?:here is|here's|you get|you'll get|you will "
    rf"get|you can have|you'll have) "
)

_ANY_COMMITMENT = pattern(
    r"\b(?:i|we)(?:'ll| will| can| am going to| are going to|'m going to|'re going to) (?!not\b|"
    r"never\b)\w+|\bi'm \w+ing\b"
)
_HEDGE = pattern(
    r"\b(?:ask|asking|asked|request|requesting|check|see if|see whether|try|trying|should|might|maybe|"
    r"perhaps|probably|"
    r"hopefully|if (?:my|the|he|she|they)|need (?:an? )?approval|approv\w+ (?:by|from)|with approval|"
    r"propose|suggest|"
    r"recommend|forward|pass (?:it|this|that|your)|find out|whether|would have to|not (?:able|allowed|"
    r"permitted)|"
    r"(?:you|he|she|they) (?:ordered|bought|paid|purchased|returned)|only (?:a |my )?(?:team lead|"
    r"manager|supervisor))\b"
)
_KIND = pattern(
    r"\b(?:refund\w*|credit\w*|voucher\w*|discount\w*|waiv\w+|compensat\w+|reimburs\w+|goodwill|"
    r"coupon\w*|gift cards?|cash|"
    r"bonus|fees?|charges?|back|for free|free of charge|off (?:your|the)|extension|extend|extra|plus|"
    r"price match|match|plan)\b"
)
_ALL_FEES = pattern(
    r"\b(?:all|every|any)(?: (?:of )?(?:the|your|those|these|future|of))*(?: \w+)? (?:fees?|charges?)\b"
)


_REMEDY = "Offer what the table allows, or ask the team lead first and name the amount after that."
_NOT_MEANT: tuple[Scope, ...] = ("negated", "hypothetical", "reported", "apology")
_COMMON = stems("fee fees charge item order payment amount price account full partial")
"""Words that do not tell one limit from another."""


@dataclass(frozen=True, slots=True)
class _Offer:
    start: int
    end: int
    clause: str
    words: frozenset[str]
    family: str
    amounts: tuple[Quantity, ...]
    around: frozenset[str] = frozenset()
    """Stems of the whole turn."""


class OfferDetector:
    """`brand.unauthorised_offer` against one client's authority."""

    name = "offers.v1"
    labels: tuple[str, ...] = ("brand.unauthorised_offer",)

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words."""
        if not self._authority:
            return [[] for _ in readings]
        return [list(self._read(reading)) for reading in readings]

    def _read(self, reading: Reading) -> Iterator[Finding]:
        for turn in reading.agent_turns:
            text = reading.transcript.turns[turn].text
            quoted = quotations(text)
            around = stems(text)
            for sentence in reading.of(turn):
                folded = fold(sentence.text)
                for offer in _offers(folded.text, around):
                    first, last = folded.original(offer.start, offer.end)
                    place = sentence.span.start + first
                    if any(low <= place < high for low, high in quoted):
                        continue
                    reason, source = self._beyond(offer)
                    if reason:
                        yield Finding(
                            "brand.unauthorised_offer",
                            "critical",
                            Span(turn, place, sentence.span.start + last),
                            0.85,
                            "brand.unauthorised_offer@1",
                            reason,
                            _REMEDY,
                            None if source == "client.yaml" else source,
                        )

    def _beyond(self, offer: _Offer) -> tuple[str, str]:
        """Why an offer goes too far, and the document that says so; empty when it does not."""
        for ban in self._authority.bans:
            if _banned(offer, ban):
                return f'nobody may offer this: "{ban.text}" ({ban.source})', ban.source
        for barred in self._authority.limits:
            same = barred.family == offer.family == "match"
            if barred.most == 0 and not offer.amounts and (same or _names(offer, barred)):
                return f"{barred.name} is not for agents to give ({barred.source})", barred.source
        for amount in offer.amounts:
            limit = self._limit(offer, amount)
            if limit is not None and amount.high > limit.most:
                return f"{amount.said} offered, {_allowed(limit)}", limit.source
        if offer.family == "waiver" and _ALL_FEES.search(offer.clause):
            limit = self._limit(offer, None)
            if limit is not None and limit.dimension == "money":
                return f"all fees waived, {_allowed(limit)}", limit.source
        return "", ""

    def _limit(self, offer: _Offer, amount: Quantity | None) -> Limit | None:
        """The limit that governs an offer: same kind and dimension, most words in common, else the widest."""
        candidates = [
            limit for limit in self._authority.limits if amount is None or limit.dimension == amount.dimension
        ]
        named = [limit for limit in candidates if _names(offer, limit)]
        if named:
            best = max(len(limit.words & offer.words) / len(limit.words) for limit in named)
            named = [limit for limit in named if len(limit.words & offer.words) / len(limit.words) == best]
            return max(named, key=lambda limit: limit.most)
        percent = amount is not None and amount.dimension == "percent"
        if offer.family in ("extension", "plan"):
            alike = (limit for limit in candidates if limit.family == offer.family)
            return max(alike, key=lambda limit: limit.most, default=None)
        if offer.family not in ("gift", "discount") and not percent:
            return None  # which fee or which refund is not said: the policy may grant it
        if offer.words & self._authority.granted or (amount and offer.around & self._authority.granted):
            known = amount is not None and amount.high in self._authority.amounts
            if known or offer.words & self._authority.granted:
                return None
        families = ("gift", "discount", "refund") if percent else ("gift", "discount")
        return max(
            (limit for limit in candidates if limit.family in families),
            key=lambda limit: (len(stems(limit.name) & offer.words), limit.most),
            default=None,
        )


def _allowed(limit: Limit) -> str:
    unit = "" if limit.dimension == "money" else " " + limit.dimension
    return f"the limit for {limit.name} is {limit.most:g}{unit} ({limit.source})"


def _offers(text: str, around: frozenset[str]) -> Iterator[_Offer]:
    """Commitments to give something, in a folded sentence; one per commitment and amount group."""
    hits = list(_COMMITMENT.finditer(text)) or list(_ANY_COMMITMENT.finditer(text))
    if not hits or text.rstrip().endswith("?"):
        return
    for place, hit in enumerate(hits):
        end = hits[place + 1].start() if place + 1 < len(hits) else len(text)
        clause = text[hit.start() : end].rstrip(" .!,;")
        if _HEDGE.search(text[: hit.start()] + clause) or not _speaks_of_giving(clause):
            continue
        if any(in_scope(scope, text, hit.start(), hit.end()) for scope in _NOT_MEANT):
            continue
        for start, part in _parts(clause):
            words = stems(part)
            family = family_of(words) or ("gift" if start else "")
            offset = hit.start() + start
            amounts = tuple(quantity for quantity in quantities(part) if quantity.high > 0)
            yield _Offer(offset, offset + len(part), part, words, family, amounts, around)


def _names(offer: _Offer, limit: Limit) -> bool:
    """Whether the offer says which fee, refund or credit it is, in the limit's own words."""
    if offer.family not in {limit.family, "refund", "gift", "waiver", "discount"}:
        return False
    own = limit.words - _COMMON
    shared = own & offer.words
    return bool(own) and (shared == own or (limit.family == offer.family and bool(shared)))


def _speaks_of_giving(clause: str) -> bool:
    return (
        _KIND.search(clause) is not None
        or re.search(r"\b(?:pay|cover|free|freeze|debt|price)\b", clause) is not None
    )


def _parts(clause: str) -> list[tuple[int, str]]:
    """A clause cut where a second gift begins: "the whole EUR 560 ..., and a voucher of EUR 100"."""
    cut = re.search(
        r",? (?:and|plus)(?: also)? (?=an? (?:\w+ ){0,2}(?:voucher|credit|refund|discount|gift|coupon))|"
        r",? (?:plus|and another|and an extra) (?=[$\u20ac\u00a3]|(?:eur|usd|gbp) |\d)",
        clause,
    )
    if cut is None:
        return [(0, clause)]
    return [(0, clause[: cut.start()]), (cut.end(), clause[cut.end() :])]


def _banned(offer: _Offer, ban: Ban) -> bool:
    if not ban.words <= offer.words:
        return _paid_for(offer, ban)
    if not ban.condition:
        return len(ban.words) > 1 or offer.family == "payment"
    if ban.connective == "outside":
        return not ban.condition & offer.around
    if ban.connective not in ("when", "if") and ban.connective not in offer.clause:
        return False
    return bool(ban.condition & offer.words)


def _paid_for(offer: _Offer, ban: Ban) -> bool:
    """Such as "I'll pay you 120 for the curtain" under a ban on paying for other belongings or damage."""
    pays = re.search(
        r"\b(?:pay(?:ing)? (?:you|for)|compensat\w+ you for|cover (?:the|your) (?:damage|cost|repair))",
        offer.clause,
    )
    money = any(amount.dimension == "money" for amount in offer.amounts)
    return bool(
        pays
        and money
        and re.match(r"(?:payment|compensation|damages|reimbursement) for\b", fold(ban.text).text)
    )


def offer_detector(kb: KnowledgeBase) -> OfferDetector:
    """The detector with the limits of the client's profile and authority documents."""
    return OfferDetector(authority_of(kb))
