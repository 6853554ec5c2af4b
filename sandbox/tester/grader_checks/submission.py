"""The files that a learner handed in, as data: a suite may look at them, and nothing here can run them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cached_property

from grader_checks.channel import Channel
from grader_checks.expectations import fail


class Submission:
    """The fixture `submission`: the submitted files by path, as they were handed in, whatever the app does to its own.

    The host has them, and each is sent when it is asked for. What they hold is the learner's word: a comment can say
    that a rate limit is there. To learn what an app does, ask the app.
    """

    def __init__(self, channel: Channel) -> None:
        """Nothing was asked for yet."""
        self._channel = channel

    @cached_property
    def _sizes(self) -> dict[str, int]:
        files: dict[str, int] = self._channel.request("submission.files")["files"]
        return files

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of all files, sorted: "app.py", "migrations/001.sql"; 2,000 at most."""
        return tuple(self._sizes)

    def __iter__(self) -> Iterator[str]:
        """Yield the paths of all files, sorted."""
        return iter(self.names)

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self._sizes)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a file of that path."""
        return name in self._sizes

    def size(self, name: str) -> int:
        """Return how many bytes a file has; fails the check when there is no such file."""
        __tracebackhide__ = True
        if name not in self._sizes:
            fail(f"expected the submission to hold a file {name}")
        return self._sizes[name]

    def read_bytes(self, name: str) -> bytes:
        """Return what a file holds, its first 512 KiB; fails the check when there is no such file."""
        __tracebackhide__ = True
        self.size(name)
        return base64.b64decode(self._channel.request("submission.read", name=name)["content"])

    def read_text(self, name: str) -> str:
        """Return what a file holds, as UTF-8, undecodable bytes replaced; else as `read_bytes`."""
        __tracebackhide__ = True
        return self.read_bytes(name).decode("utf-8", "replace")

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Return the paths that fit: `*.sql` in the top folder, `**/*.py` in any folder, `tests/**` all below one."""
        return tuple(name for name in self.names if _fits(name.split("/"), pattern.split("/")))


def _fits(path: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return _fits(path, pattern[1:]) or (bool(path) and _fits(path[1:], pattern))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and _fits(path[1:], pattern[1:])
