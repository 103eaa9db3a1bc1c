"""What the pages say, in the reader's language: one YAML file for each page and language in `texts/`.

A key that a language lacks is an error in the tests and English on the page. Words of clients,
customers and agents never come from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("texts")
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "nl": "Nederlands",
    "de": "Deutsch",
    "es": "Español",
    "nb": "Norsk bokmål",
}
"""Languages of the pages, each in its own name."""
DEFAULT = "en"
LANGUAGE_KEY = "_language"


@cache
def texts(language: str, page: str) -> Mapping[str, str]:
    """All words of a page, by key; English where the language has none.

    Args:
        language: A key of `LANGUAGES`; any other gives English.
        page: Name of the file without its suffix (`agent`, `review`, `admin`, `common`).
    """
    words = dict(_read(DEFAULT, page))
    if language in LANGUAGES and language != DEFAULT:
        words |= _read(language, page)
    return words


@cache
def with_labels(language: str, page: str) -> Mapping[str, str]:
    """`texts`, the name of each label of a finding under `label <label>`, and the language under its key."""
    labels = {f"label {label}": name for label, name in texts(language, "labels").items()}
    return {**texts(language, page), **labels, LANGUAGE_KEY: language if language in LANGUAGES else DEFAULT}


def language_of_words(words: Mapping[str, str]) -> str:
    """The language that words of `with_labels` are in; English for any others."""
    return words.get(LANGUAGE_KEY, DEFAULT)


def label_of(words: Mapping[str, str], label: str) -> str:
    """What a label is called, in words of `with_labels`; its English name where they have none."""
    from models.label_names import label_name

    return words.get(f"label {label}") or label_name(label)


def preferred(accept_language: str, *, chosen: str = "") -> str:
    """The language for a reader: the one they chose, else the first that the browser asks for.

    Args:
        accept_language: The request's header (RFC 9110, 12.5.4); may be empty or malformed.
        chosen: What the person has set, when they have.
    """
    for code in (chosen, *_asked(accept_language)):
        short = code.strip().lower().partition("-")[0]
        short = "nb" if short in ("no", "nn") else short
        if short in LANGUAGES:
            return short
    return DEFAULT


def _asked(header: str) -> Sequence[str]:
    rated = []
    for place, part in enumerate(header.split(",")):
        code, _, weight = part.partition(";q=")
        try:
            rated.append((-float(weight or 1), place, code))
        except ValueError:
            continue
    return [code for _, _, code in sorted(rated)]


@cache
def _read(language: str, page: str) -> Mapping[str, str]:
    import yaml

    path = _FOLDER / language / f"{page}.yaml"
    if not path.is_file():
        return {}
    # The reader in C, where PyYAML was built with it: a start reads twenty of these files.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    said = yaml.load(path.read_text("utf-8"), Loader=loader) or {}  # noqa: S506 - a safe loader, both of them
    return {str(key): str(words) for key, words in said.items()}
