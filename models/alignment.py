"""Is this passage said here? Ordered, slot-aware word alignment, and an index that finds candidates fast.

A template is a sentence of a script or a disclosure; its slots (`{name}`, `[amount]`) absorb up to four
words. The alignment chains equal words in order: each one earns, every word in between that belongs to
no slot costs. Cosine similarity plays no part: it sees neither wording nor order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log

from models.words import SLOT, STOP_WORDS, words

SLOT_WORDS = 4
"""How many words one slot absorbs at most."""
NEAR = 0.85
"""Spelling similarity from which two longer words count as one that was misheard."""

_LONG = 4
_STRETCH = 3
_EARN = 1.0
_EARN_NEAR = 0.8
_COST = 0.25
_APART = 2
_LOOK_BACK = 14
_LONG_POSTING = 200
_ENOUGH = 4
_MISHEARD = 0.2
"""Share of a template's words that may be there only in a near spelling."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How well a stretch of text is a template."""

    recall: float
    """Share of the template's fixed words said, in order; in [0, 1]."""
    precision: float
    """Share of the aligned stretch's words that are the template's, slot fillers included; in [0, 1]."""
    f: float
    """Harmonic mean of the two."""
    start: int
    end: int
    """The stretch: code points of the text (`align`), or word positions (`align_words`)."""
    missing: tuple[str, ...]
    """Fixed words that were not said, in order."""
    matched: int
    fixed: int
    """Number of fixed words of the template."""
    run: int = 0
    """Longest run of fixed words said without anything between."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence made ready for alignment: its fixed words, and how many slots stand before each."""

    words: tuple[str, ...]
    slots: tuple[int, ...]
    """Slots between the previous fixed word and this one; same length as `words`."""
    trailing: int = 0
    """Slots after the last fixed word."""


def compile_template(text: str) -> Template:
    """The template of a sentence; fillers in it are dropped."""
    fixed: list[str] = []
    slots: list[int] = []
    waiting = 0
    for word in words(text, drop_fillers=True):
        if word.text == SLOT:
            waiting += 1
        else:
            fixed.append(word.text)
            slots.append(waiting)
            waiting = 0
    return Template(tuple(fixed), tuple(slots), waiting)


@lru_cache(maxsize=200_000)
def same_word(one: str, other: str) -> float:
    """1.0 for equal words, the spelling similarity when at least `NEAR`, else 0.0.

    Only words of four letters or more that begin alike may differ: numbers never, and "refundable" is
    not "nonrefundable".
    """
    if one == other:
        return 1.0
    if min(len(one), len(other)) < _LONG or one[0] != other[0] or abs(len(one) - len(other)) > _STRETCH:
        return 0.0
    if not (one.isalpha() and other.isalpha()):
        return 0.0
    from rapidfuzz import fuzz

    ratio = fuzz.ratio(one, other) / 100.0
    return ratio if ratio >= NEAR else 0.0


def align(template: str | Template, text: str) -> Alignment:
    """The best place of a template in a text.

    Args:
        template: A sentence, `{…}` or `[…]` for what varies.
        text: What was said; its fillers are passed over.

    Returns:
        The alignment, `start` and `end` in code points of `text` (first to last matched word); all zero
        when no word matches or the template has no fixed word.

    Example:
        >>> align("Your order {number} has shipped", "so, your order 4417 has, um, shipped").recall
        1.0
    """
    ready = compile_template(template) if isinstance(template, str) else template
    said = words(text, drop_fillers=True)
    found = align_words(ready, [word.text for word in said])
    if found.matched == 0:
        return found
    return Alignment(
        found.recall,
        found.precision,
        found.f,
        said[found.start].start,
        max(word.end for word in said[found.start : found.end]),
        found.missing,
        found.matched,
        found.fixed,
        found.run,
    )


def align_words(template: Template, said: Sequence[str]) -> Alignment:
    """As `align`, over normalised words; `start` and `end` are positions in `said`."""
    fixed = len(template.words)
    pairs = _pairs(template, said)
    if not pairs:
        return Alignment(0.0, 0.0, 0.0, 0, 0, template.words, 0, fixed)
    chain = _chain(template, pairs)
    start, end = chain[0][1], chain[-1][1] + 1
    here = {i for i, _, _ in chain}
    filled, run, longest = 0, 1, 1
    before = _slots_before(template)
    for (i, j, _), (k, m, _) in pairwise(chain):
        between = m - j - 1
        filled += min(between, SLOT_WORDS * (before[k] - before[i]))
        run = run + 1 if k == i + 1 and m == j + 1 else 1
        longest = max(longest, run)
    matched = len(chain)
    recall = matched / fixed
    precision = min(1.0, (matched + filled) / (end - start))
    f = 2.0 * recall * precision / (recall + precision)
    missing = tuple(word for i, word in enumerate(template.words) if i not in here)
    return Alignment(recall, precision, f, start, end, missing, matched, fixed, longest)


