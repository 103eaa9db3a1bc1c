"""Words without their endings: by Snowball, in the languages it knows, or by plural and tense alone."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
"""Snowball's algorithms by language code; other languages are searched by whole words."""

_stemming = Lock()


@lru_cache(maxsize=200_000)
def stem(word: str, language: str = "en") -> str:
    """A word without its ending, so that *acknowledge* meets *acknowledgment*.

    Args:
        word: In lower case.
        language: A code of `STEMMERS`; in other languages the word stays whole.

    Example:
        >>> stem("refunds")
        'refund'
    """
    stemmer = _stemmer(language)
    if stemmer is None:
        return word
    with _stemming:  # a stemmer is not made for two threads at once
        return str(stemmer.stemWord(word))


def without_ending(word: str, *, shortest: int) -> str:
    """An English word without its plural or tense ending: less than `stem` takes off.

    Args:
        word: In lower case.
        shortest: Letters that must be left, else the ending stays.

    Example:
        >>> without_ending("waived", shortest=3)
        'waiv'
    """
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= shortest:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=32)
def _stemmer(language: str) -> Any:
    """The stemmer of a language code, None when Snowball has none."""
    name = STEMMERS.get(language)
    if name is None:
        return None
    import Stemmer

    return Stemmer.Stemmer(name)
