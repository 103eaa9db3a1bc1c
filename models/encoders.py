"""Encoders: texts to unit vectors.

The default one is all-MiniLM-L6-v2 with 8-bit weights on ONNX Runtime. It takes one text at a time, on
one thread per text: 8-bit arithmetic scales by whatever else is in the batch, so that in a batch the same
text would give other vectors in other company (cosine down to .95, measured), and on a processor batches
of short texts are no quicker than texts side by side (measured). One by one, a text always gives the same
bytes, whether alone or among thousands.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from models.errors import InputError, ModelError
from models.turns import forget as forget  # noqa: PLC0414 - of what the encoders here remember
from models.turns import rows_in_turn, threads_of

if TYPE_CHECKING:
    from models.ports import Encoder, Vectors

_TOKENS = 256
"""Longest text in tokens, as the model was trained; the rest is not read."""
_LONGEST = 32_768
"""Longest text in code points given to the tokeniser: 256 tokens never need more in running text."""

_loading = Lock()


def open_encoder(setting: str = "default") -> Encoder:
    """The encoder that a setting, or an encoder's `name`, stands for.

    Args:
        setting: `default`, `thorough`, `multilingual`, `hashing`, or the name or folder of a
            sentence-transformers model that is on this machine; also what the `name` of one of our encoders
            says.

    Raises:
        InputError: When the setting is empty.
    """
    setting = setting.strip()
    if not setting:
        raise InputError(
            "encoder: the setting is empty; use `default`, `thorough`, `multilingual`, `hashing` or a "
            "model's name or folder"
        )
    if setting in {"default", MiniLMEncoder.NAME}:
        return default_encoder()
    if setting in {"thorough", "minilm-l6-beside-bge-small-en-v1.5-int8@1"}:
        from models.thorough import ThoroughEncoder

        return ThoroughEncoder()
    if setting in {"multilingual", "multilingual-e5-small-q4-centred@2"}:
        from models.multilingual import MultilingualEncoder

        return MultilingualEncoder()
    hashing = re.fullmatch(r"hashing(?:-(\d+)@1)?", setting)
    if hashing:
        return HashingEncoder(int(hashing[1] or 256))
    return SentenceTransformerEncoder(setting.removeprefix("st:"))


@cache
def default_encoder() -> MiniLMEncoder:
    """The encoder that comes with the package, one per process; weights load at first use."""
    return MiniLMEncoder()


class MiniLMEncoder:
    """all-MiniLM-L6-v2, 8-bit, on ONNX Runtime.

    Safe to share between threads; a pickled one holds its settings only. Encoders of one process with
    the same cache share the weights.

    Args:
        cache: Where the converted weights are kept; None: the user's cache folder.
        threads: Texts encoded at the same time, at least 1; None: one per processor, at most 8.
    """

    NAME = "all-minilm-l6-v2-int8@1"

    def __init__(self, *, cache: Path | None = None, threads: int | None = None) -> None:
        self.name = self.NAME
        self.dimension = 384
        self._cache = cache
        self._threads = threads_of(threads)

    def warm_up(self) -> None:
        """Load the weights now; the first time on a machine this converts them (half a minute).

        Raises:
            ModelError: When the weights are missing or altered; names the file.
        """
        self._loaded()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32, shape `(len(texts), 384)`; a text is read up to its 256th token.

        A text gives the same bytes in every call on this machine.

        Raises:
            ModelError: When the weights are missing or altered; names the file.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return rows_in_turn(texts, self._loaded(), model=self.NAME, threads=self._threads)

    def _loaded(self) -> Callable[[str], Vectors]:
        with _loading:
            return _minilm(self._cache)


@cache
def _minilm(cache: Path | None) -> Callable[[str], Vectors]:
    """A function from a text to its row."""
    import numpy as np
    from tokenizers import Tokenizer

    from models import weights

    model, tokenizer_path = weights.load(cache=cache)
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_TOKENS)
    session = open_session(model, name=MiniLMEncoder.NAME)

    def row_of(text: str) -> Vectors:
        ids = np.array([tokenizer.encode(sound(text)).ids], dtype=np.int64)
        row: Vectors = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        return row

    return row_of


def sound(text: str) -> str:
    """What a tokeniser takes: a lone surrogate, which none does, counts as a question mark."""
    return text[:_LONGEST].encode(errors="replace").decode()


def open_session(model: bytes, *, name: str) -> Any:
    """A model on ONNX Runtime that works in the thread that asks.

    Raises:
        ModelError: ONNX Runtime cannot use it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # No threads inside: they would spin, and a forked process would wait for them for ever.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as problem:
        raise ModelError(
            f"ONNX Runtime {onnxruntime.__version__} cannot use {name} ({type(problem).__name__}): "
            "update onnxruntime"
        ) from problem


