"""Gradio without what a server has no use for: no stubs written, no docstrings filled in, no routes twice."""

from importlib.util import module_from_spec
from pathlib import Path

import pytest

from web.gradio_start import _UNWANTED, _Finder, import_gradio, routes_once


@pytest.mark.parametrize("name", _UNWANTED)
def test_what_is_left_out_is_there_in_this_version(name):
    """A new Gradio that calls it otherwise would start slowly again, unseen."""
    import gradio

    owner, function = _UNWANTED[name]
    spec = _Finder().find_spec(name, gradio.__path__)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    left = getattr(getattr(module, owner) if owner else module, function)
    assert left.__module__ == "web.gradio_start"
    assert left(object(), "anything") is None


def test_other_modules_are_found_as_usual():
    assert _Finder().find_spec("gradio.utils", None) is None


def test_pages_make_no_routes_until_they_are_mounted():
    gradio = import_gradio()
    from gradio import blocks

    usual = blocks.App
    with routes_once(), gradio.Blocks(analytics_enabled=False) as page:
        gradio.HTML("here")
    assert page.app is None
    assert blocks.App is usual


def test_the_import_leaves_no_finder_behind():
    import sys

    import_gradio()
    assert not any(isinstance(finder, _Finder) for finder in sys.meta_path)
    assert Path(import_gradio().__file__).name == "__init__.py"
