"""What each command does with a workspace and a terminal. `app.py` names them and their options."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from models.codec import to_json
from models.errors import InputError, UnscriptedError
from models.records import Analysis, Evaluation, Transcript
from qa import Scorecard
from qa.batch import BatchPlan, DeadLetter, run_batch
from qa.contact_agents import agents_of
from qa.readers import parse, read_folder, read_transcripts
from web import desk
from web.column_mappings import mapping_for
from web.demo import run_demo
from web.masking import masked
from web.reporting import keep_dead_letters
from web.veil import in_sample, veil_of

if TYPE_CHECKING:
    from qa.readers.mapping import ColumnMapping
    from web.terminal import Terminal
    from web.workspace import Workspace

Result = TypeVar("Result")

__all__ = [
    "analyse",
    "batch",
    "check",
    "doctor",
    "ingest",
    "run_demo",
    "run_server",
    "score",
    "suggest",
    "verify",
]


def ingest(
    workspace: Workspace, terminal: Terminal, client: str, path: Path, *, scorecard: Path | None
) -> None:
    """Read documents, and publish a scorecard when one is given."""
    card = Scorecard.load(scorecard) if scorecard is not None else None
    with terminal.progress(f"reading {path.name}") as progress:
        report = workspace.ingest(client, path, progress=progress)
    if card is not None:
        workspace.add_scorecard(client, card)
    if terminal.as_json:
        terminal.json(report)
    else:
        terminal.ingest(client, report)
    degraded = workspace.knowledge_base(client).degraded
    if degraded:
        terminal.warn(f"search goes on by words alone: {degraded}")


def suggest(workspace: Workspace, terminal: Terminal, client: str, contact: str) -> None:
    """A contact played turn by turn."""
    workspace.knowledge_base(client)
    played: list[dict[str, Any]] = []
    for transcript in _read(contact, client):
        session = workspace.session(client, f"played-{transcript.digest[:12]}")
        for number, turn in enumerate(transcript.turns, start=1):
            suggestions = session.hear(turn)
            if terminal.as_json:
                if suggestions:
                    played.append({"contact": transcript.id, "turn": number, "suggestions": suggestions})
                continue
            terminal.turn(number, session.transcript.turns[-1])
            for suggestion in suggestions:
                terminal.suggestion(suggestion)
        if not terminal.as_json:
            terminal.disclosures(session.disclosures)
    if terminal.as_json:
        terminal.json(played)


def check(workspace: Workspace, terminal: Terminal, client: str, draft: str) -> None:
    """A draft reply."""
    text = sys.stdin.read() if draft == "-" else draft
    result = workspace.check(client, text.strip())
    if terminal.as_json:
        terminal.json(result)
    else:
        terminal.draft(text.strip(), result)


def analyse(
    workspace: Workspace, terminal: Terminal, client: str, contacts: str, *, columns: str | None = None
) -> None:
    """Findings in contacts."""

    def one(transcript: Transcript) -> Analysis:
        analysis = workspace.analyse(client, transcript)
        if not terminal.as_json:
            terminal.findings(transcript, analysis)
        return analysis

    workspace.knowledge_base(client)
    analysed = _each(
        workspace, _read(contacts, client, terminal, mapping_for(workspace, client, columns)), one, terminal
    )
    if terminal.as_json:
        terminal.json(analysed)


def score(
    workspace: Workspace,
    terminal: Terminal,
    client: str,
    contacts: str,
    *,
    scorecard: str | None,
    columns: str | None = None,
) -> None:
    """Contacts against a scorecard."""
    card, veil = _scorecard(workspace, client, scorecard), veil_of(workspace, client)

    def one(transcript: Transcript) -> list[Evaluation]:
        scored = desk.score(workspace, client, transcript, scorecard=card)
        made = [veil.over(evaluation) for evaluation, _ in scored]
        if not terminal.as_json:
            for evaluation in made:
                terminal.evaluation(evaluation)
        return made

    workspace.knowledge_base(client)
    evaluations = _each(
        workspace, _read(contacts, client, terminal, mapping_for(workspace, client, columns)), one, terminal
    )
    if terminal.as_json:
        terminal.json([evaluation for made in evaluations for evaluation in made])


def _scorecard(workspace: Workspace, client: str, given: str | None) -> Scorecard:
    """A scorecard file, or a published scorecard by its name."""
    if given is not None and (given.lower().endswith((".yaml", ".yml", ".json")) or Path(given).is_file()):
        return Scorecard.load(Path(given))
    return workspace.scorecard(client, given)


def verify(workspace: Workspace, terminal: Terminal, client: str) -> bool:
    """Stored evaluations made again; True when every one has the same bytes."""
    found = desk.verify(workspace, client)
    if terminal.as_json:
        terminal.json(found)
    else:
        for one in found:
            if one.state != "identical":
                terminal.say(f"{one.evaluation}: {one.state}; {one.note}", style="red")
        same = sum(one.state == "identical" for one in found)
        terminal.say(f"{same} of {len(found)} evaluations made again, byte for byte the same")
    return all(one.state == "identical" for one in found)


def batch(
    workspace: Workspace,
    terminal: Terminal,
    client: str,
    folder: Path,
    *,
    scorecard: str | None,
    columns: str | None = None,
    processes: int | None,
    encoder: str,
    out: Path | None,
) -> None:
    """A folder of contacts, scored in processes; what is known and unchanged is not scored again.

    Raises:
        InputError: No contact in the folder could be read.
    """
    card = _scorecard(workspace, client, scorecard)
    workspace.add_scorecard(client, card)
    with terminal.progress("reading contacts") as progress:
        mapping = mapping_for(workspace, client, columns)
        report = read_folder(folder, client=client, progress=progress, columns=mapping)
    if not report.transcripts:
        reasons = "; ".join(f"{rejected.path}: {rejected.reason}" for rejected in report.rejected[:3])
        raise InputError(f"{folder}: no contact could be read. {reasons}")
    stored, refused = workspace.store_contacts(client, report.transcripts)
    drawn = [transcript for transcript in stored if in_sample(workspace, client, transcript.id)]
    known, fresh = workspace.known_scores(client, drawn, card)
    plan = BatchPlan(str(workspace.folder), client, to_json(card), encoder)
    by_id = {transcript.id: transcript for transcript in stored}
    scored: list[tuple[Evaluation, Analysis]] = []

    def keep(whole: Evaluation, analysis: Analysis) -> None:
        for evaluation in _per_agent(workspace, by_id[whole.transcript], card, whole, analysis):
            workspace.keep(client, evaluation, analysis)
            scored.append((evaluation, analysis))

    with terminal.progress(f"scoring {len(fresh)} contacts") as progress:
        result = run_batch(fresh, plan, processes=processes, progress=progress, keep=keep)
    letters = [DeadLetter(one.path, one.reason) for one in (*report.rejected, *refused)]
    done = {whole.transcript for whole, _ in (*known, *result.scored)}
    kept = [transcript for transcript in stored if transcript.id in done]
    keep_dead_letters(workspace, client, [*letters, *result.dead], kept)
    veil = veil_of(workspace, client)
    rows = [(veil.over(by_id[e.transcript]), veil.over(e), a) for e, a in (*known, *scored)]
    rows.sort(key=lambda row: row[0].id)
    if out is not None:
        lines = (to_json({"evaluation": e, "findings": a.findings}) for _, e, a in rows)
        out.write_text("".join(line + "\n" for line in lines), "utf-8")
    if terminal.as_json:
        terminal.json(
            {
                "scored": [e for _, e, _ in rows],
                "unchanged": len(known),
                "rejected": [*report.rejected, *refused],
                "dead": result.dead,
            }
        )
        return
    terminal.scores(rows)
    terminal.say(
        f"{len(rows)} scored ({len(known)} unchanged), {len(report.rejected) + len(refused)} rejected, "
        f"{len(result.dead)} could not be scored"
    )
    if len(drawn) < len(stored):
        terminal.say(f"{len(stored) - len(drawn)} are outside the client's sample and were not scored")
    for rejected in (*report.rejected, *refused):
        terminal.say(f"  rejected {rejected.path}: {rejected.reason}", style="yellow")
    for letter in result.dead:
        terminal.say(f"  not scored {letter.transcript}: {letter.reason}", style="red")


def _per_agent(
    workspace: Workspace, transcript: Transcript, card: Scorecard, whole: Evaluation, analysis: Analysis
) -> list[Evaluation]:
    """One evaluation per agent who had the contact; what the workers made where there was one."""
    if len(agents_of(transcript)) == 1:
        return [whole]
    return desk.by_agent(workspace, transcript.client, transcript, card, analysis)


def run_server(
    workspace: Workspace,
    terminal: Terminal,
    *,
    host: str,
    port: int,
    demo: bool,
    frames: Sequence[str] = (),
    origins: Sequence[str] = (),
    rates: str = "",
    twilio_tokens: Sequence[str] = (),
    public_url: str = "",
) -> None:
    """Serve until interrupted. Where nobody can make people yet, the first owner's link is printed."""
    from web.api_feeds import FeedSettings
    from web.limits import limits_of
    from web.people_commands import first_link
    from web.server import create_app, serve

    terminal.say(f"starting the pages at http://{host}:{port} (Ctrl+C stops)", style="bold")
    app = create_app(
        workspace,
        demo=demo,
        frame_ancestors=frames,
        allowed_origins=origins,
        limits=limits_of(rates),
        feeds=FeedSettings(tuple(twilio_tokens), public_url),
    )
    if not demo:
        first_link(workspace.folder, terminal, host=host, port=port)
    serve(app, host=host, port=port)


