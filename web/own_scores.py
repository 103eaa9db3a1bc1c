"""An agent's own confirmed scores, for the panel: the words first, then the number, and a way to object.

Drafts are not shown: a score counts when a person stands behind it. Another agent's score looks like none
at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.errors import NotFoundError
from models.records import Evaluation, Review, Transcript
from models.records.cases import COUNTED
from models.records.coaching import CoachingNote
from qa.contact_agents import turns_of
from web import desk, dispute_desk
from web.reader import Answer, Reader, id_in, words_in
from web.render import said as said_in

_SHOWN = (*COUNTED, "disputed")
_OPEN_TO_OBJECTION = ("confirmed", "acknowledged", "disputed")
_MOST = 100
_MOST_QUOTES = 3


def listed(reader: Reader, _: Mapping[str, Any]) -> Answer:
    """`scores`: confirmed scores of whoever asks, newest first."""
    cases = reader.kb.store.cases(
        reader.client, {"agent": reader.name, "status": _SHOWN}, order=("-day", "contact"), limit=_MOST
    )
    return {
        "scores": [
            {"evaluation": one.evaluation, "contact": one.contact, "day": one.day, "state": one.status}
            for one in cases
        ]
    }


def opened(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """One score (`evaluation`) with the words that each answer rests on.

    Raises:
        NotFoundError: None, or not theirs.
    """
    found = _own(reader, said)
    card = reader.workspace.scorecard(reader.client, found.scorecard)
    questions = {criterion.ref: criterion.question for criterion in card.criteria}
    transcript = reader.kb.store.get(reader.client, Transcript, found.transcript)
    mine = turns_of(transcript, reader.name)  # notes on a colleague's part are the colleague's
    lines = [
        {
            "criterion": verdict.criterion,
            "question": questions.get(verdict.criterion, verdict.criterion),
            "outcome": verdict.outcome,
            "reason": said_in(verdict.reason, reader.language),
            "quotes": [
                {"turn": span.turn, "words": transcript.quote(span)}
                for span in verdict.evidence[:_MOST_QUOTES]
            ],
        }
        for verdict in found.verdicts
    ]
    done = desk.history(reader.workspace, reader.client, found.id)
    confirmed = [one.who for one in done if isinstance(one, Review) and not one.criterion]
    return {
        "evaluation": found.id,
        "lines": lines,
        "percent": round(100 * found.score) if found.score is not None else None,
        "confirmed_by": confirmed[-1] if confirmed else "",
        "notes": [
            note.text
            for note in reader.kb.store.find(reader.client, CoachingNote)
            if note.contact == found.transcript and note.turn in mine
        ],
        "dispute": _objection(reader, found),
        "may_dispute": found.status in _OPEN_TO_OBJECTION,
        "may_acknowledge": found.status == "confirmed",
    }


def dispute(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Object to one answer: `evaluation`, `criterion`, `reason`. Raises as `dispute_desk.dispute`."""
    found = _own(reader, said)
    dispute_desk.dispute(
        reader.workspace,
        reader.client,
        found.id,
        words_in(said, "criterion"),
        who=reader.name,
        reason=words_in(said, "reason"),
    )
    return {}


def acknowledge(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """The agent has read it. Raises as `web.desk.acknowledge` does."""
    desk.acknowledge(reader.workspace, reader.client, _own(reader, said).id, who=reader.name)
    return {}


def _own(reader: Reader, said: Mapping[str, Any]) -> Evaluation:
    id = id_in(said, "evaluation")
    found = reader.kb.store.get(reader.client, Evaluation, id)
    if found.agent != reader.name or found.status not in _SHOWN:
        raise NotFoundError(f"Evaluation {id}: no such record")
    return found


def _objection(reader: Reader, evaluation: Evaluation) -> Answer | None:
    views = dispute_desk.disputes(reader.workspace, reader.client, evaluation.id)
    if not views:
        return None
    steps = views[-1].steps
    return {"state": views[-1].state, "reason": steps[-1].reason if steps else ""}
