"""The guided tour: two example clients, one live contact each, all example contacts scored."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ConfigError
from qa import Scorecard, read_transcripts
from qa.readers import read_folder

if TYPE_CHECKING:
    from models.records import Analysis, Evaluation, Transcript
    from web.terminal import Terminal
    from web.workspace import Workspace


def run_demo(workspace: Workspace, examples: Path, terminal: Terminal) -> None:
    """Ingest, play, analyse and score the examples, telling what happens.

    Raises:
        ConfigError: The examples are not where they should be.
    """
    clients = sorted(folder.parent.name for folder in examples.glob("*/client.yaml"))
    if not clients:
        raise ConfigError(f"{examples}: holds no example clients; install the package again")
    terminal.title("1. What the clients want said")
    for client in clients:
        with terminal.progress(f"reading {client}") as progress:
            report = workspace.ingest(client, examples / client, progress=progress)
        terminal.ingest(client, report)
        for card in workspace.knowledge_base(client).profile.scorecards:
            workspace.add_scorecard(client, Scorecard.load(examples / "scorecards" / f"{card}.yaml"))
    live = next(client for client in reversed(clients) if (examples / "live" / f"{client}.txt").exists())
    play(workspace, live, examples / "live", terminal)
    for number, client in enumerate(clients, start=3):
        terminal.title(f"{number}. After the contacts: {client}")
        rows = score_folder(workspace, client, examples / "contacts" / client, terminal)
        terminal.scores(rows)
        _show_gravest(rows, terminal)


def play(workspace: Workspace, client: str, folder: Path, terminal: Terminal) -> None:
    """One live contact, turn by turn, with the drafts that the agent types on the way."""
    import yaml

    terminal.title(f"2. A live contact: {client}")
    transcript = read_transcripts(folder / f"{client}.txt", client=client)[0]
    drafts = yaml.safe_load((folder / f"{client}-drafts.yaml").read_text("utf-8"))
    # A contact that has ended is not taken up again, so each further demo plays a new one.
    ids = (f"live-{client}" if number == 1 else f"live-{client}-{number}" for number in count(1))
    contact = next(id for id in ids if not workspace.live.has_ended(client, id))
    session = workspace.session(client, contact, agent="demo", channel=transcript.channel)
    ticked: Sequence[tuple[str, str]] = []
    for number, turn in enumerate(transcript.turns, start=1):
        suggestions = session.hear(turn)
        terminal.turn(number, session.transcript.turns[-1])
        for suggestion in suggestions:
            terminal.suggestion(suggestion)
        standing = [(state.document, state.progress) for state in session.disclosures]
        if standing != ticked:
            terminal.disclosures(session.disclosures)
            ticked = standing
        for draft in drafts:
            if draft["after_turn"] == number:
                terminal.draft(draft["text"], session.check(draft["text"]))
    terminal.say("")
    terminal.say("Wrap-up, for the agent to edit:", style="bold")
    terminal.wrap_up(workspace.close(client, contact))


def score_folder(
    workspace: Workspace, client: str, folder: Path, terminal: Terminal
) -> list[tuple[Transcript, Evaluation, Analysis]]:
    """Read, analyse, score and keep a folder of contacts."""
    report = read_folder(folder, client=client)
    for rejected in report.rejected:
        terminal.warn(f"  rejected {rejected.path}: {rejected.reason}")
    workspace.add_transcripts(client, report.transcripts)
    rows = []
    with terminal.progress(f"scoring {len(report.transcripts)} contacts") as progress:
        for number, transcript in enumerate(report.transcripts, start=1):
            stored = workspace.contact(client, transcript.id).transcript
            rows.append((stored, *workspace.score(client, stored, keep=True)))
            progress(number, len(report.transcripts))
    return rows


def _show_gravest(rows: list[tuple[Transcript, Evaluation, Analysis]], terminal: Terminal) -> None:
    lowest = min(rows, key=lambda row: (row[1].score is None, row[1].score), default=None)
    if lowest is not None:
        transcript, evaluation, analysis = lowest
        terminal.say("")
        terminal.say("The one to look at first:", style="bold")
        terminal.findings(transcript, analysis, least="minor")
        terminal.evaluation(evaluation)
