"""Sending webhooks: from each client's file, with patience, until they have arrived or are given up.

At least once: a target may get a message twice (it arrived, and the server was killed before it noted
so) and knows it by `webhook-id`. No redirect is followed, no answer is read beyond its status, and a name
that leads into a private network is not called unless the deployer's admin allowed it.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.errors import ConflictError, InputError, UnscriptedError
from web.addresses import address_of, check_url
from web.webhooks import Outgoing, Target, secret_of, signature, targets

if TYPE_CHECKING:
    from pathlib import Path

    from web.workspace import Workspace

log = logging.getLogger("unscripted.webhooks")

WAITS_S = (5.0, 30.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0)
"""After the first failure, the second and so on; then the last again. Each is stretched by up to a fifth."""
DEAD_AFTER = timedelta(days=3)
KEPT_DEAD = timedelta(days=14)
_LOOK_EVERY_S = 5.0
_TIMEOUT_S = 10.0
_PER_ROUND = 50
_GONE = 410

Send = Callable[[Target, Outgoing, str], int]


class Delivery:
    """Sends what waits, in a thread of its own. Of several processes on one folder, one sends.

    Args:
        workspace: The data folder, opened.
        send: How a message is sent; the status that came back.
        clock: Now.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        send: Send | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._workspace = workspace
        self._send = send or post
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="unscripted-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the message in hand and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_TIMEOUT_S + 2)

    def _run(self) -> None:
        from filelock import FileLock, Timeout

        lock = FileLock(self._workspace.folder / "webhooks-sending.lock")
        while not self._stop.wait(_LOOK_EVERY_S):
            try:
                if not targets(self._workspace.folder):
                    continue
                with lock.acquire(timeout=0):
                    self.round()
            except Timeout:
                continue  # another process sends
            except (UnscriptedError, OSError) as problem:
                log.warning("webhooks: not sent in this round, %s", type(problem).__name__)

    def round(self) -> int:
        """Send everything that is due, once. How many arrived."""
        arrived = 0
        folder = self._workspace.folder
        for client in self._workspace.clients():
            own = {one.id: one for one in targets(folder, client)}
            if not own:
                continue
            store = self._workspace.knowledge_base(client).store
            waiting = store.find(client, Outgoing)
            due = [one for one in waiting if not one.dead and (one.next_at or one.at) <= self._clock()]
            for message in due[:_PER_ROUND]:
                if self._stop.is_set():
                    return arrived
                target = own.get(message.target)
                if target is None:  # removed meanwhile
                    store.delete(client, Outgoing, message.id)
                    continue
                arrived += self._try(client, target, message)
            for message in waiting:
                if message.dead and self._clock() - message.at > KEPT_DEAD:
                    store.delete(client, Outgoing, message.id)
        return arrived

    def _try(self, client: str, target: Target, message: Outgoing) -> bool:
        store = self._workspace.knowledge_base(client).store
        try:
            status = self._send(target, message, secret_of(self._workspace.folder, target))
        except (OSError, InputError) as problem:
            status, last = 0, type(problem).__name__
        else:
            last = str(status)
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP
            store.delete(client, Outgoing, message.id)
            return True
        failed = after_failure(message, self._clock(), last=last, gone=status == _GONE)
        if failed.dead:
            log.error("webhook %s: gave up %s after %d attempts", target.id, message.id, failed.attempts)
        try:
            store.put(client, failed, expected=message)
        except ConflictError:  # erased or changed under our hands: the next round sees it
            log.info("webhook %s: %s changed meanwhile", target.id, message.id)
        return False


def after_failure(message: Outgoing, now: datetime, *, last: str, gone: bool = False) -> Outgoing:
    """The message with its next attempt, or given up: after three days, or when the target says 410."""
    wait = WAITS_S[min(message.attempts, len(WAITS_S) - 1)]
    spread = random.uniform(1.0, 1.2)  # noqa: S311 - spreads load, hides nothing
    over = gone or now + timedelta(seconds=wait) - message.at > DEAD_AFTER
    return replace(
        message,
        attempts=message.attempts + 1,
        next_at=now + timedelta(seconds=wait * spread),
        dead=over,
        last=last,
    )


def post(target: Target, message: Outgoing, secret: str) -> int:
    """Send one message to the address that its host's name leads to now; the status that came back.

    Raises:
        InputError: The address may not be called.
        OSError: It could not be reached in time.
    """
    import httpx

    check_url(target.url, private=target.private)
    parts = urlsplit(target.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host, port, private=target.private)
    shown = f"[{address}]" if ":" in address else address
    body, now = message.body(), int(time.time())
    try:
        url = httpx.URL(target.url).copy_with(host=shown.strip("[]"), port=port)
    except (httpx.InvalidURL, ValueError):
        # A number that only some readers take for an address, such as an octal one.
        raise InputError("webhook: the address cannot be read; write it as https://host/path") from None
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "unscripted-webhooks",
        "webhook-id": message.id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, message.id, now, body),
    }
    try:
        # The connection goes to the address that was checked; the certificate must be the host's.
        with (
            httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT_S) as caller,
            caller.stream(
                "POST", url, content=body.encode(), headers=headers, extensions={"sni_hostname": host}
            ) as answer,
        ):
            return answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise OSError(type(problem).__name__) from None


def try_target(folder: Path, target: Target) -> int:
    """Send a `webhook.test` message now; the status that came back. Raises as `post`."""
    message = Outgoing("msg_test", target.id, "webhook.test", datetime.now(UTC))
    return post(target, message, secret_of(folder, target))
