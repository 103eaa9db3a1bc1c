"""What a record is stored under, and what is taken out of it first."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from models.codec import to_json
from models.errors import InputError, RedactionError, UnscriptedError
from models.patterns import pattern
from models.records import (
    ClientProfile,
    Dispute,
    DisputeStep,
    Document,
    Evaluation,
    MinedPhrase,
    RaterAnswers,
    Review,
    StatusChange,
    Transcript,
    Turn,
    Verdict,
    WrapUp,
)
from models.records.coaching import CoachingNote
from models.records.events import LiveEvent

if TYPE_CHECKING:
    from models.redaction.masking import Masking

_HELD_WORDS: Any = (Transcript, Turn, Document)
_maskings: WeakKeyDictionary[Any, dict[str, tuple[Any, Masking | None]]] = WeakKeyDictionary()
"""Per store and client, what its file said when it was last changed."""
_OF_TALK: Any = (Transcript, Turn, LiveEvent, WrapUp)
_WORDS_TYPED_BY_PEOPLE: Any = (Review, Dispute, DisputeStep, StatusChange)
_OF_CONTACTS = frozenset(
    ("ShownCards", "DeadLetter", "SpeakerCorrection", "Outgoing", "DrawnSample", "Claim")
)
"""Records of rooms above that a contact's words may have come into."""
_LONGEST_ID = 512
_IDENTITIES = frozenset(
    "id client transcript transcript_digest fingerprint scorecard evaluation contact suggestion criterion "
    "dispute session contacts parts document source ref version label labels by status outcome progress "
    "severity colour".split()
)
_NUMERAL = pattern(
    r"\d|\b(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)\b", re.IGNORECASE
)
_CARD_AS_ID = pattern(r"(?<![0-9A-Za-z])(?<!\d-)(?:[2-6](?:[ -]?\d){12,18})(?![0-9A-Za-z]|-\d)")
_CARD_BEGINS = pattern(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|4[4-9]|5)")
_FEWEST_NUMERALS = 3
"""No secret that is a number is shorter."""


def masking_for(store: Any, client: str, record: Any) -> Masking | None:
    """What the client's own file says about its contacts; None where the record holds none of their words.

    Raises:
        ConfigError: The setting cannot be read: then nothing is stored.
    """
    if not isinstance(record, _OF_TALK):
        return None
    from models.redaction.masking import masking_of

    state = store.state(client, ClientProfile) if hasattr(store, "state") else None
    known = _maskings.setdefault(store, {})
    if state is None or client not in known or known[client][0] != state:
        profiles = store.find(client, ClientProfile, limit=1)
        known[client] = state, masking_of(profiles[0]) if profiles else None
    return known[client][1]


def redacted(record: Any, masking: Masking | None = None) -> Any:
    """The record as it may be written: secrets replaced by type marks.

    Args:
        record: Any record.
        masking: What the client wants masked in its contacts beyond secrets.

    Raises:
        RedactionError: The redactor failed; the caller must store nothing.
    """
    try:
        return _clean(_nameless(record, masking) if masking is not None and masking.names else record)
    except UnscriptedError:
        raise
    except Exception:  # noqa: BLE001 - whatever breaks in the redactor, the words must not be stored
        raise RedactionError(
            f"{type(record).__name__}: the redactor failed, so the record was not stored"
        ) from None


def _clean(record: Any) -> Any:
    """The record without secrets."""
    from models.redaction import DOCUMENT_KINDS, redact

    clean: Any = redact
    if isinstance(record, _HELD_WORDS):
        return clean(record)
    if isinstance(record, LiveEvent):
        # Its cards and alerts come from documents and rules, which lost their secrets on the way in.
        return replace(record, turn=_turn_cleaned(record.turn), suggestion=redact(record.suggestion))
    if isinstance(record, WrapUp):
        record = replace(
            record,
            lines=tuple(replace(line, text=redact(line.text)) for line in record.lines),
            disposition=redact(record.disposition),
            drafted=redact(record.drafted),
        )
    elif isinstance(record, CoachingNote):
        record = replace(
            record, text=redact(record.text), before=redact(record.before), after=redact(record.after)
        )
    elif isinstance(record, MinedPhrase):
        record = replace(record, template=redact(record.template))
    elif isinstance(record, _WORDS_TYPED_BY_PEOPLE):
        record = _value_cleaned(replace(record, reason=redact(record.reason)))
    elif isinstance(record, RaterAnswers):
        record = replace(record, answers=_cleaned(record.answers))
    elif isinstance(record, Evaluation):
        record = replace(
            record,
            verdicts=_cleaned(record.verdicts, machine=record.scorecard),
            machine=_cleaned(record.machine, machine=record.scorecard),
        )
    if type(record).__name__ in _OF_CONTACTS:
        return _swept(record, redact)
    return _swept(record, lambda text: redact(text, kinds=DOCUMENT_KINDS))


