"""What every implementation of a port must do, as checks that ours and third-party ones run alike.

Each check uses only the port, raises AssertionError with a plain reason at the first breach, and gives
nothing back otherwise:

    from models.conformance import check_encoder
    check_encoder(MyEncoder())
"""

from __future__ import annotations

from models.conformance.detectors import check_detector
from models.conformance.encoders import check_encoder
from models.conformance.generators import check_generator
from models.conformance.indexes import check_index
from models.conformance.rerankers import check_reranker
from models.conformance.stores import check_store

__all__ = [
    "check_detector",
    "check_encoder",
    "check_generator",
    "check_index",
    "check_reranker",
    "check_store",
]
