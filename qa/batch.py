"""Many contacts, scored in processes. Every contact ends up scored, known already, or a dead letter.

Workers get names, not objects: the data folder, the client, the scorecard's text. A worker that
dies takes nothing with it: what it held is tried once more, one contact at a time.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.codec import from_json, to_json
from models.errors import UnscriptedError
from models.records import Analysis, Evaluation, Transcript
from qa.scorecards import Scorecard

if TYPE_CHECKING:
    from concurrent.futures import Future

Progress = Callable[[int, int], None]
Result = tuple[Evaluation, Analysis]

SMALL = 40
"""Up to this many contacts one process is quicker: starting another costs several seconds."""
_CHUNK = 8
_MOST_BARREN = 3
"""Pools in a row that end without a result, before contacts are tried one by one."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a worker needs to know; plain values only."""

    folder: str
    client: str
    scorecard: str
    """Canonical JSON of the scorecard."""
    encoder: str = "default"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A contact that could not be scored, or a file that could not be read, and why. Never its words."""

    transcript: str
    """Id of the contact; of a file its path in the folder."""
    reason: str

    @property
    def id(self) -> str:
        """Under which it is kept until the contact is scored."""
        return self.transcript


@dataclass(frozen=True, slots=True)
class BatchReport:
    """scored + dead = submitted."""

    scored: tuple[Result, ...]
    dead: tuple[DeadLetter, ...]


def run_batch(
    transcripts: Sequence[Transcript],
    plan: BatchPlan,
    *,
    processes: int | None = None,
    progress: Progress | None = None,
    keep: Callable[[Evaluation, Analysis], None] | None = None,
) -> BatchReport:
    """Analyse and score contacts.

    Args:
        transcripts: Of the plan's client.
        plan: What to score with.
        processes: None: one up to `SMALL` contacts, else one per core.
        progress: Called with (done, total).
        keep: Called with each result as it comes, in no order: what was kept is not lost to a kill.

    Returns:
        Results in the order of `transcripts`, the same in any number of processes.
    """
    if processes is None:
        processes = 1 if len(transcripts) <= SMALL else os.cpu_count() or 1
    report = _run_here if processes <= 1 else _run_in_processes
    outcomes: dict[int, Result | DeadLetter] = {}
    for done, (index, outcome) in enumerate(report(transcripts, plan, processes), start=1):
        outcomes[index] = outcome
        if keep is not None and not isinstance(outcome, DeadLetter):
            keep(*outcome)
        if progress is not None:
            progress(done, len(transcripts))
    ordered = [outcomes[index] for index in range(len(transcripts))]
    return BatchReport(
        scored=tuple(outcome for outcome in ordered if not isinstance(outcome, DeadLetter)),
        dead=tuple(outcome for outcome in ordered if isinstance(outcome, DeadLetter)),
    )


_Outcomes = Iterator[tuple[int, Result | DeadLetter]]


class _Scorer:
    """One worker's parts, made once."""

    def __init__(self, plan: BatchPlan) -> None:
        from knowledge_base import KnowledgeBase
        from models.encoders import open_encoder
        from qa.analyser import Analyser

        kb = KnowledgeBase.open(
            Path(plan.folder), plan.client, encoder=open_encoder(plan.encoder), create=False
        )
        self._analyser = Analyser(kb)
        self._documents = kb.digest
        self._scorecard = from_json(Scorecard, plan.scorecard)

    def score(self, transcript: Transcript) -> Result | DeadLetter:
        try:
            findings = tuple(self._analyser.analyse(transcript))
            analysis = Analysis(
                id=transcript.id,
                transcript_digest=transcript.digest,
                findings=findings,
                scriptedness=self._analyser.scriptedness(transcript),
                fingerprint=self._analyser.fingerprint,
            )
            evaluation = self._scorecard.evaluate(
                transcript,
                findings,
                scriptedness=analysis.scriptedness,
                fingerprint=analysis.fingerprint,
                parts={"analyser": analysis.fingerprint, "documents": self._documents},
            )
        except UnscriptedError as problem:
            return DeadLetter(transcript.id, f"{type(problem).__name__}: {problem}")
        except Exception as problem:  # noqa: BLE001 - one bad contact never stops the others
            # The class only: a foreign library's message may quote the words.
            return DeadLetter(transcript.id, f"{type(problem).__name__} while scoring; please report it")
        return evaluation, analysis


