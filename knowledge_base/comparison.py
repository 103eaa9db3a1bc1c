"""A claim held against facts: contradicts, agrees, or unknown; with the arithmetic.

Two steps. *Linking* finds the facts that speak of the same thing: shared topic stems, weighted by how
few of the client's facts have them. *Comparing* holds the numbers, or the polarity, against each other.
Whatever is not certain is unknown: another topic, a condition that nobody established, facts that
disagree, units that cannot be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from knowledge_base.intervals import Outcome, comparable, ends, far_apart, held_against

if TYPE_CHECKING:
    from knowledge_base.claims import Frame
    from knowledge_base.facts import Fact

LINKED = 0.5
"""Least link between a claim and the fact it contradicts, in [0, 1]."""
LINKED_POLARITY = 0.66
"""The same where no number is compared; then words are all there is."""
SAID = 0.45
"""Least share of a claim's words that the fact it contradicts must have."""
SAID_POLARITY, TOLD_POLARITY = 0.65, 0.6
"""Least shares either way where no number is compared."""
CERTAIN = 0.85
"""Link from which a fact is not outvoted by one with the claim's number that is further away."""
MARGIN = 0.12
"""Facts this close to the best one have a say: if one of them agrees, nothing is contradicted."""
MARGIN_EXACT = 0.2
"""A fact with the claim's very number has a say from further away."""
_STRANGE = 0.45
"""Weight of a claim's word that no fact of the client has, as a share of the rarest word's."""
_SHARED = 2
"""Topic stems in common below which nothing is linked, save where both sides have but one."""
_HEADING = 0.8
_TITLE = 0.4
_NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one claim."""

    outcome: Outcome
    fact: Fact | None = None
    """What it contradicts or agrees with."""
    link: float = 0.0
    arithmetic: str = ""
    """Such as `60 > 30`; empty where no number was compared."""


UNKNOWN = Comparison("unknown")


class Weights:
    """How much a stem tells: the fewer facts have it, the more."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        sentences = {(fact.passage.id, fact.text): fact for fact in facts}
        counts: dict[str, int] = {}
        for fact in sentences.values():
            for word in fact.frame.core | fact.frame.near | fact.about | fact.row:
                counts[word] = counts.get(word, 0) + 1
        total = max(1, len(sentences))
        self._worth: Mapping[str, float] = {w: log(1 + total / n) + 0.3 for w, n in counts.items()}
        self.most = log(1 + total) + 0.3

    def known(self, word: str) -> bool:
        """Whether any fact has the stem."""
        return word in self._worth

    def of(self, words: Iterable[str]) -> float:
        """Worth of several stems together; those that no fact has are worth nothing."""
        return sum(self._worth.get(word, 0.0) for word in words)


def compare(
    claim: Frame, facts: Sequence[Fact], weights: Weights, *, context: frozenset[str] = frozenset()
) -> Comparison:
    """What the facts say of a claim.

    Args:
        claim: From an agent's sentence.
        facts: Candidates; those of another kind or dimension are passed over.
        weights: Of all the client's facts.
        context: Topic stems of what the customer said before, for claims too short to stand alone.
    """
    if claim.quantity is not None:
        return _by_value(claim, facts, weights, context)
    return _by_polarity(claim, facts, weights, context)


