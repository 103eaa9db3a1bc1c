"""Which contacts to review when there are too many: pure, seeded, and told in words.

Contacts that are looked at because they look bad say nothing of an agent's average. So every sample
carries its method and says whether averages may be read from it (`Sample.fair`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from models.errors import InputError
from models.records import Case

Method = Literal["random", "stratified", "risk", "targeted"]

STRATA = ("agent", "channel", "language", "site", "reason", "week", "scorecard")
"""Columns of `Case` by which a sample may be stratified."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Contacts that were chosen, and how."""

    method: Method
    seed: int
    cases: tuple[Case, ...]
    out_of: int
    """Contacts it was chosen from."""
    short: Mapping[str, int]
    """Agents who have fewer contacts than their quota, and how many are missing."""

    @property
    def fair(self) -> bool:
        """Whether chance alone chose within each agent or stratum, so that its average may be read.

        Over all of them only where shares were kept: quotas, and one of each stratum at least, give small
        ones more weight than they have.
        """
        return self.method in ("random", "stratified")


def random_sample(
    cases: Sequence[Case], size: int, *, seed: int, quotas: Mapping[str, int] | None = None
) -> Sample:
    """`size` contacts, each as likely as any other; the same seed gives the same ones.

    The choice is by a hash of seed and contact id (as in a reservoir by sorted keys): a contact that
    arrives later can join the sample, and does not otherwise change it.

    Args:
        cases: To choose from, one per contact.
        size: Contacts in all; with quotas, the rest after those.
        seed: Any number; keep it with the sample.
        quotas: Contacts that each agent gets at least, chosen at random among theirs.

    Raises:
        InputError: A negative size or quota.
    """
    return _sample("random", cases, size, seed, quotas, lambda chosen, left: chosen[:left])


def stratified_sample(
    cases: Sequence[Case],
    size: int,
    *,
    by: Sequence[str],
    seed: int,
    quotas: Mapping[str, int] | None = None,
) -> Sample:
    """Contacts in proportion to each stratum, at least one of each while `size` allows.

    Largest remainders settle the rounding (Hamilton's method), ties by the stratum's name.

    Raises:
        InputError: A negative size or quota, or a column that cannot be a stratum.
    """
    unknown = [name for name in by if name not in STRATA]
    if unknown or not by:
        raise InputError(f"sample: strata are among {', '.join(STRATA)}")

    def choose(shuffled: list[Case], left: int) -> list[Case]:
        strata: dict[tuple[str, ...], list[Case]] = {}
        for case in shuffled:
            strata.setdefault(tuple(str(getattr(case, name)) for name in by), []).append(case)
        seats = _seats({key: len(group) for key, group in strata.items()}, left)
        return [case for key in sorted(strata) for case in strata[key][: seats[key]]]

    return _sample("stratified", cases, size, seed, quotas, choose)


def risk_sample(cases: Sequence[Case], size: int, *, seed: int = 0) -> Sample:
    """The gravest contacts first, ties by the seed. Finds trouble; says nothing of averages."""

    def choose(shuffled: list[Case], left: int) -> list[Case]:
        def risk(case: Case) -> tuple[int, int, float]:
            return (-case.severity, -case.failed, case.score if case.score is not None else 1.0)

        return sorted(shuffled, key=risk)[:left]

    return _sample("risk", cases, size, seed, None, choose)


def targeted_sample(cases: Sequence[Case], size: int, *, seed: int) -> Sample:
    """A random choice among contacts that were filtered on purpose (a label, a queue, new agents).

    Raises:
        InputError: A negative size.
    """
    return _sample("targeted", cases, size, seed, None, lambda chosen, left: chosen[:left])


def _sample(  # noqa: PLR0917 - what the four methods share
    method: Method,
    cases: Sequence[Case],
    size: int,
    seed: int,
    quotas: Mapping[str, int] | None,
    choose: Callable[[list[Case], int], list[Case]],
) -> Sample:
    wanted = dict(quotas or {})
    if size < 0 or any(quota < 0 for quota in wanted.values()):
        raise InputError("sample: sizes and quotas are 0 or more")
    shuffled = _shuffled(cases, seed)
    chosen: dict[str, Case] = {}
    short = {}
    for agent in sorted(wanted):
        own = [case for case in shuffled if case.agent == agent][: wanted[agent]]
        chosen |= {case.contact: case for case in own}
        if len(own) < wanted[agent]:
            short[agent] = wanted[agent] - len(own)
    rest = [case for case in shuffled if case.contact not in chosen]
    chosen |= {case.contact: case for case in choose(rest, max(0, size - len(chosen)))}
    return Sample(method, seed, tuple(chosen.values()), len(shuffled), short)


def _shuffled(cases: Sequence[Case], seed: int) -> list[Case]:
    """One case per contact in an order that only the seed and the ids decide."""
    once = {case.contact: case for case in cases}
    return sorted(once.values(), key=lambda case: _draw(seed, case.contact))


def _draw(seed: int, contact: str) -> bytes:
    return hashlib.blake2b(f"{seed}\0{contact}".encode(), digest_size=16).digest()


def _seats(sizes: Mapping[tuple[str, ...], int], seats: int) -> dict[tuple[str, ...], int]:
    """Seats per stratum in proportion to its size, none beyond it."""
    total = sum(sizes.values())
    seats = min(seats, total)
    given = dict.fromkeys(sizes, 0)
    if seats >= len(sizes):
        given = dict.fromkeys(sizes, 1)
    exact = {key: seats * size / total for key, size in sizes.items()} if total else {}
    while sum(given.values()) < seats:
        open_strata = [key for key in sizes if given[key] < sizes[key]]
        given[max(open_strata, key=lambda key: (exact[key] - given[key], tuple(reversed(key))))] += 1
    return given


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A sample that was kept, so that a report can say what it rests on."""

    id: str
    method: Method
    seed: int
    contacts: tuple[str, ...]
    out_of: int
    who: str
    at: datetime
    assigned: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Contacts by the person who is to review them."""
