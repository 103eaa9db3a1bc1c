"""Queues, samples, reports and exports of a client in a workspace.

As in `web.workspace`, every call names its client; the caller got that from a credential or from its
user's explicit words, and the name of whoever acts likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, get_args

from knowledge_base.protection import FEWEST
from models.errors import InputError, NotFoundError
from models.records import Evaluation, ShownCards, Transcript
from models.records.cases import COUNTED, WAITING, Wanted
from models.records.coaching import CoachingNote
from qa import exports, queues, sampling
from qa.batch import DeadLetter
from qa.card_use import card_uses
from qa.exports.dossier import Dossier, dossiers
from qa.reports import Period, TeamReport, team_report
from web.veil import veil_of

if TYPE_CHECKING:
    from models.ports import Store
    from qa import Scorecard
    from qa.card_use import CardUse
    from qa.queues import Claim, Workload
    from qa.sampling import DrawnSample, Method, Sample
    from web.workspace import Workspace

Format = Literal["csv", "xlsx", "html", "pdf", "connect", "vcon"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which evaluations: of one scorecard, a period, an agent, a kept sample, one contact."""

    scorecard: str = ""
    """A name; empty: the client's only one."""
    period: Period = field(default_factory=Period)
    agent: str = ""
    sample: str = ""
    contact: str = ""


# -- the queue --------------------------------------------------------------------------------


def claim(workspace: Workspace, client: str, contact: str, *, who: str, minutes: int = 30) -> Claim:
    """Take a contact in hand. Raises as `qa.queues.claim`."""
    store, name = _store(workspace, client)
    return queues.claim(store, name, contact, who=who, at=datetime.now(UTC), hold=timedelta(minutes=minutes))


def release(workspace: Workspace, client: str, contact: str, *, who: str) -> bool:
    """Put a contact back. False when this person did not have it."""
    store, name = _store(workspace, client)
    return queues.release(store, name, contact, who=who)


def workload(workspace: Workspace, client: str) -> list[Workload]:
    """Who has how many contacts in hand."""
    store, name = _store(workspace, client)
    return queues.workload(store.find(name, queues.Claim), now=datetime.now(UTC))


def keep_dead_letters(
    workspace: Workspace, client: str, letters: Sequence[DeadLetter], scored: Sequence[Transcript]
) -> None:
    """Keep what could not be scored or read until it is; what was scored is taken off the list."""
    store, name = _store(workspace, client)
    for transcript in scored:
        for id in {transcript.id, str(transcript.metadata.get("file", ""))} - {""}:
            store.delete(name, DeadLetter, id)
    for letter in letters:
        store.put(name, letter, supersede=True)


def dead_letters(workspace: Workspace, client: str) -> list[DeadLetter]:
    """What could not be scored or read so far, with the reasons."""
    store, name = _store(workspace, client)
    return store.find(name, DeadLetter)


def draw(
    workspace: Workspace,
    client: str,
    id: str,
    *,
    method: Method,
    size: int,
    seed: int,
    who: str,
    by: Sequence[str] = ("agent",),
    each: int = 0,
    label: str = "",
    people: Sequence[str] = (),
) -> tuple[Sample, DrawnSample]:
    """Draw a sample of contacts that wait for a person, keep it under its id, and spread it over people.

    Args:
        workspace: The data folder.
        client: Whose contacts.
        id: A name for the sample; one that is taken with other contacts is refused.
        method: How to draw.
        size: Contacts in all.
        seed: The same seed draws the same contacts.
        who: Who draws.
        by: Strata.
        each: Contacts for every agent at least; 0: no quota.
        label: For `targeted`: the gravest finding that the contacts have.
        people: Reviewers; none: nobody is assigned.

    Raises:
        ConflictError: The id is taken.
        InputError: A wrong size, stratum or method; or no name.
    """
    if not who.strip() or not id.strip():
        raise InputError("sample: it needs a name, and the name of who draws it")
    store, name = _store(workspace, client)
    cases = store.cases(name, {"status": WAITING, **({"gravest": label} if label else {})})
    quotas = dict.fromkeys(sorted({case.agent for case in cases} - {""}), each) if each else None
    ways: dict[str, Callable[[], Sample]] = {
        "random": lambda: sampling.random_sample(cases, size, seed=seed, quotas=quotas),
        "stratified": lambda: sampling.stratified_sample(cases, size, by=by, seed=seed, quotas=quotas),
        "risk": lambda: sampling.risk_sample(cases, size, seed=seed),
        "targeted": lambda: sampling.targeted_sample(cases, size, seed=seed),
    }
    if method not in ways:
        raise InputError(f"sample: the method is one of {', '.join(ways)}")
    sample = ways[method]()
    load = {one.who: one.in_hand for one in workload(workspace, client)}
    shares = queues.assign(sample.cases, people, in_hand=load) if people else {}
    kept = sampling.DrawnSample(
        id.strip(),
        method,
        seed,
        tuple(case.contact for case in sample.cases),
        sample.out_of,
        who.strip(),
        datetime.now(UTC),
        {person: tuple(case.contact for case in share) for person, share in shares.items()},
    )
    store.put(name, kept)
    return sample, kept


