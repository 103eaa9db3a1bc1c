"""Whether matched words are meant: see `knowledge_base.scope`."""

from __future__ import annotations

from knowledge_base.scope import SCOPES, Scope, in_scope, quotations

__all__ = ["SCOPES", "Scope", "in_scope", "quotations"]
