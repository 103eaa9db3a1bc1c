"""A client's named mappings of columns: kept, listed, and the one that an upload or a command means."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import InputError, NotFoundError
from qa.readers.mapping import MOST, ColumnMapping, check_name, load_mapping, mapping_of

if TYPE_CHECKING:
    from web.workspace import Workspace

LONGEST = 20_000
"""Of a mapping as it is sent, in characters."""


def kept_mappings(workspace: Workspace, client: str) -> list[ColumnMapping]:
    """The client's mappings, by name."""
    kb = workspace.knowledge_base(client)
    return sorted(kb.store.find(kb.client, ColumnMapping), key=lambda one: one.id.casefold())


def keep_mapping(workspace: Workspace, client: str, mapping: ColumnMapping, *, who: str) -> ColumnMapping:
    """Keep a mapping under its name, in place of the one before.

    Raises:
        InputError: The name cannot be kept, or the client keeps too many.
    """
    kb = workspace.knowledge_base(client)
    check_name(mapping.id)
    known = {one.id for one in kb.store.find(kb.client, ColumnMapping)}
    if mapping.id not in known and len(known) >= MOST:
        raise InputError(f"mapping: a client keeps {MOST} at most")
    kept = replace(mapping, by=who)
    kb.store.put(kb.client, kept, supersede=True)
    workspace.audit.note(kb.client, who=who, action="mapping.keep", of=kept.id)
    return kept


def meant_mapping(workspace: Workspace, client: str, said: str) -> ColumnMapping | None:
    """The mapping that an upload names: one of the client's by its name, or the mapping itself as JSON.

    Raises:
        InputError: It is neither, or is refused by `ColumnMapping`.
    """
    if not said.strip():
        return None
    if not said.lstrip().startswith("{"):
        return _named(workspace, client, said.strip())
    try:
        value = json.loads(said)
    except (ValueError, RecursionError):
        raise InputError("mapping: is not JSON") from None
    return mapping_of(value)


def mapping_for(workspace: Workspace, client: str, said: str | None) -> ColumnMapping | None:
    """The mapping that a command names: a YAML file, or one of the client's by its name.

    Raises:
        InputError: Neither.
    """
    if not said:
        return None
    path = Path(said)
    if path.is_file() or said.lower().endswith((".yaml", ".yml", ".json")):
        return load_mapping(path)
    return _named(workspace, client, said)


def _named(workspace: Workspace, client: str, name: str) -> ColumnMapping:
    kb = workspace.knowledge_base(client)
    try:
        return kb.store.get(kb.client, ColumnMapping, name)
    except NotFoundError:
        known = ", ".join(one.id for one in kept_mappings(workspace, client)) or "none yet"
        raise InputError(f"mapping: none of this name is kept; there are: {known}") from None


def plain_mappings(workspace: Workspace, client: str) -> list[dict[str, Any]]:
    """The client's mappings as the upload page takes them."""
    return [
        {"name": one.id, "columns": dict(one.columns), "speakers": dict(one.speakers)}
        for one in kept_mappings(workspace, client)
    ]
