"""Composition root and command line: the only place that reads settings.

`unscripted demo` shows everything; `unscripted --help` lists the commands.
Exit codes: 0 fine, 1 an error that the message explains, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import UnscriptedError
from web import (
    configuration_command,
    contact_commands,
    evidence_command,
    facts_commands,
    people_commands,
    qa_commands,
    replay_commands,
    report_commands,
    safety_commands,
    standards_commands,
)
from web.command_options import (
    AbandonedAfter,
    Client,
    Data,
    EncoderName,
    GeneratorModel,
    GeneratorUrl,
    Json,
    LocalGenerator,
    Opening,
    PublicUrl,
    Rates,
    RerankerName,
    TwilioTokens,
    Who,
)
from web.safety_commands import Anchor, Limits, limits_from, scheduled

if TYPE_CHECKING:
    from models.ports import Reranker
    from web.terminal import Terminal
    from web.workspace import Workspace

cli = typer.Typer(
    name="unscripted",
    help="Agent copilot and QA scorer for outsourced contact centres.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Port = Annotated[int, typer.Option(help="Port of the pages and the API.")]


@cli.command()
def demo(
    data: Data = None,
    encoder: EncoderName = "default",
    serve_after: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the pages when the tour is over.")
    ] = True,
    port: Port = 7860,
) -> None:
    """Ingest two example clients, play a live contact, score the contacts, serve the pages."""
    from web.commands import run_demo, run_server

    workspace = _workspace(data or _data_folder() / "demo", encoder)
    run_demo(workspace, _examples_folder(), _terminal())
    if serve_after:
        run_server(workspace, _terminal(), host="127.0.0.1", port=port, demo=True)


@cli.command()
def ingest(
    client: Client,
    path: Annotated[Path, typer.Argument(help="A folder of documents (with client.yaml) or a file.")],
    data: Data = None,
    encoder: EncoderName = "default",
    scorecard: Annotated[Path | None, typer.Option(help="Also publish this scorecard file.")] = None,
    json: Json = False,
) -> None:
    """Read a client's documents (a folder or a file); a scorecard is published with --scorecard."""
    from web import commands

    commands.ingest(_workspace(data, encoder), _terminal(json), client, path, scorecard=scorecard)


@cli.command()
def search(
    client: Client,
    query: Annotated[str, typer.Argument(help="The question, in anybody's words.")],
    limit: Annotated[int, typer.Option(help="Most passages to show.")] = 5,
    data: Data = None,
    encoder: EncoderName = "default",
    reranker: RerankerName = "none",
    json: Json = False,
) -> None:
    """Find the client's passages that answer a question."""
    from models.encoders import open_encoder
    from web import search_command

    folder, opened = data or _data_folder(), open_encoder(encoder)
    search_command.search(
        folder, opened, _terminal(json), client, query, limit=limit, reranker=_reranker(reranker)
    )


cli.command()(contact_commands.suggest)
cli.command()(contact_commands.check)
cli.command()(contact_commands.analyse)
cli.command()(contact_commands.score)
cli.command()(contact_commands.batch)


@cli.command()
def serve(
    data: Data = None,
    encoder: EncoderName = "default",
    reranker: RerankerName = "none",
    host: str = "127.0.0.1",
    port: int = 7860,
    at_most: Limits = "",
    anchor: Anchor = None,
    frame: Annotated[
        list[str] | None,
        typer.Option(envvar="UNSCRIPTED_FRAMES", help="An origin that may show the pages in a frame."),
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(envvar="UNSCRIPTED_ORIGINS", help="An origin whose scripts may call REST with a key."),
    ] = None,
    rates: Rates = "",
    twilio_token: TwilioTokens = None,
    public_url: PublicUrl = "",
    abandoned_after: AbandonedAfter = 12.0,
    generator: LocalGenerator = "",
    generator_url: GeneratorUrl = "",
    generator_model: GeneratorModel = "",
) -> None:
    """Serve the agent panel, the review desk, the admin page and the REST API; every hour, retention runs."""
    from web.commands import run_server
    from web.generation import offered

    workspace = _workspace(data, encoder, reranker)
    workspace.retention_limits = limits_from(at_most)
    workspace.live.abandoned_after = timedelta(hours=abandoned_after)
    key = os.environ.get("UNSCRIPTED_GENERATOR_KEY", "")
    workspace.generation = offered(generator, generator_url, generator_model, key)
    with scheduled(workspace.folder, at_most, anchor):
        run_server(
            workspace,
            _terminal(),
            host=host,
            port=port,
            demo=False,
            frames=frame or (),
            origins=origin or (),
            rates=rates,
            twilio_tokens=twilio_token or (),
            public_url=public_url,
        )


