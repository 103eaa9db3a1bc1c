"""The QA desk: scoring, confirming and checking evaluations of a client in a workspace.

As in `web.workspace`, every call names its client; the caller got that from a credential or from its
user's explicit words, and the name of whoever acts likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from models.codec import to_json
from models.errors import NotFoundError
from models.records import (
    Analysis,
    Dispute,
    DisputeStep,
    Evaluation,
    Review,
    StatusChange,
    Transcript,
    Verdict,
)
from qa import Scorecard
from qa.asking import ask
from qa.contact_agents import agents_of, part_of
from qa.reviews import Override, confirm, machine_verdicts, moved
from qa.scoring import evaluate, fingerprint_parts, with_totals
from storage.keys import redacted
from web import dispute_desk
from web.webhooks import told

if TYPE_CHECKING:
    from models.ports import Generator
    from web.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether an evaluation, made again, has the same bytes."""

    evaluation: str
    state: Literal["identical", "inputs changed", "different", "incomplete"]
    changed: tuple[str, ...]
    """Parts of the fingerprint that are not what they were."""
    note: str


# -- scoring ---------------------------------------------------------------------------------


def score(
    workspace: Workspace,
    client: str,
    transcript: Transcript,
    *,
    scorecard: Scorecard | None = None,
    generator: Generator | None = None,
    keep: bool = False,
) -> list[tuple[Evaluation, Analysis]]:
    """A contact held against a scorecard: one evaluation per agent who had it.

    Args:
        workspace: The data folder.
        client: Whose.
        transcript: Redacted.
        scorecard: None takes the client's only one.
        generator: Answers what a criterion lets a generator answer; None leaves that to people.
        keep: Store what was made; what a person has confirmed stays as it is.
    """
    card = scorecard or workspace.scorecard(client)
    analysis = workspace.analyse(client, transcript)
    answers = ask(card, transcript, generator) if generator is not None else []
    made = by_agent(workspace, client, transcript, card, analysis, answers=answers)
    if keep:
        for evaluation in made:
            workspace.keep(client, evaluation, analysis)
    return [(evaluation, analysis) for evaluation in made]


def by_agent(
    workspace: Workspace,
    client: str,
    transcript: Transcript,
    card: Scorecard,
    analysis: Analysis,
    *,
    answers: Sequence[Verdict] = (),
) -> list[Evaluation]:
    """The evaluations of an analysed contact, one per agent who had it."""
    agents = agents_of(transcript)
    parts = {"analyser": analysis.fingerprint, "documents": workspace.knowledge_base(client).digest}
    made = []
    for agent in agents:
        shared = len(agents) > 1
        scripted = analysis.scriptedness
        if shared:
            scripted = workspace.analyser(client).scriptedness(part_of(transcript, agent))
        made.append(
            evaluate(
                card,
                transcript,
                analysis.findings,
                scriptedness=scripted,
                fingerprint=analysis.fingerprint,
                parts=parts,
                answers=answers,
                agent=agent if shared else None,
            )
        )
    return made


def verify(workspace: Workspace, client: str, evaluations: Iterable[str] = ()) -> list[Verified]:
    """Make stored evaluations again from stored contacts and compare the bytes.

    What people changed since is set aside: the machine's answers are compared. Where the detectors or
    documents are not those of then, the findings that were kept are scored again, so that the sum is
    checked all the same.

    Args:
        workspace: The data folder.
        client: Whose.
        evaluations: Ids; none: all.

    Raises:
        NotFoundError: No such evaluation.
    """
    kb = workspace.knowledge_base(client)
    ids = list(evaluations)
    found = (
        [kb.store.get(kb.client, Evaluation, id) for id in ids]
        if ids
        else kb.store.find(kb.client, Evaluation)
    )
    return [_verified(workspace, kb.client, one) for one in found]


