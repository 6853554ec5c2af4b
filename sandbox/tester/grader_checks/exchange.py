"""One exchange of a request and an answer: its wall-clock deadline, and its place at a gate with others."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse

from grader_checks.concurrency import Gate


class Exchange:
    """The deadline of one request: at its end the socket is shut down, whatever the library is waiting for.

    A read time-out alone restarts with every byte, so a server that drips could hold a check for its whole length.
    """

    def __init__(self, timeout_s: float) -> None:
        """Enter the exchange to start its clock."""
        self.timeout_s = timeout_s
        self.expired = False
        self.elapsed_s = 0.0
        self.deadline = 0.0
        self.socket: socket.socket | None = None

    def __enter__(self) -> None:
        """Begin."""
        self._began = time.monotonic()
        self.deadline = self._began + self.timeout_s
        _watchdog.watch(self)

    def __exit__(self, *_: object) -> None:
        """End, in time or not."""
        _watchdog.forget(self)
        self.elapsed_s = time.monotonic() - self._began

    def expire(self) -> None:
        """End whatever the exchange waits for."""
        self.expired = True
        if self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # already closed


class _Watchdog:
    """One thread that expires exchanges; a timer for each would cost as much as the request."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: set[Exchange] = set()
        self._wakes_at = float("inf")
        self._thread: threading.Thread | None = None

    def watch(self, exchange: Exchange) -> None:
        with self._changed:
            self._watched.add(exchange)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif exchange.deadline < self._wakes_at:
                self._changed.notify()

    def forget(self, exchange: Exchange) -> None:
        with self._changed:
            self._watched.discard(exchange)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for exchange in [exchange for exchange in self._watched if exchange.deadline <= now]:
                    self._watched.discard(exchange)
                    exchange.expire()
                self._wakes_at = min((exchange.deadline for exchange in self._watched), default=float("inf"))
                self._changed.wait(None if self._wakes_at == float("inf") else self._wakes_at - now)


_watchdog = _Watchdog()


class Connection(HTTPConnection):
    """The connection of one exchange; it waits at a gate, if there is one, before the last byte of its request."""

    def __init__(self, host: str, port: int, exchange: Exchange) -> None:
        """The exchange is in progress: its deadline ends the connection too."""
        super().__init__(host, port, timeout=exchange.timeout_s)
        self._exchange = exchange
        self._gate: Gate | None = None
        self._held = b""

    def connect(self) -> None:
        """Connect, and let the exchange know the socket."""
        super().connect()
        self._exchange.socket = self.sock
        self._gate = Gate.take()

    def send(self, data: Any) -> None:
        """Send; what goes through a gate is kept until its end."""
        if self.sock is None:
            self.connect()
        if self._gate is not None:
            self._held += bytes(data)
            return
        try:
            super().send(data)
        except BrokenPipeError:
            pass  # an app may answer a body that it does not want to read

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own
        """Return the head of the answer, after the gate."""
        if self._gate is not None and self.sock is not None:
            self.sock.sendall(self._held[:-1])
            self._gate.wait()
            self.sock.sendall(self._held[-1:])
            self._gate, self._held = None, b""
        return super().getresponse()
