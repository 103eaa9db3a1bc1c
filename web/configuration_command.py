"""`unscripted configuration`: what is set for a client, in words for a works council or an auditor."""

# No `from __future__ import annotations`: typer reads the annotations.
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from models.errors import InputError
from web.command_options import Client, Data, opened

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from storage.sqlite import SqliteStore
    from web.workspace import Workspace

_CHANGES = ("settings.", "scorecard.", "document.", "proposal.", "key.", "people.", "person.", "retention.")
_MOST_CHANGES = 200
_NEVER = (
    "sound: pitch, loudness, pauses and pace of a voice are not read; text alone comes in",
    "feelings: no label names one, of agents or customers; a finding is words, with the rule they met",
    "typing: how fast or when an agent types is not recorded",
    "rankings that act: a score is a draft until a named person confirms it, and nothing follows by itself",
)


def configuration(
    context: typer.Context,
    client: Client,
    out: Annotated[Path | None, typer.Option(help="Write it to this file (Markdown).")] = None,
    data: Data = None,
) -> None:
    """Print what is set for a client: what is analysed, shown, scored and kept, and who changed it when."""
    workspace, terminal = opened(context, data, "hashing", json=False)
    text = "\n".join(configuration_lines(workspace, client)) + "\n"
    if out is None:
        terminal.say(text)
        return
    if out.exists():
        raise InputError(f"{out}: exists; name another file")
    out.write_text(text, "utf-8")
    terminal.say(f"written to {out}")


def configuration_lines(workspace: "Workspace", client: str) -> Iterator[str]:
    """The configuration as lines of Markdown.

    Raises:
        NotFoundError: No such client.
    """
    from knowledge_base.protection import FEWEST, protection_of
    from qa.disputes import rules_for

    kb = workspace.knowledge_base(client)
    profile = kb.profile
    protection = protection_of(profile)
    council = protection.works_council

    def switch(on: bool) -> str:  # noqa: FBT001 - yes or no is all it says
        return "on" if on else "off"

    yield f"# Configuration of {profile.name or kb.client}"
    yield ""
    yield "## Protection of agents"
    yield f"- Works-council mode: {switch(council)}"
    shown = "as pseudonyms" if council else "by name"
    yield f"- Reviewers see agents: {shown}; agents see their own confirmed scores, and may object"
    fewest = f"from {FEWEST} agents and {FEWEST} contacts on" if council else "whatever their number"
    yield f"- Figures of teams: {fewest}"
    single = not council and profile.extra.get("per_agent") is not False
    yield f"- Figures of single agents: {switch(single)}; rankings of agents on pages: off"
    yield f"- What became of the copilot's cards, beside findings: {switch(profile.card_use and not council)}"
    rest = "kept without a score" if protection.others == "keep" else "taken away after a day"
    sampled = f"{protection.sample:.0%} of ended contacts, drawn by chance; the others are {rest}"
    yield f"- Scored by itself: {'every ended contact' if protection.sample >= 1 else sampled}"
    yield ""
    yield "## Never read"
    yield from (f"- {one}" for one in _NEVER)
    yield ""
    yield "## Scorecards"
    cards = {card.name: card for card in workspace.scorecards(kb.client)}
    if not cards:
        yield "None is published: nothing is scored."
    for card in cards.values():
        rules = rules_for(card, profile.extra)
        yield f"### {card.title} ({card.id})"
        yield f"Agents may object within {rules.days} days; decided by {rules.resolved_by}."
        yield ""
        for criterion in card.criteria:
            fails = "" if criterion.auto_fail == "none" else f", fails the {criterion.auto_fail}"
            yield f"- {criterion.question} (weight {criterion.weight:g}{fails})"
    yield ""
    yield from _kept(workspace, kb)
    yield from _changed(workspace, kb.client)


def _kept(workspace: "Workspace", kb: "KnowledgeBase") -> Iterator[str]:
    from storage.retention import days_of

    yield "## How long it is kept"
    # The store of a workspace is in files; the port does not say so.
    store = cast("SqliteStore", kb.store)
    days = days_of(store, kb.client, workspace.retention_limits)
    yield from (f"- {kind.replace('_', ' ')}: {count} days" for kind, count in days.items())
    yield ""
    yield "## Documents"
    documents = kb.documents(all_dates=True)
    yield f"{len(documents)} documents; publishing: {_said(kb.profile.extra.get('publishing'))}."
    yield f"A generator that words cards: {_said(kb.profile.extra.get('generator'))}."
    yield ""


def _changed(workspace: "Workspace", client: str) -> Iterator[str]:
    yield "## Changes"
    changes = [event for event in workspace.audit.events(client) if event.action.startswith(_CHANGES)]
    yield f"From the audit, newest first: {len(changes)} in all."
    for event in changes[:_MOST_CHANGES]:
        after, who = f" ({event.after})" if event.after else "", event.who or "the system"
        yield f"- {event.at:%Y-%m-%d %H:%M} UTC: {event.action} {event.of}{after}, {who}"


def _said(value: object) -> str:
    """A setting in words; the default when there is none."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    return "as by default" if value is None else str(value).lower()
