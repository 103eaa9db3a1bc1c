"""The QA lead's commands: reviews and disputes of evaluations. `app.py` registers them."""

# No `from __future__ import annotations`: typer reads the annotations.
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import InputError
from web.command_options import Client, Data, EncoderName, Json, Who, opened

if TYPE_CHECKING:
    from models.records import Evaluation
    from qa.reviews import Correction
    from web.terminal import Terminal
    from web.workspace import Workspace

EvaluationId = Annotated[str | None, typer.Argument(help="The evaluation; without it, all are listed.")]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", help="REF=ANSWER: REASON. yes, no, na, or the value that the criterion takes."),
]


def review(
    context: typer.Context,
    client: Client,
    evaluation: EvaluationId = None,
    who: Who = "",
    answer: Answers = None,
    acknowledge: Annotated[
        bool, typer.Option("--acknowledge", help="The agent has seen it; changes no answer.")
    ] = False,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """List evaluations, show one with its history, or confirm it under a name with --who."""
    from web import desk

    workspace, terminal = opened(context, data, encoder, json=json)
    if evaluation is None:
        _list(workspace, terminal, client)
    elif not who:
        if answer or acknowledge:
            raise InputError("review: say who does this with --who")
        _show(workspace, terminal, client, evaluation)
    elif acknowledge:
        _said(terminal, _shown(workspace, client, desk.acknowledge(workspace, client, evaluation, who=who)))
    else:
        given = _corrections(workspace, client, evaluation, answer or [])
        _said(terminal, _shown(workspace, client, desk.review(workspace, client, evaluation, given, who=who)))


def dispute(
    context: typer.Context,
    client: Client,
    what: Annotated[
        str | None,
        typer.Argument(help="An evaluation to dispute, or a dispute to settle; without it, a list."),
    ] = None,
    who: Who = "",
    criterion: Annotated[str, typer.Option(help="The answer objected to; opens a dispute.")] = "",
    reason: Annotated[str, typer.Option(help="Why: of the objection, or of the decision.")] = "",
    turn: Annotated[
        list[int] | None, typer.Option(help="A turn, from 1, that the objection rests on.")
    ] = None,
    take_up: Annotated[bool, typer.Option("--take-up", help="Say that you look into it.")] = False,
    uphold: Annotated[bool, typer.Option("--uphold", help="The answer stands.")] = False,
    change: Annotated[
        str, typer.Option(help="ANSWER: another one takes its place (yes, no, na or a value).")
    ] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="By the one who opened it.")] = False,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """List disputes, open one, take it up, or settle it by another person than the one who confirmed."""
    from web import dispute_desk

    workspace, terminal = opened(context, data, encoder, json=json)
    if what is None:
        _disputes(workspace, terminal, client)
        return
    if sum(map(bool, (criterion, take_up, uphold, change, withdraw))) != 1:
        raise InputError("dispute: say one of --criterion, --take-up, --uphold, --change, --withdraw")
    if criterion:
        from web.given_answers import evidence_of

        spans = evidence_of(workspace, client, what, turn or [])
        made = dispute_desk.dispute(
            workspace, client, what, criterion, who=who, reason=reason, evidence=spans
        )
        terminal.json(made) if json else terminal.say(f"dispute {made.id} is open")
    elif take_up:
        view = dispute_desk.take_up_dispute(workspace, client, what, who=who)
        terminal.json(view) if json else terminal.say(f"dispute {what} is {view.state}")
    else:
        state = "upheld" if uphold else "withdrawn" if withdraw else "changed"
        correction = _change(workspace, client, what, change, reason) if change else None
        settled = dispute_desk.settle_dispute(
            workspace,
            client,
            what,
            state,  # type: ignore[arg-type]
            who=who,
            reason=reason,
            correction=correction,
        )
        _said(terminal, settled)


