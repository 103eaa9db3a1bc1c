"""Stock phrases from the command line: learned from past contacts, judged by a named person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import InputError
from models.records import MinedPhrase, Transcript
from qa.phrases import decide, in_order
from qa.readers import read_transcripts

if TYPE_CHECKING:
    from web.terminal import Terminal
    from web.workspace import Workspace

_LESS = 30


def learn(workspace: Workspace, terminal: Terminal, client: str, path: Path | None) -> None:
    """Mine stock phrases and the usual scriptedness from past contacts, and keep both.

    Raises:
        NotFoundError: No such client.
        InputError: There are no contacts to learn from.
    """
    kb = workspace.knowledge_base(client)
    past: Sequence[Transcript]
    if path is None:
        past = workspace.transcripts(client)
    else:
        from models.redaction import redact

        # What is learned is kept, and words that people said often are its content.
        past = [redact(one) for one in read_transcripts(path, client=kb.client)]
    if not past:
        raise InputError("learn: there are no past contacts; score some first, or name a folder of them")
    analyser = workspace.analyser(client)
    analyser.learn(past)
    phrases = analyser.keep()
    if terminal.as_json:
        terminal.json({"contacts": len(past), "usual": analyser.usual, "phrases": phrases})
        return
    proposed = sum(phrase.state == "proposed" for phrase in phrases)
    terminal.say(f"{len(past)} contacts read; {proposed} stock phrases wait for a person's decision.")
    for usual in analyser.usual:
        terminal.say(
            f"{'all reasons' if usual.id == 'any' else usual.id}: {usual.contacts} contacts, "
            f"scriptedness {usual.scriptedness[50]:.0f} in the middle, nine in ten at most "
            f"{usual.scriptedness[90]:.0f}"
        )
    if not analyser.usual:
        terminal.warn(f"fewer than {_LESS} contacts are long enough: no percentile yet")
    if proposed:
        terminal.say(f"See them: unscripted phrases {client}")


def phrases(
    workspace: Workspace,
    terminal: Terminal,
    client: str,
    *,
    approve: Sequence[str],
    reject: Sequence[str],
    who: str,
) -> None:
    """Show a client's stock phrases, after taking the decisions that are given.

    Raises:
        NotFoundError: No such client or phrase.
        InputError: A decision without a name, or one phrase both approved and rejected.
    """
    kb = workspace.knowledge_base(client)
    if set(approve) & set(reject):
        raise InputError("phrases: the same phrase cannot be approved and rejected")
    now = datetime.now(UTC)
    if approve:
        decide(kb.store, kb.client, approve, "approved", who=who, at=now)
    if reject:
        decide(kb.store, kb.client, reject, "rejected", who=who, at=now)
    known = in_order(kb.store.find(kb.client, MinedPhrase))
    if terminal.as_json:
        terminal.json(known)
        return
    for phrase in known:
        by = f" by {phrase.decided_by}" if phrase.decided_by else ""
        agents = f", {phrase.agents} agents" if phrase.agents else ""
        terminal.say(f"{phrase.id}  {phrase.state}{by}: {phrase.contacts} contacts{agents}")
        terminal.say(f"    {phrase.template.replace('{}', '…')}")
        for place in phrase.examples:
            terminal.say(f"    as in {place.transcript}, turn {place.span.turn + 1}")
    if approve or reject:
        terminal.warn(f"What is usual was seen before this decision; see it anew: unscripted learn {client}")
    if not known:
        terminal.say(f"No stock phrases yet: unscripted learn {client}")
