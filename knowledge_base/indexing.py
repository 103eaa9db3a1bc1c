"""Passages to a vector index, encoding only what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.corpus import content_digest, encoded_text, text_digest
from knowledge_base.index import FaissIndex
from knowledge_base.index_file import near_path
from knowledge_base.neighbourhoods import Neighbourhoods, load
from knowledge_base.reports import Progress
from knowledge_base.windows import PairIndex, pairs, read_in_pairs
from models.errors import MissingExtraError, ModelError
from models.records import Passage

if TYPE_CHECKING:
    from models.ports import Encoder, Store, Vectors

BATCH = 64
"""Passages encoded, and kept, at once: a break loses no more."""


def build_index(
    passages: Sequence[Passage],
    *,
    client: str,
    store: Store,
    encoder: Encoder,
    progress: Progress | None = None,
    encoded: Mapping[str, Vectors] | None = None,
) -> FaissIndex | PairIndex:
    """Vectors of all passages: from the cache file, from the store, and encoded when new.

    Vectors are kept in the store by the digest of their text, so that a passage which only moved
    costs nothing. The file beside the client's database is a cache: stale or damaged, it is rebuilt.

    Args:
        passages: At least one.
        client: Name of the client.
        store: Keeps the vectors.
        encoder: Makes them.
        progress: Called after each batch that was encoded.
        encoded: Vectors made before, by the digest of their text, that are not in the store yet.

    Raises:
        ModelError: The encoder cannot be used.
    """
    cut = texts_of(passages, encoder)
    owners = [passage for passage, texts in zip(passages, cut, strict=True) for _ in texts]
    index = _rows(
        owners,
        [text for texts in cut for text in texts],
        client=client,
        store=store,
        encoder=encoder,
        progress=progress,
        encoded=encoded or {},
    )
    if not read_in_pairs(encoder):
        return index
    across = bool(getattr(encoder, "across_languages", False))
    return PairIndex(index, [len(texts) for texts in cut], across_languages=across)


def texts_of(passages: Sequence[Passage], encoder: Encoder) -> list[list[str]]:
    """What is encoded of each passage: all of it, or its sentences two by two."""
    if read_in_pairs(encoder):
        return [pairs(passage) for passage in passages]
    return [[encoded_text(passage)] for passage in passages]


def _rows(
    passages: Sequence[Passage],
    texts: Sequence[str],
    *,
    client: str,
    store: Store,
    encoder: Encoder,
    progress: Progress | None,
    encoded: Mapping[str, Vectors],
) -> FaissIndex:
    """A row for each text, under the id of its passage, those after a passage's first with a number."""
    import numpy as np

    ids = _numbered([passage.id for passage in passages])
    digests = [text_digest(text) for text in texts]
    content = content_digest(client, passages, digests)
    folder = cache_folder(store, client)
    if folder is not None:
        saved = FaissIndex.load(
            folder, ids, encoder=encoder.name, dimension=encoder.dimension, content=content
        )
        if saved is not None:
            return saved
    known = store.get_vectors(client, encoder.name, list(dict.fromkeys(digests)))
    new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
    # Of like length in a batch, so that short ones are not padded to the longest.
    order = sorted(new, key=lambda digest: (digest not in encoded, len(new[digest])))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        rest = [digest for digest in batch if digest not in encoded]
        rows = encoder.encode([new[digest] for digest in rest]) if rest else ()
        made = {digest: encoded[digest] for digest in batch if digest in encoded}
        made.update(zip(rest, rows, strict=True))
        store.put_vectors(client, encoder.name, list(made), np.stack(list(made.values())))
        known.update(made)
        if progress is not None:
            progress(start + len(batch), len(order), "passages encoded")
    index = FaissIndex(encoder.dimension, before=_neighbourhoods_before(folder, encoder))
    index.add(ids, np.stack([known[digest] for digest in digests]))
    if folder is not None:
        with suppress(OSError):  # a cache: the next start takes the vectors from the store
            index.save(folder, encoder=encoder.name, content=content)
    return index


def _neighbourhoods_before(folder: Path | None, encoder: Encoder) -> Neighbourhoods | None:
    """Those of the index that this one takes the place of; None where there are none."""
    if folder is None:
        return None
    kept = load(near_path(folder, encoder.name), dimension=encoder.dimension)
    return kept[0] if kept is not None else None


def try_index(
    passages: Sequence[Passage],
    *,
    client: str,
    store: Store,
    encoder: Callable[[], Encoder],
    progress: Progress | None = None,
    encoded: Mapping[str, Vectors] | None = None,
) -> tuple[FaissIndex | PairIndex | None, str]:
    """`build_index`, with "" for a reason; or None and why there are no vectors, in words.

    Nothing is raised: an agent gets an answer by words, whatever broke in the encoder.
    """
    try:
        made = encoder()
        index = build_index(
            passages, client=client, store=store, encoder=made, progress=progress, encoded=encoded
        )
    except Exception as problem:  # noqa: BLE001 - see above
        return None, _why(problem)
    return index, ""


def try_queries(queries: Sequence[str], *, encoder: Callable[[], Encoder]) -> tuple[dict[str, Vectors], str]:
    """A row of shape `(1, dimension)` for each query that is not blank; or none and why, in words."""
    distinct = [query for query in dict.fromkeys(queries) if query]
    try:
        rows = query_vectors(encoder(), distinct)
    except Exception as problem:  # noqa: BLE001 - see `try_index`
        return {}, _why(problem)
    return {query: rows[place : place + 1] for place, query in enumerate(distinct)}, ""


def _numbered(ids: list[str]) -> list[str]:
    """Each id once: repeated ones get a number behind a character that no id has."""
    if len(set(ids)) == len(ids):
        return ids
    seen: Counter[str] = Counter()
    numbered = []
    for id in ids:
        numbered.append(f"{id}\0{seen[id]}" if seen[id] else id)
        seen[id] += 1
    return numbered


def query_vectors(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Rows of what is searched *for*: by `encode_queries` when the encoder has it, else by `encode`.

    Models like E5 are trained with another mark before a question than before a passage.
    """
    encode = getattr(encoder, "encode_queries", encoder.encode)
    rows: Vectors = encode(texts)
    return rows


def _why(problem: Exception) -> str:
    return f"search goes by words alone, because the encoder failed: {reason(problem)}"


def reason(problem: Exception) -> str:
    """Why a model failed, in words; the class alone of a foreign error, whose message may quote the texts."""
    ours = isinstance(problem, (ModelError, MissingExtraError))
    return str(problem) if ours else type(problem).__name__


def cache_folder(store: Store, client: str) -> Path | None:
    """Where rebuildable files may lie; None when the store has no folder."""
    place = getattr(store, "folder", None)
    return Path(place(client)) / "index" if callable(place) else None