# -- reports and exports ----------------------------------------------------------------------


def report(workspace: Workspace, client: str, choice: Choice | None = None) -> TeamReport:
    """A team, or one agent, over a period.

    Raises:
        NotFoundError: No such scorecard or sample, or several scorecards and no name.
    """
    wanted = choice or Choice()
    store, name = _store(workspace, client)
    return team_report(
        store,
        name,
        _versions(workspace, name, wanted.scorecard),
        period=wanted.period,
        agent=wanted.agent,
        contacts=_contacts(store, name, wanted),
        fewest=FEWEST if veil_of(workspace, name).on else 0,
    )


def chosen(workspace: Workspace, client: str, choice: Choice) -> list[Dossier]:
    """The evaluations of a choice with what belongs to them, in the order of their contacts' days.

    Raises:
        InputError: One agent is asked for, and the client works in works-council mode.
    """
    veil = veil_of(workspace, client)
    veil.refuse(choice.agent)
    return [
        replace(one, transcript=veil.over(one.transcript), evaluation=veil.over(one.evaluation))
        for one in _found(workspace, client, choice)
    ]


def _found(workspace: Workspace, client: str, choice: Choice, *, counted: bool = False) -> list[Dossier]:
    store, name = _store(workspace, client)
    where: dict[str, Wanted] = {**choice.period.condition}
    if not choice.contact or choice.scorecard:
        where["scorecard"] = tuple(card.id for card in _versions(workspace, name, choice.scorecard))
    if choice.agent:
        where["agent"] = choice.agent
    if counted:
        where["status"] = COUNTED
    contacts = _contacts(store, name, choice)
    if contacts is not None:
        where["contact"] = contacts
    ids = [case.evaluation for case in store.cases(name, where, order=("day", "contact")) if case.evaluation]
    return dossiers(store, name, [store.get(name, Evaluation, id) for id in ids])


def export(
    workspace: Workspace, client: str, format: Format, choice: Choice | None = None
) -> list[tuple[str, bytes]]:
    """Files to write: name and content.

    `csv` and `xlsx` give one file of all evaluations. `html` and `pdf` give the report of the team or
    agent, or of one contact when the choice names one. `connect` and `vcon` give one file a contact.

    Raises:
        InputError: No such format.
        NotFoundError: Nothing to export.
    """
    wanted = choice or Choice()
    if format not in FORMATS:
        raise InputError(f"export: the format is one of {', '.join(FORMATS)}")
    shown = workspace.knowledge_base(client).profile.name or client
    if format in ("html", "pdf") and not wanted.contact:
        whole = report(workspace, client, wanted)
        page = (
            exports.team_html(whole, client=shown).encode()
            if format == "html"
            else exports.team_pdf(whole, client=shown)
        )
        return [(f"{safe_name(whole.scorecard)}-report.{format}", page)]
    found = chosen(workspace, client, wanted)
    if not found:
        raise NotFoundError("export: no evaluation fits; score contacts first, or choose others")
    if format == "csv":
        return [("evaluations.csv", exports.long_csv(found).encode())]
    if format == "xlsx":
        return [("evaluations.xlsx", exports.wide_xlsx(found, report(workspace, client, wanted)))]
    return _named_apart([_of_one(workspace, client, format, dossier, shown) for dossier in found])


