"""`unscripted facts`: what was compiled from a client's documents, for a person to decide on."""

# No `from __future__ import annotations`: typer reads the annotations.
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import InputError
from web.command_options import Client, Data, EncoderName, Json, Who, opened

if TYPE_CHECKING:
    from knowledge_base.facts import Fact


def facts(
    context: typer.Context,
    client: Client,
    document: Annotated[str | None, typer.Option(help="Only of this document.")] = None,
    approve: Annotated[
        list[str] | None, typer.Option(help="Say that this fact is right; may be repeated.")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option(help="Never use this fact again; may be repeated.")
    ] = None,
    who: Who = "",
    data: Data = None,
    encoder: EncoderName = "default",
    json: Json = False,
) -> None:
    """Show the facts compiled from a client's policies and answers; approve or reject them."""
    from datetime import UTC, datetime

    from knowledge_base.facts import decide, facts_of

    workspace, terminal = opened(context, data, encoder, json=json)
    kb = workspace.knowledge_base(client)
    chosen = [*(approve or ()), *(reject or ())]
    if both := set(approve or ()) & set(reject or ()):
        raise InputError(f"fact {min(both)}: is both approved and rejected; say one")
    if chosen and not who.strip():
        raise InputError("facts: a decision needs a name; say who with --who")
    now = datetime.now(UTC)
    if approve:
        decide(kb, approve, "approved", who=who, at=now)
    if reject:
        decide(kb, reject, "rejected", who=who, at=now)
    shown = facts_of(kb, document=document)
    if chosen:
        shown = [fact for fact in facts_of(kb, all_dates=True) if fact.id in chosen]
    if json:
        terminal.json([plain(fact) for fact in shown])
        return
    terminal.rows(("fact", "state", "says", "words", "document"), [_row(fact) for fact in shown])
    counts = {
        state: sum(fact.state == state for fact in shown) for state in ("proposed", "approved", "rejected")
    }
    terminal.say(f"{len(shown)} facts: " + ", ".join(f"{count} {state}" for state, count in counts.items()))


def plain(fact: "Fact") -> dict[str, Any]:
    """A fact for machines."""
    passage, one = fact.passage, fact.frame.quantity
    return {
        "id": fact.id,
        "state": fact.state,
        "by": fact.by,
        "at": fact.at,
        "words": fact.text,
        "says": fact.value,
        "kind": fact.frame.kind,
        "denies": fact.frame.denies,
        "dimension": one.dimension if one else None,
        "comparator": one.comparator if one else None,
        "document": passage.document,
        "version": passage.version,
        "section": fact.section,
        "passage": passage.id,
        "effective_from": passage.effective_from,
        "effective_until": passage.effective_until,
    }


def _row(fact: "Fact") -> tuple[str, ...]:
    passage = fact.passage
    version = f" v{passage.version}" if passage.version else ""
    who = f"{fact.state}\n{fact.by}, {fact.at[:10]}" if fact.by else fact.state
    return fact.id, who, fact.value, fact.text, f"{passage.document}{version}\n{fact.section}"
