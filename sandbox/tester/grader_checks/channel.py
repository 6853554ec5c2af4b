"""The tester's end of the channel to the host: one JSON object a line, both ways (`sandbox/PROTOCOL.md`)."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Message = dict[str, Any]


class HostGone(Exception):
    """The host closed the channel: nothing that the suite finds can be told to anybody any more."""


class RequestRefused(Exception):
    """The host could not carry out a control request; the text is for the instructor."""


class Channel:
    """Sends events to the host and makes control requests of it; safe to use from several threads."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        """`incoming` and `outgoing` are file descriptors that nothing else in this process reads or writes."""
        self._incoming = os.fdopen(incoming, "rb")
        self._outgoing = os.fdopen(outgoing, "wb", buffering=0)
        self._lock = threading.Lock()

    @classmethod
    def on_standard_streams(cls) -> Channel:
        """Take over stdin and stdout: a suite that prints writes to stderr, one that reads gets end of file."""
        incoming, outgoing = os.dup(0), os.dup(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        return cls(incoming, outgoing)

    def send(self, type_: str, **fields: object) -> None:
        """Tell the host one event."""
        line = json.dumps({"type": type_, **fields}, ensure_ascii=True, separators=(",", ":")) + "\n"
        with self._lock:
            self._write(line.encode())

    def receive(self) -> Message:
        """Return the host's next message; raises `HostGone` at the end of the stream."""
        line = self._incoming.readline()
        if not line.endswith(b"\n"):
            raise HostGone
        message: Message = json.loads(line)
        return message

    def receive_bytes(self, count: int) -> bytes:
        """Return the `count` bytes that follow a message."""
        content = self._incoming.read(count)
        if len(content) != count:
            raise HostGone
        return content

    def request(self, operation: str, **arguments: object) -> Message:
        """Ask the host to act on the app or a service, and return its result; raises `RequestRefused`."""
        line = json.dumps({"type": "request", "operation": operation, "arguments": arguments}) + "\n"
        with self._lock, _deadline_waits():
            self._write(line.encode())
            reply = self.receive()
        if not reply["ok"]:
            raise RequestRefused(f"{operation}: {reply['error']}")
        result: Message = reply["result"]
        return result

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[self._outgoing.write(view) or 0 :]


@contextmanager
def _deadline_waits() -> Iterator[None]:
    """Hold back a check's deadline: struck between question and answer, it would leave the answer to the next one.

    By its handler, which the main thread runs whatever thread the signal reaches; a mask is of one thread only.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    struck: list[tuple[int, FrameType | None]] = []
    handler = signal.signal(signal.SIGALRM, lambda *arguments: struck.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, handler)
        if struck and callable(handler):
            handler(*struck[0])
