"""Sockets of this host that nobody in a run's network may reach: what comes to them has got out."""

from __future__ import annotations

import errno
import re
import socket
from pathlib import Path
from typing import Self

CALL = "to everybody"
"""What a probe sends to multicast and broadcast addresses, for `HostListener` to tell it from its other datagrams."""

MAX_HOST_ADDRESSES = 64
_LOCAL_ADDRESS = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")


def open_port() -> tuple[socket.socket, socket.socket]:
    """Return a listening TCP socket and a UDP socket on one free port of every IPv4 address; raises `OSError`."""
    while True:
        stream = socket.create_server(("0.0.0.0", 0), backlog=128)  # noqa: S104 - to be reachable is the point
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(stream.getsockname())
        except OSError as error:
            stream.close()
            datagrams.close()
            if error.errno != errno.EADDRINUSE:  # a port that is free for TCP alone
                raise
        else:
            return stream, datagrams


class HostListener:
    """A TCP and a UDP socket on every IPv4 address of the host, which nothing in a run's network may reach.

    Nobody accepts while it is open: the kernel completes connections by itself and keeps them until `contacts`.
    """

    def __enter__(self) -> Self:
        """Begin to listen on a free port."""
        self._stream, self._datagrams = open_port()
        self.port: int = self._stream.getsockname()[1]
        self._stream.settimeout(0)
        self._datagrams.settimeout(0)
        self.addresses = local_addresses()
        self._heard: list[str] = []
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._stream.close()
        self._datagrams.close()

    def contacts(self) -> tuple[str, ...]:
        """Return who connected or sent a datagram since the last call, each once."""
        found = []
        try:
            while True:
                connection, (address, _) = self._stream.accept()
                connection.close()
                found.append(f"TCP from {address}")
        except BlockingIOError:
            pass
        try:
            while True:
                text, (address, _) = self._datagrams.recvfrom(64)
                if text == CALL.encode():
                    self._heard.append(address)
                else:
                    found.append(f"UDP from {address}")
        except BlockingIOError:
            pass
        return tuple(dict.fromkeys(found))

    def heard(self) -> tuple[str, ...]:
        """Return whose calls to everybody came before the last `contacts`, each once."""
        return tuple(dict.fromkeys(self._heard))

    def answers(self, address: str) -> bool:
        """Return whether the host itself reaches this listener at one of its addresses."""
        try:
            socket.create_connection((address, self.port), timeout=1.0).close()
        except OSError:
            return False
        return bool(self.contacts())


def local_addresses() -> tuple[str, ...]:
    """Return the host's own IPv4 addresses without the loopback's, at most 64; empty where the kernel does not say."""
    try:
        routes = Path("/proc/net/fib_trie").read_text(encoding="ascii")
    except OSError:
        return ()
    found = sorted({address for address in _LOCAL_ADDRESS.findall(routes) if not address.startswith("127.")})
    return tuple(found[:MAX_HOST_ADDRESSES])
