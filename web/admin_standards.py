"""What an administrator does about scorecards and moments: check, try on what was said, then publish."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError, InputError
from models.records import ClientProfile, Turn
from models.records.vocabulary import Speaker
from web import standards
from web.admin import check_admin

if TYPE_CHECKING:
    from knowledge_base.moments import Moment
    from qa.dry_run import DryRun
    from qa.linting import Lint
    from qa.publishing import Publication
    from storage.access import Principal
    from web.admin import Office

_LONGEST_CARD = 200_000
_LONGEST_LINE = 2_000
_LINE = re.compile(r"line (\d+)")
SPEAKERS_TRIED: tuple[Speaker, ...] = ("customer", "agent")


@dataclass(frozen=True, slots=True)
class Called:
    """A moment that a line called for."""

    moment: Moment
    speaker: Speaker
    words: str
    """Those that called for it."""


def check_scorecard(office: Office, who: Principal, text: str) -> tuple[str, list[Lint]]:
    """A scorecard's id, and what to mend before it is published.

    Raises:
        ConfigError: It is no scorecard; names the line.
    """
    check_admin(who, client=True)
    with _as_file(text) as path:
        card, lints = standards.lint_file(office.workspace, who.client, path)
    return card.id, lints


def try_scorecard(office: Office, who: Principal, text: str) -> DryRun:
    """How a scorecard would have fallen on the client's stored contacts; nothing is kept.

    Raises:
        ConfigError: It is no scorecard; names the line.
        InputError: There are no contacts.
    """
    from qa import Scorecard

    check_admin(who, client=True)
    with _as_file(text) as path:
        card = Scorecard.load(path)
    return standards.try_out(office.workspace, who.client, card)


def publish_scorecard(office: Office, who: Principal, text: str) -> Publication:
    """Publish a scorecard: a new version when its meaning changed, else new wording.

    Raises:
        ConfigError: It is no scorecard, or the linter found an error.
        ConflictError: Somebody else published meanwhile.
    """
    check_admin(who, client=True)
    with _as_file(text) as path:
        publication, _ = standards.publish(office.workspace, who.client, path, new_version=True)
    if publication.change != "unchanged":
        office.note(who, "scorecard.publish", publication.card.id, before=publication.before)
    return publication


@contextmanager
def _as_file(text: str) -> Iterator[Path]:
    if not 0 < len(text.strip()) <= _LONGEST_CARD:
        raise InputError("scorecard: paste the text of the file")
    with tempfile.TemporaryDirectory(prefix="unscripted-card-") as folder:
        path = Path(folder) / "scorecard.yaml"
        path.write_text(text, "utf-8")
        yield path


# -- moments ---------------------------------------------------------------------------------


def moments_text(profile: ClientProfile) -> str:
    """The client's moments as the YAML to edit; empty when there are none."""
    import yaml

    plain: list[dict[str, Any]] = [
        {key: value for key, value in entry.items() if key != "line"} for entry in profile.moments
    ]
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100) if plain else ""


def check_moments(who: Principal, text: str) -> tuple[Moment, ...]:
    """The moments that a text says, checked as in a `client.yaml`.

    Raises:
        ConfigError: Names the line and the key, never the words of a pattern.
    """
    from knowledge_base.moments import read_moments

    check_admin(who, client=True)
    return read_moments(_parsed(text), origin="moments")


def try_moments(office: Office, who: Principal, text: str, line: str) -> list[Called]:
    """What these moments would show when somebody says a line; nothing is kept.

    Raises:
        ConfigError: The moments are wrong.
        InputError: No line was given.
    """
    from copilot.moments import MomentBook

    moments = check_moments(who, text)
    if not 0 < len(line.strip()) <= _LONGEST_LINE:
        raise InputError(f"moments: give a line of at most {_LONGEST_LINE} characters to try them on")
    kb = office.workspace.knowledge_base(who.client)
    book = MomentBook(moments)
    found = []
    for speaker in SPEAKERS_TRIED:
        turn = Turn(speaker, line.strip())
        called = book.called([turn], 0, [], [], language=kb.profile.language, encoder=lambda: kb.encoder)
        found += [Called(moment, speaker, line.strip()[span.start : span.end]) for moment, span in called]
    return found


def save_moments(office: Office, who: Principal, text: str) -> int:
    """Take these moments in place of the client's; how many there are.

    Raises:
        ConfigError: They are wrong; nothing is changed.
    """
    moments = check_moments(who, text)
    kb = office.workspace.knowledge_base(who.client)
    changed = replace(kb.profile, moments=_parsed(text))
    if changed != kb.profile:
        kb.store.put(kb.client, changed, supersede=True)
        kb.refresh()
        office.note(who, "moments.change", kb.client, after=f"{len(moments)} moments")
    return len(moments)


def _parsed(text: str) -> tuple[Mapping[str, Any], ...]:
    from knowledge_base.client_file import parse_profile

    if len(text) > _LONGEST_CARD:
        raise InputError("moments: the text is too long")
    if not text.strip():
        return ()
    try:
        whole = text.lstrip().startswith("moments:")
        profile, _ = parse_profile(text if whole else f"moments:\n{text}", "moments", name="moments")
    except ConfigError as problem:
        if whole:
            raise
        # The first line is ours.
        words = _LINE.sub(lambda match: f"line {int(match[1]) - 1}", str(problem))
        raise ConfigError(words) from None
    return profile.moments
