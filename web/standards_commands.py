"""The QA lead's commands: scorecards, calibration, agreement and trust. `app.py` registers them."""

# No `from __future__ import annotations`: typer reads the annotations.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import InputError
from web.command_options import CardName, Client, Data, EncoderName, Json, Who, opened

if TYPE_CHECKING:
    from qa.agreement import AgreementReport, Estimate
    from qa.linting import Lint
    from web.terminal import Terminal

CardFile = Annotated[Path, typer.Argument(help="A scorecard file.")]


def lint(
    context: typer.Context,
    scorecard: CardFile,
    client: Annotated[str | None, typer.Option(help="Also hold it against this client's documents.")] = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Say what is wrong with a scorecard before it is published; exit code 1 for an error."""
    from web import standards

    workspace = opened(context, data, encoder, json=json)[0] if client is not None else None
    terminal = context.obj.terminal(json)
    card, found = standards.lint_file(workspace, client, scorecard)
    if json:
        terminal.json(found)
    else:
        _lints(terminal, scorecard.name, found)
        terminal.say(f"{card.id}: {len(found)} to look at" if found else f"{card.id}: nothing to mend")
    if any(one.level == "error" for one in found):
        raise typer.Exit(1)


def publish(
    context: typer.Context,
    client: Client,
    scorecard: CardFile,
    new_version: Annotated[
        bool, typer.Option("--new-version", help="Fork a version although only words changed.")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Say what would happen; store nothing.")] = False,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Publish a scorecard: a new version when its meaning changed, else new wording of the old one."""
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    done, found = standards.publish(workspace, client, scorecard, new_version=new_version, dry=dry)
    if json:
        terminal.json({"publication": done, "lint": found})
        return
    _lints(terminal, scorecard.name, found)
    words = {
        "first": f"{done.card.id} is published",
        "unchanged": f"{done.card.id} is published already, word for word",
        "wording": f"{done.card.id} keeps its version: only wording changed (wording {done.card.wording})",
        "meaning": f"{done.card.id} is a new version: what a score means changed since {done.before}",
    }[done.change]
    terminal.say(f"would be: {words}" if dry else words)
    if done.differences:
        terminal.say("changed: " + ", ".join(done.differences))


def dry_run(
    context: typer.Context,
    client: Client,
    scorecard: CardFile,
    contacts: Annotated[
        Path | None, typer.Argument(help="A folder of past contacts; else the stored ones.")
    ] = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Show how often each answer of a scorecard would have fallen on past contacts; nothing is stored."""
    from qa import Scorecard, read_transcripts
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    past = None if contacts is None else read_transcripts(contacts, client=client)
    with terminal.progress("scoring") as progress:
        made = standards.try_out(workspace, client, Scorecard.load(scorecard), past, progress=progress)
    if json:
        terminal.json(made)
        return
    rows = [
        (
            one.criterion,
            *(
                str(count)
                for count in (one.met, one.not_met, one.not_applicable, one.unscored, one.auto_fails)
            ),
            one.note or ", ".join(f"{value} {count}" for value, count in one.values),
        )
        for one in made.answers
    ]
    terminal.rows(("criterion", "met", "not met", "n/a", "unscored", "auto-fail", "note"), rows)
    spread = " / ".join(
        "-" if one is None else f"{one:.0%}" for one in (made.lowest, made.median, made.highest)
    )
    terminal.say(
        f"{made.contacts} evaluations: {made.passed} would pass, {made.auto_failed} auto-fail; "
        f"lowest, median, highest score {spread}"
    )


def calibrate(
    context: typer.Context,
    client: Client,
    session: Annotated[str, typer.Argument(help="The calibration's id, of your choice.")],
    who: Who,
    contact: Annotated[
        list[str] | None, typer.Option(help="Contacts to score (opens it); with --answer the one answered.")
    ] = None,
    rater: Annotated[
        list[str] | None, typer.Option(help="People who score them; opens the calibration.")
    ] = None,
    answer: Annotated[list[str] | None, typer.Option(help="REF=ANSWER: REASON, one per criterion.")] = None,
    card: CardName = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Open a calibration (--rater), hand in your answers blind (--answer), or see what you may see."""
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    if rater:
        made = standards.calibrate(workspace, client, session, contact or [], rater, who=who, scorecard=card)
        terminal.json(made) if json else terminal.say(
            f"calibration {made.id} on {made.scorecard}: {len(made.contacts)} contacts, "
            f"{len(made.raters)} raters"
        )
        return
    if answer:
        from web.given_answers import corrections

        if contact is None or len(contact) != 1:
            raise InputError("calibrate: name the one contact that the answers are for with --contact")
        opened_one = standards.show_calibration(workspace, client, session, who=who).calibration
        given = corrections(workspace.scorecard(client, opened_one.scorecard), answer)
        handed = standards.answer_calibration(workspace, client, session, contact[0], given, who=who)
        terminal.json(handed) if json else terminal.say(
            f"{len(handed.answers)} answers for {contact[0]} are in"
        )
        return
    view = standards.show_calibration(workspace, client, session, who=who)
    if json:
        terminal.json(view)
        return
    for name, left in view.waiting.items():
        terminal.say(f"{name}: " + (f"{len(left)} contacts to answer" if left else "all in"))
    if view.report is None:
        terminal.say("Others' answers are shown when yours are all in.")
    else:
        _agreement(terminal, view.report)


def agreement(
    context: typer.Context,
    client: Client,
    card: CardName = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """How far people and the machine agree: blind answers only, with intervals, per language and site."""
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    report = standards.agreement_of(workspace, client, scorecard=card)
    terminal.json(report) if json else _agreement(terminal, report)


def adopt(
    context: typer.Context,
    client: Client,
    criterion: Annotated[str, typer.Argument(help="Ref of the criterion.")],
    words: Annotated[str, typer.Argument(help="What was agreed on.")],
    who: Who,
    session: Annotated[str, typer.Option(help="The calibration in which it was.")] = "",
    card: CardName = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Add what people agreed on to a criterion's guideline: new wording, the same version."""
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    done = standards.adopt_guideline(
        workspace, client, criterion, words, who=who, session=session, scorecard=card
    )
    terminal.json(done) if json else terminal.say(
        f"{done.card.id}: guideline of {criterion} extended (wording {done.card.wording})"
    )


def trust(
    context: typer.Context,
    client: Client,
    card: CardName = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """How far the machine's answers can be trusted: overrides with reasons, drift, blind agreement."""
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    report = standards.trust_of(workspace, client, scorecard=card)
    if json:
        terminal.json(report)
        return
    rows = []
    for one in report.criteria:
        told = one.overridden
        changed = "-" if told is None else f"{told.count} of {told.of} ({told.low:.0%}-{told.high:.0%})"
        rows.append((one.criterion, changed, _shown(one.blind.kappa if one.blind else None), one.drift))
    terminal.rows(("criterion", "overridden", "kappa with people", "drift"), rows)
    for one in report.criteria:
        for case in one.cases:
            terminal.say(f"  {one.criterion}: {case.before} → {case.after}, {case.who}: {case.reason}")
    terminal.say(
        f"{report.scorecard}: {report.confirmed} confirmed, {report.blind_contacts} contacts answered blind. "
        "An answer left unchanged is no agreement."
    )


def import_scores(
    context: typer.Context,
    client: Client,
    table: Annotated[Path, typer.Argument(help="A CSV file: a row per contact, or a row per answer.")],
    rater: Annotated[str, typer.Option(help="Who scored, where no column says.")] = "",
    card: CardName = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Take in past scores that people gave; bad rows are listed with their line and stop no other."""
    from web import standards

    workspace, terminal = opened(context, data, encoder, json=json)
    read, unknown = standards.import_scores(workspace, client, table, scorecard=card, rater=rater)
    if json:
        terminal.json({"read": read, "unknown_contacts": unknown})
    else:
        terminal.say(
            f"{len(read.answers)} scored contacts ({read.shape}), {len(read.rejected)} rows rejected"
        )
        for row in read.rejected:
            terminal.say(f"  line {row.line}: {row.reason}", style="yellow")
        if read.unmatched:
            terminal.warn("columns that are no criterion: " + ", ".join(map(str, read.unmatched)))
        if unknown:
            terminal.warn(f"{len(unknown)} of these contacts are not stored here yet")
    if not read.answers:
        raise typer.Exit(1)


def _lints(terminal: "Terminal", name: str, found: list["Lint"]) -> None:
    for one in found:
        where = f"{name}, line {one.line}" if one.line is not None else name
        style = "red" if one.level == "error" else "yellow"
        terminal.say(f"{where}: {one.ref or 'scorecard'}: {one.message} ({one.code})", style=style)


def _agreement(terminal: "Terminal", report: "AgreementReport") -> None:
    rows = [
        (
            one.criterion,
            one.group,
            str(one.contacts),
            "-" if one.same is None else f"{one.same:.0%}",
            _shown(one.kappa),
            _shown(one.alpha),
            _shown(one.people),
        )
        for one in report.rows
    ]
    columns = ("criterion", "group", "contacts", "same", "kappa", "alpha", "alpha, people")
    terminal.rows(columns, rows)
    for one in report.disagreements:
        said = "; ".join(
            f"{who}: {answer}" + (f" ({why})" if why else "") for who, answer, why in one.answers
        )
        terminal.say(f"  {one.contact} {one.criterion}: {said}")
    terminal.say(f"{report.scorecard}: {report.contacts} contacts answered by two or more")


def _shown(estimate: "Estimate | None") -> str:
    if estimate is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"
