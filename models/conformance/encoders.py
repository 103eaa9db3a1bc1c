"""What an encoder must do."""

from __future__ import annotations

from models.conformance.claims import TOLERANCE, hold, same
from models.ports import Encoder

_TEXTS = (
    "How long does a refund take?",
    "A refund takes five working days.",
    "The engineer comes on Tuesday.",
    "",
    "   ",
    "¿Dónde está mi pedido? 我的订单在哪里 😀",
    "no punctuation " * 2000,
    "A refund takes five working days.",
)


def check_encoder(encoder: Encoder) -> None:
    """Shape, unit length, order, equal texts, no texts, odd texts.

    Raises:
        AssertionError: With the first breach of `models.ports.Encoder`.
    """
    import numpy as np

    hold(isinstance(encoder, Encoder), "an encoder has name, dimension and encode")
    hold(isinstance(encoder.name, str) and encoder.name, "name is a non-empty string")
    hold(encoder.dimension >= 1, "dimension is at least 1")
    rows = encoder.encode(_TEXTS)
    hold(rows.shape == (len(_TEXTS), encoder.dimension), f"shape is (texts, dimension), not {rows.shape}")
    hold(rows.dtype == np.float32, f"rows are float32, not {rows.dtype}")
    hold(np.isfinite(rows).all(), "every number is finite")
    hold(np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=TOLERANCE), "rows have length 1")
    hold(same(rows[1], rows[-1]), "equal texts give equal rows within a call")
    hold(same(rows, encoder.encode(list(_TEXTS))), "the same call gives the same rows, for a list too")
    backwards = encoder.encode(_TEXTS[::-1])[::-1]
    hold(((rows * backwards).sum(axis=1) > 1 - 1e-2).all(), "rows stand in the order of the texts")
    alone = np.concatenate([encoder.encode([text]) for text in _TEXTS])
    hold(
        ((rows * alone).sum(axis=1) > 1 - 5e-2).all(), "a text alone gives nearly the row it gives in company"
    )
    none = encoder.encode([])
    hold(none.shape == (0, encoder.dimension), f"no texts give shape (0, dimension), not {none.shape}")
    hold(none.dtype == np.float32, "no texts give float32 too")
    near, far = float(rows[0] @ rows[1]), float(rows[0] @ rows[2])
    hold(near > far, "a question is nearer to its answer than to another subject")
