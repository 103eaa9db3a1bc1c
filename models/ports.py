"""The ports: what a replaceable part must do. Plural, synchronous, one verb.

Every port has a conformance check in `models/conformance.py`, which our own parts and third-party
ones run alike. There are no base classes: a class that has the methods is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from models.records.cases import NO_CONDITION, Case, Tally, Where

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.readings import Reading
    from models.records import Finding, Passage

    Vectors = NDArray[np.float32]

Record = TypeVar("Record")


@runtime_checkable
class Encoder(Protocol):
    """Texts to unit vectors."""

    name: str
    """`model@version`; vectors of different names are never compared."""
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32, shape `(len(texts), dimension)`, in the order of `texts`.

        Equal texts give equal rows. No texts give shape `(0, dimension)`.

        Raises:
            ModelError: When the weights are missing or altered; names the file.
        """
        ...


@runtime_checkable
class Reranker(Protocol):
    """Passages rated for a query."""

    name: str

    def rate(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """One rating in [0, 1] per passage, in order."""
        ...


@runtime_checkable
class Generator(Protocol):
    """A language model. Optional; it words, it never scores."""

    name: str

    def generate(self, prompts: Sequence[str], max_tokens: int) -> list[str]:
        """One text per prompt, in order."""
        ...

    def stream(self, prompt: str, max_tokens: int) -> Iterator[str]:
        """The text in pieces, as it is made."""
        ...


@runtime_checkable
class Detector(Protocol):
    """Findings in transcripts that were read once for all detectors."""

    name: str
    """`scripting.v1`: a name never changes meaning; a better one is `.v2`."""
    labels: tuple[str, ...]
    """The labels it may raise."""

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order. Pure: the same readings give the same findings."""
        ...


@runtime_checkable
class VectorIndex(Protocol):
    """Exact nearest neighbours by inner product, for one client."""

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add rows; an id that is there already is replaced."""
        ...

    def search(self, queries: Vectors, limit: int) -> list[list[tuple[str, float]]]:
        """Per query row, up to `limit` (id, cosine), best first, ties by id."""
        ...

    def remove(self, ids: Sequence[str]) -> None:
        """Remove rows; ids that are not there are ignored."""
        ...


@runtime_checkable
class Store(Protocol):
    """Durable memory. No method works without a client; a foreign id looks like one that never was."""

    def put(self, client: str, record: Any, *, supersede: bool = False, expected: Any = None) -> bool:
        """Store a record under its `id` (or a given natural key). True when something was written.

        Same id and content: nothing happens, False. Same id, other content: a new revision when
        `supersede`, else an error. With `expected`, a new revision only if that record is the current
        one, so that of two people who change what both have read the second is told.

        Raises:
            ConflictError: The id exists with other content and `supersede` is False; or `expected` is
                not the current revision.
            InputError: The client name is not usable, or the record has no id.
        """
        ...

    def put_all(
        self, client: str, records: Sequence[Any], *, supersede: bool = False, expected: Sequence[Any] = ()
    ) -> list[bool]:
        """`put` of many, in order: whatever happens, all are stored or none.

        Args:
            client: Whose.
            records: What to store; those that take the place of one in `expected` make a new revision.
            supersede: Make a new revision of any other whose id is taken, too.
            expected: Records that must be current, whether or not they are replaced.

        Returns:
            Per record whether something was written.

        Raises:
            ConflictError: As `put`; nothing is stored.
            InputError: As `put`; nothing is stored.
        """
        ...

    def get(self, client: str, kind: type[Record], id: str) -> Record:
        """The current revision.

        Raises:
            NotFoundError: No such record for this client.
        """
        ...

    def find(self, client: str, kind: type[Record], *, limit: int | None = None) -> list[Record]:
        """All current records of a kind, in the order in which they were first stored."""
        ...

    def delete(self, client: str, kind: type[Any], id: str) -> bool:
        """Erase a record and its revisions. False when there was none."""
        ...

    def delete_all(self, client: str, kind: type[Any], ids: Sequence[str]) -> int:
        """`delete` of many: whatever happens, all are erased or none. How many there were."""
        ...

    def history(self, client: str, kind: type[Record], id: str) -> list[tuple[datetime, Record]]:
        """All revisions of a record with the moment in which each was stored, oldest first.

        Empty when there is no such record.
        """
        ...

    def cases(
        self,
        client: str,
        where: Where = NO_CONDITION,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Case]:
        """Lines of the register: contacts with the state of their evaluation, without reading either.

        Args:
            client: Whose.
            where: Columns of `Case` and what they must be.
            order: Columns to sort by, `-` before one that falls; nothing known comes first, equals by
                contact, and those of one contact in the order in which they were stored.
            limit: Lines at most; None: all.
            offset: Lines left out at the beginning.

        Raises:
            InputError: No such column, or the client name is not usable.
        """
        ...

    def tally(
        self,
        client: str,
        table: str,
        by: Sequence[str] = (),
        *,
        where: Where = NO_CONDITION,
        of: str | None = None,
    ) -> list[Tally]:
        """Lines counted by some of their columns.

        Args:
            client: Whose.
            table: `cases`; `answers`, a line per criterion of an evaluation; `labels`, a line per label
                found in the contact of a case, with its gravest severity.
            by: Columns that make a group; none: everything in one, also when there is nothing.
            where: Columns and what they must be.
            of: A column of numbers to sum.

        Returns:
            In the order of the keys.

        Raises:
            InputError: No such table or column, or the client name is not usable.
        """
        ...

    def put_vectors(self, client: str, encoder: str, digests: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors by the SHA-256 of the text they came from.

        Raises:
            InputError: The client name is not usable, or there are not as many digests as rows.
        """
        ...

    def get_vectors(self, client: str, encoder: str, digests: Sequence[str]) -> dict[str, Vectors]:
        """The rows that are known, by digest; unknown digests are left out."""
        ...

    def clients(self) -> list[str]:
        """Names of the clients that have a file here, sorted."""
        ...
