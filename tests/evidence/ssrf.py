"""P24: the server cannot be made to call an address that nobody allowed.

Webhooks are pointed at this machine, at private networks and at where clouds keep credentials: written out,
mapped, compressed, decimal, octal, hexadecimal, as a name that leads there, as a name that leads there only
when it is looked up again, and by a redirect. A client's file names an address for its generator. Every
connection that is tried is noted and, but for the allowed one, refused; no packet leaves the machine.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random
from typing import Any

from tests.evidence import Outcome

_INSIDE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32",
    "fec0::/10",
)  # fmt: skip
"""Networks that are nobody's on the internet; of the registries, and written out here by itself."""
_CARRYING = (
    "::ffff:0:0/96",
    "::/96",
    "64:ff9b::/96",
    "2002::/16",
    "2001::/32",
    "64:ff9b:1::/48",
    "fec0::/10",
)
"""Of addresses that hold another one, or lead to it."""
_THIS_MACHINE = ("127.0.0.1", "::1")
"""Whoever may set a webhook may write these out; a name that leads there may not be called."""
_PUBLIC = "93.184.215.14"


def run(n: int, seed: int, folder: Path, *, unguarded: bool = False) -> Outcome:
    """Point `n` webhooks and generators where they must not lead, and send.

    Args:
        n: Addresses.
        seed: Decides them.
        folder: For the settings; empty.
        unguarded: Addresses are not checked before they are called: then the trial must fail.
    """
    random, failures = Random(seed), list[str]()
    called: list[tuple[str, int]] = []
    kinds: dict[str, int] = {}
    with _watched(called) as (names, allowed):
        if unguarded:
            _unguard()
        for number in range(n):
            kind, url = _address(random, number, names, allowed)
            kinds[kind] = kinds.get(kind, 0) + 1
            called.clear()
            if kind == "generator":
                _ask(url, random)
                wanted: set[str] = set()
            else:
                _send(folder, url, names)
                wanted = {"127.0.0.1"} if kind == "redirect" else {_PUBLIC} if kind == "rebinding" else set()
            wrong = [host for host, port in called if host not in wanted or _forbidden(host, port, allowed)]
            failures += [f"address {number} ({kind}): {host} was called" for host in wrong[:1]]
            if kind == "redirect" and not called:
                failures.append(f"address {number}: the allowed one was not called, so nothing was shown")
    notes = (", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())),)
    return Outcome(n, n, tuple(failures), notes)


def _forbidden(host: str, port: int, allowed: int) -> bool:
    return (
        any(ipaddress.ip_address(host) in net for net in map(ipaddress.ip_network, _INSIDE))
        and port != allowed
    )


def _address(random: Random, number: int, names: dict[str, list[str]], allowed: int) -> tuple[str, str]:
    kind = (
        "written", "mapped", "number", "name", "rebinding", "user", "redirect", "generator", "scope", "both", "dotted",
    )[number % 11]  # fmt: skip
    inside = _inside(random)
    four = ipaddress.ip_address(inside)
    path = random.choice(("/", "/latest/meta-data/", ":22/", ":6379/x", "/?x=@evil.example"))
    name = f"host{number}.example"
    if kind == "written":
        while inside in _THIS_MACHINE:
            inside = _inside(random)
        host = f"[{inside}]" if ":" in inside else inside
    elif kind == "mapped":
        host = f"[{_carrying(random)}]"
    elif kind == "number":
        value = int(ipaddress.ip_address(_inside(random, four=True)))
        host = random.choice(
            (str(value), hex(value), f"0{value:o}", ".".join(f"0{part:o}" for part in value.to_bytes(4)))
        )
    elif kind == "name":
        host, names[name] = name, [str(four)]
    elif kind == "rebinding":
        host, names[name] = name, [_PUBLIC, str(four), str(four)]
    elif kind == "both":
        host, names[name] = name, [f"{_PUBLIC} {four}"]
    elif kind == "user":
        return kind, f"https://{_PUBLIC}@{inside if ':' not in inside else f'[{inside}]'}{path}"
    elif kind == "redirect":
        return kind, f"http://127.0.0.1:{allowed}/to/{inside}"
    elif kind == "generator":
        return kind, f"http://{_PUBLIC if random.random() < 0.3 else _inside(random, four=True)}/v1"
    elif kind == "scope":
        host = "[fe80::1%25lo]"
    else:
        host = random.choice(
            ("127.1", "localhost.", "LOCALHOST.localdomain", "ⓛocalhost", "127。0。0。1", "0", "[::]")
        )
        names["localhost."] = names["localhost.localdomain"] = ["127.0.0.1"]
    return kind, f"https://{host}{path}"


def _inside(random: Random, *, four: bool = False) -> str:
    net = ipaddress.ip_network(random.choice([one for one in _INSIDE if not four or "." in one]))
    return str(net[random.randrange(min(net.num_addresses, 1 << 60))])


def _carrying(random: Random) -> str:
    """An IPv6 address that holds one of this machine, of a private network or of a cloud's own."""
    inner = int(
        ipaddress.ip_address(random.choice(("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1")))
    )
    net = random.choice(_CARRYING)
    base = int(ipaddress.ip_network(net)[0])
    if net == "2002::/16":
        return str(ipaddress.IPv6Address(base | inner << 80))
    if net == "2001::/32":
        return str(ipaddress.IPv6Address(base | inner ^ 0xFFFFFFFF))
    return str(ipaddress.IPv6Address(base | inner))


def _send(folder: Path, url: str, names: dict[str, list[str]]) -> None:
    """Set the address and send to it; also as if it had been set by other means."""
    from models.errors import UnscriptedError
    from web.delivery import post
    from web.webhooks import Outgoing, Target, add_target, remove_target

    folder.mkdir(exist_ok=True, parents=True)
    message = Outgoing("msg_trial", "wh_trial", "webhook.test", datetime.now(UTC))
    targets = [Target("wh_trial", "Acme", url, ())]
    try:
        target, _ = add_target(folder, "Acme", url)
        targets.append(target)
        remove_target(folder, target.id)
    except UnscriptedError:
        pass
    for target in targets[-1:]:
        for _ in range(2):
            try:
                post(target, message, "whsec_c2VjcmV0")
            except (UnscriptedError, OSError):
                continue


def _ask(url: str, random: Random) -> None:
    """A client's file names an address, and a deployer one that would go out in the open."""
    from models.errors import UnscriptedError
    from models.records import ClientProfile
    from web.generation import GenerationSettings, generator_for, offered

    key = random.choice(("url", "base_url", "endpoint", "remote_url"))
    for written in ({"use": "remote", key: url}, url, {"use": url}):
        profile = ClientProfile(id="acme", extra={"generator": written})
        try:
            generator = generator_for(GenerationSettings(), profile)
            if generator is not None:
                generator.generate(["words"], 10)
        except UnscriptedError:
            continue
    if not ipaddress.ip_address(url.split("/")[2]).is_loopback:
        try:
            made = offered("", url, "model", "")
            generator = generator_for(made, ClientProfile(id="acme", extra={"generator": "remote"}))
            if generator is not None:
                generator.generate(["words"], 10)
        except UnscriptedError:
            return


@contextmanager
def _watched(called: list[tuple[str, int]]) -> Iterator[tuple[dict[str, list[str]], int]]:
    """Names lead where the trial says; connections are noted and refused, but for the one receiver here."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(307)
            self.send_header("Location", f"http://{self.path.removeprefix('/to/')}/latest")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    names: dict[str, list[str]] = {}
    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    look, connect = socket.getaddrinfo, socket.socket.connect

    def lookup(host: Any, port: Any, *given: Any, **named: Any) -> Any:
        said = names.get(str(host).lower())
        if said is None:
            named["flags"] = socket.AI_NUMERICHOST  # nothing is asked of the network
            return look(host, port, *given, **named)
        now = said.pop(0) if len(said) > 1 else said[0]
        return [entry for one in now.split() for entry in look(one, port, type=socket.SOCK_STREAM)]

    def tried(self: socket.socket, address: Any) -> None:
        if self.family not in (socket.AF_INET, socket.AF_INET6):
            return connect(self, address)
        called.append((str(address[0]).partition("%")[0], int(address[1])))
        if address[:2] == ("127.0.0.1", server.server_port):
            return connect(self, address)
        raise ConnectionRefusedError("the trial's network")

    setattr(socket, "getaddrinfo", lookup)
    setattr(socket.socket, "connect", tried)
    try:
        yield names, server.server_port
    finally:
        setattr(socket, "getaddrinfo", look)
        del socket.socket.connect
        server.shutdown()
        server.server_close()


def _unguard() -> None:
    from web import addresses

    setattr(addresses, "may_call", lambda *_, **__: True)
