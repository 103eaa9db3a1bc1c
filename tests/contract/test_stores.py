import itertools

import pytest

from models.conformance import check_store
from storage import MemoryStore, open_store


def test_memory_store():
    check_store(MemoryStore)


def test_sqlite_store(tmp_path):
    numbers = itertools.count()
    check_store(lambda: open_store(tmp_path / str(next(numbers))))


def test_the_check_has_teeth():
    class Forgetful(MemoryStore):
        def put(self, client, record, *, supersede=False, expected=None):
            super().put(client, record, supersede=True)
            return True

    with pytest.raises(AssertionError):
        check_store(Forgetful)
