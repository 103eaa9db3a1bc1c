"""Where the faces meet the rooms: REST, pages and command line call these functions and nothing below.

Every call names its client; the caller got that from a credential or from its user's explicit words.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from copilot import Copilot, Quietness, Session
from knowledge_base import IngestReport, KnowledgeBase
from knowledge_base.reports import Progress
from models.errors import ConflictError, InputError, NotFoundError, UnscriptedError
from models.records import (
    Analysis,
    Channel,
    ClientProfile,
    Document,
    DraftCheck,
    Evaluation,
    FactDecision,
    FeedbackAction,
    Hit,
    MinedPhrase,
    Review,
    Suggestion,
    Transcript,
    Turn,
    UsualScripting,
    WrapUp,
)
from models.records.cases import NO_CONDITION, Where
from qa import Analyser, Scorecard
from qa.queues import QueueItem, queue
from qa.readers import Rejected
from qa.reviews import Override
from storage import open_store
from storage.audit import AuditTrail
from storage.names import client_key
from storage.panel_use import PanelUse
from web.generation import GenerationSettings, copilot_for
from web.kept_scores import evaluations_of, keep, known_scores, stored
from web.live_contacts import Arrival, LiveContacts
from web.panel_use import note_use
from web.veil import in_sample
from web.webhooks import outgoing, told

if TYPE_CHECKING:
    from models.ports import Encoder, Reranker


@dataclass(frozen=True, slots=True)
class ContactView:
    """All that a reviewer sees of one contact."""

    transcript: Transcript
    analysis: Analysis
    evaluation: Evaluation | None
    reviews: tuple[Review, ...] = ()


log = logging.getLogger("unscripted.workspace")

_LOOK_EVERY_S = 2.0
"""How old an answer may be to whether another process has changed a client's documents."""


