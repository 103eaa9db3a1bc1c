"""`unscripted replay` and `unscripted webhooks`."""

# No `from __future__ import annotations`: typer reads the annotations.
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from models.errors import InputError
from models.records import Turn
from web.command_options import Data, Json, Opening

if TYPE_CHECKING:
    from web.shapes_out import HeardOut
    from web.terminal import Terminal

_DEMO_AGENT = "Demo Agent"
_KEY_FOR = timedelta(hours=1)


def replay(
    context: typer.Context,
    contact: Annotated[str, typer.Argument(help="A transcript file of any known format.")],
    speed: Annotated[float, typer.Option(help="How many times faster than it was.")] = 1.0,
    url: Annotated[str, typer.Option(help="The running server.")] = "http://127.0.0.1:7860",
    key: Annotated[
        str,
        typer.Option(
            envvar="UNSCRIPTED_KEY",
            help="An agent's or admin's key; without it one is made in the data folder and closed again.",
        ),
    ] = "",
    client: Annotated[str, typer.Option(help="Whose contact, where no key says it.")] = "",
    agent: Annotated[str, typer.Option(help=f"Whose contact it is; else {_DEMO_AGENT}.")] = "",
    live_id: Annotated[
        str, typer.Option("--as", help="Id of the live contact; else made of the file's.")
    ] = "",
    partials: Annotated[
        bool, typer.Option("--partials", help="Also send what a recogniser gives before it is sure.")
    ] = False,
    end: Annotated[bool, typer.Option("--end", help="End the contact afterwards; show the wrap-up.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Play a transcript file into a running server as a live contact; print what the copilot says."""
    from qa.readers import read_transcripts
    from web.connection import Connection
    from web.replay import play

    opening: Opening = context.obj
    terminal = opening.terminal(json)
    with _key(opening, key, Path(contact), client, agent, data) as opened, Connection(url, opened) as server:
        me = server.me()
        (transcript, *more) = read_transcripts(Path(contact), client=me.client)
        if more:
            raise InputError(f"{contact}: holds {len(more) + 1} contacts; replay takes a file with one")
        id = live_id or f"replay-{transcript.id}"
        said: list[dict[str, object]] = []
        if not json:
            terminal.say(f"playing at {url}/agent/?contact={id}", style="bold")
        whose = agent or None if me.role == "admin" else None
        play(server, id, transcript, speed=speed, partials=partials, agent=whose, told=_Told(terminal, said))
        wrap_up = server.end(id) if end else None
        if json:
            terminal.json({"contact": id, "said": said, "wrap_up": wrap_up})
            return
        terminal.disclosures((server.view(id) if wrap_up is None else wrap_up).disclosures)
        if wrap_up is not None:
            terminal.wrap_up(wrap_up)


def webhooks(
    context: typer.Context,
    action: Annotated[
        Literal["list", "add", "remove", "test"], typer.Argument(help="list, add, remove or test.")
    ] = "list",
    what: Annotated[str, typer.Argument(help="An address to add; an id to remove or test.")] = "",
    client: Annotated[str, typer.Option(help="Of add: whose events.")] = "",
    event: Annotated[
        list[str] | None, typer.Option(help="Of add: only this kind of event; may be repeated.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Of add: the address may be of a private network.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Set the addresses that are told, signed, what happened to contacts and evaluations."""
    from web import webhook_commands

    opening: Opening = context.obj
    folder, terminal = opening.folder(data), opening.terminal(json)
    if action == "list":
        webhook_commands.show(folder, terminal)
        return
    if not what:
        raise typer.BadParameter(f"say which to {action}", param_hint="WHAT")
    if action == "add":
        if not client:
            raise typer.BadParameter("an address is told of one client: say --client", param_hint="--client")
        webhook_commands.add(folder, terminal, client, what, events=event or [], private=private)
    elif action == "remove":
        webhook_commands.remove(folder, terminal, what)
    elif not webhook_commands.test(folder, terminal, what):
        raise typer.Exit(1)


@contextmanager
def _key(opening: Opening, key: str, file: Path, client: str, agent: str, data: Path | None) -> Iterator[str]:
    """The key that was given, or one for an hour for whoever may write the data folder."""
    from storage import open_store
    from storage.access import AccessKeys

    if key:
        yield key
        return
    folder = opening.folder(data)
    if data is None and not open_store(folder).clients():
        folder /= "demo"
    known = open_store(folder).clients()
    fitting = [one for one in known if one == client] if client else known if len(known) == 1 else []
    fitting = fitting or [one for one in known if not client and one == file.stem]
    if not fitting:
        raise InputError(
            f"replay: say --client ({', '.join(known) or 'the data folder has none'}), or give --key"
        )
    keys = AccessKeys(folder)
    made = keys.issue(agent or _DEMO_AGENT, "agent", fitting[0], expires=datetime.now(UTC) + _KEY_FOR)
    try:
        yield made
    finally:
        keys.revoke(made.split("_")[1])


class _Told:
    """Prints each turn and what the copilot said to it."""

    def __init__(self, terminal: "Terminal", said: list[dict[str, object]]) -> None:
        self._terminal = terminal
        self._said = said
        self._alerts = 0

    def __call__(self, number: int, turn: Turn, heard: "HeardOut") -> None:
        """One turn."""
        fresh = heard.alerts[self._alerts :]
        self._alerts = len(heard.alerts)
        if self._terminal.as_json:
            self._said.append({"turn": number, "suggestions": heard.suggestions, "alerts": fresh})
            return
        self._terminal.turn(number, turn)
        for alert in fresh:
            self._terminal.say(f"      alert: {alert.label}", style="yellow")
        for suggestion in heard.suggestions:
            self._terminal.suggestion(suggestion)
