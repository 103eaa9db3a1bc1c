"""What was done with cards: taken down from sessions, read by whoever looks after the cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from copilot.card_use import CardReport, card_report
from storage.panel_use import PanelNote, PanelUse

if TYPE_CHECKING:
    from web.terminal import Terminal
    from web.workspace import Workspace


def note_use(book: PanelUse, client: str) -> Callable[[PanelNote], None]:
    """What a session of this client calls when something was done with a card."""

    def note(one: PanelNote) -> None:
        book.note(client, one)

    return note


def report(workspace: Workspace, client: str) -> CardReport:
    """Which of a client's cards help, from the last thirty days.

    Raises:
        NotFoundError: No such client.
    """
    kb = workspace.knowledge_base(client)
    headings = {
        passage.id: passage.heading or passage.title
        for document in kb.documents(all_dates=True)
        for passage in kb.passages(document.id)
    }
    return card_report(workspace.panel_use.cards(kb.client), headings)


def cards(workspace: Workspace, terminal: Terminal, client: str) -> None:
    """Print which cards help."""
    found = report(workspace, client)
    if terminal.as_json:
        terminal.json(found)
        return
    if not found.cards:
        terminal.say("No cards were shown in the last thirty days.")
        return
    terminal.say(f"{found.cards} cards in the last thirty days; shares with 95 % intervals")
    for line in found.passages:
        shares = ", ".join(
            f"{name} {100 * one.share:.0f} % ({100 * one.low:.0f}-{100 * one.high:.0f})"
            for name, one in (
                ("used", line.used),
                ("copied", line.copied),
                ("dismissed", line.dismissed),
            )
        )
        terminal.say(f"{line.passage}  shown {line.shown}: {shares}")
        if line.heading:
            terminal.say(f"    {line.heading}")
    for heading, count in found.gaps:
        terminal.say(f"not in the material {count} times, nearest heading: {heading}")
    for kind, count in found.muted:
        terminal.say(f"muted by agents {count} times: cards of kind {kind}")
    if found.few:
        terminal.say(f"{found.few} more with fewer than 5 cards are not shown", style="dim")
