"""A client at work for trials: its data, the server over it, people with keys, and a folder for temporary files."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from storage.access import AccessKeys
from tests.unit.web.conftest import fill
from web.server import create_app
from web.workspace import Workspace

CLIENT = "Acme"
API = "/api/v1"
_PEOPLE = (("Ana", "agent"), ("Lea", "qa"), ("Adi", "admin"), ("Telephony", "feed"))


@contextlib.contextmanager
def own_temporary(folder: Path) -> Iterator[Path]:
    """While it is open, temporary files go to `folder`, so that they can be searched."""
    folder.mkdir(parents=True, exist_ok=True)
    before, in_words = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        if in_words is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = in_words


class Office:
    """The small client of the web tests, with documents, a scorecard and one scored contact.

    Args:
        data: The data folder; made when it is not there.
        again: It is there already, with its people.
    """

    def __init__(self, data: Path, *, again: bool = False) -> None:
        self.data = data
        self.workspace = Workspace(data, encoder=HashingEncoder())
        if not again:
            fill(self.workspace)
        self.keys = AccessKeys(data)
        self.app = create_app(self.workspace, pages=())
        self.answers: list[tuple[str, int, bytes]] = []
        """Every answer so far: what was asked, its status, its bytes with its headers."""
        self._people = {}
        for name, role in _PEOPLE:
            caller = TestClient(
                self.app,
                base_url="http://127.0.0.1:8000",
                raise_server_exceptions=False,
                follow_redirects=False,
            )
            caller.headers["Authorization"] = f"Bearer {self.keys.issue(name, role, CLIENT)}"  # type: ignore[arg-type]
            self._people[role] = caller

    @property
    def store(self) -> Any:
        """Of all clients."""
        return self.workspace._store

    def call(self, role: str, method: str, path: str, **options: Any) -> Any:
        """One request by a person of this role."""
        answer = self._people[role].request(method, f"{API}{path}", **options)
        headers = repr(answer.headers.multi_items()).encode()
        self.answers.append((f"{method} {path.split('/')[1]}", answer.status_code, answer.content + headers))
        return answer

    def close(self) -> None:
        """End it, as a server that stops does."""
        self.workspace._later.shutdown(wait=True)
        self.store.close()
        self.workspace.audit.close()
        self.keys.close()


def files_of(*roots: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file below some folders; the name alone counts as words too."""
    for root in roots:
        for path in sorted(root.rglob("*")):
            name = str(path.relative_to(root))
            yield name, name.encode()
            if path.is_file():
                yield name, path.read_bytes()
