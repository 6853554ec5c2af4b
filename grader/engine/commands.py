"""Runs a command in a container that runs already, with a deadline of its own and bounded output."""

from __future__ import annotations

import random
import re
import secrets
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
_LIST_PROCESSES = ["/bin/sh", "-c", "/usr/bin/grep -s ^PPid: /proc/[0-9]*/status"]
_LISTED = re.compile(rb"/proc/([0-9]+)/status:PPid:\t([0-9]+)")
LIST_TIMEOUT_S = 10.0
LIST_LIMIT_BYTES = 64 * 1024
_NOBODY = "65534"  # whom no process of an app can tamper with
# Runs the program and then prints a random end marker: output without it was cut off, unless the shell was killed. A
# trap prints the marker, because the app may leave no room for another process. The shell waits for one line before it
# begins, and for an echo of the marker before it ends: a busy Engine loses what is written before its streams are
# connected (Podman) or after the command is gone. Input that the program left unread is skipped on the way to the echo.
_TO_THE_END = """exec 3<&0
read -r begin <&3
trap 'printf %s "$0"; while read -r heard <&3 && [ "$heard" != "$0" ]; do :; done' EXIT
(exec "$@" 3<&-); exit $?"""
_WITHOUT_INPUT = _TO_THE_END.replace("3<&0", "3<&0 </dev/null")
_KILLED = 128
_ENDING_S = 3.0
# The Engine's status of a command that it could not begin, and the beginning of what it writes then: one whose streams
# were cut can have that status too. How often it is tried, and the processes and threads that this may take (runc), or
# the share of a small limit: an app whose container has fewer left keeps it from beginning.
_NOT_BEGUN, _REFUSAL = 126, b"OCI runtime exec failed"
_TRIES = 3
_PAUSE_S = 0.2
_ROOM, _SHARE = 16, 4


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status, and the beginning of what it wrote to stdout, and to either stream."""

    status: int
    stdout: bytes
    output: bytes


class NotRunning(Exception):
    """The container does not run, so nothing can be run in it."""


class _NotBegun(Exception):
    """The Engine could not begin a command."""


def run_command(
    client: docker.APIClient,
    container: str,
    argv: Sequence[str],
    *,
    stdin: bytes = b"",
    timeout_s: float,
    limit_bytes: int,
    user: str = "",
) -> Ended | None:
    """Run `argv` as the container's own user, or another; return how it ended, None when it did not in time.

    The Engine cannot end such a command by itself: after None, kill the container or its processes. Output beyond
    `limit_bytes` is read and dropped, because an unread stream blocks the Engine. A command for which the app left no
    room has failed. Raises `NotRunning`, and `SandboxError` when the output did not arrive whole.
    """
    deadline = time.monotonic() + timeout_s
    with docker_call("run a command in the app's container"):
        for number in range(_TRIES):
            if number:
                # at a moment that an app cannot know, which made room only to be asked
                time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311
                if _is_full(client, container):
                    return Ended(_NOT_BEGUN, b"", b"")
            try:
                return _run(client, container, argv, stdin, deadline, limit_bytes, user)
            except _NotBegun:
                if _is_full(client, container):
                    return Ended(_NOT_BEGUN, b"", b"")
    raise SandboxError("Docker could not begin a command in the app's container", hint="grader doctor")


def _run(
    client: docker.APIClient,
    container: str,
    argv: Sequence[str],
    stdin: bytes,
    deadline: float,
    limit_bytes: int,
    user: str,
) -> Ended | None:
    end = secrets.token_hex(16).encode()
    words = ["/bin/sh", "-c", _TO_THE_END if stdin else _WITHOUT_INPUT, end.decode(), *argv]
    try:
        command = client.exec_create(container, words, stdin=True, stdout=True, stderr=True, user=user)["Id"]
        hijacked: Any = client.exec_start(command, socket=True)
    except APIError as error:
        if not _runs(client, container):
            raise NotRunning from error
        raise
    connection: socket.socket = getattr(hijacked, "_sock", hijacked).dup()
    hijacked.close()
    try:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        _send(connection, b"\n" + stdin)
        read = _read(connection, deadline, limit_bytes, end)
    except TimeoutError:
        return None
    finally:
        connection.close()
    if not read.whole:
        deadline = min(deadline, time.monotonic() + _ENDING_S)
    while (status := client.exec_inspect(command)["ExitCode"]) is None:
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_S)
    if not read.whole and (status is None or status < _KILLED) and _runs(client, container):
        if status == _NOT_BEGUN and read.refused:
            raise _NotBegun
        raise SandboxError("Docker lost the output of a command in the app's container", hint="grader doctor")
    return None if status is None else Ended(int(status), read.stdout, read.output)


def list_processes(client: docker.APIClient, container: str) -> dict[int, int] | None:
    """Return the numbers of a container's processes and of their parents; None when it does not run.

    The Engine's own list costs a quarter of a command in the container, but needs a `ps` beside the Engine. Under a
    runtime with a kernel of its own (gVisor) it lists processes of the host that only share their numbers, so it is
    taken only if the container's main process is in it. Nothing but numbers is read either way, because a process may
    call itself what it likes; those of one way mean nothing in the other.
    """
    with docker_call("list the processes of the app's container"):
        try:
            rows = client.top(container, ps_args="-eo pid,ppid")["Processes"]
            main = client.inspect_container(container)["State"]["Pid"]
        except APIError:
            pass
        else:
            processes = {int(pid): int(parent) for pid, parent in rows}
            if main in processes:
                return processes
    try:
        ended = run_command(
            client, container, _LIST_PROCESSES, user=_NOBODY, timeout_s=LIST_TIMEOUT_S, limit_bytes=LIST_LIMIT_BYTES
        )
    except (NotRunning, SandboxError):
        return None
    return {int(pid): int(parent) for pid, parent in _LISTED.findall(ended.stdout)} or None if ended else None


@dataclass(frozen=True, slots=True)
class _Read:
    """What came out of a command, whether its end did, and whether it is the Engine's refusal to begin it."""

    stdout: bytes
    output: bytes
    whole: bool
    refused: bool


