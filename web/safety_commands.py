"""`unscripted erase`, `hold`, `retention`, `audit`, `backup` and `restore`."""

# No `from __future__ import annotations`: typer reads the annotations.
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from models.errors import InputError
from web.command_options import Client, Data, EncoderName, Json, Who, opened

Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit.")]
Passphrase = Annotated[
    str,
    typer.Option(
        "--passphrase", envvar="UNSCRIPTED_BACKUP_PASSPHRASE", help="Seal it; best given by the environment."
    ),
]
Limits = Annotated[
    str,
    typer.Option(
        "--at-most", envvar="UNSCRIPTED_RETENTION", help="Most days by kind: transcripts=90,scores=365."
    ),
]
Anchor = Annotated[
    Path | None,
    typer.Option(
        "--anchor", envvar="UNSCRIPTED_AUDIT_ANCHOR", help="File outside that the audit's heads go to."
    ),
]


def erase(
    context: typer.Context,
    client: Client,
    contact: Annotated[str, typer.Option("--contact", help="The id of a contact.")] = "",
    person: Annotated[
        str, typer.Option("--person", help="An agent or reviewer by name, a customer by their reference.")
    ] = "",
    everything: Annotated[bool, typer.Option("--everything", help="The client with all it has.")] = False,
    who: Who = "",
    reason: Reason = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Erase a contact, a person or a client, everywhere, and print a certificate of it."""
    from models.codec import to_plain
    from storage import open_store, orders

    workspace, terminal = opened(context, data, "hashing", json=json)
    store = open_store(workspace.folder)
    certificate = orders.erase(
        store,
        workspace.audit,
        workspace.folder,
        client,
        contact=contact,
        person=person,
        whole_client=everything,
        who=who,
        reason=reason,
    )
    if json:
        terminal.json(to_plain(certificate))
        return
    terminal.say(f"erased: {certificate.what} {certificate.of}", style="bold")
    terminal.say(f"by {certificate.by} at {certificate.at:%Y-%m-%d %H:%M:%S} UTC; {certificate.reason}")
    lines = [(kind, str(count), "gone") for kind, count in sorted(certificate.records.items())]
    lines += [(kind, str(count), "stays, without it") for kind, count in sorted(certificate.changed.items())]
    lines += [(name, str(count), "gone") for name, count in sorted(certificate.files.items())]
    lines.append(("audit", str(certificate.audit_words), "words gone, events stay"))
    terminal.rows(("where", "how many", "what became of it"), lines)
    for place in certificate.backups_told:
        terminal.say(f"backups in {place} forget it when they are restored")
    for words in certificate.to_do:
        terminal.warn(words)


def hold(
    context: typer.Context,
    client: Client,
    contact: Annotated[str, typer.Option("--contact", help="Only this contact; else everything.")] = "",
    release: Annotated[bool, typer.Option("--release", help="Take the hold back.")] = False,
    who: Who = "",
    reason: Reason = "",
    data: Data = None,
) -> None:
    """Keep a contact, or all of a client, from being erased, for a legal reason."""
    from storage import open_store, orders

    workspace, terminal = opened(context, data, "hashing", json=False)
    store = open_store(workspace.folder)
    if release:
        orders.release(store, client, contact, who=who, audit=workspace.audit)
    else:
        orders.hold(store, client, contact, who=who, reason=reason, audit=workspace.audit)
    terminal.say(f"{contact or client}: {'released' if release else 'held'}")


def retention(
    context: typer.Context,
    action: Annotated[str, typer.Argument(help="show or run.")] = "show",
    client: Annotated[str | None, typer.Option("--client", help="Only this client.")] = None,
    at_most: Limits = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Show how long each client's records are kept, or take away what has had its time."""
    from models.codec import to_plain
    from storage import open_store
    from storage import retention as keeping

    if action not in ("show", "run"):
        raise typer.BadParameter("say show or run", param_hint="ACTION")
    workspace, terminal = opened(context, data, "hashing", json=json)
    store, limits = open_store(workspace.folder), limits_from(at_most)
    clients = [client] if client else store.clients()
    if action == "show":
        days = {one: keeping.days_of(store, one, limits) for one in clients}
        if json:
            terminal.json(days)
        else:
            rows = [(one, *(str(count) for count in own.values())) for one, own in days.items()]
            terminal.rows(("client", *keeping.DEFAULT_DAYS), rows)
        return
    done = [keeping.run(store, workspace.audit, one, limits=limits) for one in clients]
    if json:
        terminal.json([to_plain(one) for one in done])
        return
    for one in done:
        gone = ", ".join(f"{count} {kind}" for kind, count in sorted(one.gone.items())) or "nothing"
        held = f"; {one.held} held" if one.held else ""
        terminal.say(f"{one.client}: {gone} gone{held}")


def audit(
    context: typer.Context,
    action: Annotated[str, typer.Argument(help="show, verify or anchor.")] = "show",
    client: Annotated[str | None, typer.Option("--client", help="Only this client.")] = None,
    limit: Annotated[int, typer.Option(help="Most events to show.")] = 50,
    anchor: Anchor = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show who did what, check that nobody changed it, or write the chains' heads outside."""
    from models.codec import to_plain

    if action not in ("show", "verify", "anchor"):
        raise typer.BadParameter("say show, verify or anchor", param_hint="ACTION")
    workspace, terminal = opened(context, data, "hashing", json=json)
    clients = [client] if client else workspace.clients()
    if action == "anchor":
        terminal.say(f"{workspace.audit.anchor(anchor)} heads written")
    elif action == "show":
        events = {one: workspace.audit.events(one, limit=limit) for one in clients}
        if json:
            terminal.json({one: [to_plain(event) for event in found] for one, found in events.items()})
            return
        for one, found in events.items():
            terminal.title(one)
            terminal.rows(
                ("number", "at", "who", "action", "of", "reason"),
                [
                    (str(e.number), f"{e.at:%Y-%m-%d %H:%M:%S}", e.who, e.action, e.of, e.reason or e.after)
                    for e in found
                ],
            )
    else:
        broken = [fault for name in clients for fault in workspace.audit.verify(name, anchor=anchor)]
        if json:
            terminal.json([to_plain(fault) for fault in broken])
        for fault in () if json else broken:
            terminal.say(f"{fault.client}, event {fault.number}: {fault.what}", style="red")
        if not json and not broken:
            terminal.say(f"{len(clients)} chains hold", style="green")
        raise typer.Exit(1 if broken else 0)


def backup(
    context: typer.Context,
    into: Annotated[Path, typer.Argument(help="The folder that backups go to.")],
    passphrase: Passphrase = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Copy the whole data folder into one file, while it is in use."""
    from storage.backup import check_backup, make_backup

    workspace, terminal = opened(context, data, "hashing", json=json)
    made = make_backup(workspace.folder, into, passphrase=passphrase)
    check_backup(made.path, passphrase=passphrase)
    for client in workspace.clients():
        workspace.audit.note(client, who="system", action="backup.make", of=made.path.name)
    if json:
        terminal.json(
            {"path": str(made.path), "files": made.files, "bytes": made.bytes, "sealed": made.sealed}
        )
        return
    terminal.say(f"{made.path}: {made.files} files, {made.bytes:,} bytes, read again and whole")
    if not made.sealed:
        terminal.warn("It is not sealed: whoever has the file can read it. Give a passphrase to seal it.")


def restore(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The backup.")],
    into: Annotated[Path, typer.Argument(help="The data folder to make; new or empty.")],
    passphrase: Passphrase = "",
    erasures: Annotated[
        Path | None, typer.Option(help="erasures.jsonl of the folder that was lost, if you have it.")
    ] = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Make a data folder from a backup; what was erased since is forgotten again."""
    from storage.restore import restore_backup

    done = restore_backup(path, into, passphrase=passphrase, erasures=erasures)
    workspace, terminal = opened(context, into, encoder, json=json)
    for client in done.clients:
        workspace.audit.note(client, who="system", action="backup.restore", of=path.name)
        workspace.search(client, "hello", limit=1)
    if json:
        terminal.json(
            {
                "folder": str(done.folder),
                "made_at": done.made_at.isoformat(),
                "clients": list(done.clients),
                "files": done.files,
                "erasures": done.erasures,
                "told_by": list(done.told_by),
            }
        )
        return
    terminal.say(f"{into}: {len(done.clients)} clients as of {done.made_at:%Y-%m-%d %H:%M:%S} UTC")
    if done.told_by:
        terminal.say(f"{done.erasures} erasures from after the backup were carried out again")
    else:
        terminal.warn(
            "No erasures.jsonl lay with the backup: what was erased since is back. Give --erasures."
        )


@contextmanager
def scheduled(folder: Path, at_most: str, anchor: Path | None) -> Iterator[None]:
    """While a server runs: retention and the audit's heads, once now and then every hour."""
    from web.safety_schedule import Schedule

    schedule = Schedule(folder, limits=limits_from(at_most), anchor=anchor).start()
    try:
        yield
    finally:
        schedule.stop()


def limits_from(said: str) -> dict[str, int]:
    """`transcripts=90,scores=365` as numbers.

    Raises:
        InputError: Something else.
    """
    found = {}
    for part in filter(None, (one.strip() for one in said.split(","))):
        name, _, days = part.partition("=")
        if not days.strip().isdecimal():
            raise InputError("retention: write the limits as transcripts=90,scores=365")
        found[name.strip()] = int(days)
    return found
