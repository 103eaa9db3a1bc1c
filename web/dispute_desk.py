"""Disputes of a client in a workspace: objecting to an answer, looking into it, settling it.

As in `web.workspace`, every call names its client; the caller got that from a credential or from its
user's explicit words, and the name of whoever acts likewise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.errors import ConflictError
from models.records import Dispute, DisputeState, DisputeStep, Evaluation, Review, Span, Transcript
from qa.disputes import DisputeRules, open_dispute, rules_for, settle, state_of, take_up
from qa.reviews import Correction
from storage.keys import redacted
from web.webhooks import told

if TYPE_CHECKING:
    from web.workspace import Workspace

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute, where it stands, and its steps."""

    dispute: Dispute
    state: DisputeState
    steps: tuple[DisputeStep, ...]


def disputes(workspace: Workspace, client: str, evaluation: str | None = None) -> list[DisputeView]:
    """Disputes of a client, or of one evaluation, oldest first."""
    kb = workspace.knowledge_base(client)
    steps = kb.store.find(kb.client, DisputeStep)
    return [
        DisputeView(one, state_of(one, steps), tuple(step for step in steps if step.dispute == one.id))
        for one in kb.store.find(kb.client, Dispute)
        if evaluation in (None, one.evaluation)
    ]


def dispute(
    workspace: Workspace,
    client: str,
    evaluation: str,
    criterion: str,
    *,
    who: str,
    reason: str,
    evidence: Sequence[Span] = (),
) -> Dispute:
    """Object to an answer; see `qa.disputes.open_dispute`.

    Raises:
        InputError: No name or reason, no such criterion, or evidence outside the contact.
        ConflictError: Not confirmed, resolved, in dispute already, or the window is closed.
        NotFoundError: No such evaluation.
    """
    kb = workspace.knowledge_base(client)
    with _alone(workspace, client):
        before = kb.store.get(kb.client, Evaluation, evaluation)
        earlier = disputes(workspace, client, evaluation)
        after, made, change = open_dispute(
            before,
            kb.store.get(kb.client, Transcript, before.transcript),
            criterion,
            who=who,
            reason=reason,
            at=datetime.now(UTC),
            confirmed_at=_confirmation(workspace, client, before).at,
            rules=_rules(workspace, client, before),
            earlier=[view.dispute for view in earlier],
            steps=[step for view in earlier for step in view.steps],
            evidence=evidence,
        )
        tell = told(workspace, "dispute.opened", after, made.id or "")
        kb.store.put_all(kb.client, [after, made, *filter(None, [change]), *tell], expected=[before])
    clean: Dispute = redacted(made)
    return clean


def take_up_dispute(workspace: Workspace, client: str, dispute_id: str, *, who: str) -> DisputeView:
    """Say that somebody looks into a dispute.

    Raises:
        ConflictError: It is closed or under review.
        NotFoundError: No such dispute.
    """
    kb = workspace.knowledge_base(client)
    with _alone(workspace, client):
        opened = kb.store.get(kb.client, Dispute, dispute_id)
        steps = kb.store.find(kb.client, DisputeStep)
        step = take_up(opened, steps, who=who, at=datetime.now(UTC))
        kb.store.put(kb.client, step)
    return DisputeView(opened, step.state, (*(one for one in steps if one.dispute == opened.id), step))


def settle_dispute(
    workspace: Workspace,
    client: str,
    dispute_id: str,
    state: DisputeState,
    *,
    who: str,
    reason: str,
    correction: Correction | None = None,
) -> Evaluation:
    """Close a dispute as upheld, changed or withdrawn; see `qa.disputes.settle`.

    Raises:
        InputError: No name or reason, or state and correction do not fit together.
        ConflictError: It is closed, this person may not decide, or somebody else was faster.
        NotFoundError: No such dispute.
    """
    kb = workspace.knowledge_base(client)
    with _alone(workspace, client):
        opened = kb.store.get(kb.client, Dispute, dispute_id)
        before = kb.store.get(kb.client, Evaluation, opened.evaluation)
        known = disputes(workspace, client, opened.evaluation)
        settled = settle(
            opened,
            before,
            workspace.scorecard(kb.client, before.scorecard),
            state,
            who=who,
            at=datetime.now(UTC),
            reason=reason,
            confirmed_by=_confirmation(workspace, client, before).who,
            rules=_rules(workspace, client, before),
            others=[view.dispute for view in known],
            steps=[step for view in known for step in view.steps],
            correction=correction,
        )
        beside = [settled.step, *settled.reviews, *filter(None, [settled.change])]
        beside += told(workspace, "dispute.settled", settled.evaluation, opened.id or "")
        kb.store.put_all(kb.client, [settled.evaluation, *beside], expected=[before])
    return settled.evaluation


@contextmanager
def _alone(workspace: Workspace, client: str) -> Iterator[None]:
    """One at a time, also among processes: a step in a dispute rests on those of the others.

    Raises:
        ConflictError: Somebody else has been at it for too long.
    """
    from filelock import FileLock, Timeout

    try:
        with FileLock(workspace.own_folder(client) / "disputes.lock", timeout=_PATIENCE_S):
            yield
    except Timeout:
        raise ConflictError("dispute: somebody else is at it; try again") from None


def _confirmation(workspace: Workspace, client: str, evaluation: Evaluation) -> Review:
    """The last confirmation of an evaluation.

    Raises:
        ConflictError: Nobody has confirmed it.
    """
    kb = workspace.knowledge_base(client)
    own = [
        one
        for one in kb.store.find(kb.client, Review)
        if one.evaluation == evaluation.id and not one.criterion
    ]
    if not own:
        raise ConflictError(
            f"evaluation {evaluation.id}: is {evaluation.status}; nobody has confirmed it yet"
        )
    return own[-1]


def _rules(workspace: Workspace, client: str, evaluation: Evaluation) -> DisputeRules:
    kb = workspace.knowledge_base(client)
    return rules_for(workspace.scorecard(kb.client, evaluation.scorecard), kb.profile.extra)