def _slots_before(template: Template) -> list[int]:
    total, running = 0, []
    for count in template.slots:
        total += count
        running.append(total)
    return running


def _pairs(template: Template, said: Sequence[str]) -> list[tuple[int, int, float]]:
    """(template word, said word, worth) of all words that are equal or nearly so, by said word."""
    places, alike = _places_of(template)
    likeness: dict[str, tuple[tuple[int, float], ...]] = {}
    pairs: list[tuple[int, int, float]] = []
    for j, word in enumerate(said):
        known = likeness.get(word)
        if known is None:
            at = places.get(word)
            if at is not None:
                known = tuple((i, _EARN) for i in at)
            elif len(word) < _LONG or word[0] not in alike:
                known = ()
            else:
                near = (other for other in alike[word[0]] if same_word(word, other))
                known = tuple((i, _EARN_NEAR) for other in near for i in places[other])
            likeness[word] = known
        for i, worth in known:
            pairs.append((i, j, worth))
    return pairs


@lru_cache(maxsize=4096)
def _places_of(template: Template) -> tuple[dict[str, list[int]], dict[str, list[str]]]:
    """Where each word stands, and its longer words by first letter: a misheard word begins alike."""
    places: dict[str, list[int]] = {}
    alike: dict[str, list[str]] = {}
    for i, word in enumerate(template.words):
        if word not in places and len(word) >= _LONG:
            alike.setdefault(word[0], []).append(word)
        places.setdefault(word, []).append(i)
    return places, alike


