"""What an administrator sets about the own client: its `client.yaml`, and how many days records are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base import publishing
from knowledge_base.client_file import parse_profile
from knowledge_base.moments import read_moments
from models.errors import InputError
from storage.retention import DEFAULT_DAYS
from web.admin import check_admin

if TYPE_CHECKING:
    from models.records import ClientProfile, ReadWarning
    from storage.access import Principal
    from web.admin import Office

_LONGEST = 200_000
_MOST_DAYS = 36_500
_STARTERS = Path(__file__).with_name("starters")


def starter(name: str) -> str:
    """A text to begin with, and to change: `client`, `moments` or `scorecard`."""
    return (_STARTERS / f"{name}.yaml").read_text("utf-8")


def check_settings(
    office: Office, who: Principal, text: str
) -> tuple[ClientProfile, Sequence[ReadWarning], Sequence[str]]:
    """What a `client.yaml` says: the profile, what had to be assumed, and documents that it names in vain.

    Raises:
        ConfigError: Not YAML, or a value of the wrong shape; names the line, never the value.
        InputError: Nothing to read, or days for a kind of record that there is not.
    """
    check_admin(who, client=True)
    if not 0 < len(text.strip()) <= _LONGEST:
        raise InputError("client.yaml: paste the text of the file")
    kb = office.workspace.knowledge_base(who.client)
    profile, warnings = parse_profile(text, kb.client)
    read_moments(profile.moments)
    for name, days in profile.retention.items():
        _check_days(name, int(days))
    known = {document.id for document in kb.documents(all_dates=True)}
    missing = [rule.document for rule in profile.disclosures if rule.document not in known]
    return profile, warnings, missing


def save_settings(office: Office, who: Principal, text: str) -> ClientProfile:
    """Take a `client.yaml` in place of the client's settings; the ones before stay as evidence.

    Whether two people publish stays as it is where the text says nothing of it: nobody ends that unawares.

    Raises:
        ConfigError: It is wrong; nothing is changed.
        InputError: The same.
    """
    profile, _, _ = check_settings(office, who, text)
    known = office.workspace.knowledge_base(who.client).profile.extra
    if publishing.KEY in known and publishing.KEY not in profile.extra:
        profile = replace(profile, extra={**profile.extra, publishing.KEY: known[publishing.KEY]})
    _put(office, who, profile)
    return profile


def set_retention(office: Office, who: Principal, days: Mapping[str, int | None]) -> ClientProfile:
    """How long each kind of record is kept.

    Args:
        office: The office.
        who: Who sets it.
        days: By kind of record; None: as by default. Kinds that are not named stay as they are.

    Raises:
        InputError: No such kind, or days that nobody can mean.
    """
    check_admin(who, client=True)
    own = dict(office.workspace.knowledge_base(who.client).profile.retention)
    for name, count in days.items():
        if count is None or (name not in own and count == DEFAULT_DAYS.get(name)):
            own.pop(name, None)
            continue
        _check_days(name, count)
        own[name] = count
    profile = replace(office.workspace.knowledge_base(who.client).profile, retention=own)
    _put(office, who, profile)
    return profile


def _check_days(name: str, days: int) -> None:
    if name not in DEFAULT_DAYS:
        raise InputError(f"retention: {name}: name one of {', '.join(DEFAULT_DAYS)}")
    if not 0 <= days <= _MOST_DAYS:
        raise InputError(f"retention: {name}: 0 to {_MOST_DAYS} days")


def _put(office: Office, who: Principal, profile: ClientProfile) -> None:
    kb = office.workspace.knowledge_base(who.client)
    before = kb.profile
    if profile == before:
        return
    kb.store.put(kb.client, profile, supersede=True)
    kb.refresh()
    changed = [
        name for name in profile.__dataclass_fields__ if getattr(profile, name) != getattr(before, name)
    ]
    office.note(who, "client.change", kb.client, after=", ".join(changed))
