"""Which of the client's own dispositions a contact's words give; none when that is not sure.

`client.yaml`: `dispositions:` with names (`- Refund given`) or groups (`name:` and `phrases:`, sentences
that such contacts have). A disposition is never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.cues import content_words
from models.errors import ConfigError
from models.records import ClientProfile
from models.stems import stem

if TYPE_CHECKING:
    from models.ports import Encoder, Vectors

SURE = 0.55
"""Least likeness, in [0, 1], of a disposition and the contact's lines."""
AHEAD = 0.06
"""By how much the best one must lead."""
_BY_WORDS = 0.5
"""Weight of shared words against the encoder's cosine."""
_MOST = 200
_MOST_CLIENTS = 32
_known_rows: dict[tuple[str, tuple[str, ...]], Vectors] = {}


@dataclass(frozen=True, slots=True)
class Disposition:
    """One outcome that the client books contacts under."""

    name: str
    phrases: tuple[str, ...] = ()
    """Sentences of such contacts, as agents or customers say them."""


def dispositions_of(profile: ClientProfile) -> tuple[Disposition, ...]:
    """The client's dispositions, in its order.

    Raises:
        ConfigError: Not a list of names or of groups with a `name`.
    """
    written = profile.extra.get("dispositions") or ()
    if isinstance(written, str):
        written = [written]
    if isinstance(written, Mapping):
        written = [{"name": name, "phrases": phrases} for name, phrases in written.items()]
    if not isinstance(written, list | tuple) or len(written) > _MOST:
        raise ConfigError(f"client.yaml: `dispositions` must be a list of at most {_MOST} names")
    found = tuple(_read(one) for one in written)
    if len({one.name.casefold() for one in found}) < len(found):
        raise ConfigError("client.yaml: `dispositions` has a name twice")
    return found


def choose(
    dispositions: Sequence[Disposition],
    lines: Sequence[str],
    *,
    encoder: Encoder | None = None,
    language: str = "en",
) -> str:
    """The name of the disposition that the lines give, or nothing.

    Args:
        dispositions: The client's.
        lines: What the contact was about and what was done: the wrap-up's own lines.
        encoder: To compare meanings; None compares words alone.
        language: Of the lines.
    """
    if not dispositions or not lines:
        return ""
    rated = sorted(
        ((score, -place) for place, score in enumerate(_scores(dispositions, lines, encoder, language))),
        reverse=True,
    )
    best, second = rated[0], rated[1] if len(rated) > 1 else (0.0, 0)
    if best[0] < SURE or best[0] - second[0] < AHEAD:
        return ""
    return dispositions[-best[1]].name


def _scores(
    dispositions: Sequence[Disposition], lines: Sequence[str], encoder: Encoder | None, language: str
) -> list[float]:
    said = [_stems(line, language) for line in lines]
    everything = frozenset().union(*said)
    by_words = []
    for one in dispositions:
        name = _stems(one.name, language)
        shares = [len(name & everything) / len(name) if name else 0.0]
        for phrase in one.phrases:
            stems = _stems(phrase, language)
            shares += [len(stems & line) / len(stems) for line in said if stems]
        by_words.append(max(shares))
    if encoder is None:
        return by_words
    texts = [(place, text) for place, one in enumerate(dispositions) for text in (one.name, *one.phrases)]
    rows, heard = _rows(encoder, tuple(text for _, text in texts)), encoder.encode(list(lines))
    nearest = (rows @ heard.T).max(axis=1)
    by_meaning = [0.0] * len(dispositions)
    for (place, _), cosine in zip(texts, nearest, strict=True):
        by_meaning[place] = max(by_meaning[place], float(cosine))
    return [
        max(_BY_WORDS * words + (1 - _BY_WORDS) * meaning, meaning)
        for words, meaning in zip(by_words, by_meaning, strict=True)
    ]


def _rows(encoder: Encoder, texts: tuple[str, ...]) -> Vectors:
    """Of a client's dispositions: the same at the end of every contact."""
    key = (encoder.name, texts)
    rows = _known_rows.get(key)
    if rows is None:
        if len(_known_rows) >= _MOST_CLIENTS:
            _known_rows.clear()
        rows = _known_rows[key] = encoder.encode(texts)
    return rows


def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(stem(word, language[:2]) for word in content_words(text))


def _read(written: Any) -> Disposition:
    if isinstance(written, Mapping):
        name, phrases = written.get("name"), written.get("phrases", written.get("examples")) or ()
        phrases = (phrases,) if isinstance(phrases, str) else phrases
        if not isinstance(phrases, list | tuple) or not all(isinstance(one, str) for one in phrases):
            raise ConfigError("client.yaml: `dispositions.phrases` must be a list of sentences")
    else:
        name, phrases = written, ()
    if not isinstance(name, str) or not name.strip():
        raise ConfigError("client.yaml: an entry of `dispositions` has no name")
    return Disposition(name.strip(), tuple(phrases))