def import_form(
    context: typer.Context,
    form: Annotated[Path, typer.Argument(help="An evaluation form of Amazon Connect or Genesys, as JSON.")],
    out: Annotated[Path | None, typer.Option(help="Write the scorecard here; else it is printed.")] = None,
    json: Json = False,
) -> None:
    """Turn another product's evaluation form into a scorecard file, and say what a person should look at."""
    from qa.card_writing import to_yaml
    from qa.forms import read_form

    terminal = context.obj.terminal(json)
    read = read_form(form)
    if out is not None:
        if out.exists():
            raise InputError(f"{out}: exists; name another file")
        out.write_text(to_yaml(read.scorecard), "utf-8")
    if json:
        terminal.json(read)
        return
    if out is None:
        terminal.say(to_yaml(read.scorecard).rstrip())
    for note in read.notes:
        terminal.warn(note)


def _list(workspace: "Workspace", terminal: "Terminal", client: str) -> None:
    from models.records import Evaluation
    from web.terminal import score_line

    kb = workspace.knowledge_base(client)
    found = [_shown(workspace, client, one) for one in kb.store.find(kb.client, Evaluation)]
    if terminal.as_json:
        terminal.json(found)
        return
    for one in found:
        terminal.say(f"{one.id}  {one.agent or '-'}  {one.scorecard}  {score_line(one)}")
    if not found:
        terminal.say("No evaluations yet; score contacts with `unscripted batch`.")


def _shown(workspace: "Workspace", client: str, evaluation: "Evaluation") -> "Evaluation":
    """As reviewers see it: in works-council mode without the agent's name."""
    from web.veil import veil_of

    return veil_of(workspace, client).over(evaluation)


def _show(workspace: "Workspace", terminal: "Terminal", client: str, id: str) -> None:
    from models.records import Dispute, DisputeStep, Evaluation, Review
    from web import desk

    kb = workspace.knowledge_base(client)
    evaluation = _shown(workspace, client, kb.store.get(kb.client, Evaluation, id))
    steps = desk.history(workspace, client, id)
    if terminal.as_json:
        terminal.json({"evaluation": evaluation, "history": steps})
        return
    terminal.evaluation(evaluation)
    for one in steps:
        if isinstance(one, Review):
            words = f"answered {one.criterion}: {one.outcome}" if one.criterion else "confirmed"
        elif isinstance(one, Dispute):
            words = f"disputed {one.criterion}"
        elif isinstance(one, DisputeStep):
            words = f"dispute {one.state}"
        else:
            words = f"{one.before} → {one.after}"
        terminal.say(
            f"{one.at:%Y-%m-%d %H:%M} UTC  {one.who}  {words}" + (f": {one.reason}" if one.reason else "")
        )


def _said(terminal: "Terminal", evaluation: object) -> None:
    from models.records import Evaluation
    from web.terminal import score_line

    assert isinstance(evaluation, Evaluation)
    if terminal.as_json:
        terminal.json(evaluation)
    else:
        terminal.say(f"{evaluation.id}: {score_line(evaluation)}")


def _disputes(workspace: "Workspace", terminal: "Terminal", client: str) -> None:
    from web import dispute_desk

    found = dispute_desk.disputes(workspace, client)
    if terminal.as_json:
        terminal.json(found)
        return
    for view in found:
        one = view.dispute
        terminal.say(f"{one.id}  {view.state}  {one.criterion}  {one.who}: {one.reason}")
    if not found:
        terminal.say("No disputes.")


def _corrections(
    workspace: "Workspace", client: str, evaluation: str, written: list[str]
) -> list["Correction"]:
    from models.records import Evaluation
    from web.given_answers import corrections

    kb = workspace.knowledge_base(client)
    found = kb.store.get(kb.client, Evaluation, evaluation)
    return corrections(workspace.scorecard(client, found.scorecard), written)


def _change(workspace: "Workspace", client: str, dispute: str, answer: str, reason: str) -> "Correction":
    from models.records import Dispute

    kb = workspace.knowledge_base(client)
    found = kb.store.get(kb.client, Dispute, dispute)
    written = f"{found.criterion}={answer}: {reason}"
    return _corrections(workspace, client, found.evaluation, [written])[0]
