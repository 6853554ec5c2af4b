"""One submission at a time: whoever submits twice at once would get two attempts where one is left."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from platformdirs import user_data_path

from grader.errors import UsageError
from grader.records.database import RecordsError


@contextmanager
def only_turn(challenge: str) -> Iterator[None]:
    """Hold, for the block, the user's only turn at a challenge on this machine.

    Raises `UsageError` while another process holds it, and `RecordsError` if there is no place to note that.
    """
    path = user_data_path("grader") / f"{challenge}.lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RecordsError(
            f"{path} cannot be made: {error.strerror}", hint="export XDG_DATA_HOME=DIR, a folder that you may write to"
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"another submission of yours to {challenge} is being graded",
                hint="wait for it, then grader submit again",
            ) from error
        yield
    finally:
        os.close(lock)
