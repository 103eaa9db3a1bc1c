"""All or nothing: one transaction, whoever writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import apsw


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[apsw.Connection]:
    """What is written inside is kept when the block ends, and none of it when it breaks off.

    The file is locked for writing from the start, so that nobody writes between a look and its change.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has ended the transaction by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
