"""What of a client's contacts is masked beyond secrets: `redact: {names: true}` in its `client.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError
from models.redaction import KINDS, _guarded, redact
from models.redaction.names import names, of_metadata, words_of
from models.redaction.scan import NAME

if TYPE_CHECKING:
    from models.records import ClientProfile, Transcript, Turn

__all__ = ["KEY", "Masking", "masking_of"]

KEY = "redact"
"""The group of `client.yaml`."""


@dataclass(frozen=True, slots=True)
class Masking:
    """What is masked of one client's contacts."""

    names: bool = False
    """Personal names of customers too."""
    kept: tuple[str, ...] = ()
    """Names that are no person's: of the client, its brands, products and competitors."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of secret, and names where they are wanted."""
        return (*KINDS, NAME) if self.names else KINDS

    def masked(self, transcript: Transcript) -> Transcript:
        """A transcript without secrets, and without names where the client wants that.

        What the metadata tell about the customer stays for the store, which keeps a keyed hash of it for
        later erasures and then masks it (`without_metadata_names`).

        Raises:
            RedactionError: Anything failed.
        """
        return redact(transcript, kinds=self.kinds, kept=self.kept)

    def told(self, turns: Sequence[Turn], known: frozenset[str]) -> frozenset[str]:
        """Folded words of the names told in these turns, and of those that were known.

        Raises:
            RedactionError: Anything failed.
        """
        texts, speakers = [turn.text for turn in turns], [turn.speaker for turn in turns]
        return _guarded(
            "turn", "looking for names", lambda: names(texts, speakers, known=known, kept=self.kept)[1]
        )


def masking_of(profile: ClientProfile) -> Masking:
    """The choice of a client; secrets alone where it says nothing.

    Raises:
        ConfigError: A setting of another name or shape.
    """
    said: Any = profile.extra.get(KEY)
    if said in (None, ""):
        return Masking()
    wanted = said.get("names", False) if isinstance(said, Mapping) and not said.keys() - {"names"} else None
    if not isinstance(wanted, bool):
        raise ConfigError(f"client.yaml: `{KEY}` must be a group with `names: yes` or `no`")
    own = (profile.id, profile.name, *profile.brands, *profile.products, *profile.competitors)
    return Masking(wanted, tuple(name for name in own if name))


def without_metadata_names(transcript: Transcript) -> Transcript:
    """A transcript whose metadata name no customer; for the store, after it has hashed them."""
    told = of_metadata(transcript.metadata)
    if not told:
        return transcript
    words = frozenset[str]().union(*map(words_of, told))

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            if value in told:
                return f"[{NAME}]"
            (found,), _ = names([value], ["unknown"], known=words)
            for start, end in reversed(found):
                value = f"{value[:start]}[{NAME}]{value[end:]}"
            return value
        if isinstance(value, Mapping):
            return {key: clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(clean(item) for item in value)
        return value

    return replace(transcript, metadata={key: clean(value) for key, value in transcript.metadata.items()})
