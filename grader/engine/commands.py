"""Runs a command in a container that runs already, with a deadline of its own and bounded output."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import APIError

from grader.engine.client import docker_call
from grader.engine.frames import STDOUT, Frames
from grader.errors import SandboxError

POLL_S = 0.01
_LIST_PROCESSES = ["/bin/sh", "-c", "echo /proc/[0-9]*"]
_NOBODY = "65534"  # whom no process of an app can tamper with
_NOT_RUNNING = 409


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status, and the beginning of what it wrote to stdout, and to either stream."""

    status: int
    stdout: bytes
    output: bytes


class NotRunning(Exception):
    """The container does not run, so nothing can be run in it."""


def run_command(
    client: docker.APIClient,
    container: str,
    argv: Sequence[str],
    *,
    stdin: bytes = b"",
    timeout_s: float,
    limit_bytes: int,
) -> Ended | None:
    """Run `argv` as the container's own user, without a shell; return how it ended, None when it did not in time.

    The Engine cannot end such a command by itself: after None, kill the container or its processes. Output beyond
    `limit_bytes` is read and dropped, because an unread stream blocks the Engine. Raises `NotRunning`.
    """
    deadline = time.monotonic() + timeout_s
    with docker_call("run a command in the app's container"):
        try:
            command = client.exec_create(container, list(argv), stdin=bool(stdin), stdout=True, stderr=True)["Id"]
            hijacked: Any = client.exec_start(command, socket=True)
        except APIError as error:
            if error.status_code == _NOT_RUNNING:
                raise NotRunning from error
            raise
        connection: socket.socket = getattr(hijacked, "_sock", hijacked).dup()
        hijacked.close()
        try:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            connection.sendall(stdin)
            stdout, output = _read(connection, deadline, limit_bytes)
        except TimeoutError:
            return None
        finally:
            connection.close()
        while (status := client.exec_inspect(command)["ExitCode"]) is None:
            if time.monotonic() > deadline:
                return None
            time.sleep(POLL_S)
    return Ended(int(status), stdout, output)


def list_processes(client: docker.APIClient, container: str) -> set[int] | None:
    """Return the numbers of a container's processes; None when it does not run.

    The Engine's own list costs a quarter of a command in the container, but it takes a `ps` beside the Engine, and one
    that knows its options. Either way the numbers are not the container's to choose, and nothing else is read: a
    process may call itself what it likes. Numbers of one way mean nothing in the other.
    """
    with docker_call("list the processes of the app's container"):
        try:
            rows = client.top(container, ps_args="-eo pid,ppid")["Processes"]
        except APIError:
            pass
        else:
            return {int(row[0]) for row in rows}
    try:
        with docker_call("list the processes of the app's container"):
            command = client.exec_create(container, _LIST_PROCESSES, user=_NOBODY)["Id"]
            output: bytes = client.exec_start(command)
    except SandboxError:
        return None
    return {int(number) for number in re.findall(rb"/proc/([0-9]+)", output)} or None


def _read(connection: socket.socket, deadline: float, limit_bytes: int) -> tuple[bytes, bytes]:
    """Return the beginning of stdout, and of both streams, once they have ended; raises TimeoutError."""
    frames, stdout, output = Frames(), bytearray(), bytearray()
    while True:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        content = connection.recv(65536)
        if not content:
            return bytes(stdout[:limit_bytes]), bytes(output[:limit_bytes])
        for stream, part in frames.feed(content):
            if stream == STDOUT and len(stdout) < limit_bytes:
                stdout += part
            if len(output) < limit_bytes:
                output += part
        if time.monotonic() > deadline:  # it never falls silent
            raise TimeoutError