def _chain(template: Template, pairs: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """The best-earning ordered chain; of equal ones the earliest."""
    before = _slots_before(template)
    look_back = _LOOK_BACK + SLOT_WORDS * before[-1]
    score = [worth for _, _, worth in pairs]
    previous = [-1] * len(pairs)
    for b, (k, m, worth) in enumerate(pairs):
        best, chosen = 0.0, -1
        for a in range(b - 1, -1, -1):
            i, j, _ = pairs[a]
            gap = m - j - 1
            if gap > look_back:
                break
            if i >= k or gap < 0:
                continue
            gain = score[a] - 0.01 * (k - i - 1)
            if gap:
                free = SLOT_WORDS * (before[k] - before[i])
                if gap > free:
                    gain -= _COST * (gap - free)
            if gain > best:
                best, chosen = gain, a
        score[b], previous[b] = worth + best, chosen
    last = max(range(len(pairs)), key=lambda index: (score[index], -index))
    chain = []
    while last >= 0:
        chain.append(pairs[last])
        last = previous[last]
    return _trimmed(template, chain[::-1])


def _trimmed(template: Template, chain: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Without a lone word at either end that stands apart: it is more likely another sentence's."""
    before = _slots_before(template)

    def apart(one: tuple[int, int, float], other: tuple[int, int, float]) -> bool:
        return other[1] - one[1] - 1 - SLOT_WORDS * (before[other[0]] - before[one[0]]) >= _APART

    while len(chain) > 1 and apart(chain[-2], chain[-1]):
        chain = chain[:-1]
    while len(chain) > 1 and apart(chain[0], chain[1]):
        chain = chain[1:]
    return chain


@dataclass(frozen=True, slots=True)
class Match:
    """A template found in a stretch of words; `alignment.start` and `.end` are positions in it."""

    template: int
    alignment: Alignment


class ScriptIndex:
    """Finds which of many templates are said in a stretch of words.

    An inverted index over word pairs and rare words proposes places, `align_words` decides. Templates
    with fewer than `least_fixed` fixed words are never found: two words prove nothing.

    Args:
        templates: Sentences, slots marked.
        least_fixed: Fewest fixed words.
    """

    def __init__(self, templates: Iterable[str], *, least_fixed: int = 3) -> None:
        self.templates: tuple[Template, ...] = tuple(compile_template(text) for text in templates)
        self._postings: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        self._weights: list[float] = [0.0] * len(self.templates)
        self._distinct = [frozenset(template.words) for template in self.templates]
        usable = [(n, t) for n, t in enumerate(self.templates) if len(t.words) >= least_fixed]
        frequency = Counter(gram for _, t in usable for gram in {gram for gram, _ in _telling(t)})
        self._worth = {gram: log(1 + len(usable) / count) for gram, count in frequency.items()}
        for number, template in usable:
            grams = sorted(_telling(template), key=lambda item: (frequency[item[0]], item))
            rare = [item for item in grams if frequency[item[0]] <= _LONG_POSTING] or grams[:3]
            for gram, at in rare:
                self._postings[gram].append((number, at))
            self._weights[number] = sum(self._worth[gram] for gram, _ in rare)

    def __len__(self) -> int:
        return len(self.templates)

    def find(
        self, said: Sequence[str], *, recall: float = 0.8, precision: float = 0.6, near: float = 0.2
    ) -> list[Match]:
        """Every place in `said` where a template stands, each word given to one template at most.

        Args:
            said: Normalised words of one stretch.
            recall: Least share of a template's fixed words, in order.
            precision: Least share of the stretch's words that are the template's.
            near: Share of a template's index weight that must be there before it is aligned.

        Returns:
            Matches that do not overlap, in order of place; longer ones win.
        """
        found: list[Match] = []
        for number, low, high in self._places(said, near):
            template = self.templates[number]
            distinct = self._distinct[number]
            if len(distinct.intersection(said[low:high])) < (recall - _MISHEARD) * len(distinct):
                continue
            hit = align_words(template, said[low:high])
            if hit.recall >= recall and hit.precision >= precision:
                placed = Alignment(
                    hit.recall,
                    hit.precision,
                    hit.f,
                    hit.start + low,
                    hit.end + low,
                    hit.missing,
                    hit.matched,
                    hit.fixed,
                    hit.run,
                )
                found.append(Match(number, placed))
        return _apart(found)

    def _places(self, said: Sequence[str], near: float) -> list[tuple[int, int, int]]:
        """(template, first word, end) of windows worth an alignment."""
        hits: dict[int, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        look_up = self._postings.get
        last = ""
        for j, word in enumerate(said):
            for number, at in look_up((word,), ()):
                hits[number].append((j - at, (word,)))
            if j:
                for number, at in look_up((last, word), ()):
                    hits[number].append((j - 1 - at, (last, word)))
            last = word
        places: list[tuple[int, int, int]] = []
        for number in sorted(hits):
            least = near * self._weights[number]
            if sum(self._worth[gram] for gram in {gram for _, gram in hits[number]}) < least:
                continue
            template = self.templates[number]
            size = len(template.words) + SLOT_WORDS * sum(template.slots)
            reach = max(3, len(template.words) // 2) + SLOT_WORDS * sum(template.slots)
            for group in _groups(hits[number], reach):
                if sum(self._worth[gram] for gram in {gram for _, gram in group}) < least:
                    continue
                low = max(0, min(at for at, _ in group) - 2)
                high = min(len(said), max(at for at, _ in group) + size + reach)
                places.append((number, low, high))
        return places


def _grams(template: Template) -> list[tuple[tuple[str, ...], int]]:
    """Single words and neighbours, with the position of the first word (slots not counted)."""
    grams: list[tuple[tuple[str, ...], int]] = [((word,), i) for i, word in enumerate(template.words)]
    grams.extend(
        ((word, template.words[i + 1]), i)
        for i, word in enumerate(template.words[:-1])
        if template.slots[i + 1] == 0
    )
    return grams


def _telling(template: Template) -> list[tuple[tuple[str, ...], int]]:
    """Those that are worth looking up: "you" alone stands everywhere and proposes nothing."""
    every = _grams(template)
    telling = [item for item in every if len(item[0]) > 1 or item[0][0] not in STOP_WORDS]
    return telling if len(telling) >= _ENOUGH else every


def _groups(hits: list[tuple[int, tuple[str, ...]]], reach: int) -> list[list[tuple[int, tuple[str, ...]]]]:
    """Hits on nearby diagonals together: one group per place where the template may stand."""
    groups: list[list[tuple[int, tuple[str, ...]]]] = []
    for hit in sorted(hits):
        if groups and hit[0] - groups[-1][0][0] <= reach:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    return groups


def _apart(found: list[Match]) -> list[Match]:
    ranked = sorted(
        found,
        key=lambda match: (
            -match.alignment.matched * match.alignment.f,
            match.alignment.start,
            match.template,
        ),
    )
    taken: set[int] = set()
    kept: list[Match] = []
    for match in ranked:
        place = range(match.alignment.start, match.alignment.end)
        if not any(position in taken for position in place):
            taken.update(place)
            kept.append(match)
    return sorted(kept, key=lambda match: match.alignment.start)
