"""From a data folder to what can be searched: a client's store, passages, words and vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.corpus import Corpus, postings
from knowledge_base.fusion import WORD_WEIGHT
from knowledge_base.indexing import try_index
from knowledge_base.intake import with_kind
from knowledge_base.kept import keep, taken_up
from knowledge_base.snapshot import Snapshot, split_all
from models.errors import NotFoundError
from models.records import Document, FactDecision

if TYPE_CHECKING:
    from knowledge_base.index import FaissIndex
    from knowledge_base.index_ahead import Ahead
    from knowledge_base.reports import Progress
    from knowledge_base.windows import PairIndex
    from models.ports import Encoder, Store


def find_client(folder: Path, client: str, *, create: bool) -> tuple[str, Store]:
    """A client's name as it is spelled in a data folder, and the store of that folder.

    Args:
        folder: The data folder; it may hold many clients.
        client: Name of the client.
        create: False to refuse a client that has nothing here.

    Raises:
        NotFoundError: There is no such client and `create` is False.
        InputError: The name is not usable as a client's.
        ConfigError: The folder cannot be used.
    """
    from storage import check_client_name, open_store
    from storage.names import client_key

    name = check_client_name(client)
    unknown = f"client {name}: is not in this data folder; ingest its documents first"
    if not create and not folder.is_dir():
        raise NotFoundError(unknown)
    store = open_store(folder)
    # One spelling for one client, by the very key that the store files it under.
    known = {client_key(one): one for one in store.clients()}
    if not create and client_key(name) not in known:
        raise NotFoundError(unknown)
    return known.get(client_key(name), name), store


def read_stored(store: Store, client: str, *, language: str) -> Snapshot:
    """What is stored of a client, cut into passages; with their words, where those were kept.

    Args:
        store: Where the documents are.
        client: Name of the client.
        language: Of documents that name none.
    """
    stored = {one.id: with_kind(one) for one in store.find(client, Document)}
    decided = tuple(store.find(client, FactDecision))
    before = taken_up(store, client, stored, language=language)
    return replace(split_all(stored, replace(before, decisions=decided)), lexical=before.lexical)


def corpus_of(
    snapshot: Snapshot,
    *,
    client: str,
    language: str,
    store: Store,
    encoder: Callable[[], Encoder],
    progress: Progress | None = None,
    ahead: Ahead | None = None,
) -> tuple[Corpus, str]:
    """The words and vectors of a snapshot's passages, and why there are no vectors, in words; "": there are.

    Args:
        snapshot: Its passages are indexed.
        client: Name of the client.
        language: Of passages that name none.
        store: Keeps the vectors.
        encoder: Makes them.
        progress: Called while passages are encoded.
        ahead: Has been encoding meanwhile, and goes on while words are indexed here.
    """
    passages = [passage for group in snapshot.passages.values() for passage in group]
    lexical = snapshot.lexical or postings(passages, language)
    index: FaissIndex | PairIndex | None = None
    degraded = ""
    if passages:
        encoded = {} if ahead is None else ahead.finish()
        index, degraded = try_index(
            passages, client=client, store=store, encoder=encoder, progress=progress, encoded=encoded
        )
    # Encoders differ in how much their cosines say; by words alone nothing stands beside words.
    weight = WORD_WEIGHT if index is None else float(getattr(encoder(), "word_weight", WORD_WEIGHT))
    corpus = Corpus(passages, language=language, index=index, lexical=lexical, word_weight=weight)
    if snapshot.lexical is None:
        keep(store, client, snapshot, lexical, language=language)
    return corpus, degraded
