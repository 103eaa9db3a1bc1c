"""P22: files that explode are bounded in memory and time.

Packages that unpack to gigabytes or into themselves, entities that call each other or a file of this machine,
PDFs whose pages, tables or streams have no end, encrypted ones, ten thousand pages, two formats in one file,
a hundred thousand levels of JSON, YAML or HTML: each is opened as a document by the limited child process,
whose memory and processor time are watched, and a good file is opened after it. Every other one is sent to
the server as a contact too, which answers other callers meanwhile.
"""

from __future__ import annotations

import io
import os
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from tests.evidence import Outcome

MOST_MB = 512
MOST_S = 21.0
"""Processor time of the child: twenty seconds and what the signal takes."""
_ANSWERS_S = 5.0
"""A caller of the server waits no longer, on a machine that others use."""
_STEP = 5
"""From one kind of file to the next, so that a few of them are of several formats."""
_GOOD = "<html><body><main><h1>Refunds</h1><p>A refund takes five working days.</p></main></body></html>"


def run(n: int, seed: int, folder: Path, *, most_mb: float = MOST_MB) -> Outcome:
    """Open `n` hostile files.

    Args:
        n: Files.
        seed: Decides how large and how deep they are.
        folder: For the files; empty.
        most_mb: What the child may take of memory; with very little the trial must fail.
    """
    from knowledge_base.conversion import Converter
    from models.errors import InputError

    random, failures = Random(seed), list[str]()
    (folder / "good.html").write_text(_GOOD, "utf-8")
    told: dict[str, int] = {}
    memory = longest = slowest = 0.0
    with Converter() as converter, _served(folder) as send:
        for number in range(n):
            name, make = sorted(_KINDS.items())[_STEP * number % len(_KINDS)]
            path = folder / f"file.{name.partition('-')[0]}"
            path.write_bytes(make(random))
            watch = _Watch(converter)
            try:
                found = _opened(converter, path)
                outcome = "text" if found else "nothing"
            except InputError as problem:
                outcome = "refused"
                failures += [f"file {number} ({name}): refused without a reason"] * (not str(problem).strip())
            except Exception as problem:
                outcome = "broke"
                failures.append(f"file {number} ({name}): raised {type(problem).__name__}")
            mb, seconds = watch.stop()
            memory, longest = max(memory, mb), max(longest, seconds)
            failures += [f"file {number} ({name}): {mb:.0f} MB"] * (mb > most_mb)
            failures += [f"file {number} ({name}): {seconds:.0f} s"] * (seconds > MOST_S)
            told[outcome] = told.get(outcome, 0) + 1
            if "five working days" not in str(converter.convert(folder / "good.html", "html")):
                failures.append(f"file {number} ({name}): the good file after it is not read")
            if not number % 2:
                status, waited = send(path)
                slowest = max(slowest, waited)
                failures += [f"file {number} ({name}): the server answered {status}"] * (status >= 500)
                failures += [f"file {number} ({name}): others waited {waited:.1f} s"] * (waited > _ANSWERS_S)
            path.unlink()
    notes = (
        ", ".join(f"{what}: {count}" for what, count in sorted(told.items())),
        f"child: {memory:.0f} MB and {longest:.1f} s of processor time at most",
        f"server: another caller waited {slowest:.2f} s at most",
    )
    return Outcome(n, n, tuple(failures), notes)


def _opened(converter: Any, path: Path) -> bool:
    """Whether there was text in it; other formats than the child's go the way of a document folder."""
    if path.suffix[1:] in ("pdf", "docx", "xlsx", "html"):
        return bool(str(converter.convert(path, path.suffix[1:]).get("text", "")).strip())
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder

    place = path.parent / "documents"
    place.mkdir(exist_ok=True)
    target = place / path.name
    target.write_bytes(path.read_bytes())
    report = KnowledgeBase("acme", encoder=HashingEncoder(8)).ingest(place)
    target.unlink()
    return bool(report.added)


class _Watch:
    """What the child takes while it opens a file, looked at every few milliseconds."""

    def __init__(self, converter: Any) -> None:
        self._converter, self._over = converter, threading.Event()
        self._memory = self._last = self._taken = 0.0
        self._before = self._used()
        self._pid = self._child()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> tuple[float, float]:
        self._look_once()
        self._over.set()
        self._thread.join()
        return self._memory, max(self._taken, self._last - self._before)

    def _child(self) -> int:
        child = self._converter._child
        return 0 if child is None else int(child.pid)

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._look_once()

    def _look_once(self) -> None:
        if self._child() != self._pid:
            # What the child before it had used for earlier files is not counted to this one.
            self._taken = max(self._taken, self._last - self._before)
            self._pid, self._before, self._last = self._child(), 0.0, 0.0
        self._last = max(self._last, self._used())
        with suppress(OSError, StopIteration, ValueError):
            lines = Path(f"/proc/{self._child()}/status").read_text("ascii", "replace").splitlines()
            self._memory = max(
                self._memory, next(int(one.split()[1]) / 1024 for one in lines if "VmHWM" in one)
            )

    def _used(self) -> float:
        with suppress(OSError, ValueError, IndexError):
            parts = (
                Path(f"/proc/{self._child()}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
            )
            return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0


@contextmanager
def _served(folder: Path) -> Iterator[Callable[[Path], tuple[int, float]]]:
    """A server, and how a file is sent to it: the status, and how long somebody else waited at most."""
    import httpx

    from models.encoders import HashingEncoder
    from storage.access import AccessKeys
    from web.server import create_app
    from web.workspace import Workspace

    workspace = Workspace(folder / "data", encoder=HashingEncoder())
    workspace.knowledge_base("Acme", create=True).add([])
    workspace.add_transcripts("Acme", [_first()])
    key = AccessKeys(workspace.folder).issue("Lea", "qa", "Acme")
    serving: Any = import_module("tests.serving").serving
    with (
        serving(create_app(workspace, pages=())) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120) as caller,
    ):

        def send(path: Path) -> tuple[int, float]:
            over, waits = threading.Event(), [0.0]

            def ask() -> None:
                with httpx.Client(base_url=url, timeout=120) as other:
                    while not over.is_set():
                        began = time.monotonic()
                        other.get("/livez")
                        waits.append(time.monotonic() - began)
                        over.wait(0.05)

            thread = threading.Thread(target=ask)
            thread.start()
            try:
                status = caller.post(
                    "/api/v1/ingest", files={"files": (path.name, path.read_bytes())}
                ).status_code
            except httpx.TransportError:
                status = 599
            over.set()
            thread.join()
            return status, max(waits)

        yield send


