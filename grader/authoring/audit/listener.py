"""A port of this machine that nobody in a container may reach: what comes there has got out."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SandboxError

_POLL_S = 0.05
_WITNESS_S = 2.0
_WITNESS = b"witness"
_TABLE = Path("/proc/net/fib_trie")


@dataclass(slots=True)
class Listener:
    """A port that is open for TCP and UDP on every address; `came` says who was there, the witness not included."""

    port: int
    came: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listener]:
    """Yield a listener that has been seen to hear; raises `SandboxError` if this machine cannot reach it itself."""
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("0.0.0.0", 0)))  # noqa: S104 - whoever gets out shall be heard
        listener = Listener(int(tcp.getsockname()[1]))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("0.0.0.0", listener.port))  # noqa: S104
        stop, heard = threading.Event(), threading.Event()
        for receive in (lambda: _accepted(tcp), lambda: udp.recvfrom(64)):
            for each in (tcp, udp):
                each.settimeout(_POLL_S)
            thread = threading.Thread(target=_listen, args=(receive, listener, stop, heard), daemon=True)
            thread.start()
            stack.callback(thread.join)
        stack.callback(stop.set)  # called first
        address = next(iter(addresses_of_this_machine()), "127.0.0.1")
        with socket.create_connection((address, listener.port), timeout=_WITNESS_S) as witness:
            witness.sendall(_WITNESS)
        if not heard.wait(_WITNESS_S):
            raise SandboxError(
                f"this machine does not hear itself on {address}, port {listener.port}",
                hint="allow connections of this machine to itself: an audit listens for what gets out of a container",
            )
        yield listener


def addresses_of_this_machine() -> list[str]:
    """Return every IPv4 address of this machine but those of the loopback, that of Docker's bridge included."""
    try:
        table = _TABLE.read_text(encoding="ascii")
    except OSError:
        return []
    found = re.findall(r"-- ([\d.]+)\n\s+/32 host LOCAL", table)
    return sorted({address for address in found if not address.startswith("127.")})


def _accepted(tcp: socket.socket) -> tuple[bytes, object]:
    connection, address = tcp.accept()
    with connection:
        connection.settimeout(_WITNESS_S)
        try:
            return connection.recv(64), address
        except OSError:
            return b"", address


def _listen(
    receive: Callable[[], tuple[bytes, object]], listener: Listener, stop: threading.Event, heard: threading.Event
) -> None:
    while not stop.is_set():
        try:
            content, address = receive()
        except OSError:
            continue  # nobody came in the meantime
        if content == _WITNESS:
            heard.set()
        else:
            listener.came.append(f"{address} {content!r}")
