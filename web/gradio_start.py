"""Gradio, without the work at its import and start that a server has no use for.

Half of the import writes `.pyi` stubs for editors beside Gradio's own files and fills in docstrings; and
every page builds its routes four times, of which only those that are mounted last are ever asked. Left out,
a start takes 3 s of processor time less, and a server changes no file of its installation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_UNWANTED = {
    "gradio.component_meta": ("", "create_or_modify_pyi"),
    "gradio.events": ("EventListener", "set_doc"),
}
"""By module: a class, or none, and its function that does nothing here."""


def import_gradio() -> Any:
    """Gradio; as it is when something else has imported it already."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        import gradio
    finally:
        sys.meta_path.remove(finder)
    return gradio


@contextmanager
def routes_once() -> Iterator[None]:
    """Pages built meanwhile make no routes of their own; mounting makes them."""
    from gradio import blocks

    usual = blocks.App
    blocks.App = _NoRoutes  # stands in for the one function that is called
    try:
        yield
    finally:
        blocks.App = usual


class _NoRoutes:
    @staticmethod
    def create_app(*_: object, **__: object) -> None:
        return None


class _Finder:
    """Finds the modules of `_UNWANTED` as Python does; loaded, they lack what is named there."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _UNWANTED:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        usual, (owner, function) = spec.loader.exec_module, _UNWANTED[name]

        def load(module: ModuleType) -> None:
            usual(module)
            held = getattr(module, owner, None) if owner else module
            if callable(getattr(held, function, None)):
                setattr(held, function, _nothing)

        spec.loader.exec_module = load  # type: ignore[method-assign]  # of this one loader
        return spec


def _nothing(*_: Any, **__: Any) -> None:
    """What is left of them."""
