"""Which contact a person should look at first, why in words, and who has it in hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError, NotFoundError
from models.records import SEVERITIES, Case
from models.records.cases import NO_CONDITION

if TYPE_CHECKING:
    from models.ports import Store
    from models.records.cases import Where

RISKIEST = ("-waiting", "-severity", "-failed", "score", "contact")
"""Those that wait first; among them the gravest finding, then auto-fails, then the lowest score."""
CLAIM_FOR = timedelta(minutes=30)
"""How long a claim holds unless told otherwise: a contact and its scorecard, with a pause."""
LONGEST_CLAIM = timedelta(hours=12)
_PAGE = 200
"""Contacts up to which each claim is asked for by itself."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the review queue."""

    contact: str
    agent: str
    evaluation: str | None
    score: float | None
    status: str
    risk: int
    """Higher is looked at first: gravest finding, then auto-fail, then a low score."""
    why: str
    """The risk in words."""
    claimed_by: str = ""
    """Who has it in hand; empty when nobody has."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A person has a contact in hand until a time."""

    id: str
    """The contact."""
    who: str
    at: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it has not run out."""
        return now < self.until


@dataclass(frozen=True, slots=True)
class Workload:
    """What one person has in hand."""

    who: str
    in_hand: int
    oldest: datetime
    """When the oldest claim that still holds was made."""


def queue(
    store: Store,
    client: str,
    where: Where = NO_CONDITION,
    *,
    limit: int | None = None,
    offset: int = 0,
    now: datetime | None = None,
) -> list[QueueItem]:
    """Contacts, those that wait for a person first, riskiest on top; equals by id.

    Args:
        store: Where the client's contacts are.
        client: Whose.
        where: Columns of `Case` and what they must be.
        limit: Items at most; None: all.
        offset: Items left out at the beginning.
        now: With a zone; claims that ran out before it are not shown. None: no claims are shown.

    Raises:
        InputError: No such column.
    """
    cases = store.cases(client, where, order=RISKIEST, limit=limit, offset=offset)
    claimed = _claimed(store, client, cases, now) if now is not None else {}
    return [_item(case, claimed.get(case.contact, "")) for case in cases]


def waiting(store: Store, client: str) -> int:
    """How many contacts wait for a person."""
    return store.tally(client, "cases", where={"waiting": True})[0].count


def claim(
    store: Store, client: str, contact: str, *, who: str, at: datetime, hold: timedelta = CLAIM_FOR
) -> Claim:
    """Take a contact in hand, or hold one's own longer. Of two at once, one gets it.

    Raises:
        ConflictError: Somebody else has it; says until when.
        InputError: No name, no such length of time, or a time without a zone.
        NotFoundError: The client has no such contact.
    """
    if not who.strip():
        raise InputError(f"contact {contact}: a named person must claim it")
    if at.tzinfo is None or not timedelta(0) < hold <= LONGEST_CLAIM:
        raise InputError(f"contact {contact}: a claim needs a time with a zone and holds 12 hours at most")
    if not store.cases(client, {"contact": contact}, limit=1):
        raise NotFoundError(f"Transcript {contact}: no such record")
    wanted = Claim(contact, who.strip(), at, at + hold)
    current = _claim(store, client, contact)
    if current is not None and current.holds(at) and current.who != wanted.who:
        raise ConflictError(f"contact {contact}: somebody has it in hand until {current.until:%H:%M %Z}")
    store.put(client, wanted, expected=current)
    return wanted


def release(store: Store, client: str, contact: str, *, who: str) -> bool:
    """Put a contact back. False when this person did not have it."""
    current = _claim(store, client, contact)
    if current is None or current.who != who.strip():
        return False
    try:
        # Against what was read: the claim may have run out, and be somebody else's by now.
        return store.put(client, replace(current, until=current.at), expected=current)
    except ConflictError:
        return False


def assign(
    cases: Sequence[Case], people: Sequence[str], *, in_hand: Mapping[str, int] | None = None
) -> dict[str, list[Case]]:
    """Spread contacts over people, riskiest first, whoever has least in hand next; nobody reviews themselves.

    Args:
        cases: In the order in which they should be looked at.
        people: Names; equals are served in this order.
        in_hand: What each has already.

    Raises:
        InputError: Nobody to assign to.
    """
    if not people:
        raise InputError("assign: name at least one person")
    load = {who: (in_hand or {}).get(who, 0) for who in people}
    shares: dict[str, list[Case]] = {who: [] for who in people}
    for case in cases:
        able = [who for who in people if who != case.agent]
        if able:
            who = min(able, key=lambda name: (load[name], people.index(name)))
            load[who] += 1
            shares[who].append(case)
    return shares


def workload(claims: Iterable[Claim], *, now: datetime) -> list[Workload]:
    """Who has how much in hand, the busiest first."""
    held: dict[str, list[Claim]] = {}
    for one in claims:
        if one.holds(now):
            held.setdefault(one.who, []).append(one)
    loads = [Workload(who, len(own), min(one.at for one in own)) for who, own in held.items()]
    return sorted(loads, key=lambda load: (-load.in_hand, load.who))


def why(case: Case) -> str:
    """The risk of a contact in words."""
    reasons = []
    if case.auto_failed:
        reasons.append(f"auto-fail: {case.auto_failed}")
    if case.severity > 1:
        reasons.append(f"{SEVERITIES[case.severity]}: {case.gravest}")
    if case.evaluation is None:
        reasons.append("not scored yet")
    elif case.status == "disputed":
        reasons.append("disputed")
    elif case.score is not None and not case.passed:
        reasons.append("below the pass mark")
    return "; ".join(reasons) or "nothing grave found"


def _item(case: Case, claimed_by: str) -> QueueItem:
    risk = 10 * case.severity + 5 * bool(case.failed) + round(4 * (1 - (case.score or 0.0)))
    return QueueItem(
        case.contact, case.agent, case.evaluation, case.score, case.status, risk, why(case), claimed_by
    )


def _claim(store: Store, client: str, contact: str) -> Claim | None:
    try:
        return store.get(client, Claim, contact)
    except NotFoundError:
        return None


def _claimed(store: Store, client: str, cases: Sequence[Case], now: datetime) -> dict[str, str]:
    """Who has which of these contacts. A page asks for its own, however many claims have run out."""
    shown = {case.contact for case in cases}
    claims: Iterable[Claim | None]
    if len(shown) <= _PAGE:
        claims = (_claim(store, client, contact) for contact in shown)
    else:
        claims = (one for one in store.find(client, Claim) if one.id in shown)
    return {one.id: one.who for one in claims if one is not None and one.holds(now)}
