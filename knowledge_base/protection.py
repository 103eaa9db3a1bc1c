"""How far a client watches: works-council mode and sampling mode, as `client.yaml` sets them.

`works_council: yes` hides agents behind pseudonyms, tells figures of teams of five and more only, and ranks
nobody. `sample: 10 %` reads and scores that share of ended contacts, drawn by chance; `others: drop` does not
keep the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from models.errors import ConfigError

if TYPE_CHECKING:
    from models.records import ClientProfile

Others = Literal["keep", "drop"]

KEY = "protection"
"""The group of `client.yaml`."""
FEWEST = 5
"""Agents, and contacts, below which works-council mode tells no figure."""
DROPPED_AFTER = timedelta(days=1)
"""So long a contact outside the sample stays: its wrap-up may be corrected and sent again."""
_NAMES = ("works_council", "sample", "others")
_SCALE = 16**8


@dataclass(frozen=True, slots=True)
class Protection:
    """The settings of one client."""

    works_council: bool = False
    sample: float = 1.0
    """Share of ended contacts that are read and scored by themselves, in [0, 1]."""
    others: Others = "keep"
    """What becomes of the other contacts."""

    def draws(self, digest: str) -> bool:
        """Whether a contact is in the sample, by the keyed hash of its id: hexadecimal digits, 8 or more.

        The hash is as good as chance to whoever does not have the data folder's key, so neither an agent nor
        whoever gives out ids can choose; with the key, every draw can be made again.
        """
        return int(digest[:8], 16) < self.sample * _SCALE


def protection_of(profile: ClientProfile) -> Protection:
    """The settings of a client; nothing is protected further where it says nothing.

    Raises:
        ConfigError: A setting of another name or shape.
    """
    said: Any = profile.extra.get(KEY)
    if said in (None, ""):
        return Protection()
    if not isinstance(said, Mapping):
        raise _wrong("a group of `works_council`, `sample` and `others`")
    for name in said:
        if name not in _NAMES:
            raise _wrong(f"a group of {', '.join(f'`{one}`' for one in _NAMES)}; `{name}` is none of them")
    council, others = said.get("works_council", False), str(said.get("others", "keep")).strip().casefold()
    if not isinstance(council, bool):
        raise _wrong("`works_council: yes` or `no`")
    if others not in ("keep", "drop"):
        raise _wrong("`others: keep` or `drop`")
    return Protection(council, _share(said.get("sample", 1.0)), "drop" if others == "drop" else "keep")


def _share(said: Any) -> float:
    """`0.1` and `10 %` are the same."""
    text = str(said).strip()
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = -1.0
    if isinstance(said, bool) or not 0.0 <= number <= 1.0:
        raise _wrong("`sample: 0.1` or `10 %`, between 0 and 100 %")
    return number


def _wrong(wanted: str) -> ConfigError:
    return ConfigError(f"client.yaml: `{KEY}` must be {wanted}")
