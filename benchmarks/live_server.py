"""A real server in a process of its own, and connections to it: what `benchmarks/live.py` measures with."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(slots=True)
class Answer:
    """What came back for a request."""

    status: int
    headers: dict[str, str]
    body: bytes


class Caller:
    """One HTTP/1.1 connection that is kept."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """The answer to one request; the connection is made when it is first needed.

        Raises:
            ConnectionError: The server is gone.
        """
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        sent = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Bearer {self._key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(sent)}\r\n\r\n"
        )
        try:
            self._writer.write(head.encode() + sent)
            status, headers = await read_head(self._reader)
            return Answer(
                status, headers, await self._reader.readexactly(int(headers.get("content-length", 0)))
            )
        except (asyncio.IncompleteReadError, IndexError):
            self.close()
            raise ConnectionError("the server is gone") from None

    def close(self) -> None:
        """Let the connection go."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return int(lines[0].split()[1]), {name.lower(): value.strip() for name, _, value in pairs}


class Server:
    """`unscripted serve` over a data folder, in a process of its own."""

    def __init__(self, data: Path, encoder: str) -> None:
        self.data, self.encoder = data, encoder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self, key: str) -> float:
        """Start it and wait until it answers and is warm; the seconds that took."""
        began = time.perf_counter()
        command = [sys.executable, ROOT / "app.py", "serve", "--data", self.data, "--port", str(self.port)]
        if self.encoder != "default":
            command += ["--encoder", self.encoder]
        self.process = self._spawn(command)
        while time.perf_counter() - began < 180:
            caller = Caller(self.port, key)
            try:
                answer = await caller.ask("GET", "/api/v1/search?q=warm")
                if answer.status == 200:
                    return time.perf_counter() - began
            except OSError:
                pass
            finally:
                caller.close()
            await asyncio.sleep(0.25)
        raise SystemExit("the server did not start")

    @staticmethod
    def _spawn(command: list[Any]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