class Workspace:
    """A data folder, opened. Safe to share between threads.

    Args:
        folder: Where the clients' files are; made when it is not there.
        encoder: None takes the default one when it is first needed.
        reranker: Has a say in the order of what is searched for; never in a live contact.
    """

    def __init__(
        self, folder: str | Path, *, encoder: Encoder | None = None, reranker: Reranker | None = None
    ) -> None:
        self.folder = Path(folder)
        self._encoder, self._reranker = encoder, reranker
        self._store = open_store(self.folder)
        self.audit = AuditTrail(self.folder)
        self.generation = GenerationSettings()
        self.retention_limits: dict[str, int] = {}
        """Most days by kind of record, whatever a client says; the deployer's."""
        self._knowledge_bases: dict[str, KnowledgeBase] = {}
        self._analysers: dict[str, tuple[tuple[object, ...], Analyser]] = {}
        self.live = LiveContacts(self._new_session, self._store)
        """Contacts that are going on."""
        self.live.leaves = lambda one: outgoing(self.folder, one.client, "contact.ended", contact=one.id)
        self.warm: bool | None = None
        """Whether the models are in memory; None: nobody has begun to load them ahead."""
        self.panel_use = PanelUse(self.folder)
        """What was done with cards; kept apart, and never handed to QA."""
        self._lock = threading.RLock()
        self._seen: dict[str, tuple[float, tuple[int, ...] | None]] = {}
        self._later = ThreadPoolExecutor(1, "score-ended")

    # -- clients and their documents --------------------------------------------------------

    def clients(self) -> list[str]:
        """Names of the clients in this folder."""
        return self._store.clients()

    def own_folder(self, client: str) -> Path:
        """A client's own folder within the data folder."""
        return self._store.folder(client)

    def knowledge_base(self, client: str, *, create: bool = False) -> KnowledgeBase:
        """What a client wants said.

        Raises:
            NotFoundError: The client is not in this folder and `create` is False.
        """
        key = client_key(client)
        with self._lock:
            if key not in self._knowledge_bases:
                self._knowledge_bases[key] = KnowledgeBase.open(
                    self.folder, client, encoder=self._encoder, create=create, reranker=self._reranker
                )
            kb = self._knowledge_bases[key]
            self._see_other_processes(key, kb)
            return kb

    def _see_other_processes(self, key: str, kb: KnowledgeBase) -> None:
        """Documents that `unscripted ingest` stored meanwhile are seen, without a restart."""
        looked_at, known = self._seen.get(key, (0.0, None))
        now = monotonic()
        if now - looked_at < _LOOK_EVERY_S:
            return
        state = self._store.state(kb.client, Document, ClientProfile, FactDecision)
        if known is not None and state != known:
            kb.refresh()
        self._seen[key] = (now, state)

    def degraded(self) -> list[str]:
        """What the clients' searches that were opened go without, in words."""
        with self._lock:
            return sorted({kb.degraded for kb in self._knowledge_bases.values()} - {""})

    def reranker_failed(self) -> bool:
        """Whether the last search of a client's went without its reranker."""
        with self._lock:
            return any(kb.reranker_failed for kb in self._knowledge_bases.values())

    def ingest(self, client: str, path: str | Path, *, progress: Progress | None = None) -> IngestReport:
        """Read a client's folder or file; the client is made when it is new."""
        kb = self.knowledge_base(client, create=True)
        report = kb.ingest(Path(path), progress=progress)
        with self._lock:
            state = self._store.state(kb.client, Document, ClientProfile, FactDecision)
            self._seen[client_key(client)] = (monotonic(), state)
        return report

    def search(self, client: str, query: str, *, limit: int = 5) -> list[Hit]:
        """Passages of this client that answer a question, best first."""
        return self.knowledge_base(client).search(query, limit=limit)

    # -- while a contact is live ------------------------------------------------------------

    def session(self, client: str, contact: str, *, agent: str = "", channel: Channel = "other") -> Session:
        """The live contact of that id, opened when it is new.

        Raises:
            ConflictError: Another agent has the contact.
        """
        return self.live.open(self.knowledge_base(client).client, contact, agent=agent, channel=channel)

    def hear(self, client: str, contact: str, turns: Iterable[Turn], *, agent: str = "") -> list[Suggestion]:
        """Turns arriving in a live contact; the suggestions that the last of them called for."""
        arrivals = [Arrival(turn) for turn in turns]
        name = self.knowledge_base(client).client
        return list(self.live.hear(name, contact, arrivals, agent=agent).suggestions)

    def suggest(self, client: str, turns: Sequence[Turn]) -> list[Suggestion]:
        """What the last of these turns calls for; nothing is kept."""
        kb = self.knowledge_base(client)
        # No cooldown: the caller was not shown what earlier turns called for.
        copilot = Copilot(kb, detectors=(), quietness=Quietness(cooldown_turns=0))
        session = copilot.session("suggest")
        suggestions: list[Suggestion] = []
        for turn in turns:
            suggestions = session.hear(turn)
        return suggestions

    def check(self, client: str, draft: str, *, contact: str | None = None, agent: str = "") -> DraftCheck:
        """A draft, read with the live contact it belongs to, or by itself."""
        kb = self.knowledge_base(client)
        if contact is not None:
            return self.live.session(kb.client, contact, agent=agent).check(draft)
        return Copilot(kb, detectors=self.analyser(client).detectors).session("draft").check(draft)

    def feedback(
        self, client: str, contact: str, suggestion: str, action: FeedbackAction, *, agent: str = ""
    ) -> None:
        """What the agent did with a card of a live contact."""
        name = self.knowledge_base(client).client
        self.live.feedback(name, contact, suggestion, action, agent=agent)

    def close(self, client: str, contact: str, *, agent: str = "") -> WrapUp:
        """End a live contact: its transcript is stored, and a draft score follows in the background."""
        name = self.knowledge_base(client).client
        summary = self.live.end(name, contact, agent=agent)
        self._later.submit(self._score_ended, name, contact)
        return summary

    def _score_ended(self, client: str, contact: str) -> None:
        try:
            if self.scorecards(client) and in_sample(self, client, contact):
                self.score(client, self._store.get(client, Transcript, contact), keep=True)
        except UnscriptedError as problem:
            # Several scorecards, or nothing was said: a person scores it from the queue.
            log.info("contact not scored after its end: %s", type(problem).__name__)

    def _new_session(self, client: str, contact: str, agent: str, channel: Channel) -> Session:
        kb = self.knowledge_base(client)
        copilot = copilot_for(self.generation, kb, self.analyser(client).detectors)
        session = copilot.session(contact, agent, channel=channel)
        session.note_use = note_use(self.panel_use, client)
        return session

    # -- afterwards -------------------------------------------------------------------------

    def analyser(self, client: str) -> Analyser:
        """The analyser for this client, made anew when its documents or phrases changed."""
        kb = self.knowledge_base(client)
        with self._lock:
            known = self._analysers.get(kb.client)
            # What was learned counts as well as the documents: another process may approve phrases.
            state = (kb.digest, *self._store.state(kb.client, MinedPhrase, UsualScripting))
            if known is None or known[0] != state:
                known = (state, Analyser(kb))
                self._analysers[kb.client] = known
            return known[1]

    def add_scorecard(self, client: str, scorecard: Scorecard) -> bool:
        """Publish a scorecard version. False when it is there already, in these or other words.

        Raises:
            ConflictError: The version exists with another meaning: `web.standards.publish` makes a new one.
        """
        known = [card.meaning for card in self.scorecards(client) if card.id == scorecard.id]
        if known and known[0] != scorecard.meaning:
            what = f"scorecard {scorecard.id}: is published with another meaning"
            raise ConflictError(f"{what}; publish it as a new version")
        return not known and self._store.put(self.knowledge_base(client).client, scorecard)

    def scorecards(self, client: str) -> list[Scorecard]:
        """Published scorecards, oldest first."""
        return self._store.find(self.knowledge_base(client).client, Scorecard)

    def scorecard(self, client: str, name: str | None = None) -> Scorecard:
        """The newest version of a scorecard, by `name` or `name@version`; of the only one when None.

        Raises:
            NotFoundError: There is none, or several and no name was given.
        """
        cards = [card for card in self.scorecards(client) if name in (None, card.name, card.id)]
        if not cards:
            which = f"Scorecard {name}" if name else "Scorecard"
            raise NotFoundError(f"{which}: no such scorecard; publish one with its file")
        if name is None and len({card.name for card in cards}) > 1:
            names = ", ".join(sorted({card.name for card in cards}))
            raise NotFoundError(f"Scorecard: this client has several ({names}); say which")
        return cards[-1]

    def add_transcripts(self, client: str, transcripts: Sequence[Transcript]) -> list[str]:
        """Store contacts, redacted. Known ones with the same content change nothing.

        Returns:
            The ids, in order.

        Raises:
            ConflictError: An id is taken by another contact's content; nothing after it is stored.
            InputError: A contact is another client's; likewise.
        """
        name = self.knowledge_base(client).client
        for transcript in transcripts:
            if transcript.client != name:
                raise InputError(f"transcript {transcript.id}: is not of this client")
            self._store.put(name, transcript)
        return [transcript.id for transcript in transcripts]

    def store_contacts(
        self, client: str, transcripts: Sequence[Transcript]
    ) -> tuple[list[Transcript], list[Rejected]]:
        """Store contacts one by one; a taken id rejects that contact and no other.

        Returns:
            The contacts as stored (redacted), and what was refused with its reason.
        """
        name = self.knowledge_base(client).client
        stored, refused = [], []
        for transcript in transcripts:
            try:
                self.add_transcripts(name, [transcript])
                stored.append(self._store.get(name, Transcript, transcript.id))
            except UnscriptedError as problem:
                refused.append(Rejected(transcript.id, str(problem)))
        return stored, refused

    def known_scores(
        self, client: str, transcripts: Sequence[Transcript], scorecard: Scorecard
    ) -> tuple[list[tuple[Evaluation, Analysis]], list[Transcript]]:
        """Scores that still hold, and the contacts that need scoring."""
        name = self.knowledge_base(client).client
        return known_scores(self._store, name, transcripts, scorecard, self.analyser(name).fingerprint)

    def transcripts(self, client: str) -> list[Transcript]:
        """All stored contacts of a client."""
        return self._store.find(self.knowledge_base(client).client, Transcript)

    def analyse(self, client: str, transcript: Transcript) -> Analysis:
        """Findings and scriptedness, from the store when nothing they depend on has changed."""
        analyser = self.analyser(client)
        known = stored(self._store, client, Analysis, transcript.id)
        if (
            known is not None
            and known.transcript_digest == transcript.digest
            and known.fingerprint == analyser.fingerprint
        ):
            return known
        return Analysis(
            id=transcript.id,
            transcript_digest=transcript.digest,
            findings=tuple(analyser.analyse(transcript)),
            scriptedness=analyser.scriptedness(transcript),
            fingerprint=analyser.fingerprint,
        )

    def score(
        self, client: str, transcript: Transcript, *, scorecard: Scorecard | None = None, keep: bool = False
    ) -> tuple[Evaluation, Analysis]:
        """A contact held against a scorecard; kept in the store when `keep`.

        Of a contact that several agents had, the first one's; `web.desk.score` gives all.
        """
        from web import desk

        return desk.score(self, client, transcript, scorecard=scorecard, keep=keep)[0]

    def keep(self, client: str, evaluation: Evaluation, analysis: Analysis) -> None:
        """Store a draft and what it rests on; what a person has confirmed is left as it is, both of it."""
        keep(
            self._store,
            client,
            evaluation,
            analysis,
            beside=told(self, "evaluation.draft", evaluation),
        )

    def contact(self, client: str, id: str) -> ContactView:
        """One contact with its findings, evaluation and reviews.

        Raises:
            NotFoundError: No such contact of this client.
        """
        name = self.knowledge_base(client).client
        transcript = self._store.get(name, Transcript, id)
        evaluations = evaluations_of(self._store, name, id)
        evaluation = evaluations[-1] if evaluations else None
        reviews = tuple(
            review
            for review in self._store.find(name, Review)
            if evaluation is not None and review.evaluation == evaluation.id
        )
        return ContactView(transcript, self._analysis_shown(name, transcript), evaluation, reviews)

    def _analysis_shown(self, client: str, transcript: Transcript) -> Analysis:
        """What the evaluation rests on: the stored analysis, also when detectors have changed since."""
        known = stored(self._store, client, Analysis, transcript.id)
        if known is None or known.transcript_digest != transcript.digest:
            known = self.analyse(client, transcript)
            self._store.put(client, known, supersede=True)
        return known

    def queue(
        self, client: str, where: Where = NO_CONDITION, *, limit: int | None = None, offset: int = 0
    ) -> list[QueueItem]:
        """Contacts that wait for a person, riskiest first, with the reason in words and who has them."""
        name = self.knowledge_base(client).client
        return queue(self._store, name, where, limit=limit, offset=offset, now=datetime.now(UTC))

    def queue_size(self, client: str) -> int:
        """Lines of the whole queue."""
        return self._store.tally(self.knowledge_base(client).client, "cases")[0].count

    def review(self, client: str, evaluation: str, overrides: Sequence[Override], *, who: str) -> Evaluation:
        """Confirm an evaluation by a named person, with changed answers and their reasons.

        Raises:
            InputError: See `qa.reviews.confirm`.
            ConflictError: It is disputed or resolved, or somebody else was faster.
            NotFoundError: No such evaluation, or its scorecard version is not published.
        """
        from web import desk

        return desk.review(self, client, evaluation, overrides, who=who)
