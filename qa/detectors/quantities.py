"""Numbers with a unit in a folded text: see `knowledge_base.quantities`."""

from __future__ import annotations

from knowledge_base.quantities import Quantity, number, quantities

__all__ = ["Quantity", "number", "quantities"]
