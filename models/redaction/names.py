"""Personal names of customers, for clients that want them masked: by what stands beside them, and by lists.

A name that was told once in a contact is masked everywhere in it. An agent who says who they are keeps
the name: whether agents introduce themselves is a thing that QA asks for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.patterns import pattern
from models.redaction.name_cues import (
    ASKED,
    BEHIND,
    BESIDE,
    FAMILY_WORDS,
    INTRODUCED,
    KEYS,
    LEAD,
    PARTICLES,
    SAID,
    SPELT,
    STOP,
    TITLE,
    WORD,
)
from models.spoken_digits import NUMBER_WORDS

_MOST_WORDS, _ANSWER_WORDS, _BACK = 5, 9, 4
_SHORTEST = 2
"""Letters of a word that begins a name: an initial does not."""
_SHORTEST_LEARNED = 3
"""Letters of a word that is masked wherever it stands."""
_FILLERS = ("uh", "um", "er", "erm")
_JOINT = pattern(r"[\s.]{1,3}|\s?-\s?|(?:,?\s(?:uh|um|erm?)){1,3},?\s")
_LETTERS = pattern(
    r"(?<![\w'])(?:[^\W\d_](?![\w'])(?:\s?(?:[,.\-]|as\sin\s\w+|for\s\w+|uh|um|er|then)\s?|\s){1,3}){2,20}[^\W\d_](?![\w'])"
)
"""Letters one by one, three and more."""
_SPELT_REACH = 40
_LINES = Path(__file__).parent / "name_words"
_PLAIN = {
    ord("ł"): "l",
    ord("ø"): "o",
    ord("đ"): "d",
    ord("ı"): "i",
    ord("æ"): "ae",
    ord("ß"): "ss",
    ord("’"): "'",
}


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a turn."""

    start: int
    end: int
    folded: str
    capital: bool
    """Begins with a capital letter where the turn has others that do not."""


def folded(word: str) -> str:
    """Lower case without accents: `Łukasz` is `lukasz`."""
    if word.isascii():
        return word.lower()
    letters = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in letters if not unicodedata.combining(sign)).casefold().translate(_PLAIN)


