"""Generators: language models that word what was found. Optional; none ever scores."""

from __future__ import annotations

from models.generators.guarded import GuardedGenerator
from models.generators.local import TransformersGenerator
from models.generators.quoting import QuotingGenerator
from models.generators.remote import OpenAICompatibleGenerator

__all__ = ["GuardedGenerator", "OpenAICompatibleGenerator", "QuotingGenerator", "TransformersGenerator"]
