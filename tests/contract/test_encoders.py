"""Every encoder against the port; the one with weights also against the model that it came from."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from models import weights
from models.conformance import check_encoder
from models.encoders import HashingEncoder, MiniLMEncoder, SentenceTransformerEncoder, default_encoder
from models.errors import ModelError

SENTENCES = [
    "How long does a refund take?",
    "Refunds reach your card within five working days.",
    "I was charged twice for the same order.",
    "Could I speak to a supervisor, please?",
    "Thank you for calling, my name is Ann, how can I help?",
    "This call may be recorded for training and quality purposes.",
    "Okay.",
    "yes",
    "I am so sorry that your parcel arrived broken, let me put that right.",
    "You should have read the terms before you signed.",
    "The cancellation fee is forty dollars, unless you move to an address that we do not serve.",
    "My internet keeps dropping every evening around eight.",
    "Please restart the router and wait for two minutes.",
    "We will send an engineer on Tuesday between nine and noon.",
    "My father died last month and I need to close his account.",
    "For your security I need the postcode and the last four digits of the number on file.",
    "We cannot do that, it is our policy.",
    "so um i was calling because my bill it went up like twenty bucks again and nobody told me",
    "The annual percentage rate is 21.9 % variable.",
    "Is there anything else that I can do for you today?",
    "I will call you back myself on Friday before five.",
    "The warranty covers parts and labour for two years from the day of purchase.",
    "Do I have to send the old phone back?",
    "Kindly revert on the same at the earliest.",
    "Your claim was declined because the damage was there before the policy began.",
    "That's ridiculous, I'll cancel and tell everybody.",
    "We are currently experiencing high call volumes.",
    "You can change your plan once in each billing period without a charge.",
    "Hello {customer name}, your order [order number] is on its way.",
    "The flight was cancelled because of the weather, so we pay for the hotel but not for compensation.",
]


@pytest.mark.parametrize("dimension", [64, 256, 1000])
def test_the_hashing_encoder(dimension):
    check_encoder(HashingEncoder(dimension))


@pytest.fixture(scope="module")
def encoder():
    encoder = default_encoder()
    encoder.warm_up()
    return encoder


@pytest.mark.weights
def test_the_default_encoder(encoder):
    check_encoder(encoder)
    check_encoder(pickle.loads(pickle.dumps(encoder)))
    check_encoder(MiniLMEncoder(threads=1))


@pytest.mark.weights
def test_a_text_gives_the_same_bytes_in_any_company(encoder):
    together = encoder.encode(SENTENCES)
    alone = np.concatenate([encoder.encode([sentence]) for sentence in SENTENCES])
    one_thread = MiniLMEncoder(threads=1).encode(SENTENCES[::-1] * 2)
    assert np.array_equal(together, alone)
    assert np.array_equal(together, one_thread[: len(SENTENCES)][::-1])
    assert np.array_equal(together, one_thread[len(SENTENCES) :][::-1])


@pytest.mark.weights
def test_a_new_process_and_a_pool_give_the_same_bytes(encoder):
    code = """
import sys
from concurrent.futures import ThreadPoolExecutor
from models.encoders import open_encoder
encoder = open_encoder("all-minilm-l6-v2-int8@1")
with ThreadPoolExecutor(4) as pool:
    first, *rest = [rows.tobytes() for rows in pool.map(encoder.encode, [["a refund", "", "a refund"]] * 8)]
assert all(row == first for row in rest)
assert "torch" not in sys.modules
print(first.hex())
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert bytes.fromhex(printed) == encoder.encode(["a refund", "", "a refund"]).tobytes()


@pytest.mark.weights
def test_tokens_after_the_256th_are_not_read(encoder):
    long = "refund " * 300
    rows = encoder.encode([long, long + "engineer " * 100_000, "refund \ud800", "refund ?"])
    assert np.array_equal(rows[0], rows[1])
    assert np.array_equal(rows[2], rows[3])


@pytest.mark.weights
def test_the_converted_model_agrees_with_the_original(encoder):
    original = SentenceTransformerEncoder(weights.find())
    check_encoder(original)
    assert original.dimension == encoder.dimension
    cosines = (encoder.encode(SENTENCES) * original.encode(SENTENCES)).sum(axis=1)
    assert len(SENTENCES) == 30
    assert cosines.mean() >= 0.98
    assert cosines.min() >= 0.96


@pytest.mark.weights
def test_a_model_that_is_not_here_is_a_model_error(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    for source in ("nobody/no-such-model", tmp_path, tmp_path / "nothing"):
        with pytest.raises(ModelError, match="nothing is downloaded"):
            SentenceTransformerEncoder(source).encode(["a"])


@pytest.mark.weights
def test_the_published_files_verify_and_an_altered_one_does_not(tmp_path):
    weights.verify(weights.find())
    copy = tmp_path / "config.json"
    copy.write_bytes((weights.find() / "config.json").read_bytes() + b" ")
    with pytest.raises(ModelError, match="altered"):
        weights.verify(tmp_path, {"config.json": weights.SOURCE["config.json"]})


@pytest.mark.weights
@pytest.mark.slow
def test_a_conversion_that_fails_says_why(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / weights.MODEL).write_bytes(b"no safetensors")
    with pytest.raises(ModelError, match=r"model\.safetensors failed \(exit 1\): \S") as caught:
        weights.convert(tmp_path)
    assert caught.value.retryable


@pytest.mark.weights
@pytest.mark.slow
def test_two_processes_may_convert_at_the_same_time(tmp_path, encoder):
    code = """
import sys
from pathlib import Path
from models.encoders import MiniLMEncoder
print(MiniLMEncoder(cache=Path(sys.argv[1])).encode(["a refund"]).tobytes().hex())
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    pair = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    ends = [process.communicate(timeout=280) for process in pair]
    assert [process.returncode for process in pair] == [0, 0], ends
    assert "preparing the encoder" in ends[0][1]
    rows = [np.frombuffer(bytes.fromhex(out), dtype=np.float32) for out, _ in ends]
    assert all(row @ encoder.encode(["a refund"])[0] > 0.9999 for row in rows)
    [folder] = (tmp_path / "encoders").iterdir()
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "manifest.json"}