@cache
def _listed(name: str) -> frozenset[str]:
    lines = (_LINES / f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def names(
    texts: Sequence[str], speakers: Sequence[str], *, known: Iterable[str] = (), kept: Iterable[str] = ()
) -> tuple[list[list[tuple[int, int]]], frozenset[str]]:
    """Ranges of names per turn, sorted, not overlapping; and the words of names that were told.

    Args:
        texts: Turns of one contact, as they are said; a mark is no word.
        speakers: Who spoke, per turn.
        known: Folded words of names told before in this contact.
        kept: Names that stay, such as the agent's.
    """
    turns = [_Turn(text, speaker) for text, speaker in zip(texts, speakers, strict=True)]
    stays = {folded(word) for name in kept for word in WORD.findall(name)}
    for turn in turns:
        stays |= turn.introduced()
    learned = {word for word in known if word not in stays}
    for place, turn in enumerate(turns):
        turn.read(asked=_asked(turns, place))
        learned |= turn.told - stays
    return [turn.ranges(learned, stays) for turn in turns], frozenset(learned)


def of_metadata(metadata: Mapping[str, Any]) -> list[str]:
    """Names of the customer in a transcript's metadata: values of `customer_name` and the like."""
    return [
        value
        for key, value in metadata.items()
        if isinstance(value, str) and key.strip().casefold().replace("-", "_").replace(" ", "_") in KEYS
    ]


def words_of(name: str) -> frozenset[str]:
    """Words of a name, folded, that are masked wherever they stand."""
    return frozenset(word for word in map(folded, WORD.findall(name)) if _is_telling(word))


def _is_telling(word: str) -> bool:
    return len(word) >= _SHORTEST_LEARNED and word not in STOP | PARTICLES and word not in _listed("common")


def _asked(turns: Sequence[_Turn], place: int) -> bool:
    """Whether the other party's last turn asks for a name."""
    for earlier in range(place - 1, max(-1, place - 1 - _BACK), -1):
        if turns[earlier].speaker != turns[place].speaker or turns[place].speaker == "unknown":
            if ASKED.search(turns[earlier].lower):
                return True
            if len(turns[earlier].words) > _ANSWER_WORDS:
                return False
    return False


class _Turn:
    """One turn: its words, and which of them are names."""

    __slots__ = ("cased", "found", "lower", "speaker", "starts", "text", "told", "words")

    def __init__(self, text: str, speaker: str) -> None:
        self.text, self.speaker = text, speaker
        lower = text.lower()
        self.lower = lower if len(lower) == len(text) else text
        self.cased = any(map(_has_capital, WORD.findall(text)))
        self.words = [
            _Word(found.start(), found.end(), folded(found[0]), _has_capital(found[0]))
            for found in WORD.finditer(text)
            if (
                found[0].lower() not in _FILLERS
                and text[found.start() - 1 : found.start()] not in ("[", "@", "/")
            )
            or not found.start()
        ]
        self.starts = {word.start: number for number, word in enumerate(self.words)}
        self.found: list[tuple[int, int]] = []
        """First word and the one behind the last."""
        self.told: set[str] = set()

    def introduced(self) -> set[str]:
        """Words of the name that an agent gives as their own."""
        if self.speaker != "agent":
            return set()
        out: set[str] = set()
        for cue in INTRODUCED.finditer(self.lower):
            first = self._at(cue.end())
            if first is not None:
                last = self._extended(first, firm=self.cased)
                out |= {word.folded for word in self.words[first:last]}
        return out

    def read(self, *, asked: bool) -> None:
        """Find names."""
        if not self.words:
            return
        for cue in SAID.finditer(self.lower):
            self._take(self._at(cue.end()), firm=True)
        for cue in TITLE.finditer(self.lower):
            self._take(self._at(cue.end()), firm=True)
        if asked and self.speaker != "agent":
            lead = LEAD.match(self.lower)
            first = self._at(lead.end() if lead else 0)
            if first is not None:
                few = len(self.words) - first <= _MOST_WORDS
                self._take(first, firm=few and (self._is_name(first) or self.words[first].capital))
        for cue in BESIDE.finditer(self.lower):
            self._take(self._at(cue.end()), firm=False)
        self._behind()
        self._alone()
        self._begun()

    def ranges(self, learned: set[str], stays: set[str]) -> list[tuple[int, int]]:
        """Where names stand, with those that were told elsewhere in the contact."""
        taken: set[int] = set()
        for first, last in self.found:
            if not all(word.folded in stays for word in self.words[first:last]):
                taken.update(range(first, last))
        taken |= {
            number
            for number, word in enumerate(self.words)
            if word.folded in learned or word.folded.removesuffix("'s") in learned
        }
        out: list[tuple[int, int]] = []
        for number in sorted(taken):
            word = self.words[number]
            start, end = word.start, word.end
            if self.text[start:end].lower().endswith(("'s", "’s")):
                end -= 2
            if (
                out
                and number - 1 in taken
                and not self._ends_sentence(self.words[number - 1])
                and _JOINT.fullmatch(self.lower, out[-1][1], start)
            ):
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
        return _joined([*out, *self._spelt(learned, out)])

    # -- parts ------------------------------------------------------------------------------------

    def _at(self, place: int) -> int | None:
        return self.starts.get(place)

    def _take(self, first: int | None, *, firm: bool) -> None:
        """A name that begins with this word, if one does."""
        if first is None:
            return
        last = self._extended(first, firm=firm)
        if last <= first:
            return
        self.found.append((first, last))
        self.told |= {word.folded for word in self.words[first:last] if _is_telling(word.folded)}

    def _extended(self, first: int, *, firm: bool) -> int:
        """The word behind the name that begins here; `first` when none does.

        Args:
            first: A word.
            firm: Something says that a name follows, so that any word may be one.
        """
        last = number = first
        while number < len(self.words) and number - first < _MOST_WORDS:
            word = self.words[number]
            if number > first and not _JOINT.fullmatch(self.lower, self.words[number - 1].end, word.start):
                break
            if number > first and self._ends_sentence(self.words[number - 1]):
                break
            if word.folded in PARTICLES and self._goes_on(number + 1):
                number += 1
                continue
            if number == first:
                good = self._begins(word, number, firm=firm)
            else:
                good = self._follows(word, firm=firm) or (
                    not self.cased
                    and (word.folded in FAMILY_WORDS or word.folded in _listed("rarer"))
                    and self._is_name(number - 1)
                )
            if not good:
                break
            number += 1
            last = number
        return last

    def _ends_sentence(self, word: _Word) -> bool:
        """Whether a full stop behind a word is none of an initial or of "St."."""
        return self.text[word.end : word.end + 1] == "." and word.end - word.start > 2  # noqa: PLR2004 - letters of an initial

    def _goes_on(self, number: int) -> bool:
        """Whether the word behind a particle may be of a name."""
        if number >= len(self.words):
            return False
        word = self.words[number]
        if word.folded in PARTICLES:
            return number + 1 < len(self.words) and self._follows(self.words[number + 1], firm=False)
        return self._follows(word, firm=False)

    def _begins(  # noqa: PLR0911 - the order of these questions is the rule
        self, word: _Word, number: int, *, firm: bool
    ) -> bool:
        if (
            word.folded in STOP
            or word.folded in NUMBER_WORDS
            or len(word.folded) < _SHORTEST
            or _is_short(word.folded)
        ):
            return False
        if firm:
            return word.capital or not self.cased or not self._is_common(word)
        if self.cased and not word.capital:
            return False
        if self._is_listed(word):
            return True
        if not self._is_common(word):
            return True
        # "Grace Young", "Joke van der Meer": a common word is a name when a family name follows.
        while self.cased and number + 1 < len(self.words):
            number += 1
            behind = self.words[number]
            if behind.folded not in PARTICLES:
                return behind.capital and (behind.folded in _listed("family") or not self._is_common(behind))
        return False

    def _follows(self, word: _Word, *, firm: bool) -> bool:
        if word.folded in STOP or word.folded in NUMBER_WORDS or _is_short(word.folded):
            return False
        if self.cased:
            if word.capital:
                return True
            return firm and not self._is_common(word) and self._is_listed(word)
        return self._is_listed(word) or not self._is_common(word)

    def _is_listed(self, word: _Word) -> bool:
        whole = word.folded.removesuffix("'s")
        return any(
            part in _listed("given") or part in _listed("family")
            for part in (whole, *whole.split("-"))
            if part
        )

    def _is_name(self, number: int) -> bool:
        word = self.words[number]
        return (
            word.folded not in STOP
            and not _is_short(word.folded)
            and (self._is_listed(word) or not self._is_common(word))
        )

    @staticmethod
    def _is_common(word: _Word) -> bool:
        whole = word.folded.removesuffix("'s")
        return whole in STOP or whole in _listed("common") or whole in NUMBER_WORDS

    def _behind(self) -> None:
        """Words before "speaking", "here", "calling"."""
        for number, word in enumerate(self.words):
            if BEHIND.match(self.lower, word.end) and self.speaker != "agent":
                first = number
                while (
                    first > 0
                    and number - first < _MOST_WORDS - 1
                    and self._may_stand(first - 1)
                    and _JOINT.fullmatch(self.lower, self.words[first - 1].end, self.words[first].start)
                ):
                    first -= 1
                if first < number or self._is_listed(word) or number == 0:
                    self._take(first, firm=False)

    def _may_stand(self, number: int) -> bool:
        """Whether a word may be of a name that ends behind it."""
        word = self.words[number]
        written = self.cased and word.capital and word.folded not in STOP
        return written or self._is_name(number) or word.folded in PARTICLES

    def _alone(self) -> None:
        """A given name and what follows it, whatever stands before."""
        for number, word in enumerate(self.words):
            if word.folded not in _listed("given") or (self.cased and not word.capital):
                continue
            last = self._extended(number, firm=False)
            if last - number > 1 or self.cased:
                self._take(number, firm=False)

    def _begun(self) -> None:
        """A turn that begins with two words that no list of common words holds: "oluwaseun adeyemi, yes"."""
        lead = LEAD.match(self.lower)
        first = self._at(lead.end() if lead else 0)
        if first is None or len(self.words) - first > _ANSWER_WORDS:
            return
        if self._is_name(first) and self._extended(first, firm=False) - first > 1:
            self._take(first, firm=False)

    def _spelt(self, learned: set[str], out: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Names letter by letter: behind "spelled", a name, or one that is known."""
        found = []
        for match in _LETTERS.finditer(self.text):
            before = self.lower[max(0, match.start() - _SPELT_REACH) : match.start()]
            letters = folded("".join(sign for sign in _alone_letters(match.group())))
            beside = any(0 <= match.start() - end <= _SPELT_REACH for _, end in out) or "[name]" in before
            if beside or SPELT.search(before) or letters in learned:
                found.append(match.span())
        return found


def _has_capital(word: str) -> bool:
    """Whether a word is written like a name: `Anna`, `al-Zahra`, `d'Arc`."""
    if word.isupper() and len(word) > 1:
        return False  # "RSVP"; a turn in capitals is read as one without
    return word[0].isupper() or (("-" in word or "'" in word or "’" in word) and any(map(str.isupper, word)))


def _is_short(word: str) -> bool:
    """Whether a word is two in one: "I'm", "don't", "we'll"."""
    return word.endswith(("'m", "'re", "'ve", "'ll", "'d", "n't"))


def _alone_letters(said: str) -> list[str]:
    return [word for word in WORD.findall(said) if len(word) == 1]


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, overlapping ones as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