def _verified(workspace: Workspace, client: str, stored: Evaluation) -> Verified:
    kb = workspace.knowledge_base(client)
    try:
        transcript = kb.store.get(client, Transcript, stored.transcript)
        card = workspace.scorecard(client, stored.scorecard)
    except NotFoundError as problem:
        return Verified(stored.id, "incomplete", (), str(problem))
    analyser = workspace.analyser(client)
    now = fingerprint_parts(card, transcript, {"analyser": analyser.fingerprint, "documents": kb.digest})
    changed = tuple(sorted(name for name, part in stored.parts.items() if now.get(name) != part))
    agents = agents_of(transcript)
    agent = stored.agent if len(agents) > 1 and stored.id.endswith(f":{stored.agent}") else None
    part = transcript if agent is None else part_of(transcript, agent)
    if {"analyser", "documents"}.isdisjoint(changed):
        findings, scripted = tuple(analyser.analyse(transcript)), analyser.scriptedness(part)
    else:
        try:
            analysis = kb.store.get(client, Analysis, transcript.id)
        except NotFoundError:
            return Verified(stored.id, "incomplete", changed, "its findings were not kept")
        findings, scripted = analysis.findings, analysis.scriptedness
        if agent is not None:
            scripted = analyser.scriptedness(part)
    machine = machine_verdicts(stored)
    draft = with_totals(replace(stored, verdicts=machine, machine=(), status="draft"), card)
    again = evaluate(
        card,
        transcript,
        findings,
        scriptedness=scripted,
        answers=[one for one in machine if one.by != card.id],
        agent=agent,
    )
    # The fingerprint's parts were compared one by one above.
    again = redacted(replace(again, fingerprint=stored.fingerprint, parts=stored.parts))
    same = to_json(again) == to_json(draft) and with_totals(stored, card) == stored
    if not changed:
        note = "same inputs, same bytes" if same else "the same inputs give another result"
        return Verified(stored.id, "identical" if same else "different", (), note)
    gone = f"changed since: {', '.join(changed)}"
    kept = "the kept findings still give this score" if same else "it would be another score now"
    return Verified(stored.id, "inputs changed", changed, f"{gone}; {kept}")


# -- states ----------------------------------------------------------------------------------


def review(
    workspace: Workspace, client: str, evaluation: str, overrides: Sequence[Override], *, who: str
) -> Evaluation:
    """Confirm an evaluation by a named person, with changed answers and their reasons.

    Raises:
        InputError: See `qa.reviews.confirm`.
        ConflictError: It is disputed or resolved, or somebody else was faster.
        NotFoundError: No such evaluation, or its scorecard version is not published.
    """
    kb = workspace.knowledge_base(client)
    draft = kb.store.get(kb.client, Evaluation, evaluation)
    card = workspace.scorecard(kb.client, draft.scorecard)
    at = datetime.now(UTC)
    confirmed, reviews = confirm(draft, card, overrides, who=who, at=at)
    step = StatusChange(draft.id, draft.status, confirmed.status, who.strip(), at)
    beside = [*reviews, step, *told(workspace, "evaluation.confirmed", confirmed)]
    kb.store.put_all(kb.client, [confirmed, *beside], expected=[draft])
    # As it was stored: a reason that somebody typed is not said back with what was taken out of it.
    clean: Evaluation = redacted(confirmed)
    return clean


def acknowledge(workspace: Workspace, client: str, evaluation: str, *, who: str) -> Evaluation:
    """The agent has seen the score and its evidence.

    Raises:
        ConflictError: It is not confirmed, or acknowledged already.
        NotFoundError: No such evaluation.
    """
    kb = workspace.knowledge_base(client)
    before = kb.store.get(kb.client, Evaluation, evaluation)
    after, step = moved(before, "acknowledged", who=who, at=datetime.now(UTC))
    tell = told(workspace, "evaluation.acknowledged", after)
    kb.store.put_all(kb.client, [after, step, *tell], expected=[before])
    return after


def history(
    workspace: Workspace, client: str, evaluation: str
) -> list[Review | StatusChange | Dispute | DisputeStep]:
    """All that people did with an evaluation, oldest first: who, when, why."""
    kb = workspace.knowledge_base(client)
    found: list[Review | StatusChange | Dispute | DisputeStep] = [
        one for one in kb.store.find(kb.client, Review) if one.evaluation == evaluation
    ]
    found += [one for one in kb.store.find(kb.client, StatusChange) if one.evaluation == evaluation]
    for view in dispute_desk.disputes(workspace, client, evaluation):
        found += [view.dispute, *view.steps]
    return sorted(found, key=lambda one: one.at)
