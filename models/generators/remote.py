"""A generator behind an OpenAI-compatible endpoint. Off unless the deployer names its address.

Only redacted words go out (`copilot.prompts` redacts once more), to one address that the deployer set,
without following redirects and without looking at proxy variables. The key stands in one header and in
no message.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from models.errors import ConfigError, MissingExtraError, ModelError

if TYPE_CHECKING:
    import httpx

_MOST_BYTES = 400_000
"""Of one reply; more is rubbish."""
_LONGEST_LINE = 100_000
_RETRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class OpenAICompatibleGenerator:
    """Streams chat completions from an endpoint that speaks OpenAI's protocol.

    Args:
        base_url: Such as `https://llm.example/v1`; plain HTTP only to this machine.
        model: Its name there.
        key: Sent as a bearer token; empty sends none.
        timeout_s: For connecting, and for each wait between two pieces.
        longest_s: For a whole reply.
        seed: Sent along, for servers that honour it.

    Raises:
        ConfigError: The address is no HTTP address, holds credentials, or is plain HTTP to elsewhere.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        key: str = "",
        *,
        timeout_s: float = 10.0,
        longest_s: float = 30.0,
        seed: int = 0,
    ) -> None:
        self._url = _checked(base_url) + "/chat/completions"
        self._model, self._timeout_s, self._longest_s, self._seed = model, timeout_s, longest_s, seed
        self._headers = {"accept": "text/event-stream"}
        if key:
            if not key.isascii() or not key.isprintable():
                raise ConfigError("generator: the key holds characters that no header can carry")
            self._headers["authorization"] = f"Bearer {key}"
        self.name = f"{model}@{urlsplit(self._url).hostname}"

    def __repr__(self) -> str:
        return f"OpenAICompatibleGenerator({self.name})"

    def __reduce__(self) -> Any:
        raise TypeError("a generator with a key is not sent to other processes")

    def generate(self, prompts: Sequence[str], max_tokens: int) -> list[str]:
        """One text per prompt, in order.

        Raises:
            ModelError: The endpoint cannot be reached, answers with an error or with rubbish, or takes
                too long; retryable where another try may help. Says the status, never the reply.
        """
        return ["".join(self.stream(prompt, max_tokens)) for prompt in prompts]

    def stream(self, prompt: str, max_tokens: int) -> Iterator[str]:
        """The text in pieces, as they arrive.

        Raises:
            ModelError: As `generate`; pieces before that may have been given.
        """
        httpx = _httpx()
        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": self._seed,
            "stream": True,
        }
        ends_at = monotonic() + self._longest_s
        # No proxy and no .netrc of the environment: the words go where the deployer said, or nowhere.
        caller = httpx.Client(timeout=self._timeout_s, follow_redirects=False, trust_env=False)
        try:
            with (
                caller,
                caller.stream("POST", self._url, json=body, headers=self._headers) as reply,
            ):
                self._hold_status(reply)
                yield from _pieces(reply, ends_at, self.name)
        except httpx.HTTPError as problem:
            raise ModelError(
                f"generator {self.name}: {type(problem).__name__} while asking the endpoint", retryable=True
            ) from None

    def _hold_status(self, reply: httpx.Response) -> None:
        if reply.status_code != 200:  # noqa: PLR2004 - the one answer that holds text
            raise ModelError(
                f"generator {self.name}: the endpoint answered {reply.status_code}",
                retryable=reply.status_code in _RETRY,
            )


def _pieces(reply: httpx.Response, ends_at: float, name: str) -> Iterator[str]:
    """The text of an event stream, or of a plain reply of a server that cannot stream."""
    if "text/event-stream" not in reply.headers.get("content-type", ""):
        whole = b""
        for data in reply.iter_bytes():
            whole += data
            _hold_bounds(len(whole), ends_at, name)
        yield from _text(whole.decode("utf-8", "replace"), "message", name)
        return
    seen, ended, rest = 0, False, b""
    for data in reply.iter_bytes():
        seen += len(data)
        _hold_bounds(seen, ends_at, name)
        *lines, rest = (rest + data).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise ModelError(f"generator {name}: the reply is no event stream")
        for line in lines:
            text = line.decode("utf-8", "replace").strip()
            if not text.startswith("data:"):
                continue
            payload = text.removeprefix("data:").strip()
            if payload == "[DONE]":
                return
            yield from _text(payload, "delta", name)
            ended = ended or '"finish_reason":"' in payload.replace(" ", "")
    if not ended:
        raise ModelError(f"generator {name}: the reply broke off", retryable=True)


def _hold_bounds(seen: int, ends_at: float, name: str) -> None:
    if seen > _MOST_BYTES:
        raise ModelError(f"generator {name}: the reply is longer than {_MOST_BYTES} bytes")
    if monotonic() > ends_at:
        raise ModelError(f"generator {name}: the reply took too long", retryable=True)


def _text(payload: str, key: str, name: str) -> Iterator[str]:
    try:
        data = json.loads(payload)
        choices = data["choices"]
        content = choices[0].get(key, {}).get("content") if choices else None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise ModelError(f"generator {name}: the reply is not what the protocol says") from None
    if content is not None and not isinstance(content, str):
        raise ModelError(f"generator {name}: the reply is not what the protocol says")
    if content:
        yield content


def _checked(base_url: str) -> str:
    try:
        parts = urlsplit(base_url.strip().rstrip("/"))
        host, port = parts.hostname or "", parts.port  # `port` raises when it is no number
    except ValueError:
        raise ConfigError("generator: the base URL is not an address") from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment or port == 0:
        raise ConfigError("generator: the base URL must look like https://host/v1")
    if parts.username or parts.password:
        raise ConfigError("generator: the base URL holds credentials; give the key by itself")
    if parts.scheme == "http" and not _is_here(host):
        raise ConfigError("generator: plain HTTP is for this machine alone; use https")
    return parts.geturl()


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _httpx() -> Any:
    try:
        import httpx
    except ImportError:
        raise MissingExtraError(
            "a remote generator needs httpx: pip install 'unscripted[generator]'"
        ) from None
    return httpx
