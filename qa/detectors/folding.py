"""Text folded for pattern matching: see `models.folding`."""

from __future__ import annotations

from models.folding import Folded, fold, fold_pattern

__all__ = ["Folded", "fold", "fold_pattern"]
