"""Evaluations as they are kept: which still hold, and how a fresh draft takes the place of an old one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from models.errors import ConflictError, NotFoundError
from models.records import Analysis, Evaluation, Transcript
from qa.contact_agents import agents_of
from qa.scoring import evaluation_fingerprint, evaluation_id

if TYPE_CHECKING:
    from models.ports import Store
    from qa import Scorecard

Record = TypeVar("Record")

log = logging.getLogger("unscripted.scores")


def stored(store: Store, client: str, kind: type[Record], id: str) -> Record | None:
    """A record, or None when there is none."""
    try:
        return store.get(client, kind, id)
    except NotFoundError:
        return None


def evaluations_of(store: Store, client: str, contact: str) -> list[Evaluation]:
    """The evaluations of one contact, in the order in which they were first stored."""
    cases = store.cases(client, {"contact": contact})
    found = (stored(store, client, Evaluation, case.evaluation) for case in cases if case.evaluation)
    return [one for one in found if one is not None]


def known_scores(
    store: Store, client: str, transcripts: Sequence[Transcript], scorecard: Scorecard, analyser: str
) -> tuple[list[tuple[Evaluation, Analysis]], list[Transcript]]:
    """Scores that still hold, and the contacts that need scoring.

    Args:
        store: Where they are.
        client: Whose.
        transcripts: Contacts to score.
        scorecard: With what.
        analyser: The fingerprint of the analyser that would read them.
    """
    evaluations = {e.id: e for e in store.find(client, Evaluation)}
    analyses = {a.id: a for a in store.find(client, Analysis)}
    known: list[tuple[Evaluation, Analysis]] = []
    fresh: list[Transcript] = []
    for transcript in transcripts:
        ids = [evaluation_id(scorecard, transcript, agent) for agent in agents_of(transcript)]
        made = [evaluations[id] for id in ids if id in evaluations]
        analysis = analyses.get(transcript.id)
        wanted = evaluation_fingerprint(scorecard, transcript, analyser)
        still = len(made) == len(ids) and all(one.fingerprint == wanted for one in made)
        if analysis is not None and still:
            known.extend((one, analysis) for one in made)
        else:
            fresh.append(transcript)
    return known, fresh


def keep(
    store: Store,
    client: str,
    evaluation: Evaluation,
    analysis: Analysis,
    *,
    beside: Sequence[object] = (),
) -> bool:
    """Store a draft and what it rests on, both or neither.

    What a person has confirmed is left as it is, and so are the findings it rests on, which evaluations
    of the contact on other scorecards share. Whoever changes either meanwhile comes first.

    Args:
        store: Where to.
        client: Whose.
        evaluation: The draft.
        analysis: What it rests on.
        beside: Records that are stored with a draft that is new.

    Returns:
        Whether the draft is what is stored now.
    """
    of_contact = evaluations_of(store, client, evaluation.transcript)
    known = next((one for one in of_contact if one.id == evaluation.id), None)
    if known is not None and known.status != "draft":
        return False
    kept = stored(store, client, Analysis, analysis.id)
    settled = kept is not None and any(one.status != "draft" for one in of_contact)
    read = [one for one in (kept, *of_contact) if one is not None]
    try:
        fresh = [] if known == evaluation else beside
        made = [evaluation, *fresh] if settled else [analysis, evaluation, *fresh]
        store.put_all(client, made, expected=read)
    except ConflictError as problem:
        log.info("draft not kept, somebody was faster: %s", problem)
        return False
    return True
