"""Which addresses a server may call: https, or this very machine; nothing inside a network by accident.

A name is looked up once, every address it gives is checked, and the connection goes to the address that
was checked: a name that points elsewhere a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from models.errors import InputError

_LONGEST = 500
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_HOLDING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))
"""IPv6 networks whose addresses hold an IPv4 one in their last four bytes."""
_NOBODYS = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")))
"""Kept for protocols, or given up; not all versions of Python know."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_url(url: str, *, private: bool = False) -> None:
    """Whether a webhook may have this address, by its words alone.

    Args:
        url: As the deployer's admin typed it.
        private: Addresses of private networks are wanted.

    Raises:
        InputError: It is not https (or http of this machine), holds a password, or names a private address.
    """
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise InputError(f"webhook: the address must be at most {_LONGEST} plain characters without blanks")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InputError("webhook: the address cannot be read; write it as https://host/path") from None
    if not host or parts.username or parts.password or parts.fragment:
        raise InputError("webhook: the address needs a host, and no name, password or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise InputError("webhook: the address must be https; http is for this machine alone")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    if not may_call(str(literal), host, private=private):
        raise InputError("webhook: the address is of a private network; allow that with --private")


def may_call(address: str, host: str, *, private: bool) -> bool:
    """Whether a looked-up address of this host may be connected to."""
    inner = _meant(ipaddress.ip_address(address.partition("%")[0]))
    if inner.is_loopback:
        return host in _LOOPBACK or private
    if inner.is_multicast or inner.is_unspecified or inner.is_link_local:
        return False  # link-local is where clouds keep their machines' credentials
    if inner.is_reserved or any(inner in net for net in _NOBODYS):
        return False
    return inner.is_global or (private and inner.is_private)


def _meant(found: _Address) -> _Address:
    """The address that another one holds: mapped, translated (NAT64) or tunnelled ones lead there."""
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found.ipv4_mapped or found.sixtofour:
        return found.ipv4_mapped or found.sixtofour or found
    if found.teredo:
        return found.teredo[1]
    if any(found in net for net in _HOLDING):
        low = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return found if found.is_loopback or found.is_unspecified else low
    return found


def address_of(host: str, port: int, *, private: bool) -> str:
    """The address to connect to.

    Raises:
        InputError: The name leads nowhere, or to an address that may not be called.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise InputError("webhook: the host's name cannot be looked up") from None
    addresses = [str(entry[4][0]) for entry in found]
    # One bad address among good ones is reason enough: which of them is used is nobody's choice.
    if not addresses or not all(may_call(one, host, private=private) for one in addresses):
        raise InputError("webhook: the host leads to a private address; allow that with --private")
    return addresses[0]
