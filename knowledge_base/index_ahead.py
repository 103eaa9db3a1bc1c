"""Encoding begun early: while the next documents are read and redacted, those before are encoded.

Reading and redacting hold one processor, encoding lets go of the interpreter's lock: side by side they take
about as long as the longer of the two. Nothing is stored here. Rows wait until their documents are stored,
so that whoever is killed in between leaves no trace of documents that were never taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from knowledge_base.corpus import text_digest
from knowledge_base.indexing import BATCH, texts_of
from knowledge_base.splitting import split

if TYPE_CHECKING:
    from knowledge_base.snapshot import Snapshot
    from models.ports import Encoder, Store, Vectors
    from models.records import Document, Passage


class Ahead:
    """Encodes the passages of documents that are about to be stored. A context; one thread fills it.

    An encoder that fails ends it in silence: whoever builds the index meets the same failure, and tells.

    Args:
        encoder: Makes the vectors.
        store: Is asked which are there already.
        client: Name of the client.
    """

    def __init__(self, encoder: Callable[[], Encoder], *, store: Store, client: str) -> None:
        self._encoder, self._store, self._client = encoder, store, client
        self._made: Encoder | None = None
        self._failed = False
        self._queued: dict[str, str] = {}
        self._seen: set[str] = set()
        self._batches: SimpleQueue[Mapping[str, str] | None] = SimpleQueue()
        self._rows: dict[str, Vectors] = {}
        self._thread: Thread | None = None
        self._enough = Event()
        self._documents: dict[str, Document] = {}
        self._passages: dict[str, tuple[Passage, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def take(self, document: Document) -> None:
        """Cut a document, and encode what is not there already as soon as there is a batch of it."""
        self._documents[document.id] = document
        cut = self._passages[document.id] = tuple(split(document))
        try:
            self._queue(cut)
        except Exception:  # noqa: BLE001 - see the class
            self._failed = True

    def added_to(self, snapshot: Snapshot) -> Snapshot:
        """What a snapshot says of its documents and, in place of it, what is known of those taken."""
        return replace(
            snapshot,
            documents={**snapshot.documents, **self._documents},
            passages={**snapshot.passages, **self._passages},
        )

    def finish(self) -> Mapping[str, Vectors]:
        """Begin no further batch; the rows that are there, by the digest of their text."""
        self._enough.set()
        if self._thread is not None:
            self._batches.put(None)
            self._thread.join()
            self._thread = None
        return self._rows

    def _queue(self, passages: Sequence[Passage]) -> None:
        if self._failed:
            return
        if self._made is None:
            self._made = self._encoder()
        texts = {text_digest(text): text for group in texts_of(passages, self._made) for text in group}
        new = {digest: text for digest, text in texts.items() if digest not in self._seen}
        self._seen.update(new)
        there = self._store.get_vectors(self._client, self._made.name, list(new))
        self._queued.update((digest, text) for digest, text in new.items() if digest not in there)
        if len(self._queued) < BATCH:
            return
        self._batches.put(self._queued)
        self._queued = {}
        if self._thread is None:
            self._thread = Thread(target=self._encode, args=(self._made,), name="encoding")
            self._thread.start()

    def _encode(self, encoder: Encoder) -> None:
        try:
            while (batch := self._batches.get()) is not None and not self._enough.is_set():
                self._rows.update(zip(batch, encoder.encode(list(batch.values())), strict=True))
        except Exception:  # noqa: BLE001 - see the class
            self._failed = True
