"""`unscripted people`: who signs in with a password, and what they may do, from the command line."""

# No `from __future__ import annotations`: typer reads the annotations.
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import InputError, NotFoundError
from storage.access import Role
from storage.people_rows import ROLES
from web.command_options import Data, Json

if TYPE_CHECKING:
    from storage.people import People
    from web.terminal import Terminal

Login = Annotated[str, typer.Argument(help="E-mail or user name.")]
Address = Annotated[str, typer.Option("--address", help="Where the pages are; put before the link.")]
_ADDRESS = "http://127.0.0.1:7860"
_BY = "command line"


def people_commands(
    folder: Callable[[Path | None], Path], terminal: Callable[[bool], "Terminal"]
) -> typer.Typer:
    """The commands, for a way to find the data folder and to print."""
    commands = typer.Typer(
        help="Make, list and change the people who sign in with a password.", no_args_is_help=True
    )

    @commands.command("add")
    def add(
        login: Login,
        name: Annotated[str, typer.Option(help="As colleagues read it; else the login.")] = "",
        owner: Annotated[bool, typer.Option("--owner", help="May make clients, people and grants.")] = False,
        language: Annotated[str, typer.Option(help="Of the pages: en, nl, de, es or nb.")] = "",
        address: Address = _ADDRESS,
        data: Data = None,
        json: Json = False,
    ) -> None:
        """Make a person, and print the one-time link by which they choose a password."""
        known, where = _people(folder(data))
        person = known.add(login, name or login, owner=owner, language=language)
        _note(where, "person.add", person.id)
        _print_link(terminal(json), address, known.link(person.id), person.name)

    @commands.command("list")
    def listed(data: Data = None, json: Json = False) -> None:
        """Everybody, and for whom they may act."""
        known, _ = _people(folder(data))
        found, out = known.list(), terminal(json)
        if json:
            out.json(found)
            return
        rows = [
            (one.login, one.name, _state(one), ", ".join(f"{g.client}: {g.role}" for g in one.grants) or "–")
            for one in found
        ]
        out.rows(("login", "name", "state", "grants"), rows)
        if not found:
            out.say("Nobody yet: unscripted people add ada@example.com --name Ada --owner")

    @commands.command("grant")
    def grant(
        login: Login,
        client: Annotated[str, typer.Argument(help="The client's name.")],
        role: Annotated[str, typer.Option(help="agent, qa or admin.")] = "agent",
        data: Data = None,
    ) -> None:
        """Let a person act in a role for a client."""
        from storage import open_store
        from storage.names import client_key

        known, where = _people(folder(data))
        names = {client_key(one): one for one in open_store(where).clients()}
        if client_key(client) not in names:
            raise NotFoundError(f"client {client}: is not in this data folder; ingest its documents first")
        person = known.find(login)
        known.grant(person.id, names[client_key(client)], _role(role), by=_BY)
        _note(where, "grant.give", person.id, client=names[client_key(client)], after=role)
        terminal(False).say(f"{person.name}: may act as {role} for {names[client_key(client)]}")

    @commands.command("revoke")
    def revoke(
        login: Login,
        client: Annotated[
            str | None, typer.Argument(help="The client; without it, the person is put out.")
        ] = None,
        role: Annotated[str | None, typer.Option(help="Only this role; else every role there.")] = None,
        data: Data = None,
    ) -> None:
        """Take a grant back, or put a person out. Their web sessions end at once."""
        known, where = _people(folder(data))
        person = known.find(login)
        if client is None:
            known.set_active(person.id, active=False)
            _note(where, "person.put_out", person.id)
            terminal(False).say(f"{person.name}: put out")
            return
        known.revoke(person.id, client, _role(role) if role is not None else None)
        _note(where, "grant.revoke", person.id, client=client, before=role or "every role")
        terminal(False).say(f"{person.name}: no longer {role or 'anything'} for {client}")

    @commands.command("reset")
    def reset(login: Login, address: Address = _ADDRESS, data: Data = None, json: Json = False) -> None:
        """Take a password away, end the web sessions, print a link for a new one. Lets in who was put out."""
        known, where = _people(folder(data))
        person = known.find(login)
        if not person.active:
            known.set_active(person.id, active=True)
        token = known.reset(person.id)
        _note(where, "person.reset", person.id)
        _print_link(terminal(json), address, token, person.name)

    return commands


def first_link(folder: Path, terminal: "Terminal", *, host: str, port: int) -> None:
    """Where nobody can make clients and people yet: the link by which the first owner sets a password."""
    known, _ = _people(folder)
    if known.has_owner():
        return
    terminal.say("nobody owns this data folder yet; this link makes its first owner, once, within a day:")
    terminal.say(f"  http://{host}:{port}/welcome?token={known.link(None)}", style="bold")


def _people(folder: Path) -> "tuple[People, Path]":
    from storage.people import People

    return People(folder), folder


def _note(folder: Path, action: str, of: str, *, client: str = "", **words: str) -> None:
    from storage.audit import AuditTrail
    from web.sign_in import SERVER

    AuditTrail(folder).note(client or SERVER, who=_BY, action=action, of=of, **words)


def _role(written: str) -> Role:
    if written not in ROLES:
        raise InputError(f"grant: the role must be one of {', '.join(ROLES)}")
    return written


def _state(person: Any) -> str:
    state = "put out" if not person.active else "active" if person.has_password else "no password yet"
    return f"{state}, owner" if person.owner else state


def _print_link(terminal: "Terminal", address: str, token: str, name: str) -> None:
    link = f"{address.rstrip('/')}/welcome?token={token}"
    if terminal.as_json:
        terminal.json({"name": name, "link": link})
    else:
        terminal.say(link, style="bold")
        terminal.warn(
            f"This link sets the password of {name}. It works once, within a day; hand it over yourself."
        )
