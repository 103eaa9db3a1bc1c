"""The store without a disk: for trying things out, and for tests that must not touch one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from models.codec import to_json
from models.errors import ConflictError, NotFoundError
from storage.keys import record_key, redacted
from storage.names import check_client_name, client_key

if TYPE_CHECKING:
    from models.ports import Vectors

Record = TypeVar("Record")


class MemoryStore:
    """A `Store` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._records: dict[str, dict[tuple[str, str], Any]] = {}
        self._vectors: dict[tuple[str, str], dict[str, Any]] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.RLock()

    def put(self, client: str, record: Any, *, supersede: bool = False) -> bool:
        """See `models.ports.Store.put`."""
        key = client_key(client)
        safe = redacted(record)
        slot = (type(safe).__name__, record_key(safe))
        with self._lock:
            self._names.setdefault(key, check_client_name(client))
            records = self._records.setdefault(key, {})
            current = records.get(slot)
            if current is not None and to_json(current) == to_json(safe):
                return False
            if current is not None and not supersede:
                raise ConflictError(
                    f"{slot[0]} {slot[1]}: exists with other content; give it another id or replace it"
                )
            records[slot] = safe
        return True

    def get(self, client: str, kind: type[Record], id: str) -> Record:
        """See `models.ports.Store.get`."""
        found: Record | None = self._records.get(client_key(client), {}).get((kind.__name__, id))
        if found is None:
            raise NotFoundError(f"{kind.__name__} {id}: no such record")
        return found

    def find(self, client: str, kind: type[Record], *, limit: int | None = None) -> list[Record]:
        """See `models.ports.Store.find`."""
        with self._lock:
            records = self._records.get(client_key(client), {})
            found = [record for (name, _), record in records.items() if name == kind.__name__]
        return found[:limit]

    def delete(self, client: str, kind: type[Any], id: str) -> bool:
        """See `models.ports.Store.delete`."""
        with self._lock:
            return self._records.get(client_key(client), {}).pop((kind.__name__, id), None) is not None

    def put_vectors(self, client: str, encoder: str, digests: Sequence[str], vectors: Vectors) -> None:
        """See `models.ports.Store.put_vectors`."""
        with self._lock:
            rows = self._vectors.setdefault((client_key(client), encoder), {})
            rows.update(zip(digests, vectors.copy(), strict=True))

    def get_vectors(self, client: str, encoder: str, digests: Sequence[str]) -> dict[str, Vectors]:
        """See `models.ports.Store.get_vectors`."""
        rows = self._vectors.get((client_key(client), encoder), {})
        return {digest: rows[digest] for digest in digests if digest in rows}

    def clients(self) -> list[str]:
        """See `models.ports.Store.clients`."""
        return sorted(self._names.values())