def _read(connection: socket.socket, deadline: float, limit_bytes: int, end: bytes) -> _Read:
    """Return the beginning of stdout, and of both streams, once they have ended; raises TimeoutError."""
    frames, stdout, output, tail = Frames(), bytearray(), bytearray(), b""
    whole, room = False, limit_bytes + len(end)
    while True:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        content = connection.recv(65536)
        if not content:
            kept = [bytes(part).replace(end, b"")[:limit_bytes] for part in (stdout, output)]
            return _Read(kept[0], kept[1], whole, refused=output.startswith(_REFUSAL))
        for stream, part in frames.feed(content):
            if stream == STDOUT:
                if not whole and end in tail + part:
                    whole = True
                    _send(connection, b"\n%b\n" % end)
                tail = (tail + part)[-len(end) :]
                if len(stdout) < room:
                    stdout += part
            if len(output) < room:
                output += part
        if time.monotonic() > deadline:  # it never falls silent
            raise TimeoutError


def _send(connection: socket.socket, content: bytes) -> None:
    try:
        connection.sendall(content)
    except (BrokenPipeError, ConnectionResetError):
        pass  # the command ended before it had read everything, or what is read next tells that nothing arrives


def _runs(client: docker.APIClient, container: str) -> bool:
    return bool(client.inspect_container(container)["State"]["Running"])


def _is_full(client: docker.APIClient, container: str) -> bool:
    processes = client.stats(container, stream=False, one_shot=True)["pids_stats"]
    limit = processes.get("limit", 0)
    return bool(limit and processes["current"] + min(_ROOM, limit // _SHARE) > limit)
