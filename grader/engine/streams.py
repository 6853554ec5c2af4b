"""What goes into a container and comes out of it: its attached streams, its log, and the news that it has ended."""

from __future__ import annotations

import socket
import time

import docker
import requests
import urllib3

from grader.engine.client import docker_call
from grader.engine.frames import STDOUT, Frames

LOG_LINES = 400
LOG_LIMIT_BYTES = 64 * 1024
# A connection that ends this much before its deadline was cut; docker-py reports both in the same way.
_CUT = 0.9


def attach(client: docker.APIClient, container: str, *, stdin: bool = True, stdout: bool) -> socket.socket:
    """Return a socket to the container's stdin, or from its stdout, or both; never `stdout` of a learner's code."""
    streams = {"stdin": int(stdin), "stdout": int(stdout), "stderr": 0, "stream": 1}
    hijacked = client.attach_socket(container, streams)
    # docker-py hands out a file object around the socket; the duplicate lives on when that object is collected
    connection: socket.socket = getattr(hijacked, "_sock", hijacked)
    duplicate = connection.dup()
    duplicate.settimeout(10.0)
    hijacked.close()
    return duplicate


def hang_up(connection: socket.socket) -> None:
    """Close a socket of `attach`; what was sent is still delivered."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the Engine was first
    connection.close()


def end_input(connection: socket.socket) -> None:
    """Let the container read the end of its stdin; its stdout stays open."""
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other end is gone, as whoever reads next will see


def heard(connection: socket.socket, words: bytes, timeout_s: float) -> bool:
    """Return True once the container has written `words` to stdout; False when it ends or the time does without."""
    deadline = time.monotonic() + timeout_s
    frames, said = Frames(), b""
    while words not in said:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            content = connection.recv(4096)
        except TimeoutError:
            return False
        if not content:
            return False
        said += b"".join(part for stream, part in frames.feed(content) if stream == STDOUT)
    return True


def ended_in_time(client: docker.APIClient, container: str, timeout_s: float) -> bool:
    """Return whether the container has ended, after `timeout_s` at most. Call it inside a `docker_call`.

    An answer that was lost is not taken for one that the container owes: the Engine is asked once more, and a
    connection that was cut is trouble of the Engine's.
    """
    began = time.monotonic()
    try:
        waited = client.wait(container, timeout=timeout_s)  # type: ignore[arg-type]  # fractions are fine
    except (requests.Timeout, requests.ConnectionError, urllib3.exceptions.ReadTimeoutError):
        if time.monotonic() - began < _CUT * timeout_s:
            raise
        return not client.inspect_container(container)["State"]["Running"]
    return waited["StatusCode"] is not None


def read_log(client: docker.APIClient, container: str, role: str, *, stdout: bool = True) -> str:
    """Return the end of a container's log: at most 400 lines and 64 KiB, undecodable bytes replaced, without NULs."""
    with docker_call(f"read the {role}'s log"):
        content: bytes = client.logs(container, stdout=stdout, stderr=True, tail=LOG_LINES)
    return content[-LOG_LIMIT_BYTES:].decode("utf-8", "replace").replace("\0", "")
