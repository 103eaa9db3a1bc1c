"""What a client's QA holds itself to: publishing scorecards, calibration, agreement, trust, past scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ConfigError, ConflictError, InputError
from models.records import Calibration, Evaluation, RaterAnswers, Review, Transcript
from qa import Scorecard
from qa.agreement import MACHINE, AgreementReport, agreement
from qa.calibration import (
    adopt,
    groups_of,
    hand_in,
    open_calibration,
    sheets_of,
    visible_to,
    waiting,
)
from qa.dry_run import DryRun, dry_run
from qa.human_scores import MAX_BYTES, HumanScores, read_human_scores
from qa.linting import Lint, lines_of, lint, supported_labels
from qa.publishing import Publication, plan
from qa.reviews import Correction
from qa.trust import TrustReport, trust

if TYPE_CHECKING:
    from knowledge_base.reports import Progress
    from web.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """A calibration as one person may see it."""

    calibration: Calibration
    waiting: dict[str, tuple[str, ...]]
    """Per rater the contacts still to be answered."""
    answers: tuple[RaterAnswers, ...]
    """The person's own; everybody's once theirs are in."""
    report: AgreementReport | None
    """None until this person's answers are all in."""


# -- scorecards ------------------------------------------------------------------------------


def lint_file(workspace: Workspace | None, client: str | None, path: Path) -> tuple[Scorecard, list[Lint]]:
    """A scorecard file read, and what to mend; with a client, its documents are looked at too.

    Raises:
        ConfigError: The file is no scorecard; names the line.
    """
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from qa import Analyser

    card = Scorecard.load(path)
    documents = None
    if workspace is not None and client is not None:
        detectors = workspace.analyser(client).detectors
        documents = {one.id for one in workspace.knowledge_base(client).documents(all_dates=True)}
    else:
        detectors = Analyser(KnowledgeBase("lint", encoder=HashingEncoder())).detectors
    lines = lines_of(path.read_text("utf-8-sig"), origin=path.name)
    return card, lint(card, supported=supported_labels(detectors), documents=documents, lines=lines)


def publish(
    workspace: Workspace, client: str, path: Path, *, new_version: bool = False, dry: bool = False
) -> tuple[Publication, list[Lint]]:
    """Publish a scorecard file: a new version when its meaning changed, else new wording.

    Raises:
        ConfigError: The linter found an error; says which.
        InputError: The file's version was published with another meaning and is not the newest.
        ConflictError: Somebody else published meanwhile.
    """
    card, lints = lint_file(workspace, client, path)
    wrong = [one for one in lints if one.level == "error"]
    if wrong:
        first = wrong[0]
        where = f", line {first.line}" if first.line is not None else ""
        raise ConfigError(
            f"{path.name}{where}: {first.ref}: {first.message} ({len(wrong)} to mend; see lint)"
        )
    published = workspace.scorecards(client)
    publication = plan(card, published, new_version=new_version)
    if not dry:
        _store(workspace, client, publication, published)
    return publication, lints


def _store(
    workspace: Workspace, client: str, publication: Publication, published: Sequence[Scorecard]
) -> None:
    if publication.change == "unchanged":
        return
    kb = workspace.knowledge_base(client)
    # Wording alone takes the place of the wording that was read: of two who mend it at once the second is
    # told. A new version never replaces anything.
    read = next((one for one in published if one.id == publication.card.id), None)
    kb.store.put(kb.client, publication.card, expected=read)


def try_out(
    workspace: Workspace,
    client: str,
    card: Scorecard,
    contacts: Sequence[Transcript] | None = None,
    *,
    progress: Progress | None = None,
) -> DryRun:
    """How a card would have fallen on past contacts, stored ones unless others are given.

    Raises:
        InputError: There is no contact.
    """
    from models.redaction import redact
    from web import desk

    past = list(workspace.transcripts(client)) if contacts is None else [redact(one) for one in contacts]
    if not past:
        raise InputError("dry run: there are no past contacts; name a folder of them")
    made: list[Evaluation] = []
    for number, transcript in enumerate(past, start=1):
        made += [one for one, _ in desk.score(workspace, client, transcript, scorecard=card)]
        if progress is not None:
            progress(number, len(past), transcript.id)
    return dry_run(card, made)


# -- calibration and agreement ---------------------------------------------------------------


def calibrate(
    workspace: Workspace,
    client: str,
    id: str,
    contacts: Sequence[str],
    raters: Sequence[str],
    *,
    who: str,
    scorecard: str | None = None,
) -> Calibration:
    """Open a calibration; contacts that the machine has not scored yet are scored now.

    Raises:
        InputError: See `qa.calibration.open_calibration`.
        NotFoundError: No such contact or scorecard.
        ConflictError: The id is taken.
    """
    from web import desk

    kb = workspace.knowledge_base(client)
    card = workspace.scorecard(client, scorecard)
    opened = open_calibration(id, card, contacts, raters, who=who, at=datetime.now(UTC))
    transcripts = [kb.store.get(kb.client, Transcript, contact) for contact in opened.contacts]
    kb.store.put(kb.client, opened)
    for transcript in transcripts:
        desk.score(workspace, client, transcript, scorecard=card, keep=True)
    return opened