def _nameless(record: Any, masking: Masking) -> Any:
    """A contact's words without the customer's name; what people write about contacts stays."""
    from models.redaction import redact
    from models.redaction.masking import without_metadata_names

    kinds, kept = masking.kinds, masking.kept
    if isinstance(record, Transcript):
        return without_metadata_names(redact(record, kinds=kinds, kept=kept))
    if isinstance(record, Turn):
        return redact(record, kinds=kinds, kept=kept)
    if isinstance(record, LiveEvent) and record.turn is not None:
        return replace(record, turn=redact(record.turn, kinds=kinds, kept=kept))
    if isinstance(record, WrapUp):
        lines = tuple(replace(line, text=redact(line.text, kinds=kinds, kept=kept)) for line in record.lines)
        return replace(record, lines=lines, drafted=redact(record.drafted, kinds=kinds, kept=kept))
    return record


def _turn_cleaned(turn: Turn | None) -> Turn | None:
    """A turn by itself, as the one of a transcript is cleaned: a source may put anything into its ids."""
    from models.redaction import redact

    if turn is None:
        return None
    id, participant = (redact(text) if text else text for text in (turn.id, turn.participant))
    return replace(redact(turn), id=id, participant=participant)


def _cleaned(verdicts: tuple[Verdict, ...], *, machine: str = "") -> tuple[Verdict, ...]:
    """Verdicts with what people typed redacted; a machine's own reasons hold no talk."""
    from models.redaction import redact

    return tuple(
        one if one.by == machine else _value_cleaned(replace(one, reason=redact(one.reason)))
        for one in verdicts
    )


def _value_cleaned(record: Any) -> Any:
    """A review or verdict whose answer, where it is words, is redacted."""
    from models.redaction import redact

    value = getattr(record, "value", None)
    return replace(record, value=redact(value)) if isinstance(value, str) else record


def _swept(value: Any, clean: Callable[[str], str]) -> Any:
    """A value with secrets out of all its words; ids, digests and the like keep their bytes.

    These records hold no talk, but a reason may quote some, and a client's file may hold anything.
    """
    if isinstance(value, str):
        return clean(value) if len(_NUMERAL.findall(value)) >= _FEWEST_NUMERALS else value
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _IDENTITIES}
        fresh = {name: _swept(item, clean) for name, item in found.items()}
        changed = {name: item for name, item in fresh.items() if item is not found[name]}
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        swept = {_swept(key, clean): _swept(item, clean) for key, item in value.items()}
        return value if swept == value else swept
    if isinstance(value, (list, tuple)):
        items = [_swept(item, clean) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else type(value)(items)
    return value


def record_key(record: Any) -> str:
    """The record's `id`; a wrap-up's is its contact; any other is appended under the digest of its content.

    Raises:
        InputError: The id is not a string of 1-512 characters.
    """
    key = record.contact if isinstance(record, WrapUp) else getattr(record, "id", None)
    if key is None:
        return hashlib.sha256(to_json(record).encode()).hexdigest()
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_ID or "\0" in key:
        raise InputError(f"{type(record).__name__}: the id must be text of 1 to {_LONGEST_ID} characters")
    if _is_card(key):
        raise InputError(f"{type(record).__name__}: the id could be a card number; give it another one")
    return key


def _is_card(key: str) -> bool:
    """Whether an id holds what cannot be told from a card number; an id is stored as it is given."""
    for found in _CARD_AS_ID.finditer(key):
        digits = [int(sign) for sign in found[0] if sign.isdigit()]
        doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
        if (doubled + sum(digits[-1::-2])) % 10 == 0 and _CARD_BEGINS.match("".join(map(str, digits))):
            return True
    return False
