"""An import without another package, in this thread alone."""

import importlib
import sys
import threading

import pytest

from models.without import without


def test_a_package_is_hidden_and_then_seen_again():
    sys.modules.pop("colorsys", None)
    with without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv


def test_what_is_loaded_stays():
    import colorsys

    with without("colorsys"):
        assert importlib.import_module("colorsys") is colorsys


def test_other_threads_see_it():
    sys.modules.pop("colorsys", None)
    seen = []
    with without("colorsys"):
        other = threading.Thread(target=lambda: seen.append(importlib.import_module("colorsys")))
        other.start()
        other.join()
    assert [module.__name__ for module in seen] == ["colorsys"]
