"""Small heads: what is written is what is read, and an altered file is noticed."""

from __future__ import annotations

import pytest

from models.errors import ModelError
from models.heads import NUMBERS, load_head, save_head


def made(folder, name="tiny@1", **more):
    save_head(
        folder / name, weights=[2.0, -1.0], bias=0.5, features=("a", "b"), thresholds={"find": 0.7}, **more
    )
    return load_head(name, folder=folder)


def test_score_is_the_calibrated_sum(tmp_path):
    head = made(tmp_path, calibration=(0.5, -0.25))
    assert head.logit([1.0, 1.0]) == pytest.approx(1.5)
    assert head.score([1.0, 1.0]) == pytest.approx(0.6224593)
    assert head.features == ("a", "b") and head.thresholds == {"find": 0.7}


def test_sparse_dense_and_many_agree(tmp_path):
    import numpy as np

    save_head(tmp_path / "wide@1", weights=np.arange(100) / 100, bias=-1.0)
    head = load_head("wide@1", folder=tmp_path)
    row = np.zeros(100, dtype=np.float32)
    row[[3, 70]] = 1.0, 2.0
    assert head.score(row) == pytest.approx(head.score({3: 1.0, 70: 2.0}), abs=1e-6)
    assert head.score_many(row[None])[0] == pytest.approx(head.score(row), abs=1e-6)


def test_the_bare_name_is_the_highest_version(tmp_path):
    made(tmp_path, "tiny@9")
    made(tmp_path, "tiny@10")
    assert load_head("tiny", folder=tmp_path).name == "tiny@10"


def test_wrong_number_of_features(tmp_path):
    with pytest.raises(ValueError, match="3 features given, it has 2"):
        made(tmp_path).score([1.0, 2.0, 3.0])


def test_an_altered_file_is_refused(tmp_path):
    save_head(tmp_path / "tiny@1", weights=[1.0], bias=0.0)
    path = tmp_path / "tiny@1" / NUMBERS
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ModelError, match="was altered"):
        load_head("tiny@1", folder=tmp_path)


@pytest.mark.parametrize("name", ["none", "none@1", "../tiny@1", ""])
def test_an_unknown_head_is_an_error(tmp_path, name):
    with pytest.raises(ModelError):
        load_head(name, folder=tmp_path)
