"""What a client's past contacts taught, kept: stock phrases with a person's decisions, and what is usual."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError, NotFoundError
from models.records import MinedPhrase, PhrasePlace, PhraseState, Transcript, UsualScripting
from qa.detectors.scripting import (
    ANY,
    LEAST_PAST,
    LEAST_WORDS,
    ScriptBook,
    contact_reason,
    scripted_share,
    scriptedness,
)

if TYPE_CHECKING:
    from models.ports import Store
    from qa.mining import Proposal

_QUANTILES = 101


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything kept about one client."""

    phrases: tuple[MinedPhrase, ...] = ()
    usual: tuple[UsualScripting, ...] = ()

    def templates(self, state: PhraseState) -> tuple[str, ...]:
        """The phrases in one state, in the order in which they were first found."""
        return tuple(phrase.template for phrase in self.phrases if phrase.state == state)


def learned(store: Store, client: str) -> Learned:
    """What is kept about a client."""
    return Learned(
        tuple(store.find(client, MinedPhrase)),
        tuple(store.find(client, UsualScripting)),
    )


def phrase_id(template: str) -> str:
    """The id of a phrase, from its words."""
    return "phrase-" + hashlib.sha256(template.encode()).hexdigest()[:10]


def keep(
    store: Store, client: str, proposals: Iterable[Proposal], usual: Iterable[UsualScripting]
) -> tuple[MinedPhrase, ...]:
    """Keep what was mined: decisions of people stand, proposals that were not found again go.

    Returns:
        The phrases now kept, proposals best rank first.
    """
    known = {phrase.id: phrase for phrase in store.find(client, MinedPhrase)}
    fresh: dict[str, MinedPhrase] = {}
    for proposal in proposals:
        id = phrase_id(proposal.template)
        fresh[id] = MinedPhrase(
            id,
            proposal.template,
            proposal.contacts,
            proposal.agents,
            tuple(PhrasePlace(transcript, span) for transcript, span in proposal.examples),
            proposal.rank,
        )
    for id, phrase in known.items():
        if phrase.state == "proposed" and id not in fresh:
            store.delete(client, MinedPhrase, id)
    for id, phrase in fresh.items():
        if id not in known or known[id].state == "proposed":
            # A decision that somebody takes meanwhile stands.
            with suppress(ConflictError):
                store.put(client, phrase, expected=known.get(id))
    found = {one.id: one for one in usual}
    for old in store.find(client, UsualScripting):
        if old.id not in found:
            store.delete(client, UsualScripting, old.id)
    for one in found.values():
        store.put(client, one, supersede=True)
    return in_order(store.find(client, MinedPhrase))


def decide(
    store: Store, client: str, ids: Sequence[str], state: PhraseState, *, who: str, at: datetime
) -> tuple[MinedPhrase, ...]:
    """A named person approves or rejects phrases; the latest decision stands, earlier ones stay on record.

    Args:
        store: Where phrases are kept.
        client: Whose.
        ids: Phrases, or the beginning of their ids.
        state: What was decided.
        who: The person's name.
        at: When; aware.

    Raises:
        NotFoundError: No such phrase, or the beginning fits several.
        InputError: Nobody is named.
        ConflictError: Somebody decided on one of them meanwhile; nothing is stored.
    """
    if not who.strip():
        raise InputError("phrases: a decision needs the name of the person who makes it")
    known = store.find(client, MinedPhrase)
    read, chosen = [], []
    for id in ids:
        fits = [one for one in known if id and (one.id.startswith((id, f"phrase-{id}")))]
        if len(fits) != 1:
            raise NotFoundError(f"MinedPhrase {id}: {'several have' if fits else 'no phrase has'} this id")
        read.append(fits[0])
        chosen.append(replace(fits[0], state=state, decided_by=who.strip(), decided_at=at))
    store.put_all(client, chosen, expected=read)
    return tuple(chosen)


def in_order(phrases: Iterable[MinedPhrase]) -> tuple[MinedPhrase, ...]:
    """Proposals first, best rank first; then approved and rejected ones."""
    states = ("proposed", "approved", "rejected")
    return tuple(sorted(phrases, key=lambda one: (states.index(one.state), -one.rank, one.template)))


def usual_scripting(book: ScriptBook, past: Sequence[Transcript]) -> tuple[UsualScripting, ...]:
    """How scripted past contacts are, by contact reason and over all; groups below 30 are left out."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for transcript in past:
        value = scriptedness(book, transcript, interval=False).value
        share, words = scripted_share(book.recite(transcript))
        if value is None or words < LEAST_WORDS:
            continue
        for name in {ANY, contact_reason(transcript) or ANY}:
            groups.setdefault(name, []).append((value, share))
    return tuple(
        UsualScripting(
            name,
            len(pairs),
            _quantiles([value for value, _ in pairs]),
            _quantiles([share for _, share in pairs]),
        )
        for name, pairs in sorted(groups.items())
        if len(pairs) >= LEAST_PAST
    )


def _quantiles(values: list[float]) -> tuple[float, ...]:
    values = sorted(values)
    last = len(values) - 1
    found = []
    for number in range(_QUANTILES):
        place = last * number / (_QUANTILES - 1)
        low = int(place)
        high = min(low + 1, last)
        found.append(round(values[low] + (place - low) * (values[high] - values[low]), 6))
    return tuple(found)
