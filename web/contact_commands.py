"""Commands that play, check, read and score contacts."""

# No `from __future__ import annotations`: typer reads the annotations.
from pathlib import Path
from typing import Annotated

import typer

from web.command_options import Client, ColumnsOption, Data, EncoderName, Json, opened

Contacts = Annotated[
    str, typer.Argument(help="A transcript file, a folder of them, or - for standard input.")
]
Card = Annotated[
    str | None,
    typer.Option("--scorecard", help="A scorecard file, or a published one by name; else the only one."),
]


def suggest(
    context: typer.Context,
    client: Client,
    contact: Contacts,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Play a contact turn by turn and show what the agent would have seen."""
    from web import commands

    workspace, terminal = opened(context, data, encoder, json=json)
    commands.suggest(workspace, terminal, client, contact)


def check(
    context: typer.Context,
    client: Client,
    draft: Annotated[str, typer.Argument(help="The reply, or - for standard input.")],
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Check a draft reply before it is sent."""
    from web import commands

    workspace, terminal = opened(context, data, encoder, json=json)
    commands.check(workspace, terminal, client, draft)


def analyse(
    context: typer.Context,
    client: Client,
    contacts: Contacts,
    columns: ColumnsOption = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Find heavy scripting, tone, brand, privacy and disclosure findings in contacts."""
    from web import commands

    workspace, terminal = opened(context, data, encoder, json=json)
    commands.analyse(workspace, terminal, client, contacts, columns=columns)


def score(
    context: typer.Context,
    client: Client,
    contacts: Annotated[
        str | None, typer.Argument(help="A transcript file, a folder of them, or - for standard input.")
    ] = None,
    scorecard: Card = None,
    columns: ColumnsOption = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make the stored evaluations again and compare the bytes.")
    ] = False,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Hold contacts against a scorecard, criterion by criterion; or check the stored scores."""
    from web import commands

    workspace, terminal = opened(context, data, encoder, json=json)
    if verify:
        raise typer.Exit(0 if commands.verify(workspace, terminal, client) else 1)
    if contacts is None:
        raise typer.BadParameter("name the contacts, or say --verify", param_hint="CONTACTS")
    commands.score(workspace, terminal, client, contacts, scorecard=scorecard, columns=columns)


def batch(
    context: typer.Context,
    client: Client,
    folder: Annotated[Path, typer.Argument(help="A folder of transcripts.")],
    scorecard: Card = None,
    columns: ColumnsOption = None,
    processes: Annotated[int | None, typer.Option(help="How many; one per core for large folders.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write a JSON line per contact here.")] = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Score a folder of contacts in several processes and keep the results."""
    from web import commands

    workspace, terminal = opened(context, data, encoder, json=json)
    commands.batch(
        workspace,
        terminal,
        client,
        folder,
        scorecard=scorecard,
        columns=columns,
        processes=processes,
        encoder=encoder,
        out=out,
    )