@cli.command()
def keys(
    issue: Annotated[str | None, typer.Option(help="Make a key for this person; it is shown once.")] = None,
    role: Annotated[str, typer.Option(help="agent, qa, admin, or feed for telephony.")] = "agent",
    client: Annotated[str | None, typer.Option(help="The one client the key is for.")] = None,
    days: Annotated[
        int | None, typer.Option(help="How long the key lasts; without it, until revoked.")
    ] = None,
    revoke: Annotated[str | None, typer.Option(help="Close the door to the key with this prefix.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make, list and revoke the keys by which people and programs sign in."""
    from web import key_commands

    folder, terminal = data or _data_folder(), _terminal(json)
    if issue is not None and client is not None:
        key_commands.issue_key(folder, terminal, issue, role, client, days=days)
    elif issue is not None:
        raise typer.BadParameter("a key is for one client: say --client", param_hint="--issue")
    elif revoke is not None:
        key_commands.revoke_key(folder, terminal, revoke)
    else:
        key_commands.list_keys(folder, terminal)


@cli.command()
def learn(
    client: Client,
    path: Annotated[
        Path | None, typer.Argument(help="A folder of past contacts; else the stored ones.")
    ] = None,
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Mine stock phrases from past contacts, and see how scripted these usually are."""
    from web import phrase_commands

    phrase_commands.learn(_workspace(data, encoder), _terminal(json), client, path)


@cli.command()
def phrases(
    client: Client,
    approve: Annotated[list[str] | None, typer.Option(help="Take this phrase into the script.")] = None,
    reject: Annotated[list[str] | None, typer.Option(help="Never show this phrase again.")] = None,
    who: Who = "",
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Show the stock phrases that were mined; approve or reject them."""
    from web import phrase_commands

    phrase_commands.phrases(
        _workspace(data, encoder),
        _terminal(json),
        client,
        approve=approve or [],
        reject=reject or [],
        who=who,
    )


@cli.command()
def cards(client: Client, data: Data = None, encoder: EncoderName = "default", json: Json = False) -> None:
    """Show which cards help: shown, used, copied, dismissed; and what the material does not answer."""
    from web import panel_use

    panel_use.cards(_workspace(data, encoder), _terminal(json), client)


@cli.command()
def doctor(data: Data = None, json: Json = False) -> None:
    """Say what is installed, what is missing and what to do about it."""
    from web import commands

    sound = commands.doctor(data or _data_folder(), _terminal(json))
    raise typer.Exit(0 if sound else 1)


cli.command()(facts_commands.facts)
cli.command()(qa_commands.review)
cli.command()(qa_commands.dispute)
cli.command("import-form")(qa_commands.import_form)
cli.command()(standards_commands.lint)
cli.command()(standards_commands.publish)
cli.command("dry-run")(standards_commands.dry_run)
cli.command()(standards_commands.calibrate)
cli.command()(standards_commands.agreement)
cli.command()(standards_commands.adopt)
cli.command()(standards_commands.trust)
cli.command("import-scores")(standards_commands.import_scores)
cli.command()(report_commands.queue)
cli.command()(report_commands.sample)
cli.command()(report_commands.report)
cli.command()(report_commands.export)
cli.command()(report_commands.coach)
cli.command()(replay_commands.replay)
cli.command()(replay_commands.webhooks)
cli.command()(safety_commands.erase)
cli.command()(safety_commands.hold)
cli.command()(safety_commands.retention)
cli.command()(safety_commands.audit)
cli.command()(safety_commands.backup)
cli.command()(safety_commands.restore)
cli.command()(configuration_command.configuration)
cli.command()(evidence_command.evidence)
cli.add_typer(
    people_commands.people_commands(lambda data: data or _data_folder(), lambda json: _terminal(json)),  # noqa: PLW0108 - made further down
    name="people",
)


@cli.callback()
def opening(context: typer.Context) -> None:
    """Say how commands open a data folder and a terminal."""
    context.obj = Opening(_workspace, _terminal, lambda data: data or _data_folder())


def main() -> None:
    """Run the command line."""
    try:
        cli()
    except UnscriptedError as problem:
        typer.echo(f"error: {problem}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _workspace(data: Path | None, encoder: str, reranker: str = "none") -> Workspace:
    from models.encoders import open_encoder
    from web.workspace import Workspace

    return Workspace(data or _data_folder(), encoder=open_encoder(encoder), reranker=_reranker(reranker))


def _reranker(setting: str) -> Reranker | None:
    if setting == "none":
        return None
    from models.reranking import open_reranker

    return open_reranker(setting)


def _terminal(json: bool = False) -> Terminal:
    from web.terminal import Terminal

    return Terminal(as_json=json)


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("unscripted", appauthor=False)


def _examples_folder() -> Path:
    beside = Path(__file__).parent / "examples"
    return (
        beside if beside.is_dir() else Path(sysconfig.get_path("data")) / "share" / "unscripted" / "examples"
    )


if __name__ == "__main__":
    main()
