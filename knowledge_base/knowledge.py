"""`KnowledgeBase`: what one client wants said."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.kinds import checked_kinds
from knowledge_base.rated import Rated
from knowledge_base.reports import IngestReport, Progress
from models.errors import InputError, NotFoundError
from models.records import ClientProfile, Document, DocumentKind, FactDecision, Hit, Passage

if TYPE_CHECKING:
    from knowledge_base.calibration import Calibration
    from knowledge_base.corpus import Corpus
    from knowledge_base.index_ahead import Ahead
    from knowledge_base.snapshot import Snapshot
    from models.ports import Encoder, Reranker, Store, Vectors

MAX_BYTES = 20_000_000
"""Largest file that `ingest` reads unless told otherwise."""
LONGEST_QUERY = 2_000
"""Code points of a query that are read."""


class KnowledgeBase:
    """The documents of one client, split, indexed and searched.

    Light to make: no model is loaded and nothing is read before it is needed. Searching is safe from
    many threads, also while documents are added.

    Args:
        client: Name of the client.
        encoder: Texts to vectors; None: the default encoder, loaded on first use.
        store: Where documents are kept; None: in memory.
        profile: Replaces the stored profile. Its id must be the client's name.
        reranker: Has a say in the order of hits; None: nobody has.

    Raises:
        InputError: The name is not usable as a client's.
    """

    def __init__(
        self,
        client: str,
        *,
        encoder: Encoder | None = None,
        store: Store | None = None,
        profile: ClientProfile | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        from storage import MemoryStore, check_client_name

        self._client = check_client_name(client)
        self._encoder = encoder
        self._store: Store = MemoryStore() if store is None else store
        self._profile = profile if profile is None else replace(profile, id=self._client)
        self._degraded = ""
        self._rated = None if reranker is None else Rated(reranker)
        self._snapshot: Snapshot | None = None
        self._digest: tuple[Snapshot, ClientProfile, str] | None = None
        self._day: tuple[Snapshot, date, tuple[Document, ...]] | None = None
        self._writing = threading.RLock()

    @classmethod
    def open(
        cls,
        folder: Path | str,
        client: str,
        *,
        encoder: Encoder | None = None,
        create: bool = True,
        reranker: Reranker | None = None,
    ) -> KnowledgeBase:
        """The durable knowledge base of a client in a data folder.

        Args:
            folder: The data folder; it may hold many clients.
            client: Name of the client.
            encoder: See the class.
            create: False to refuse a client that has nothing here.
            reranker: See the class.

        Raises:
            NotFoundError: There is no such client and `create` is False.
            InputError: The name is not usable as a client's.
            ConfigError: The folder cannot be used.
        """
        from knowledge_base.building import find_client

        name, store = find_client(Path(folder), client, create=create)
        return cls(name, encoder=encoder, store=store, reranker=reranker)

    def __repr__(self) -> str:
        return f"KnowledgeBase({self._client!r})"

    # -- what it is ---------------------------------------------------------------------------

    @property
    def client(self) -> str:
        """Name of the client."""
        return self._client

    @property
    def store(self) -> Store:
        """Where its records are kept."""
        return self._store

    @property
    def encoder(self) -> Encoder:
        """Texts to vectors. The first use of a default encoder finds its weights.

        Raises:
            ModelError: The weights are missing or altered.
        """
        if self._encoder is None:
            from models.encoders import default_encoder

            self._encoder = default_encoder()
        return self._encoder

    @property
    def profile(self) -> ClientProfile:
        """Who the client is: as given, as stored, or one with defaults alone."""
        if self._profile is None:
            try:
                self._profile = self._store.get(self._client, ClientProfile, self._client)
            except NotFoundError:
                self._profile = ClientProfile(id=self._client)
        return self._profile

    @property
    def degraded(self) -> str:
        """Why searches go by words alone, in words; empty when they do not."""
        return self._degraded

    @property
    def reranker_failed(self) -> str:
        """Why the last search went without its reranker, in words; empty when it did not."""
        return self._rated.failed if self._rated is not None else ""

    @property
    def digest(self) -> str:
        """SHA-256 of all current documents, the profile and what people decided on facts."""
        seen = (self._now(), self.profile)
        if self._digest is None or self._digest[0] is not seen[0] or self._digest[1] is not seen[1]:
            from knowledge_base.snapshot import digest_of

            self._digest = (*seen, digest_of(*seen))
        return self._digest[2]

    @property
    def fact_decisions(self) -> tuple[FactDecision, ...]:
        """What people decided on compiled facts, in the order in which they did."""
        return self._now().decisions

    # -- documents ----------------------------------------------------------------------------

    def add(self, documents: Iterable[Document], *, progress: Progress | None = None) -> IngestReport:
        """Store documents and make them searchable; unchanged ones cost nothing.

        A document without a kind gets a guessed one. Card numbers and secrets are masked before
        anything is stored; what cannot be masked is rejected.

        Args:
            documents: A later one replaces an earlier one of the same id.
            progress: Called while passages are encoded.

        Raises:
            InputError: Something is not a `Document`.
        """
        from knowledge_base.index_ahead import Ahead
        from knowledge_base.intake import checked, take_in

        wanted, store, client = checked(documents), self._store, self._client
        with self._writing, Ahead(lambda: self.encoder, store=store, client=client) as ahead:
            known = dict(self._now().documents)
            report = take_in(wanted, known, store=store, client=client, beside=ahead.take)
            if report.changed:
                self._renew(known, progress, ahead)
        return report

    def ingest(
        self, path: Path | str, *, progress: Progress | None = None, max_bytes: int = MAX_BYTES
    ) -> IngestReport:
        """Read a folder, or one file, and add its documents.

        `client.yaml` at the top of the folder becomes the profile. A file that cannot be used is
        rejected with a reason and the rest goes in. A document whose file has gone is reported as
        missing and stays.

        Args:
            path: The folder or file.
            progress: Called with each file, then while passages are encoded.
            max_bytes: Larger files are rejected.

        Raises:
            InputError: No such file or folder.
        """
        from knowledge_base.folders import find_missing, read_client_file, read_folder, with_reading

        root = Path(path)
        with self._writing:
            client_file = read_client_file(root, self._client)
            profile_changed = client_file.profile is not None and self._take(client_file.profile)
            names = {self._client, self.profile.name, *self.profile.brands} - {""}
            read = read_folder(root, names=names, max_bytes=max_bytes, progress=progress)
            missing = find_missing(root, read, self._now().documents)
            report = self.add(read.documents.values(), progress=progress)
            if report.changed and (corpus := self._searchable()).passages:
                self._scale(corpus, words_only=corpus.index is None)
        whole = with_reading(report, client_file, read, missing)
        return replace(whole, profile_changed=profile_changed)

    def remove(self, id: str) -> bool:
        """Erase a document and its revisions. False when there was none."""
        with self._writing:
            gone = self._store.delete(self._client, Document, id)
            documents = dict(self._now().documents)
            if documents.pop(id, None) is not None:
                self._renew(documents, None, None)
                gone = True
        return gone

    def refresh(self) -> None:
        """Forget what is held in memory, so that what another process stored is seen."""
        with self._writing:
            self._snapshot = None
            self._profile = None

    def documents(
        self, kind: DocumentKind | None = None, *, on: date | None = None, all_dates: bool = False
    ) -> list[Document]:
        """The documents in force, in the order in which they were first stored.

        Args:
            kind: Only these; None: all.
            on: The day; None: today.
            all_dates: Expired and coming ones too.
        """
        kinds = None if kind is None else checked_kinds([kind])
        found = self._now().documents.values() if all_dates else self._in_force(on or _today())
        return [document for document in found if kinds is None or document.kind in kinds]

    def document(self, id: str) -> Document:
        """The current revision of a document, in force or not.

        Raises:
            NotFoundError: No such document.
        """
        try:
            return self._now().documents[id]
        except KeyError:
            raise NotFoundError(f"Document {id}: no such record") from None

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in order.

        Raises:
            NotFoundError: No such document.
        """
        self.document(document_id)
        return list(self._now().passages[document_id])

    # -- search -------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        limit: int = 5,
        *,
        kinds: Iterable[str] | str | None = None,
        on: date | None = None,
        said: Sequence[str] = (),
        rerank: bool = True,
    ) -> list[Hit]:
        """The passages that answer a query best.

        Args:
            query: Words or a question; blank: no hits. Only the first 2,000 code points are read.
            limit: Hits at most, at least 1.
            kinds: Only documents of these kinds; None: all.
            on: The day on which the documents are in force; None: today.
            said: Turns of the contact so far, oldest first: documents whose title was named come first.
            rerank: False for whoever cannot wait for the reranker, if there is one: a live contact.

        Returns:
            Hits, best first. `Hit.score` is the probability that it answers, `Hit.answerable` that any
            document does: for questions about something else it stays near 0. Scripts, macros and
            disclosures stand back a little unless `kinds` is given. When vectors cannot be made, hits are
            found by words alone and marked as degraded.

        Raises:
            InputError: The limit is below 1, or there is no such kind.
        """
        return self.search_many([query], limit, kinds=kinds, on=on, said=said, rerank=rerank)[0]

    def search_many(
        self,
        queries: Sequence[str],
        limit: int = 5,
        *,
        kinds: Iterable[str] | str | None = None,
        on: date | None = None,
        said: Sequence[str] = (),
        rerank: bool = True,
    ) -> list[list[Hit]]:
        """`search` for many queries; they are encoded together.

        Raises:
            InputError: As `search`; or one string in place of a list.
        """
        from knowledge_base.indexing import try_queries

        if isinstance(queries, str):
            raise InputError("search_many: a list of queries is wanted; for one, use search")
        if limit < 1:
            raise InputError(f"search: limit {limit} is below 1")
        wanted = None if kinds is None else checked_kinds([kinds] if isinstance(kinds, str) else kinds)
        cut = [" ".join(query[:LONGEST_QUERY].split()) for query in queries]
        corpus = self._searchable()
        if not any(cut) or not corpus.passages:
            return [[] for _ in cut]
        allowed = corpus.allowed(on or _today(), wanted)
        vectors: dict[str, Vectors] = {}
        if corpus.index is not None:
            vectors, self._degraded = try_queries(cut, encoder=lambda: self.encoder)
        scale = self._scale(corpus, words_only=not vectors)
        search = partial(
            corpus.search,
            calibration=scale,
            aside=wanted is None,
            named=corpus.named(said),
            rated=self._rated if rerank else None,
        )
        return [search(text, vectors.get(text), limit, allowed) if text else [] for text in cut]

    # -- inside -------------------------------------------------------------------------------

    def _take(self, profile: ClientProfile) -> bool:
        """Store a profile and use it. False when it is the one in use."""
        written = self._store.put(self._client, profile, supersede=True)
        differs = profile != self.profile
        if self._snapshot is not None and profile.language != self.profile.language:
            self._snapshot = replace(self._snapshot, corpus=None, lexical=None)  # stemmed otherwise now
        self._profile = profile
        return written or differs

    def _in_force(self, day: date) -> tuple[Document, ...]:
        """The documents of a day; the last answer is kept, since a live contact asks with every turn."""
        snapshot, known = self._now(), self._day
        if known is None or known[0] is not snapshot or known[1] != day:
            documents = tuple(one for one in snapshot.documents.values() if one.in_force(day))
            known = self._day = (snapshot, day, documents)
        return known[2]

    def _now(self) -> Snapshot:
        """What is stored, read once."""
        snapshot = self._snapshot
        if snapshot is None:
            from knowledge_base.building import read_stored

            with self._writing:
                if self._snapshot is None:
                    self._snapshot = read_stored(self._store, self._client, language=self.profile.language)
                snapshot = self._snapshot
        return snapshot

    def _searchable(self) -> Corpus:
        corpus = self._now().corpus
        if corpus is None:
            with self._writing:
                snapshot = self._now()
                if snapshot.corpus is None:
                    snapshot = replace(snapshot, corpus=self._corpus(snapshot, None, None))
                    self._snapshot = snapshot
                corpus = snapshot.corpus
        assert corpus is not None
        return corpus

    def _renew(self, documents: dict[str, Document], progress: Progress | None, ahead: Ahead | None) -> None:
        """Make the next snapshot whole, then put it in place of the last."""
        from knowledge_base.snapshot import split_all

        before = self._now() if ahead is None else ahead.added_to(self._now())
        snapshot = split_all(documents, before)
        self._snapshot = replace(snapshot, corpus=self._corpus(snapshot, progress, ahead))

    def _corpus(self, snapshot: Snapshot, progress: Progress | None, ahead: Ahead | None) -> Corpus:
        from knowledge_base.building import corpus_of

        corpus, self._degraded = corpus_of(
            snapshot,
            client=self._client,
            language=self.profile.language,
            store=self._store,
            encoder=lambda: self.encoder,
            progress=progress,
            ahead=ahead,
        )
        return corpus

    def _scale(self, corpus: Corpus, *, words_only: bool) -> Calibration:
        """Measured on the corpus once, the first time that it is searched this way."""
        from knowledge_base.measuring import scale_of

        encoder = None if words_only else self.encoder
        return scale_of(corpus, encoder=encoder, store=self._store, client=self._client)


def _today() -> date:
    """The day where the centre is: a policy starts at midnight there."""
    return date.today()  # noqa: DTZ011 - see above