def _by_value(  # noqa: C901, PLR0911, PLR0912 - the rules in their order
    claim: Frame, facts: Sequence[Fact], weights: Weights, context: frozenset[str]
) -> Comparison:
    assert claim.quantity is not None
    if claim.guards and len(claim.core) < min(_SHARED, len(claim.guards)):
        return UNKNOWN  # a list of numbers: which is which is not said
    rated: list[_Rated] = []
    for fact in facts:
        other = fact.frame.quantity
        if other is None or not comparable(claim.quantity, other):
            continue
        if not claim.core and far_apart(claim.quantity, other):
            continue
        linked = link(claim, fact, weights, context)
        if _elsewhere(claim, fact):
            continue
        if linked.score <= 0:
            few = len(claim.core) < _SHARED and claim.core & (fact.frame.core | fact.about)
            if few and held_against(claim.quantity, other)[0] == "agrees":
                return UNKNOWN  # too short to tell which of the two it means
            continue
        regime = _same_regime(claim, fact)
        if regime is False:
            continue
        outcome, arithmetic = held_against(claim.quantity, other)
        opposed = outcome == "contradicts"
        if claim.universal and claim.core <= fact.frame.core | fact.about | fact.row:
            # "whatever the reason": one case in which it is otherwise is enough, and one that agrees is not.
            if outcome == "agrees" and (regime is None or fact.row or fact.frame.condition):
                continue
        elif outcome == "contradicts" and (
            regime is None
            or not _row_named(claim, fact, weights, context)
            or not _condition_met(claim, fact, weights, context)
        ):
            outcome = "unknown"
        exact = outcome == "agrees" and bool(ends(claim.quantity) & ends(other))
        rated.append(_Rated(linked, outcome, arithmetic, fact, exact, opposed))
    if not rated:
        return UNKNOWN
    top = max(one.score for one in rated)
    best = _best(rated, "contradicts")
    agreed = _best(rated, "agrees")
    if agreed is not None and (best is None or _speaks_for(rated, best, claim)):
        sure = agreed.score >= LINKED and agreed.score >= top - MARGIN
        return Comparison("agrees", agreed.fact, agreed.score) if sure else UNKNOWN
    if best is None or best.score < LINKED or best.score < top - MARGIN or best.link.said < SAID:
        return UNKNOWN
    if any(one.outcome == "unknown" and not one.opposed and one.score > best.score for one in rated):
        return UNKNOWN
    return Comparison("contradicts", best.fact, best.score, best.arithmetic)


def _speaks_for(rated: Sequence[_Rated], best: _Rated, claim: Frame) -> bool:
    """Whether a fact that agrees is near enough to the one that does not, to leave the claim alone."""
    for one in rated:
        if one.outcome != "agrees":
            continue
        if one.score >= best.score - (MARGIN_EXACT if one.exact else MARGIN) or not claim.core:
            return True
        few = len(claim.core) < _SHARED
        if one.exact and one.link.own >= (1 if few else _SHARED) and (few or best.score < CERTAIN):
            return True
    return False


def _by_polarity(
    claim: Frame, facts: Sequence[Fact], weights: Weights, context: frozenset[str]
) -> Comparison:
    rated: list[_Rated] = []
    for fact in facts:
        frame = fact.frame
        if frame.quantity is not None or frame.kind != claim.kind:
            continue
        if len(claim.core & (frame.core | fact.row | fact.about)) < _SHARED or not claim.core & frame.core:
            continue  # one word in common proves nothing
        linked = link(claim, fact, weights, context)
        if linked.score < LINKED_POLARITY - MARGIN or not _row_named(claim, fact, weights, context):
            continue
        same = frame.denies == claim.denies
        outcome: Outcome = "agrees" if same else "contradicts"
        weak = linked.told < TOLD_POLARITY or linked.said < SAID_POLARITY
        weak = weak or not _condition_met(claim, fact, weights, context)
        if claim.none_at_all and claim.core <= frame.core | fact.about:
            weak = False  # "there is no pause": one that is granted under a condition says otherwise
        if _elsewhere(claim, fact) or (not same and (frame.excepts or claim.excepts or weak)):
            outcome = "unknown"
        rated.append(_Rated(linked, outcome, "", fact, exact=False))
    best, agreed = _best(rated, "contradicts"), _best(rated, "agrees")
    other = max((one.score for one in rated if one.outcome != "contradicts"), default=0.0)
    if best is None or best.score < LINKED_POLARITY or other >= best.score - MARGIN:
        if agreed is not None and agreed.score >= max(LINKED_POLARITY, other - MARGIN):
            return Comparison("agrees", agreed.fact, agreed.score)
        return UNKNOWN
    return Comparison("contradicts", best.fact, best.score)


