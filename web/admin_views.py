"""The admin page's sections as HTML: each looks up what it shows, for the client of the caller alone."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from knowledge_base import publishing
from models.errors import ConfigError, NotFoundError
from models.records import Document
from storage import sqlite_version
from storage.names import client_key
from storage.retention import DEFAULT_DAYS
from web.admin import check_admin, configuration, identity, retention_of, state_of, versions_of
from web.admin_people import keys_of, people_seen_by
from web.admin_settings import starter
from web.admin_standards import moments_text
from web.reader import id_in
from web.render import environment, safe_colour
from web.sign_in import SERVER
from web.texts import LANGUAGES

if TYPE_CHECKING:
    from web.admin import Office
    from web.api import Readiness
    from web.reader import Reader

FOR_ALL = ("overview", "clients", "people", "audit")
"""Sections that an owner sees before choosing a client."""
SECTIONS = (
    "overview",
    "clients",
    "documents",
    "moments",
    "scorecards",
    "people",
    "keys",
    "retention",
    "audit",
)
MOST_EVENTS = 200
_FEW_EVENTS = 8
_MOST_VERSIONS = 20
_FOLDERS = ("policies", "faq", "scripts", "disclosures", "macros")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a section is made from."""

    office: Office
    reader: Reader
    readiness: Readiness
    said: Mapping[str, Any]


def section_of(name: object, reader: Reader) -> str:
    """The section to show: the one asked for if this person may see it, else the landing."""
    wanted = "documents" if name == "document" else name
    allowed = SECTIONS if reader.client else FOR_ALL
    return str(name) if wanted in allowed else "overview"


def section_html(seen: Seen, name: str) -> str:
    """One section.

    Raises:
        Refused: No administrator.
        NotFoundError: What it is about is not there.
    """
    check_admin(seen.reader.principal)
    return _rendered(f"admin_{name}", seen.reader, **_VIEWS[name](seen))


def frame_html(seen: Seen, name: str) -> dict[str, str]:
    """The bar on top and the navigation."""
    reader = seen.reader
    profile = reader.kb.profile if reader.client else None
    waiting = len(publishing.waiting(reader.kb)) if reader.client else 0
    return {
        "bar": _rendered(
            "admin_bar",
            reader,
            colour=safe_colour(profile.colour if profile else ""),
            may_change=bool(reader.principal.person) or reader.principal.name.startswith("Demo "),
        ),
        "nav": _rendered(
            "admin_nav",
            reader,
            sections=SECTIONS if reader.client else FOR_ALL,
            section="documents" if name == "document" else name,
            waiting=waiting,
        ),
    }