def coaching(
    workspace: Workspace, client: str, agent: str, choice: Choice | None = None
) -> exports.CoachingSheet:
    """The coaching sheet of an agent, from evaluations that a person stands behind.

    Raises:
        NotFoundError: There is none.
    """
    store, name = _store(workspace, client)
    found = _found(workspace, client, replace(choice or Choice(), agent=agent), counted=True)
    if not found:
        raise NotFoundError(f"coaching: agent {agent} has no confirmed evaluation in this choice")
    return exports.coaching_sheet(agent, found, store.find(name, CoachingNote))


def pin_note(
    workspace: Workspace,
    client: str,
    contact: str,
    turn: int,
    text: str,
    *,
    who: str,
    before: str = "",
    after: str = "",
) -> CoachingNote:
    """Pin a coach's note to a turn (from 1), with an example before and after.

    Raises:
        InputError: No text, no name, or no such turn.
        NotFoundError: No such contact.
    """
    store, name = _store(workspace, client)
    if not text.strip() or not who.strip():
        raise InputError("note: it needs words, and the name of who writes it")
    turns = len(store.get(name, Transcript, contact).turns)
    if not 1 <= turn <= turns:
        raise InputError(f"note: contact {contact} has turns 1 to {turns}")
    note = CoachingNote(contact, turn - 1, text.strip(), who.strip(), datetime.now(UTC), before, after)
    store.put(name, note)
    return note


def uses_of_cards(workspace: Workspace, client: str, transcript: Transcript) -> list[CardUse]:
    """What became of the copilot's cards in a contact; nothing where the client has switched it off."""
    store, name = _store(workspace, client)
    if not workspace.knowledge_base(client).profile.card_use or veil_of(workspace, client).on:
        return []
    try:
        return card_uses(transcript, store.get(name, ShownCards, transcript.id))
    except NotFoundError:
        return []


def _of_one(
    workspace: Workspace, client: str, format: Format, dossier: Dossier, shown: str
) -> tuple[str, bytes]:
    stem = safe_name(dossier.evaluation.id)
    if format == "connect":
        return f"{stem}.json", exports.connect_json(dossier).encode()
    if format == "vcon":
        return f"{stem}.vcon.json", exports.vcon_json(dossier).encode()
    cards = uses_of_cards(workspace, client, dossier.transcript)
    if format == "html":
        return f"{stem}.html", exports.contact_html(dossier, client=shown, cards=cards).encode()
    return f"{stem}.pdf", exports.contact_pdf(dossier, client=shown, cards=cards)


def _store(workspace: Workspace, client: str) -> tuple[Store, str]:
    kb = workspace.knowledge_base(client)
    return kb.store, kb.client


def _versions(workspace: Workspace, client: str, name: str) -> list[Scorecard]:
    newest = workspace.scorecard(client, name or None)
    return [card for card in workspace.scorecards(client) if card.name == newest.name]


def _contacts(store: Store, client: str, choice: Choice) -> tuple[str, ...] | None:
    """None where the choice names none; a sample that turned out empty is no contact, not every one."""
    if choice.contact:
        return (choice.contact,)
    return store.get(client, sampling.DrawnSample, choice.sample).contacts if choice.sample else None


def _named_apart(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Files whose names differ also where case does not count: ids that differ may make equal names."""
    taken: set[str] = set()
    apart = []
    for name, content in files:
        stem, dot, ending = name.rpartition(".")
        other, number = name, 2
        while other.casefold() in taken:
            other, number = f"{stem}-{number}{dot}{ending}", number + 1
        taken.add(other.casefold())
        apart.append((other, content))
    return apart


def safe_name(id: str) -> str:
    """An id as part of a file's name: no path, no reserved sign, not too long."""
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in id).strip(".")[:80] or "export"
