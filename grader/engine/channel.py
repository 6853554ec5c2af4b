"""The host's end of the channel to a tester: JSON lines over its attached stdin and stdout (sandbox/PROTOCOL.md)."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from grader.engine.frames import STDOUT, Frames
from grader.errors import ChallengeError, SandboxError

LINE_LIMIT_BYTES = 1024**2
TOTAL_LIMIT_BYTES = 32 * 1024**2


class ChannelClosed(Exception):
    """The tester's end of the channel is closed; nothing more will come."""


class Channel:
    """Sends messages to one tester and receives its events, with deadlines and size limits."""

    def __init__(self, connection: socket.socket) -> None:
        """`connection` is the hijacked socket of an attach call with stdin and stdout, without a terminal."""
        self._connection = connection
        self._frames = Frames()
        self._text = bytearray()
        self._received = 0

    def send(self, message: dict[str, Any], content: bytes = b"", *, timeout_s: float = 10.0) -> None:
        """Send one message and the bytes after it; raises `ChannelClosed`, or `SandboxError` after `timeout_s`."""
        view = memoryview(json.dumps(message, separators=(",", ":")).encode() + b"\n" + content)
        deadline = time.monotonic() + timeout_s
        while view:
            try:
                self._connection.settimeout(max(0.001, deadline - time.monotonic()))
                view = view[self._connection.send(view) :]
            except TimeoutError as error:
                raise SandboxError("the tester does not read its channel", hint="grader doctor") from error
            except OSError as error:
                raise ChannelClosed from error

    def receive(self, timeout_s: float) -> dict[str, Any] | None:
        """Return the next event, or None when none came within `timeout_s`; raises `ChannelClosed` at the end.

        Raises `ChallengeError` when the suite sends more than the protocol allows or something that is not an event.
        """
        deadline = time.monotonic() + timeout_s
        while (end := self._text.find(b"\n")) < 0:
            if len(self._text) > LINE_LIMIT_BYTES or self._received > TOTAL_LIMIT_BYTES:
                raise ChallengeError(
                    "the suite reports more than the channel may carry", hint="see sandbox/PROTOCOL.md"
                )
            try:
                self._connection.settimeout(max(0.001, deadline - time.monotonic()))
                self._read()
            except TimeoutError:
                return None
        line = bytes(self._text[:end])
        del self._text[: end + 1]
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            raise ChallengeError(
                "the suite wrote something else than events to its channel", hint="see sandbox/PROTOCOL.md"
            )
        return event

    def close(self) -> None:
        """End the connection at once, so that no call on the container waits for a reader."""
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other end was first
        self._connection.close()

    def _read(self) -> None:
        try:
            content = self._connection.recv(65536)
        except TimeoutError:
            raise
        except OSError as error:
            raise ChannelClosed from error
        if not content:
            raise ChannelClosed
        self._received += len(content)
        for stream, part in self._frames.feed(content):
            if stream == STDOUT:
                self._text += part