def moment(at: datetime) -> str:
    """`2026-05-03 14:05` in UTC, the same in every language."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _rendered(template: str, reader: Reader, **values: Any) -> str:
    profile = reader.kb.profile if reader.client else None
    filters = environment().filters
    filters.setdefault("moment", moment)
    return (
        environment()
        .get_template(f"{template}.html.j2")
        .render(
            **{
                "t": reader.words("admin"),
                "who": reader.principal,
                "client": (profile.name or profile.id) if profile else "",
                **values,
            }
        )
    )


# -- one function for each section -----------------------------------------------------------


def _overview(seen: Seen) -> dict[str, Any]:
    office, reader = seen.office, seen.reader
    numbers: list[tuple[str, object, str]] = []
    clients = office.workspace.clients()
    if reader.client:
        kb = reader.kb
        documents = kb.documents(all_dates=True)
        numbers += [
            ("nav_documents", len([one for one in documents if one.in_force(date.today())]), "documents"),  # noqa: DTZ011 - where the centre is
            ("waiting", len(publishing.waiting(kb)), "documents"),
            ("nav_scorecards", len(office.workspace.scorecards(reader.client)), "scorecards"),
        ]
    else:
        numbers.append(("nav_clients", len(clients), "clients"))
    numbers.append(("nav_people", len(people_seen_by(office, reader.principal)), "people"))
    return {
        "steps": _steps(seen) if reader.client else [],
        "health": seen.readiness.look(),
        "versions": [
            ("Unscripted", _version()),
            ("Python", platform.python_version()),
            ("SQLite", ".".join(map(str, sqlite_version()))),
        ],
        "numbers": numbers,
        "any_client": bool(clients),
        "events": office.audit.events(reader.client or SERVER, limit=_FEW_EVENTS),
        "names": _names(office),
    }


def _steps(seen: Seen) -> list[dict[str, Any]]:
    """What a new client still lacks; empty when nothing does."""
    kb, office = seen.reader.kb, seen.office
    profile = kb.profile
    roles: set[str] = {
        grant.role
        for one in people_seen_by(office, seen.reader.principal)
        for grant in one.grants
        if client_key(grant.client) == client_key(kb.client)
    }
    roles |= {key.principal.role for key in keys_of(office, seen.reader.principal)}
    contacts = any(one.count for one in kb.store.tally(kb.client, "cases"))
    steps: list[dict[str, Any]] = [
        {"key": "documents", "go": "documents", "done": bool(kb.documents(all_dates=True))},
        {
            "key": "settings",
            "go": "clients",
            "done": bool(profile.authority or profile.disclosures or profile.verification),
        },
        {"key": "scorecard", "go": "scorecards", "done": bool(office.workspace.scorecards(kb.client))},
        {"key": "people", "go": "people", "done": {"agent", "qa"} <= roles},
        {"key": "contacts", "go": "", "to": "/qa/?view=upload", "done": contacts},
    ]
    return [] if all(step["done"] for step in steps) else steps


def _clients(seen: Seen) -> dict[str, Any]:
    office, reader = seen.office, seen.reader
    own = client_key(reader.client) if reader.client else ""
    everybody = office.people.list()
    rows = []
    for client in office.workspace.clients():
        key = client_key(client)
        if not reader.principal.owner and key != own:
            continue
        kb = office.workspace.knowledge_base(client)
        rows.append(
            {
                "client": client,
                "name": kb.profile.name or client,
                "colour": safe_colour(kb.profile.colour),
                "language": LANGUAGES.get(kb.profile.language, kb.profile.language),
                "documents": len(kb.documents(all_dates=True)),
                "people": sum(
                    any(client_key(grant.client) == key for grant in one.grants) for one in everybody
                ),
            }
        )
    profile = reader.kb.profile if reader.client else None
    return {
        "rows": rows,
        "languages": LANGUAGES,
        "profile": profile,
        "colour": safe_colour(profile.colour if profile else ""),
        "four_eyes": profile is not None and publishing.wants_four_eyes(profile),
        "configuration": configuration(profile) if profile else "",
        "starter": starter("client"),
    }


def _documents(seen: Seen) -> dict[str, Any]:
    kb, me = seen.reader.kb, seen.reader.principal
    two = publishing.four_eyes(kb)
    proposals = []
    for proposal in publishing.waiting(kb):
        current = publishing.current_version(kb, proposal.document.id)
        proposals.append(
            {
                "proposal": proposal,
                "is_new": current is None,
                "changes": publishing.changes(current.text if current else "", proposal.document.text),
                "may_publish": not two or (bool(me.person) and identity(me) != proposal.by_id),
            }
        )
    today = date.today()  # noqa: DTZ011 - a policy starts at midnight where the centre is
    documents = sorted(kb.documents(all_dates=True), key=lambda one: one.id)
    folders = {one.id.rpartition("/")[0] for one in documents} - {""}
    return {
        "proposals": proposals,
        "rows": [(one, state_of(one, today)) for one in documents],
        "four_eyes": two,
        "folders": sorted(folders | set(_FOLDERS)),
    }


def _document(seen: Seen) -> dict[str, Any]:
    kb = seen.reader.kb
    history: list[tuple[datetime, Document]] = versions_of(kb, id_in(seen.said, "id"))
    versions = []
    for place, (at, document) in enumerate(history[:_MOST_VERSIONS]):
        before = history[place + 1][1] if place + 1 < len(history) else None
        versions.append(
            {
                "number": len(history) - place,
                "at": at,
                "document": document,
                "before": before is not None,
                "changes": publishing.changes(before.text if before else document.text, document.text),
            }
        )
    return {"document": history[0][1], "versions": versions}


def _moments(seen: Seen) -> dict[str, Any]:
    from knowledge_base.moments import read_moments

    profile = seen.reader.kb.profile
    wrong = ""
    rows: tuple[Any, ...] = ()
    try:
        rows = read_moments(profile.moments)
    except ConfigError as problem:
        wrong = str(problem)
    return {"rows": rows, "wrong": wrong, "text": moments_text(profile), "starter": starter("moments")}


def _scorecards(seen: Seen) -> dict[str, Any]:
    rows = seen.office.workspace.scorecards(seen.reader.client)[::-1]
    return {"rows": rows, "starter": starter("scorecard")}


def _people(seen: Seen) -> dict[str, Any]:
    office, who = seen.office, seen.reader.principal
    names = {}
    for client in office.workspace.clients() if who.owner else [who.client]:
        try:
            names[client] = office.workspace.knowledge_base(client).profile.name or client
        except NotFoundError:
            continue
    return {"rows": people_seen_by(office, who), "names": names}


def _keys(seen: Seen) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "rows": [
            (key, "open" if key.opens(now) else "revoked" if key.revoked_at else "expired")
            for key in keys_of(seen.office, seen.reader.principal)
        ]
    }


def _retention(seen: Seen) -> dict[str, Any]:
    own = seen.reader.kb.profile.retention
    rows = retention_of(seen.office, seen.reader.principal)
    return {"rows": [(name, days, by, own.get(name, ""), DEFAULT_DAYS[name]) for name, days, by in rows]}


def _audit(seen: Seen) -> dict[str, Any]:
    events = seen.office.audit.events(seen.reader.client or SERVER, limit=MOST_EVENTS)
    return {"events": events, "names": _names(seen.office)}


def _names(office: Office) -> dict[str, str]:
    """People's names by id: what an event was about, in words."""
    return {one.id: one.name for one in office.people.list()}


_VIEWS: Mapping[str, Callable[[Seen], dict[str, Any]]] = {
    "overview": _overview,
    "clients": _clients,
    "documents": _documents,
    "document": _document,
    "moments": _moments,
    "scorecards": _scorecards,
    "people": _people,
    "keys": _keys,
    "retention": _retention,
    "audit": _audit,
}


def _version() -> str:
    try:
        return version("unscripted")
    except PackageNotFoundError:
        return "–"
