# No `from __future__ import annotations` here: see api_access.py.
"""REST of evaluations: QA leads see all and confirm, agents see their own confirmed ones and may object."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from models.errors import NotFoundError
from models.records import Dispute, DisputeStep, Evaluation, EvaluationStatus, Review, Span, StatusChange
from models.records.cases import COUNTED
from storage.access import Principal
from web import desk, dispute_desk
from web.api_access import allowed, answer, named_request
from web.given_answers import correction_of
from web.idempotency import once_route
from web.shapes import DisputeIn, NothingIn, ReviewIn
from web.shapes_out import EvaluationList, HistoryLine, HistoryOut
from web.veil import veil_of

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace

_MOST_LISTED = 1_000
_SHOWN_TO_AGENTS = (*COUNTED, "disputed")
_ALL = ("draft", *_SHOWN_TO_AGENTS)


def evaluations_router(workspace: "Workspace") -> "APIRouter":
    """Routes of evaluations and disputes."""
    from fastapi import APIRouter, Depends, Query

    router = APIRouter(tags=["qa"], route_class=once_route(workspace))
    Lead = Annotated[Principal, Depends(allowed("qa", "admin"))]  # noqa: N806 - a type
    Anybody = Annotated[Principal, Depends(allowed("agent", "qa", "admin"))]  # noqa: N806 - a type
    once = [named_request()]

    @router.get("/evaluations", response_model=EvaluationList)
    def listed(
        who: Anybody,
        status: EvaluationStatus | None = None,
        agent: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=_MOST_LISTED)] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> Any:
        """Evaluations with their contacts, newest day first. Agents get their own, once confirmed."""
        shown = _SHOWN_TO_AGENTS if who.role == "agent" else _ALL
        where: dict[str, Any] = {"status": tuple(one for one in shown if status in (None, one))}
        veil = veil_of(workspace, who.client)
        if who.role == "agent":
            where["agent"] = who.name
        elif agent:
            veil.refuse(agent)
            where["agent"] = agent
        if not where["status"] or (who.role == "agent" and agent not in ("", who.name)):
            return answer(EvaluationList(0, ()))
        kb = workspace.knowledge_base(who.client)
        found = kb.store.cases(kb.client, where, order=("-day", "contact"), limit=limit, offset=offset)
        total = kb.store.tally(kb.client, "cases", where=where)[0].count
        if who.role != "agent":
            found = [replace(one, agent=veil.name(one.agent)) for one in found]
        return answer(EvaluationList(total, tuple(found)))

    @router.get("/evaluations/{evaluation:path}/history", response_model=HistoryOut)
    def history(evaluation: str, who: Anybody) -> Any:
        """All that people did with it: who, when, why."""
        found = _visible(workspace, who, evaluation)
        steps = desk.history(workspace, who.client, found.id)
        return answer(HistoryOut(tuple(_step(one) for one in steps)))

    @router.get("/evaluations/{evaluation:path}", response_model=Evaluation)
    def read(evaluation: str, who: Anybody) -> Any:
        """One evaluation: every answer with its reason and the address of its words."""
        found = _visible(workspace, who, evaluation)
        return answer(found if who.role == "agent" else veil_of(workspace, who.client).over(found))

    @router.post("/evaluations/{evaluation:path}/review", response_model=Evaluation, dependencies=once)
    def review(evaluation: str, body: ReviewIn, who: Lead) -> Any:
        """Confirm an evaluation under the caller's name; every changed answer needs a reason."""
        overrides = [
            correction_of(one.criterion, one.outcome, one.value, one.reason) for one in body.overrides
        ]
        confirmed = workspace.review(who.client, evaluation, overrides, who=who.name)
        return answer(veil_of(workspace, who.client).over(confirmed))

    @router.post("/evaluations/{evaluation:path}/acknowledge", response_model=Evaluation, dependencies=once)
    def acknowledge(evaluation: str, who: Anybody, body: NothingIn | None = None) -> Any:  # noqa: ARG001 - shape
        """The agent has read the score and its evidence."""
        found = _visible(workspace, who, evaluation)
        seen = desk.acknowledge(workspace, who.client, found.id, who=who.name)
        return answer(seen if who.role == "agent" else veil_of(workspace, who.client).over(seen))

    @router.post(
        "/evaluations/{evaluation:path}/disputes",
        response_model=Dispute,
        status_code=201,
        dependencies=once,
    )
    def dispute(evaluation: str, body: DisputeIn, who: Anybody) -> Any:
        """Object to one answer, with a reason and the words it rests on."""
        found = _visible(workspace, who, evaluation)
        evidence = [Span(one.turn, one.start, one.end) for one in body.evidence]
        made = dispute_desk.dispute(
            workspace,
            who.client,
            found.id,
            body.criterion,
            who=who.name,
            reason=body.reason,
            evidence=evidence,
        )
        return answer(made, 201)

    return router


def _visible(workspace: "Workspace", who: Principal, evaluation: str) -> Evaluation:
    """An evaluation that this person may see.

    Raises:
        NotFoundError: There is none, or it is another agent's, or a draft and an agent asks.
    """
    kb = workspace.knowledge_base(who.client)
    found = kb.store.get(kb.client, Evaluation, evaluation)
    if who.role == "agent" and (found.agent != who.name or found.status not in _SHOWN_TO_AGENTS):
        raise NotFoundError(f"Evaluation {evaluation}: no such record")
    return found


def _step(one: Review | StatusChange | Dispute | DisputeStep) -> HistoryLine:
    match one:
        case Review():
            line = HistoryLine("review", one.who, one.at, one.reason, criterion=one.criterion)
            return replace(line, outcome=one.outcome or "", before=one.before or "")
        case StatusChange():
            line = HistoryLine("status", one.who, one.at, one.reason)
            return replace(line, before=one.before, after=one.after)
        case Dispute():
            line = HistoryLine("dispute", one.who, one.at, one.reason, criterion=one.criterion)
            return replace(line, dispute=one.id or "")
        case DisputeStep():
            line = HistoryLine("dispute_step", one.who, one.at, one.reason)
            return replace(line, dispute=one.dispute, state=one.state)
