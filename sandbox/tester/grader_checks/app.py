"""The learner's app as a suite controls it: wait until it answers, kill it and start it again."""

from __future__ import annotations

import http.client
import socket
import time
from typing import Self
from urllib.parse import urlsplit

from grader_checks.channel import Channel
from grader_checks.expectations import fail

POLL_INTERVAL_S = 0.01
PROBE_TIMEOUT_S = 2.0
WITNESS_TIMEOUT_S = 5.0


class NotReady(Exception):
    """The app gave no HTTP answer before its start deadline; the text says what was seen instead."""


class App:
    """The container that runs the submission; the fixture `app`."""

    def __init__(self, channel: Channel, base_url: str, ready_path: str, start_s: float) -> None:
        """`start_s` bounds every start, the first and those after a restart."""
        self._channel = channel
        self._base_url = base_url
        self._ready_path = ready_path
        self._start_s = start_s

    def restart(self) -> None:
        """Kill every process of the app (SIGKILL, as a power cut would), start it again, and wait until it answers.

        Files in the app's working directory survive; memory does not. Fails the check when it does not come back.
        """
        __tracebackhide__ = True
        with _Witness(self._base_url) as witness:
            self._channel.request("app.restart")
            witness.wait_until_dropped()
        try:
            self.wait_until_ready()
        except NotReady as error:
            failure = str(error)
        else:
            return
        fail(f"the app did not come back after it was killed and started again: {failure}")

    def reset(self, reason: str) -> None:
        """Start the app again with the files it was submitted with; raises `NotReady` when it does not come back."""
        self._channel.request("app.reset", reason=reason)
        self.wait_until_ready()

    def is_running(self) -> bool:
        """Tell whether the app's main process is alive, as the host sees it."""
        return bool(self._channel.request("app.state")["running"])

    def wait_until_ready(self) -> float:
        """Return the seconds until the app first answered HTTP, whatever the status; raises `NotReady`."""
        began = time.monotonic()
        deadline = began + self._start_s
        seen = "nothing listened on its port"
        while (now := time.monotonic()) < deadline:
            try:
                self._probe(min(PROBE_TIMEOUT_S, deadline - now))
            except ConnectionRefusedError:
                seen = "nothing listened on its port"
            except TimeoutError:
                seen = f"it accepted a connection, but did not answer GET {self._ready_path}"
            except http.client.HTTPException:
                seen = f"its answer to GET {self._ready_path} was not HTTP"
            except OSError:
                seen = f"it closed the connection instead of answering GET {self._ready_path}"
            else:
                return time.monotonic() - began
            time.sleep(POLL_INTERVAL_S)
        raise NotReady(f"{seen} within {self._start_s:g} s")

    def _probe(self, timeout_s: float) -> None:
        host, port = _address(self._base_url)
        connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
        try:
            connection.request("GET", self._ready_path, headers={"Connection": "close"})
            connection.getresponse()
        finally:
            connection.close()


class _Witness:
    """An idle connection to the app that the kernel drops when the app's processes die.

    A restart is asked for by a signal, which returns before it has acted: without a witness the first probe could be
    answered by the process that is about to be killed.
    """

    def __init__(self, base_url: str) -> None:
        self._address = _address(base_url)
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        try:
            self._socket = socket.create_connection(self._address, timeout=1.0)
        except OSError:
            self._socket = None  # nothing listens: nothing can be mistaken for the new process
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    def wait_until_dropped(self) -> None:
        """Return once the connection is gone, after 5 s at most."""
        if self._socket is None:
            return
        self._socket.settimeout(WITNESS_TIMEOUT_S)
        try:
            while self._socket.recv(4096):
                pass
        except OSError:
            pass  # reset by the kernel: dropped


def _address(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    return parts.hostname or "", parts.port or 80
