"""Stock phrases that nobody wrote down: sentences that agents say alike in many contacts.

Mined phrases are proposals with counts and examples. They weigh half in scriptedness, and only a
person's approval makes a script line of them: one agent who repeats has a habit, a whole team a script.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log, log2

from models.alignment import ScriptIndex, align_words, compile_template
from models.readings import Reading
from models.records import Span, Transcript
from models.words import SLOT, STOP_WORDS, words
from qa.detectors.talk import says

MOST_COURTESY = 16
"""A longer phrase is more than a greeting, whatever is in it."""
LEAST_FIXED = 5
"""Fixed words a phrase must have."""
LEAST_CONTACTS = 5
LEAST_SHARE = 0.005
"""A phrase is in at least so many contacts, and in this share of them."""
LEAST_AGENTS = 2
"""When agents are known."""
ALIKE = 0.85
"""Recall both ways from which two sentences are one phrase."""
EXAMPLES = 3
_VARIES = 0.2
_CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stock phrase, as a person is asked to judge it."""

    template: str
    """Normalised words; `{}` stands for what varies."""
    contacts: int
    """Contacts in which it was said."""
    agents: int
    """Different agents who said it; 0 when the contacts do not name agents."""
    examples: tuple[tuple[str, Span], ...]
    """Transcript id and place, at most three: addresses, never copied words."""
    rank: float
    """Rarity of its words times the logarithm of its contacts; higher first."""


@dataclass(slots=True)
class _Group:
    key: tuple[str, ...]
    contacts: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    examples: list[tuple[str, Span]] = field(default_factory=list)
    members: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    """Wordings put together, each with its contacts."""

    def add(self, other: _Group) -> None:
        self.contacts |= other.contacts
        self.agents |= other.agents
        self.examples += other.examples
        self.members += other.members


def mine(readings: Sequence[Reading], known: Iterable[str] = ()) -> tuple[Proposal, ...]:
    """Near-duplicate agent sentences across contacts, masked, and not in the library.

    Numbers, redaction marks and capitalised names are masked before sentences are compared. The result
    is the same in whatever order the contacts come.

    Args:
        readings: Past contacts of one client.
        known: Lines that need no proposal: the script, stock formulas.

    Returns:
        Proposals, best rank first. Each has at least `max(5, 0.5 %)` contacts, and two agents where
        agents are named.
    """
    exact = _exact(readings)
    least = max(LEAST_CONTACTS, LEAST_SHARE * len(readings))
    named = any(reading.transcript.agent for reading in readings)
    library = ScriptIndex(known)
    frequency = Counter(word for group in exact for word in set(group.key) for _ in group.contacts)
    total = sum(frequency.values()) or 1
    found: list[Proposal] = []
    for group in _merge(exact):
        if len(group.contacts) < least or (named and len(group.agents) < LEAST_AGENTS):
            continue
        template = _template(group)
        fixed = [word for word in template if word != SLOT]
        if len(fixed) < LEAST_FIXED or all(word in STOP_WORDS for word in fixed):
            continue
        if _is_courtesy(fixed) or _is_known(fixed, library):
            continue
        rarity = sum(-log2(frequency.get(word, 1) / total) for word in fixed)
        found.append(
            Proposal(
                " ".join(template),
                len(group.contacts),
                len(group.agents) if named else 0,
                tuple(sorted(group.examples, key=lambda e: (e[0], e[1].turn, e[1].start))[:EXAMPLES]),
                round(rarity * log(len(group.contacts)), 3),
            )
        )
    return tuple(sorted(found, key=lambda proposal: (-proposal.rank, proposal.template)))


def masked(text: str) -> tuple[str, ...]:
    """Words of a sentence with numbers, marks and capitalised names as `{}`; runs of them are one."""
    found: list[str] = []
    for position, word in enumerate(words(text, drop_fillers=True)):
        name = position > 0 and text[word.start].isupper() and word.text != "i" and word.end - word.start > 1
        contracted_i = text[word.start : word.start + 2] in {"I'", "I’"}
        varies = word.text == SLOT or word.text[0].isdigit() or (name and not contracted_i)
        if not varies:
            found.append(word.text)
        elif not found or found[-1] != SLOT:
            found.append(SLOT)
    return tuple(found)


def _exact(readings: Sequence[Reading]) -> list[_Group]:
    groups: dict[tuple[str, ...], _Group] = {}
    for reading in readings:
        transcript: Transcript = reading.transcript
        for turn in reading.agent_turns:
            for sentence in reading.of(turn):
                key = masked(sentence.text)
                if sum(word != SLOT for word in key) < LEAST_FIXED:
                    continue
                group = groups.setdefault(key, _Group(key))
                if transcript.id not in group.contacts:
                    group.examples.append((transcript.id, sentence.span))
                group.contacts.add(transcript.id)
                if transcript.agent:
                    group.agents.add(transcript.agent)
    for group in groups.values():
        group.members = [(group.key, len(group.contacts))]
    return sorted(groups.values(), key=lambda group: (-len(group.contacts), group.key))


def _merge(groups: list[_Group]) -> list[_Group]:
    """Groups that are alike put together under the most frequent wording."""
    by_word: dict[str, set[int]] = defaultdict(set)
    leaders: list[_Group] = []
    bags: list[frozenset[str]] = []
    common = Counter(word for group in groups for word in set(group.key))
    for group in groups:
        rare = sorted(set(group.key) - {SLOT}, key=lambda word: (common[word], word))[:3]
        bag = frozenset(group.key)
        near = sorted({leader for word in rare for leader in by_word[word]})
        close = (n for n in near if len(bag & bags[n]) >= _CLOSE * max(len(bag), len(bags[n])))
        home = next((leaders[n] for n in close if _alike(leaders[n].key, group.key)), None)
        if home is not None:
            home.add(group)
            continue
        for word in bag - {SLOT}:
            by_word[word].add(len(leaders))
        bags.append(bag)
        leaders.append(
            _Group(
                group.key, set(group.contacts), set(group.agents), list(group.examples), list(group.members)
            )
        )
    return leaders


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if min(len(one), len(other)) < ALIKE * max(len(one), len(other)) - 1:
        return False
    forth = align_words(compile_template(" ".join(one)), other)
    return forth.recall >= ALIKE and forth.matched >= ALIKE * sum(word != SLOT for word in other)


def _template(group: _Group) -> list[str]:
    """The leading wording; words that a fifth of the others lack become slots."""
    lacking: Counter[int] = Counter()
    for member, contacts in group.members:
        there = set(member)
        for position, word in enumerate(group.key):
            if word not in there:
                lacking[position] += contacts
    most = _VARIES * sum(contacts for _, contacts in group.members)
    found: list[str] = []
    for position, word in enumerate(group.key):
        varies = word == SLOT or lacking[position] >= max(1.0, most)
        if not varies:
            found.append(word)
        elif not found or found[-1] != SLOT:
            found.append(SLOT)
    return found


def _is_courtesy(fixed: list[str]) -> bool:
    """Greetings, thanks and closings are alike everywhere and nobody's to approve."""
    text = " ".join(fixed)
    return len(fixed) <= MOST_COURTESY and (says("greeting", text) or says("closing", text))


def _is_known(fixed: list[str], library: ScriptIndex) -> bool:
    return any(2 * match.alignment.matched >= len(fixed) for match in library.find(fixed))