def answer_calibration(
    workspace: Workspace, client: str, id: str, contact: str, answers: Sequence[Correction], *, who: str
) -> RaterAnswers:
    """Hand in one person's answers for one contact; they stay as they are.

    Raises:
        InputError: Not a rater or contact of it, or an answer is missing or unknown.
        ConflictError: These answers are in.
        NotFoundError: No such calibration.
    """
    kb = workspace.knowledge_base(client)
    opened = kb.store.get(kb.client, Calibration, id)
    card = workspace.scorecard(client, opened.scorecard)
    earlier = kb.store.find(kb.client, RaterAnswers)
    made = hand_in(opened, card, contact, answers, who=who, at=datetime.now(UTC), earlier=earlier)
    kb.store.put(kb.client, made)
    return made


def show_calibration(workspace: Workspace, client: str, id: str, *, who: str) -> CalibrationView:
    """What a person may see of a calibration: nobody else's answers before their own are in.

    Raises:
        NotFoundError: No such calibration.
    """
    kb = workspace.knowledge_base(client)
    opened = kb.store.get(kb.client, Calibration, id)
    answers = kb.store.find(kb.client, RaterAnswers)
    mine = [one for one in answers if one.session == id]
    left = waiting(opened, mine)
    seen = visible_to(opened, mine, who)
    own_left = next((each for name, each in left.items() if name.casefold() == who.strip().casefold()), None)
    may_compare = not own_left if own_left is not None else not any(left.values())
    report = _agreement(workspace, client, opened.scorecard, seen, opened.contacts) if may_compare else None
    return CalibrationView(opened, left, tuple(seen), report)


def agreement_of(workspace: Workspace, client: str, *, scorecard: str | None = None) -> AgreementReport:
    """People's blind answers against each other and the machine's: calibrations and imported scores.

    A calibration counts once all its raters' answers are in.
    """
    card = workspace.scorecard(client, scorecard)
    return _agreement(workspace, client, card.id, _blind(workspace, client, card), ())


def adopt_guideline(
    workspace: Workspace,
    client: str,
    criterion: str,
    words: str,
    *,
    who: str,
    session: str = "",
    scorecard: str | None = None,
) -> Publication:
    """Add what was agreed on to a criterion's guideline: new wording of the published version.

    Raises:
        InputError: No such criterion, no name, or nothing to add.
        ConflictError: It is not the newest version, or somebody else changed its wording meanwhile.
    """
    card = workspace.scorecard(client, scorecard)
    changed = adopt(card, criterion, words, who=who, at=datetime.now(UTC), session=session)
    published = workspace.scorecards(client)
    publication = plan(changed, published)
    if publication.change != "wording":
        raise ConflictError(f"scorecard {card.id}: only the newest version takes a guideline")
    _store(workspace, client, publication, published)
    return publication


def trust_of(workspace: Workspace, client: str, *, scorecard: str | None = None) -> TrustReport:
    """Overrides with reasons, drift, and agreement with people who answered blind."""
    kb = workspace.knowledge_base(client)
    card = workspace.scorecard(client, scorecard)
    blind = _blind(workspace, client, card)
    evaluations = [
        one for one in kb.store.find(kb.client, Evaluation) if one.scorecard.split("@")[0] == card.name
    ]
    sheets = sheets_of(blind, [one for one in evaluations if one.scorecard == card.id])
    return trust(card, evaluations, kb.store.find(kb.client, Review), sheets)


def import_scores(
    workspace: Workspace,
    client: str,
    path: Path,
    *,
    scorecard: str | None = None,
    rater: str = "",
) -> tuple[HumanScores, list[str]]:
    """Past scores that people gave, read and stored, redacted.

    Returns:
        What was read, and the ids of contacts that are not in the store (yet).

    Raises:
        InputError: Cannot be read, or is no table of scores.
    """
    kb = workspace.knowledge_base(client)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as problem:
        raise InputError(f"{path.name}: cannot be read ({problem.strerror})") from problem
    if size > MAX_BYTES:
        raise InputError(f"{path.name}: larger than {MAX_BYTES // 1_000_000} MB; split it")
    card = workspace.scorecard(client, scorecard)
    read = read_human_scores(raw, card, origin=path.name, rater=rater)
    kb.store.put_all(kb.client, read.answers, supersede=True)
    known = {one.id for one in workspace.transcripts(client)}
    return read, sorted({one.contact for one in read.answers} - known)


def _blind(workspace: Workspace, client: str, card: Scorecard) -> list[RaterAnswers]:
    kb = workspace.knowledge_base(client)
    answers = [one for one in kb.store.find(kb.client, RaterAnswers) if one.scorecard == card.name]
    done = {
        one.id for one in kb.store.find(kb.client, Calibration) if not any(waiting(one, answers).values())
    }
    return [one for one in answers if not one.session or one.session in done]


def _agreement(
    workspace: Workspace,
    client: str,
    scorecard: str,
    answers: Sequence[RaterAnswers],
    contacts: Sequence[str],
) -> AgreementReport:
    kb = workspace.knowledge_base(client)
    card = workspace.scorecard(client, scorecard)
    evaluations = [one for one in kb.store.find(kb.client, Evaluation) if one.scorecard == card.id]
    sheets = sheets_of(answers, evaluations, contacts=contacts)
    wanted = {sheet.contact for sheet in sheets if sheet.rater != MACHINE}
    about = [one for one in workspace.transcripts(client) if one.id in wanted]
    languages = {one.id: one.language for one in about}
    sites = {one.id: str(one.metadata.get("site") or "") for one in about}
    return agreement(card, sheets, groups=groups_of(languages, sites))