def _first() -> Any:
    from models.records import Transcript, Turn

    return Transcript("first", "Acme", (Turn("customer", "Hello."),))


# -- the files ------------------------------------------------------------------------------


def _zip(**entries: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name.replace("__", "/"), content)
    return whole.getvalue()


def _nested(random: Random) -> bytes:
    inner = _zip(words=b"\0" * random.randrange(10**6, 10**7))
    for depth in range(random.randrange(3, 9)):
        inner = _zip(
            **{f"{number}.zip": inner for number in range(4)}, word__document=b"<x/>", level=bytes(depth)
        )
    return inner


def _entities(random: Random, *, away: bool) -> bytes:
    first = 'a SYSTEM "file:///etc/hostname"' if away else 'a "ha"'
    more = "".join(
        f'<!ENTITY {chr(98 + one)} "{("&" + chr(97 + one) + ";") * random.randrange(5, 30)}">'
        for one in range(9)
    )
    body = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY {first}>{more}]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&{"a" if away else "j"};</w:t></w:r></w:p></w:body></w:document>'
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return _zip(**{"[Content_Types].xml": types, "word__document.xml": body.encode()})


def _pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    whole, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(
        whole
        + b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, trailer, start)
    )


_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


def _pdf_stream(random: Random) -> bytes:
    packed = zlib.compress(random.choice((b"\0", b"(a) Tj ", b"q ")) * random.randrange(10**7, 5 * 10**7), 1)
    filters = b"/FlateDecode"
    if random.random() < 0.5:
        packed, filters = zlib.compress(packed), b"[/FlateDecode /FlateDecode]"
    return _pdf(
        _CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(packed), filters, packed),
    )


def _pdf_pages(_: Random) -> bytes:
    count = 10_000
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>"
    return _pdf(_CATALOGUE, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count), *[page] * count)


def _pdf_form_loop(_: Random) -> bytes:
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 4 0 R >> >> /Length 5 >>"
    return _pdf(
        _CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /F 4 0 R >> >> >>",
        form + b"\nstream\n/F Do\nendstream",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
    )


_KINDS: dict[str, Callable[[Random], bytes]] = {
    "docx-bomb": lambda r: _zip(**{"word__document.xml": b" " * r.randrange(31_000_000, 90_000_000)}),
    "docx-nested": _nested,
    "docx-laughs": lambda r: _entities(r, away=False),
    "docx-away": lambda r: _entities(r, away=True),
    "docx-encrypted": lambda r: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + r.randbytes(6_000),
    "docx-entries": lambda r: _zip(**{f"e{one}": b"" for one in range(r.randrange(5_001, 9_000))}),
    "xlsx-bomb": lambda r: _zip(**{"xl__workbook.xml": b"\0" * r.randrange(10**8 + 1, 15 * 10**7)}),
    "xlsx-polyglot": lambda r: b"%PDF-1.7\n" + _zip(**{"xl__workbook.xml": b"<x/>"}) + r.randbytes(9),
    "html-deep": lambda r: b"<div>" * r.randrange(10_000, 200_000) + b"words",
    "html-wide": lambda r: b"<table>" + b"<tr><td>x" * r.randrange(10_000, 100_000),
    "html-attribute": lambda r: b'<p title="' + b"a" * r.randrange(10**6, 15 * 10**6) + b'">words</p>',
    "pdf-tree-loop": lambda _: _pdf(_CATALOGUE, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"),
    "pdf-xref-loop": lambda _: _pdf(
        _CATALOGUE, b"<< /Type /Pages /Kids [] /Count 0 >>", trailer=b"/Prev 120"
    ),
    "pdf-form-loop": _pdf_form_loop,
    "pdf-stream": _pdf_stream,
    "pdf-pages": _pdf_pages,
    "pdf-encrypted": lambda r: _pdf(
        _CATALOGUE,
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (%s) /U (%s) >>" % (b"o" * 32, b"u" * 32),
        trailer=b"/Encrypt 3 0 R /ID [(a)(a)]",
    ),
    "pdf-noise": lambda r: b"%PDF-1.7\n" + r.randbytes(r.randrange(10, 200_000)),
    "json-deep": lambda r: b"[" * r.randrange(50_000, 200_000),
    "md-yaml-deep": lambda r: b"---\ntitle: " + b"[" * r.randrange(5_000, 100_000) + b"\n---\nWords.",
    "md-yaml-laughs": lambda _: (
        b"---\na: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (98 + one, 98 + one, b", ".join([b"*%c" % (97 + one)] * 9))
            for one in range(9)
        )
        + b"---\nWords."
    ),
}
