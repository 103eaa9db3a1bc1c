"""A client's scale: the ranker is asked about nothing in particular, and what it says is written down."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from knowledge_base.calibration import (
    GROUPS,
    OWN_SENTENCES,
    RIVALS,
    Calibration,
    fit,
    own_sentence,
    strictest,
    utterances,
)
from knowledge_base.indexing import cache_folder, query_vectors
from knowledge_base.lexical import STOPWORDS

if TYPE_CHECKING:
    from knowledge_base.corpus import Corpus
    from models.ports import Encoder, Store, Vectors

_PROBES = 4
"""Utterances that are searched again to see whether a kept scale still holds."""
_AGREES = 1e-3
_PER_LANGUAGE = 60
"""Utterances of each language that are searched where documents are in several, or not in English."""
_remembered: dict[tuple[str, int, tuple[str, ...]], Vectors] = {}
"""Vectors of the utterances by encoder: the same for every client of this process."""


_measuring = Lock()


def scale_of(corpus: Corpus, *, encoder: Encoder | None, store: Store, client: str) -> Calibration:
    """`measure`, once for a corpus; safe between threads.

    Args:
        corpus: With passages.
        encoder: Of its index; None: by words alone.
        store: Its folder, when it has one, keeps the scale.
        client: Name of the client.
    """
    words_only = encoder is None
    if words_only not in corpus.scales:
        with _measuring:
            if words_only not in corpus.scales:
                folder = cache_folder(store, client)
                corpus.scales[words_only] = measure(corpus, encoder=encoder, folder=folder)
    return corpus.scales[words_only]


def measure(corpus: Corpus, *, encoder: Encoder | None, folder: Path | None = None) -> Calibration:
    """The scale of a corpus for searches with this encoder, or by words alone.

    Some hundred searches: a hundredth of what encoding the passages takes. Kept in `folder`, and taken
    from there while the passages are the same and a few searches still give what they gave.

    Args:
        corpus: With passages.
        encoder: Of its index; None: by words alone.
        folder: The client's cache; None: nothing is kept.
    """
    languages = [code for code in corpus.languages if code != "en" and utterances(code)]
    groups = [utterances(code) for code in ("en", *languages)]
    if languages:
        groups = [group[:: -(-len(group) // _PER_LANGUAGE)] for group in groups]
    path = None if folder is None else folder / f"scale-{_key(encoder)}.json"
    if path is not None:
        kept = _kept(path, corpus)
        if kept is not None:
            return kept
    own = _own(corpus, encoder)
    across = encoder is not None and corpus.index is not None and corpus.index.across_languages
    scale = strictest(
        [fit(_reached(corpus, encoder, group, shared=True), own, across_languages=across) for group in groups]
    )
    if path is not None:
        about = {"content": _content(corpus), "probes": _probes(corpus, encoder, groups[0]), **asdict(scale)}
        with suppress(OSError):  # a cache: the next start measures again
            _write(path, json.dumps(about).encode())
    return scale


def _reached(
    corpus: Corpus, encoder: Encoder | None, texts: Sequence[str], *, shared: bool = False
) -> list[tuple[float, int]]:
    """Highest relevance and number of words of each text."""
    rows = None
    if encoder is not None:
        rows = _background(encoder, tuple(texts)) if shared else query_vectors(encoder, texts)
    found = []
    for at, text in enumerate(texts):
        ranked = corpus.rank(text, None if rows is None else rows[at : at + 1], RIVALS, None)
        found.append((ranked.relevances[0] if ranked.relevances else 0.0, ranked.words))
    return found


def _own(corpus: Corpus, encoder: Encoder | None) -> list[float]:
    """What sentences of the client's own documents reach, every so many passages."""
    step = -(-len(corpus.passages) // OWN_SENTENCES)
    chosen = [own_sentence(one.text, tuple(STOPWORDS)) for one in corpus.passages[::step]]
    texts = [text for text in chosen if text]
    return [value for value, _ in _reached(corpus, encoder, texts)] if texts else []


def _background(encoder: Encoder, texts: tuple[str, ...]) -> Vectors:
    """Vectors of utterances: encoded once a process, and once a machine where that takes a second."""
    key = (encoder.name, encoder.dimension, texts)
    if key not in _remembered:
        # Encoders with weights are slow; what costs nothing is not kept in a file.
        path = _machine_cache(encoder, texts) if hasattr(encoder, "warm_up") else None
        rows = None if path is None else _rows(path, len(texts), encoder.dimension)
        if rows is None:
            rows = query_vectors(encoder, texts)
            if path is not None:
                with suppress(OSError):
                    raw = rows.astype("<f4").tobytes()
                    _write(path, hashlib.sha256(raw).digest() + raw)
        _remembered[key] = rows
    return _remembered[key]


def _machine_cache(encoder: Encoder, texts: tuple[str, ...]) -> Path:
    import platformdirs

    name = hashlib.sha256("\n".join((encoder.name, *texts)).encode()).hexdigest()[:24]
    return Path(platformdirs.user_cache_dir("unscripted")) / "background" / f"{name}.f32"


def _rows(path: Path, count: int, dimension: int) -> Vectors | None:
    import numpy as np

    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, raw = content[:32], content[32:]
    if len(raw) != 4 * count * dimension or hashlib.sha256(raw).digest() != digest:
        return None
    return np.frombuffer(raw, dtype="<f4").reshape(count, dimension).astype(np.float32)


def _probes(corpus: Corpus, encoder: Encoder | None, texts: Sequence[str]) -> list[dict[str, Any]]:
    """A few utterances with their vectors, so that looking again encodes nothing."""
    chosen = texts[:: -(-len(texts) // _PROBES)]
    rows = None if encoder is None else query_vectors(encoder, chosen)
    kept = []
    for at, text in enumerate(chosen):
        row = None if rows is None else rows[at : at + 1]
        ranked = corpus.rank(text, row, RIVALS, None)
        kept.append(
            {
                "text": text,
                "vector": None if row is None else [float(value) for value in row[0]],
                "reached": ranked.relevances[:1],
            }
        )
    return kept


def _kept(path: Path, corpus: Corpus) -> Calibration | None:
    """The scale in a file, when it was measured on these passages by a ranker that gives the same today."""
    import numpy as np

    try:
        about = json.loads(path.read_text("utf-8"))
        if about["content"] != _content(corpus):
            return None
        scale = Calibration(tuple(map(float, about["levels"])), float(about["width"]))
        for probe in about["probes"]:
            vector = probe["vector"]
            row = None if vector is None else np.asarray([vector], dtype=np.float32)
            now = corpus.rank(str(probe["text"]), row, RIVALS, None).relevances[:1]
            if not np.allclose(now, probe["reached"], atol=_AGREES):
                return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return scale if scale.width > 0 and len(scale.levels) == GROUPS else None


def _key(encoder: Encoder | None) -> str:
    name = "words" if encoder is None else encoder.name
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _content(corpus: Corpus) -> str:
    whole = hashlib.sha256()
    for passage in corpus.passages:
        whole.update(f"{passage.id}\0{passage.title}\0{passage.heading}\0{passage.text}\0".encode())
    return whole.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """In one step: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
