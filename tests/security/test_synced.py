"""P11 and P13: what takes another file's place is synced before, and its folder after."""

import os
from pathlib import Path

import pytest

from knowledge_base.index_file import write_file
from storage.opening import write_private


@pytest.fixture
def calls(monkeypatch):
    """What was synced and renamed, in order; the real calls are made."""
    noted = []
    sync, rename = os.fsync, os.replace

    def synced(handle):
        path = Path(f"/proc/self/fd/{handle}").readlink()
        noted.append("folder" if path.is_dir() else "file")
        sync(handle)

    def renamed(*paths, **options):
        noted.append("rename")
        rename(*paths, **options)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    return noted


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's list of open files")
@pytest.mark.parametrize(
    "write", [lambda path: write_file(path, b"rows"), lambda path: write_private(path, "x")]
)
def test_a_file_is_synced_then_renamed_then_its_folder_is_synced(tmp_path, calls, write):
    write(tmp_path / "one")
    assert calls == ["file", "rename", "folder"]
    assert (tmp_path / "one").read_bytes() in (b"rows", b"x")
