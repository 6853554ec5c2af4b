"""A port of this machine that nobody in a container may reach: what comes there has got out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from grader.engine.listener import local_addresses, open_port
from grader.errors import SandboxError

_POLL_S = 0.05
_WITNESS_S = 2.0
_WITNESS = b"witness"


@dataclass(slots=True)
class Listener:
    """A port that is open for TCP and UDP on every address; `came` says who was there, the witness not included."""

    port: int
    came: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listener]:
    """Yield a listener that has been seen to hear; raises `SandboxError` if this machine cannot reach it itself."""
    with ExitStack() as stack:
        tcp, udp = map(stack.enter_context, open_port())
        listener = Listener(int(tcp.getsockname()[1]))
        stop, heard = threading.Event(), threading.Event()
        for receive in (lambda: _accepted(tcp), lambda: udp.recvfrom(64)):
            for each in (tcp, udp):
                each.settimeout(_POLL_S)
            thread = threading.Thread(target=_listen, args=(receive, listener, stop, heard), daemon=True)
            thread.start()
            stack.callback(thread.join)
        stack.callback(stop.set)  # called first
        address = next(iter(local_addresses()), "127.0.0.1")
        with socket.create_connection((address, listener.port), timeout=_WITNESS_S) as witness:
            witness.sendall(_WITNESS)
        if not heard.wait(_WITNESS_S):
            raise SandboxError(
                f"this machine does not hear itself on {address}, port {listener.port}",
                hint="allow connections of this machine to itself: an audit listens for what gets out of a container",
            )
        yield listener


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
