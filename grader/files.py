"""Puts files into the app's container and gets them out of it, while the app runs there.

The Engine's own way to copy does not see folders in memory. So fixed programs of the image do it, as the app's user:
they can touch nothing that the app could not, and what they bring back is the learner's word.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Protocol

from grader.engine.commands import Ended

FILE_LIMIT_BYTES = 512 * 1024
FOLDERS = ("/app/", "/tmp/")  # noqa: S108 - inside the container
TIMEOUT_S = 5.0

_REFUSED = 3
# The path that programs are found by is the image's own: packages of a learner may come first in the container's.
_PUT = """
PATH=/usr/bin:/bin
folder=$(dirname -- "$1")
mkdir -p -- "$folder" && [ "$(realpath -- "$folder")" = "$folder" ] || exit 3
[ ! -L "$1" ] || exit 3
[ -f "$1" ] || [ ! -e "$1" ] || exit 3
head -c "$2" >"$1"
"""
_GET = """
PATH=/usr/bin:/bin
[ "$(realpath -- "$1" 2>/dev/null)" = "$1" ] && [ -f "$1" ] || exit 3
head -c "$2" -- "$1"
"""


class BadPath(ValueError):
    """The path or the content is not one that may be put or got; the text is for the suite's author."""


class NotRead(Exception):
    """Whether there is a file was not learned: an app can end or hold up whoever looks, and that is no answer."""


class Executor(Protocol):
    """What can run a command beside the app."""

    def exec(self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float, limit_bytes: int) -> Ended | None:
        """Run it and return how it ended; None when it did not in time."""


def put_file(app: Executor, path: str, content: bytes) -> bool:
    """Write a regular file below /app or /tmp; return whether that worked. Never through a link.

    Raises `BadPath`: elsewhere, or more than 512 KiB (the suite's author acts).
    """
    _check(path)
    if len(content) > FILE_LIMIT_BYTES:
        raise BadPath(f"{path}: {len(content)} bytes are more than {FILE_LIMIT_BYTES}")
    # one byte more than is read, so that an empty file has an input too
    argv = ["/bin/sh", "-c", _PUT, "put", path, str(len(content))]
    ended = app.exec(argv, stdin=content + b"\n", timeout_s=TIMEOUT_S, limit_bytes=1024)
    return ended is not None and ended.status == 0


def get_file(app: Executor, path: str) -> bytes | None:
    """Return a regular file below /app or /tmp, at most its first 512 KiB; None when there is none. Follows no link.

    Raises `BadPath` for a path elsewhere (the suite's author acts), and `NotRead`.
    """
    _check(path)
    argv = ["/bin/sh", "-c", _GET, "get", path, str(FILE_LIMIT_BYTES)]
    ended = app.exec(argv, timeout_s=TIMEOUT_S, limit_bytes=FILE_LIMIT_BYTES)
    if ended is None or ended.status not in (0, _REFUSED):
        raise NotRead
    return ended.stdout if ended.status == 0 else None


def _check(path: str) -> None:
    if not path.startswith(FOLDERS) or posixpath.normpath(path) != path or "\0" in path:
        raise BadPath(f"{path!r} is not a plain path below /app or /tmp")
