"""The store without a disk: for trying things out, and for tests that must not touch one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from models.codec import to_json
from models.errors import ConflictError, InputError, NotFoundError
from models.records import Evaluation
from models.records.cases import NO_CONDITION, Case, Tally, Where
from storage.keys import masking_for, record_key, redacted
from storage.names import check_client_name, client_key
from storage.register import Line, case_from, check_columns, holds, lines_of, ordering, plain

if TYPE_CHECKING:
    from models.ports import Vectors

Record = TypeVar("Record")


class MemoryStore:
    """A `Store` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._records: dict[str, dict[tuple[str, str], Any]] = {}
        self._revisions: dict[str, dict[tuple[str, str], list[tuple[datetime, Any]]]] = {}
        self._vectors: dict[tuple[str, str], dict[str, Any]] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.RLock()

    def put(self, client: str, record: Any, *, supersede: bool = False, expected: Any = None) -> bool:
        """See `models.ports.Store.put`."""
        key = client_key(client)
        safe = redacted(record, masking_for(self, client, record))
        slot = _slot(safe)
        needed = (
            to_json(redacted(expected, masking_for(self, client, expected))) if expected is not None else None
        )
        with self._lock:
            self._names.setdefault(key, check_client_name(client))
            records = self._records.setdefault(key, {})
            current = records.get(slot)
            if needed is not None and (current is None or to_json(current) != needed):
                raise ConflictError(f"{slot[0]} {slot[1]}: was changed meanwhile; read it again")
            if current is not None and to_json(current) == to_json(safe):
                return False
            if current is not None and not supersede and needed is None:
                raise ConflictError(
                    f"{slot[0]} {slot[1]}: exists with other content; give it another id or replace it"
                )
            records[slot] = safe
            revisions = self._revisions.setdefault(key, {})
            revisions[slot] = [*revisions.get(slot, ()), (datetime.now(UTC), safe)]
        return True

    def put_all(
        self, client: str, records: Sequence[Any], *, supersede: bool = False, expected: Sequence[Any] = ()
    ) -> list[bool]:
        """See `models.ports.Store.put_all`."""
        key = client_key(client)

        def cleaned(record: Any) -> Any:
            return redacted(record, masking_for(self, client, record))

        safe = [cleaned(record) for record in records]
        slots = [_slot(one) for one in safe]
        needed = {_slot(one): to_json(one) for one in map(cleaned, expected)}
        with self._lock:
            before, revisions = dict(self._records.get(key, {})), dict(self._revisions.get(key, {}))
            for slot, content in needed.items():
                if slot not in before or to_json(before[slot]) != content:
                    raise ConflictError(f"{slot[0]} {slot[1]}: was changed meanwhile; read it again")
            try:
                return [
                    self.put(client, one, supersede=supersede or slot in needed)
                    for one, slot in zip(safe, slots, strict=True)
                ]
            except BaseException:
                if key in self._records:
                    self._records[key], self._revisions[key] = before, revisions
                raise

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
        return self.delete_all(client, kind, (id,)) > 0

    def delete_all(self, client: str, kind: type[Any], ids: Sequence[str]) -> int:
        """See `models.ports.Store.delete_all`."""
        key, slots = client_key(client), {(kind.__name__, id) for id in ids}
        with self._lock:
            records, revisions = self._records.get(key, {}), self._revisions.get(key, {})
            there = slots & records.keys()
            for slot in there:
                del records[slot], revisions[slot]
        return len(there)

    def history(self, client: str, kind: type[Record], id: str) -> list[tuple[datetime, Record]]:
        """See `models.ports.Store.history`."""
        with self._lock:
            return list(self._revisions.get(client_key(client), {}).get((kind.__name__, id), ()))

    def cases(
        self,
        client: str,
        where: Where = NO_CONDITION,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Case]:
        """See `models.ports.Store.cases`."""
        check_columns("cases", [*where, *(name for name, _ in ordering(order))])
        lines = [line for line in self._lines(client, "cases") if holds(line, where)]
        lines.sort(key=lambda line: str(line["contact"]))
        for name, falls in reversed(ordering(order)):
            lines.sort(key=lambda line: (line[name] is not None, plain(line[name])), reverse=falls)
        return [case_from(line) for line in lines[offset : None if limit is None else offset + limit]]

    def tally(
        self,
        client: str,
        table: str,
        by: Sequence[str] = (),
        *,
        where: Where = NO_CONDITION,
        of: str | None = None,
    ) -> list[Tally]:
        """See `models.ports.Store.tally`."""
        check_columns(table, [*by, *where, *([of] if of else [])])
        groups: dict[tuple[Any, ...], list[float]] = {} if by else {(): []}
        counts: dict[tuple[Any, ...], int] = {} if by else {(): 0}
        for line in self._lines(client, table):
            if holds(line, where):
                key = tuple(plain(line[name]) for name in by)
                counts[key] = counts.get(key, 0) + 1
                numbers = groups.setdefault(key, [])
                if of and line[of] is not None:
                    numbers.append(float(line[of]))
        ordered = sorted(counts, key=lambda key: [(value is not None, value) for value in key])
        return [
            Tally(key, counts[key], len(groups[key]), sum(groups[key]), sum(n * n for n in groups[key]))
            for key in ordered
        ]

    def _lines(self, client: str, table: str) -> list[Line]:
        with self._lock:
            records = dict(self._records.get(client_key(client), {}))
        evaluated: dict[str, list[Evaluation]] = {}
        contacts: dict[str, None] = {}
        for (kind, id), record in records.items():
            if kind == "Evaluation":
                evaluated.setdefault(record.transcript, []).append(record)
                contacts[record.transcript] = None
            elif kind == "Transcript":
                contacts[id] = None
        return [
            line
            for contact in contacts
            for line in lines_of(
                records.get(("Transcript", contact)),
                records.get(("Analysis", contact)),
                evaluated.get(contact, []),
            ).of(table)
        ]

    def put_vectors(self, client: str, encoder: str, digests: Sequence[str], vectors: Vectors) -> None:
        """See `models.ports.Store.put_vectors`."""
        if len(digests) != len(vectors):
            raise InputError(f"vectors: {len(digests)} digests for {len(vectors)} rows")
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


def _slot(record: Any) -> tuple[str, str]:
    return type(record).__name__, record_key(record)