def doctor(data: Path, terminal: Terminal) -> bool:
    """Every part with its state; True when nothing that is needed is missing."""
    from web.health import checks

    results = checks(data)
    if terminal.as_json:
        terminal.json(results)
    else:
        for result in results:
            mark = {"ok": "✓", "degraded": "~", "failed": "✗"}[result.state]
            style = {"ok": "green", "degraded": "yellow", "failed": "red"}[result.state]
            terminal.say(f"{mark} {result.part:<14} {result.words}", style=style)
    return all(result.state != "failed" for result in results)


def _each(
    workspace: Workspace,
    transcripts: Sequence[Transcript],
    work: Callable[[Transcript], Result],
    terminal: Terminal,
) -> list[Result]:
    """What `work` makes of each contact, redacted; one that fails is told and stops no other.

    Raises:
        UnscriptedError: The last failure, when nothing succeeded.
    """
    done: list[Result] = []
    failure: UnscriptedError | None = None
    for transcript in transcripts:
        try:
            done.append(work(masked(workspace, transcript)))
        except UnscriptedError as problem:
            failure = problem
            if len(transcripts) > 1:
                terminal.warn(str(problem))
    if failure is not None and not done:
        raise failure
    return done


def _read(
    contacts: str, client: str, terminal: Terminal | None = None, columns: ColumnMapping | None = None
) -> Sequence[Transcript]:
    """Transcripts of a file, a folder, or standard input."""
    if contacts == "-":
        return parse(sys.stdin.buffer.read(), name="standard input", client=client, columns=columns)
    path = Path(contacts)
    if not path.is_dir():
        return read_transcripts(path, client=client, columns=columns)
    report = read_folder(path, client=client, columns=columns)
    if terminal is not None:
        for rejected in report.rejected:
            terminal.warn(f"rejected {rejected.path}: {rejected.reason}")
    if not report.transcripts:
        raise InputError(f"{path}: no contact could be read ({len(report.rejected)} files rejected)")
    return report.transcripts
