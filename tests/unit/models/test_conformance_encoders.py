"""`check_encoder` passes what is right and catches each breach of the port."""

import numpy as np
import pytest

from models.conformance import check_encoder
from models.encoders import HashingEncoder


class Wrong(HashingEncoder):
    """An encoder with one fault."""

    def __init__(self, fault):
        super().__init__(64)
        self.fault = fault
        self.calls = 0

    def encode(self, texts):
        self.calls += 1
        return self.fault(self, texts, super().encode(texts))


def drift(encoder, texts, rows):
    rows = rows + 0.2 * encoder.calls * np.eye(64, dtype=np.float32)[3]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def company(encoder, texts, rows):
    rows = rows + 0.5 * len(texts) * np.eye(64, dtype=np.float32)[3]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def second_of_equals(encoder, texts, rows):
    return np.concatenate([rows[:-1], -rows[-1:]])


def blank_is_zero(encoder, texts, rows):
    return rows * np.array([[bool(text.strip())] for text in texts], dtype=np.float32).reshape(-1, 1)


def sorted_rows(encoder, texts, rows):
    return rows[np.argsort([len(text) for text in texts], kind="stable")]


ENCODER_FAULTS = [
    (lambda e, t, r: r.astype(np.float64), "float32"),
    (lambda e, t, r: r * 2, "length 1"),
    (lambda e, t, r: r[:, :-1], "shape"),
    (lambda e, t, r: r if len(t) else np.zeros((0,), np.float32), "no texts"),
    (lambda e, t, r: r if len(t) else r.astype(np.float64), "no texts give float32"),
    (lambda e, t, r: r * np.nan, "finite"),
    (blank_is_zero, "length 1"),
    (second_of_equals, "equal texts"),
    (drift, "same rows"),
    (company, "alone"),
    (sorted_rows, "equal texts|order"),
    (lambda e, t, r: np.tile(np.eye(64, dtype=np.float32)[0], (len(t), 1)), "nearer"),
]


def test_check_encoder_passes_the_hashing_encoder():
    check_encoder(HashingEncoder(64))


@pytest.mark.parametrize(("fault", "reason"), ENCODER_FAULTS)
def test_check_encoder_catches(fault, reason):
    with pytest.raises(AssertionError, match=reason):
        check_encoder(Wrong(fault))


def test_check_encoder_wants_the_port():
    with pytest.raises(AssertionError, match="name, dimension and encode"):
        check_encoder(object())
