"""Which client names are usable. A name is for people; paths are made of opaque ids."""

from __future__ import annotations

import unicodedata

from models.errors import InputError

LONGEST = 100
_PUNCTUATION = frozenset(" .-_&'+()")


def check_client_name(name: object) -> str:
    """The name in one spelling (NFC, no blanks around it).

    Raises:
        InputError: Empty, longer than 100 characters, or holding anything but letters, digits,
            blanks and `. - _ & ' + ( )`; so `../../x` and NUL are refused before any path is made.
    """
    if not isinstance(name, str) or not name.strip():
        raise InputError("client: a name is needed for every call; none was given")
    spelled = unicodedata.normalize("NFC", name.strip())
    if len(spelled) > LONGEST:
        raise InputError(f"client: the name has {len(spelled)} characters, {LONGEST} at most")
    for place, character in enumerate(spelled):
        if not (character.isalnum() or character in _PUNCTUATION or unicodedata.category(character) == "Mn"):
            raise InputError(
                f"client: character {place + 1} of the name (U+{ord(character):04X}) is not allowed; "
                "use letters, digits, blanks and . - _ & ' + ( )"
            )
    if not any(character.isalnum() for character in spelled) or ".." in spelled:
        raise InputError("client: the name needs a letter or digit and no '..'")
    return spelled


def client_key(name: object) -> str:
    """What two spellings of one client share, so that `Acme` and `acme` never get two files."""
    return unicodedata.normalize("NFKC", check_client_name(name)).casefold()
