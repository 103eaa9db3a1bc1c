"""Which language is this? Guessed from letters by py3langid, whose model comes in its package.

A short turn says little and a wrong language does harm (another stemmer, other rules), so the answer may
be that we do not know: then the language of the contact or of the client holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from models.patterns import pattern

if TYPE_CHECKING:
    from models.records import Document, Turn

LANGUAGES = (
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ko", "lt", "lv", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk",
    "vi", "zh",
)  # fmt: skip
"""Those that are told apart; the library knows more, and each one more is one more to be mistaken for."""
SURE = 0.8
"""Least probability: above it one turn in some thousand was wrong, in Dutch, English and German chats."""
MIXED = 2 / 3
"""Least share of a document that must be in its language."""

_READ = 4_000
"""Code points of a document that are read, from its beginning, middle and end."""
_PIECE = 400
_ASKED_FIRST = 5
_FEWEST_WORDS = 8
"""Words that a document must have to be in a language."""
_LINKS = pattern(r"\S*(?:://|@|www\.|\d)\S*|\[[^\]\n]{1,40}\]|\{[^}\n]{1,40}\}")
_loading = Lock()


def detect_language(text: str, *, among: Sequence[str] = ()) -> str:
    """The language of a text, as a code of two letters; "" when that cannot be told.

    Addresses, numbers and placeholders are left out. A word or two are told only when their letters leave
    no doubt.

    Args:
        text: A turn or a paragraph; only the first 400 code points are read.
        among: Codes of the languages to choose from; empty: all of `LANGUAGES`.

    Example:
        >>> detect_language("Hoe lang duurt het voordat ik mijn geld terug heb?")
        'nl'
        >>> detect_language("ok")
        ''
    """
    words = _LINKS.sub(" ", text[:_PIECE]).strip()
    if sum(map(str.isalpha, words)) < 2:  # noqa: PLR2004 - a letter has no language
        return ""
    code, probability = _identifier(
        tuple(sorted({_primary(one) for one in among} & set(LANGUAGES)))
    ).classify(words)
    return str(code) if probability >= SURE else ""


def document_language(text: str) -> str:
    r"""The language of a document; "" when it is short, or written in several.

    Paragraphs are told one by one and counted by their length: a Dutch page that quotes an English
    sentence is Dutch, one that is half and half is neither.

    Example:
        >>> document_language("Wir schicken die Ware zurück. " * 3 + "\n\n" + "We return the goods. " * 5)
        ''
    """
    if len(text.split()) < _FEWEST_WORDS:
        return ""
    third = _READ // 3
    middle = max(0, len(text) // 2 - third // 2)
    read = (
        text
        if len(text) <= _READ
        else "\n".join((text[:third], text[middle : middle + third], text[-third:]))
    )
    pieces = _pieces(read)
    # Where the first two, the middle and the last two agree and are sure, the others are not asked.
    few = [pieces[at] for at in (0, 1, len(pieces) // 2, -2, -1)] if len(pieces) > _ASKED_FIRST else pieces
    weights = _weights(few)
    if len(few) < len(pieces) and (len(weights) > 1 or "" in weights):
        weights = _weights(pieces)
    weights.pop("", None)
    if not weights:
        return ""
    code, weight = weights.most_common(1)[0]
    return code if weight >= MIXED * weights.total() else ""


def _weights(pieces: Sequence[str]) -> Counter[str]:
    """Length of the pieces that are in each language; "" for those that cannot be told."""
    weights: Counter[str] = Counter()
    for piece in pieces:
        weights[detect_language(piece)] += len(piece)
    return weights


def with_language(turn: Turn, *, likely: Sequence[str] = ()) -> Turn:
    """The turn, with its language where its source does not say and the words do.

    Args:
        turn: Any turn; one that has a language is left alone.
        likely: Languages of the contact and of the client, the likeliest first. A turn too short to tell
            is in the first of them.
    """
    from dataclasses import replace

    if turn.language is not None:
        return turn
    known = [one for one in likely if one]
    code = detect_language(turn.text)
    if not code and known:
        # Danish and Norwegian are told apart by who is calling, not by four words.
        code = detect_language(turn.text, among=(*known, "en")) or known[0]
    return replace(turn, language=code) if code else turn


def document_with_language(document: Document) -> Document:
    """The document, with its language where its source does not say and the words do."""
    from dataclasses import replace

    if document.language:
        return document
    code = document_language(document.text)
    return replace(document, language=code) if code else document


def _pieces(text: str) -> list[str]:
    """Paragraphs, long ones in pieces; headings and single words go with what follows."""
    pieces: list[str] = []
    held = ""
    for line in text.split("\n"):
        held = f"{held} {line}".strip()
        if len(held.split()) < _FEWEST_WORDS:
            continue
        pieces += [held[at : at + _PIECE] for at in range(0, len(held), _PIECE)]
        held = ""
    return [*pieces, held] if held else pieces


def _primary(code: str) -> str:
    first = re.split(r"[-_]", code.strip().casefold(), maxsplit=1)[0]
    return {"nb": "no", "nn": "no"}.get(first, first)


def _identifier(among: tuple[str, ...]) -> Any:
    with _loading:
        return _loaded(among)


@cache
def _loaded(among: tuple[str, ...]) -> Any:
    from copy import copy

    # Its own view of one model: only `set_languages` changes anything in it, by putting other parts in.
    identifier = copy(_model())
    identifier.set_languages(list(among or LANGUAGES))
    return identifier


@cache
def _model() -> Any:
    """Most of a second: the model is unpacked."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