@dataclass(frozen=True, slots=True)
class _Rated:
    link: Link
    outcome: Outcome
    arithmetic: str
    fact: Fact
    exact: bool
    """It has the claim's very number."""
    opposed: bool = False
    """Its number is another, whether or not its condition is met."""

    @property
    def score(self) -> float:
        return self.link.score


def _best(rated: Sequence[_Rated], outcome: Outcome) -> _Rated | None:
    return max((one for one in rated if one.outcome == outcome), key=lambda one: one.score, default=None)


@dataclass(frozen=True, slots=True)
class Link:
    """How surely a claim and a fact speak of the same thing; all in [0, 1]."""

    said: float
    """Share of the claim's words that the fact or its headings have."""
    told: float
    """Share of the fact's own words that the claim, or what was said around it, has."""
    own: int
    """Number of topic stems that the claim shares with the fact's own words."""

    @property
    def score(self) -> float:
        """Both together."""
        return 0.6 * self.said + 0.4 * self.told


_NO_LINK = Link(0.0, 0.0, 0)


def link(claim: Frame, fact: Fact, weights: Weights, context: frozenset[str] = frozenset()) -> Link:
    """How surely a claim and a fact speak of the same thing.

    Stems weigh by how few facts have them; the headings above a fact count less than its own words,
    its document's title less than these.
    """
    theirs = fact.frame.core | fact.row
    own = claim.core & theirs
    headed = (claim.core & (fact.about | fact.frame.near)) - own
    titled = (claim.core & fact.title) - own - headed
    around = (claim.near | context) - claim.core
    beside = around & (theirs | fact.about) - own
    shared = own | headed | beside
    alone = claim.universal or len(theirs) <= _SHARED
    if len(shared) < _SHARED and not (shared and claim.core == own and alone):
        return _NO_LINK
    strange = sum(not weights.known(word) for word in claim.core) * _STRANGE * weights.most
    said = weights.of(claim.core) + strange
    covered = weights.of(own) + _HEADING * weights.of(headed) + _TITLE * weights.of(titled)
    if not own and not headed:
        # All that tells what it is about was said before: "Thirty days from delivery."
        said, covered = said + weights.of(around), weights.of(beside)
    elif len(claim.core) == 1 and around:
        said += 0.25 * weights.of(word for word in around if weights.known(word))
        covered += 0.25 * weights.of(beside)
    mine = min(1.0, covered / said) if said else 0.0
    total = weights.of(theirs)
    back = min(1.0, (weights.of(own) + _NEAR * weights.of(beside & theirs)) / total) if total else mine
    if not own and not beside & theirs:
        mine *= _HEADING
    return Link(mine, back, len(own))


def _same_regime(claim: Frame, fact: Fact) -> bool | None:
    """Whether the numbers beside the compared one agree; None when only the fact has one."""
    if claim.quantity is None:
        return True
    guards = (*fact.frame.guards, *fact.guards)
    missing = False
    for guard in guards:
        alike = [one for one in claim.guards if comparable(one, guard)]
        if not alike:
            missing = missing or (guard.comparator == "at least" or guard in fact.guards)
        elif not any(held_against(one, guard)[0] != "contradicts" for one in alike):
            return False
    return None if missing else True


def _row_named(claim: Frame, fact: Fact, weights: Weights, context: frozenset[str]) -> bool:
    """Whether the claim, or what was said around it, names the table row that the fact stands in."""
    if not fact.row:
        return True
    return weights.of(fact.row & (claim.core | claim.near | context)) >= 0.5 * weights.of(fact.row)


def _condition_met(claim: Frame, fact: Fact, weights: Weights, context: frozenset[str]) -> bool:
    """Whether the claim, or what was said around it, names the condition under which the fact holds."""
    condition = fact.frame.condition
    if not condition:
        return True
    return weights.of(condition & (claim.core | claim.near | context)) >= 0.5 * weights.of(condition)


def _elsewhere(claim: Frame, fact: Fact) -> bool:
    """One speaks of inside, the other of outside."""
    return claim.place is not None and fact.frame.place is not None and claim.place != fact.frame.place
