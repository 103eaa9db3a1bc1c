"""How a connection sends: attempts, waiting as the server asks, and answers as errors of our tree."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, InputError, ModelError, NotFoundError, UnscriptedError

if TYPE_CHECKING:
    import httpx

_WAIT_S = 0.25
_LONGEST_WAIT_S = 30.0
_BUSY = (429, 502, 503, 504)
_REFUSED = (401, 403)


class AccessError(UnscriptedError):
    """The key is unknown, expired or revoked, or its role does not include this."""


class Transport:
    """Requests to one server with one key. Safe to share between threads.

    Args:
        url: Address of the server.
        key: An access key.
        timeout_s: For one answer.
        attempts: How often a request is sent at most.

    Raises:
        InputError: The address is not https, nor http of this machine.
    """

    def __init__(self, url: str, key: str, *, timeout_s: float, attempts: int) -> None:
        import httpx

        parts = httpx.URL(url)
        here = parts.host in ("127.0.0.1", "localhost", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            raise InputError("connection: the address must be https; http is for this machine alone")
        self.attempts = max(1, attempts)
        self._timeout_s = timeout_s
        self._http = httpx.Client(
            base_url=str(parts).rstrip("/"),
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=not here,
        )

    def close(self) -> None:
        """Close the sockets."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        accept: Sequence[int] = (),
    ) -> httpx.Response:
        """The answer, after as many attempts as are allowed; every method that is used may be repeated."""
        import httpx

        headers = {"Idempotency-Key": secrets.token_hex(16)} if method == "POST" else {}
        for attempt in range(1, self.attempts + 1):
            last = attempt == self.attempts
            try:
                answer = self._http.request(method, path, json=body, params=params, headers=headers)
            except httpx.TransportError:
                if last:
                    raise ModelError("connection: the server is out of reach", retryable=True) from None
                time.sleep(backoff(attempt))
                continue
            if answer.is_success or answer.status_code in accept:
                return answer
            busy = answer.status_code in _BUSY or (
                answer.status_code == 409 and "retry-after" in answer.headers  # noqa: PLR2004 - HTTP
            )
            if last or not busy:
                raise _error(answer.status_code, answer.content)
            time.sleep(_wait(answer.headers.get("retry-after", ""), attempt))
        raise AssertionError  # the last attempt returns or raises

    def stream(self, path: str, since: int, until: float | None) -> Iterator[dict[str, Any]]:
        """Server-sent events newer than a version, as they come, until the server or the time ends it."""
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(since)}
        # A silent server says ": still here" every 15 seconds.
        wait = self._timeout_s if until is None else max(0.1, min(self._timeout_s, until - time.monotonic()))
        with self._http.stream("GET", path, headers=headers, timeout=wait) as answer:
            if not answer.is_success:
                raise _error(answer.status_code, answer.read())
            for line in answer.iter_lines():
                if until is not None and time.monotonic() >= until:
                    return
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))


def _error(status: int, body: bytes) -> UnscriptedError:
    """The error of our tree that an answer stands for."""
    try:
        said = json.loads(body)
        words = str(said.get("detail") or said.get("title") or "")
        places = ", ".join(str(one.get("where", "")) for one in said.get("errors", ()))
    except (ValueError, AttributeError):
        words, places = "", ""
    words = f"{words} ({places})" if places else words or f"the server answered {status}"
    if status in _REFUSED:
        return AccessError(f"connection: {words}")
    if status == 404:  # noqa: PLR2004 - HTTP, likewise below
        return NotFoundError(f"connection: {words}")
    if status == 409:  # noqa: PLR2004
        return ConflictError(words)
    if 400 <= status < 500 and status != 429:  # noqa: PLR2004
        return InputError(words)
    return ModelError(f"connection: {words}", retryable=status in _BUSY)


def backoff(attempt: int) -> float:
    """Seconds before the next attempt, spread so that not all come at once."""
    return min(_LONGEST_WAIT_S, _WAIT_S * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load


def _wait(said: str, attempt: int) -> float:
    """What the server asked for, within reason, and a little more so that not all come at once."""
    asked = float(said) if said.isascii() and said.isdigit() else 0.0
    return min(_LONGEST_WAIT_S, asked) + backoff(attempt) if asked else backoff(attempt)