def _run_here(transcripts: Sequence[Transcript], plan: BatchPlan, processes: int) -> _Outcomes:
    del processes
    scorer = _Scorer(plan)
    for index, transcript in enumerate(transcripts):
        yield index, scorer.score(transcript)


_scorer: _Scorer | None = None


def _start_worker(plan: BatchPlan) -> None:
    global _scorer  # noqa: PLW0603 - a worker process has one scorer for its life
    _scorer = _Scorer(plan)


def _work(bodies: list[str]) -> list[tuple[bool, Any]]:
    assert _scorer is not None
    results: list[tuple[bool, Any]] = []
    for body in bodies:
        outcome = _scorer.score(from_json(Transcript, body))
        if isinstance(outcome, DeadLetter):
            results.append((False, (outcome.transcript, outcome.reason)))
        else:
            results.append((True, (to_json(outcome[0]), to_json(outcome[1]))))
    return results


def _run_in_processes(transcripts: Sequence[Transcript], plan: BatchPlan, processes: int) -> _Outcomes:
    """All of them; what may have killed a process once more, each by itself, after the others."""
    indexes = list(range(len(transcripts)))
    chunks = deque(indexes[first : first + _CHUNK] for first in range(0, len(indexes), _CHUNK))
    suspects: list[int] = []
    heard = barren = 0
    while chunks and barren < _MOST_BARREN:
        before = heard
        for outcome in _pooled(chunks, transcripts, plan, processes, suspects):
            heard += 1
            yield outcome
        barren = barren + 1 if heard == before else 0
    alone = deque([index] for index in (*suspects, *(index for chunk in chunks for index in chunk)))
    while alone:
        dead: list[int] = []
        for outcome in _pooled(alone, transcripts, plan, 1, dead):
            heard += 1
            yield outcome
        barren += len(dead)
        if not heard and barren >= 2 * _MOST_BARREN:  # no process comes up at all: not the contacts' fault
            dead += [index for chunk in alone for index in chunk]
            alone.clear()
        for index in dead:
            yield index, DeadLetter(transcripts[index].id, "the process that scored it died twice")


def _pooled(
    chunks: deque[list[int]],
    transcripts: Sequence[Transcript],
    plan: BatchPlan,
    processes: int,
    lost: list[int],
) -> _Outcomes:
    """Outcomes as they come, until all chunks are taken or a process dies: then its like are in `lost`.

    Few chunks are handed out ahead, so that one death makes few suspects; to one process one at a time.
    """
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    most = 1 if processes == 1 else 2 * processes
    broken = False
    with ProcessPoolExecutor(processes, get_context("spawn"), _start_worker, (plan,)) as pool:
        waiting: dict[Future[list[tuple[bool, Any]]], list[int]] = {}
        while True:
            while chunks and not broken and len(waiting) < most:
                bodies = [to_json(transcripts[index]) for index in chunks[0]]
                try:
                    waiting[pool.submit(_work, bodies)] = chunks[0]
                except BrokenProcessPool:
                    broken = True
                else:
                    chunks.popleft()
            if not waiting:
                return
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                chunk = waiting.pop(future)
                try:
                    results = future.result()
                except BrokenProcessPool:
                    broken = True
                    lost += chunk
                    continue
                for index, (scored, parts) in zip(chunk, results, strict=True):
                    if scored:
                        yield index, (from_json(Evaluation, parts[0]), from_json(Analysis, parts[1]))
                    else:
                        yield index, DeadLetter(*parts)
