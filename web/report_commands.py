"""Queue, samples, reports, exports and coaching on the command line. `app.py` registers them."""

# No `from __future__ import annotations`: typer reads the annotations.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import InputError
from web.command_options import Client, Data, EncoderName, Json, Who, opened
from web.key_commands import PROMPT

if TYPE_CHECKING:
    from qa.reports import TeamReport
    from qa.statistics import Estimate
    from web.reporting import Choice
    from web.terminal import Terminal

CardName = Annotated[
    str, typer.Option("--scorecard", help="A published scorecard, by name; all its versions.")
]
First = Annotated[str, typer.Option("--from", help="First day, 2026-03-01.")]
Last = Annotated[str, typer.Option("--to", help="Last day, 2026-03-31.")]
Agent = Annotated[str, typer.Option(help="Only this agent.")]
SampleName = Annotated[str, typer.Option("--sample", help="Only the contacts of a sample that was drawn.")]
Out = Annotated[Path | None, typer.Option(help="A file, or a folder for several; it must not be there yet.")]


def queue(
    context: typer.Context,
    client: Client,
    limit: Annotated[int, typer.Option(min=1, help="Contacts to list.")] = 20,
    agent: Agent = "",
    claim: Annotated[str, typer.Option(help="A contact to take in hand, with --who.")] = "",
    release: Annotated[str, typer.Option(help="A contact to put back, with --who.")] = "",
    who: Who = "",
    minutes: Annotated[int, typer.Option(min=1, max=720, help="How long a claim holds.")] = 30,
    load: Annotated[bool, typer.Option("--workload", help="Who has how many in hand.")] = False,
    dead: Annotated[bool, typer.Option("--dead", help="What could not be read or scored, and why.")] = False,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """List the contacts that wait for a person, riskiest first; take one in hand or put it back."""
    from models.label_names import named
    from web import reporting
    from web.veil import veil_of

    workspace, terminal = opened(context, data, encoder, json=json)
    if claim:
        taken = reporting.claim(workspace, client, claim, who=who, minutes=minutes)
        terminal.json(taken) if json else terminal.say(
            f"{taken.id} is {taken.who}'s until {taken.until:%H:%M %Z}"
        )
    elif release:
        back = reporting.release(workspace, client, release, who=who)
        terminal.json(back) if json else terminal.say("put back" if back else f"{who} did not have it")
    elif dead:
        letters = reporting.dead_letters(workspace, client)
        if json:
            terminal.json(letters)
        else:
            terminal.rows(("contact or file", "why"), [(one.transcript, one.reason) for one in letters])
    elif load:
        loads = reporting.workload(workspace, client)
        if json:
            terminal.json(loads)
        else:
            terminal.rows(
                ("who", "in hand", "oldest"),
                [(one.who, str(one.in_hand), f"{one.oldest:%Y-%m-%d %H:%M}") for one in loads],
            )
    else:
        veil = veil_of(workspace, client)
        veil.refuse(agent)
        where = {"agent": agent} if agent else {}
        items = [veil.over(one) for one in workspace.queue(client, where, limit=limit)]
        if json:
            terminal.json({"total": workspace.queue_size(client), "items": items})
        else:
            terminal.rows(
                ("contact", "agent", "state", "why", "in hand"),
                [(i.contact, i.agent, i.status, named(i.why), i.claimed_by) for i in items],
            )


def sample(
    context: typer.Context,
    client: Client,
    name: Annotated[str, typer.Argument(help="What to keep the sample under.")],
    size: Annotated[int, typer.Option(min=1, help="Contacts in all.")] = 10,
    method: Annotated[str, typer.Option(help="random, stratified, risk or targeted.")] = "random",
    seed: Annotated[int, typer.Option(help="The same seed draws the same contacts.")] = 1,
    by: Annotated[str, typer.Option(help="Strata, such as agent,channel.")] = "agent",
    each: Annotated[int, typer.Option(min=0, help="Contacts of every agent at least.")] = 0,
    label: Annotated[str, typer.Option(help="Targeted: the gravest finding they have.")] = "",
    assign: Annotated[str, typer.Option(help="Reviewers, such as Ada,Ben.")] = "",
    who: Who = "",
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Draw contacts to review: by chance with a seed, by strata, by risk, or on purpose."""
    from web import reporting
    from web.veil import veil_of

    workspace, terminal = opened(context, data, encoder, json=json)
    drawn, kept = reporting.draw(
        workspace,
        client,
        name,
        method=method,  # type: ignore[arg-type]
        size=size,
        seed=seed,
        who=who,
        by=_listed(by),
        each=each,
        label=label,
        people=_listed(assign),
    )
    if json:
        terminal.json(kept)
        return
    veil = veil_of(workspace, client)
    whose = {contact: person for person, own in kept.assigned.items() for contact in own}
    terminal.rows(
        ("contact", "agent", "reviewer"),
        [(case.contact, veil.name(case.agent), whose.get(case.contact, "")) for case in drawn.cases],
    )
    terminal.say(f"{len(drawn.cases)} of {drawn.out_of} contacts, {method}, seed {seed}")
    for person, missing in drawn.short.items():
        terminal.warn(f"agent {person}: {missing} fewer than asked for, there are no more")
    if not drawn.fair:
        terminal.warn("chosen on purpose: these contacts find trouble, their average says nothing")


def report(
    context: typer.Context,
    client: Client,
    card: CardName = "",
    first: First = "",
    last: Last = "",
    agent: Agent = "",
    sample: SampleName = "",
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """What the confirmed evaluations of a team or agent say, and how surely."""
    from web import reporting

    workspace, terminal = opened(context, data, encoder, json=json)
    found = reporting.report(workspace, client, _choice(card, first, last, agent, sample))
    terminal.json(found) if json else _print(terminal, found)


def export(
    context: typer.Context,
    client: Client,
    format: Annotated[str, typer.Option(help="csv, xlsx, html, pdf, connect or vcon.")] = "csv",
    out: Out = None,
    contact: Annotated[str, typer.Option(help="Only this contact.")] = "",
    card: CardName = "",
    first: First = "",
    last: Last = "",
    agent: Agent = "",
    sample: SampleName = "",
    data: Data = None,
    encoder: EncoderName = "default",
) -> None:
    """Write evaluations as tables, pages, papers, or in the shape of other systems."""
    from dataclasses import replace

    from web import reporting

    workspace, terminal = opened(context, data, encoder, json=False)
    choice = replace(_choice(card, first, last, agent, sample), contact=contact)
    files = reporting.export(workspace, client, format, choice)  # type: ignore[arg-type]
    workspace.audit.note(client, who=PROMPT, action="export.make", of=format, after=f"{len(files)} files")
    for path in _write(files, out):
        terminal.say(str(path))


def coach(
    context: typer.Context,
    client: Client,
    agent: Annotated[str, typer.Argument(help="The agent to talk with.")],
    out: Out = None,
    card: CardName = "",
    first: First = "",
    last: Last = "",
    contact: Annotated[str, typer.Option(help="Pin a note to a turn of this contact.")] = "",
    turn: Annotated[int, typer.Option(min=1, help="The turn, from 1.")] = 1,
    note: Annotated[str, typer.Option(help="The note.")] = "",
    before: Annotated[str, typer.Option(help="What was said.")] = "",
    after: Annotated[str, typer.Option(help="How it could be said.")] = "",
    who: Who = "",
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Write one coaching sheet from confirmed evaluations, or pin a note to a turn."""
    from qa.exports import coaching_html
    from web import reporting

    workspace, terminal = opened(context, data, encoder, json=json)
    if note or contact:
        pinned = reporting.pin_note(
            workspace, client, contact, turn, note, who=who, before=before, after=after
        )
        terminal.json(pinned) if json else terminal.say(f"note pinned to turn {turn} of {contact}")
        return
    sheet = reporting.coaching(workspace, client, agent, _choice(card, first, last, "", ""))
    if json:
        terminal.json(sheet)
        return
    page = coaching_html(sheet, client=workspace.knowledge_base(client).profile.name or client)
    for path in _write([(f"coaching-{reporting.safe_name(agent)}.html", page.encode())], out):
        terminal.say(str(path))


def _choice(card: str, first: str, last: str, agent: str, sample: str) -> "Choice":
    from qa.reports import Period
    from web.reporting import Choice

    return Choice(scorecard=card, period=Period(first, last), agent=agent, sample=sample)


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _write(files: list[tuple[str, bytes]], out: Path | None) -> list[Path]:
    """One file under the name that was asked for, several into a folder; nothing is written over."""
    into = out is not None and (out.is_dir() or len(files) > 1 or not out.suffix)
    try:
        if out is not None and into:
            out.mkdir(parents=True, exist_ok=True)
        folder = out if out is not None and into else Path()
        paths = [out] if out is not None and not into else [folder / name for name, _ in files]
        for path in paths:
            if path.exists():
                raise InputError(f"{path}: exists; name another file")
        for path, (_, content) in zip(paths, files, strict=True):
            # Made first, so that no link is followed; what people said is for its owner alone.
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(content)
    except FileExistsError as problem:
        raise InputError(f"{problem.filename}: exists; name another file") from None
    except OSError as problem:
        raise InputError(f"{out or '.'}: cannot be written ({problem.strerror})") from problem
    return paths


def _print(terminal: "Terminal", found: "TeamReport") -> None:
    terminal.title(f"{found.title}: {found.period}{f', agent {found.agent}' if found.agent else ''}")
    terminal.say(
        f"{found.counted} evaluations count; left out: {found.drafts} drafts, {found.disputed} disputed; "
        f"{found.unscored} contacts are not scored"
    )
    rates = {"mean score": found.score, "passed": found.passed}
    rates |= {f"{name}-critical met": rate for name, rate in found.copc.items()}
    terminal.rows(
        ("what", "value", "95 % interval", "n"), [(name, *_shown(rate)) for name, rate in rates.items()]
    )
    if found.withheld:
        terminal.say("fewer than five agents or contacts: nothing is told of them in works-council mode")
    if found.agents:
        terminal.rows(
            ("agent", "mean", "95 % interval", "n", "rank", "against the team"),
            [
                (one.agent, *_shown(one.observed), f"{one.best_rank}-{one.worst_rank}", one.against_team)
                for one in found.agents
            ],
        )
    terminal.rows(
        ("criterion", "not met", "95 % interval", "answered"),
        [(rate.criterion, *_shown(rate.share)) for rate in found.failures],
    )
    terminal.rows(
        ("finding", "in contacts", "95 % interval", "of"),
        [(one.label, *_shown(one.contacts)) for one in found.labels],
    )
    terminal.say(f"by week: {found.trend.direction}")
    if found.csat is not None:
        rank = found.csat
        terminal.say(f"score and customer rating: {rank.value:.2f} ({rank.low:.2f} to {rank.high:.2f})")


def _shown(estimate: "Estimate") -> tuple[str, str, str]:
    if estimate.value is None:
        return "-", "-", "0"
    return f"{estimate.value:.1%}", f"{estimate.low:.1%} to {estimate.high:.1%}", str(estimate.n)