class SentenceTransformerEncoder:
    """Any sentence-transformers model that is on this machine, served by torch.

    Nothing is downloaded, no code of the model is run, and only safetensors are read.

    Args:
        name_or_folder: A name from the local model cache, or a folder.
    """

    def __init__(self, name_or_folder: str | Path) -> None:
        self.name = f"st:{name_or_folder}"
        self._source = str(name_or_folder)

    if TYPE_CHECKING:
        dimension: int
    else:

        @cached_property
        def dimension(self) -> int:
            """Length of a row; loads the model."""
            return int(self._loaded().get_embedding_dimension())

    def warm_up(self) -> None:
        """Load the model now.

        Raises:
            ModelError: When the model is not on this machine or cannot be read.
        """
        self._loaded()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32, shape `(len(texts), dimension)`.

        Raises:
            ModelError: When the model is not on this machine or cannot be read.
        """
        import numpy as np

        model = self._loaded()
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        unique = {text: index for index, text in enumerate(dict.fromkeys(texts))}
        rows = model.encode(
            [text.encode(errors="replace").decode() for text in unique],
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        vectors: Vectors = np.asarray(rows, dtype=np.float32)[[unique[text] for text in texts]]
        return vectors

    def _loaded(self) -> Any:
        with _loading:
            return _sentence_transformer(self._source)


@cache
def _sentence_transformer(source: str) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(
            source,
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, ImportError, RuntimeError) as problem:
        raise ModelError(
            f"sentence-transformers cannot load {source!r} ({type(problem).__name__}): give the folder of a "
            "model with safetensors, or put it into the local model cache first; nothing is downloaded here"
        ) from problem


class HashingEncoder:
    """Words and their letters hashed to signed buckets: no weights, the same on every machine.

    Texts that share words, or parts of words, are close; meaning is not known. Good for tests and as a
    last resort.

    Args:
        dimension: Number of buckets, at least 8.

    Raises:
        InputError: When the dimension is too small.
    """

    def __init__(self, dimension: int = 256) -> None:
        if dimension < 8:  # noqa: PLR2004 - the documented minimum
            raise InputError(f"HashingEncoder: dimension {dimension} is below 8")
        self.dimension = dimension
        self.name = f"hashing-{dimension}@1"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32, shape `(len(texts), dimension)`; a text without words gives the first axis."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        known: dict[str, list[tuple[int, float]]] = {}
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()):
                if word not in known:
                    known[word] = self._buckets(word)
                for bucket, weight in known[word]:
                    row[bucket] += weight
        empty = ~rows.any(axis=1)
        rows[empty, 0] = 1.0
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def _buckets(self, word: str) -> list[tuple[int, float]]:
        """Where a word goes: itself whole, its runs of three letters at half weight."""
        padded = f" {word} "
        grams = [padded[start : start + 3] for start in range(len(padded) - 2)]
        features = [(f"w {word}", 1.0), *((f"g {gram}", 0.5) for gram in grams)]
        buckets = []
        for feature, weight in features:
            value = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")
            buckets.append(((value >> 1) % self.dimension, weight if value & 1 else -weight))
        return buckets
