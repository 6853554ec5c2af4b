"""Writes a report where it was asked for, and errors for whoever types; a report that cannot be written is not lost."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from grader.display import TextStyle
from grader.errors import GraderError, SandboxError, UsageError
from grader.models import Audience
from grader.reports.text import TextReport


class ReportNotWritten(SandboxError):
    """A report could not be written where it was asked for, and stands somewhere else instead (the operator acts)."""


def check_writable(path: Path) -> None:
    """Raise `UsageError` now, before minutes of work, if nothing can be written at `path`."""
    if _is_stream(path):
        if not os.access(path, os.W_OK):
            raise UsageError(f"{path} cannot be written: it is read-only for this user")
        return
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}", hint=f"mkdir -p {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: the folder {path.parent} is read-only for this user")


def write_report(text: str, path: Path | None) -> None:
    """Write `text` to `path`, whole or not at all, or to standard output when that is None.

    A file takes the place of what is there, a link too; but a device, a pipe and a standard stream are written into.
    Raises `ReportNotWritten` when it cannot be written; the report then goes to standard output, and to standard error
    where that fails too.
    """
    if path is None:
        _print(text)
        return
    try:
        if _is_stream(path):
            _write_into(path, text)
        else:
            replace_file(path, text)
    except OSError as error:
        _print(text)
        raise ReportNotWritten(
            f"the report could not be written to {path}: {error.strerror}",
            hint="it stands on standard output; make room, or name another file with --output",
        ) from error


def show_error(error: GraderError, audience: Audience = Audience.LEARNER) -> None:
    """Print an error on standard error, in the manner of that terminal."""
    sys.stderr.write(TextReport(TextStyle.of(sys.stderr)).render_error(error, audience))


def replace_file(path: Path, text: str, *, private: bool = False) -> None:
    """Write `text` to `path`, whole or not at all; readable by its owner alone if `private`. Raises `OSError`.

    It takes the place of a link too: in a folder of a stranger's it may lead to any file of whoever grades there. Of
    threads, one at a time may write files that are not private: a process has one umask.
    """
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        if not private:
            Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _is_stream(path: Path) -> bool:
    """Return whether `path` is a device, or leads to a pipe or a standard stream: no file may take its place."""
    try:
        here, there = path.lstat(), path.stat()
    except OSError:
        return False
    return stat.S_ISCHR(here.st_mode) or stat.S_ISFIFO(there.st_mode) or _standard_stream(there) is not None


def _write_into(path: Path, text: str) -> None:
    found = _standard_stream(path.stat())
    if found is None:
        path.write_text(text, encoding="utf-8")
        return
    stream, handle = found
    # opened anew, a file would be emptied, and what is printed next would stand in the report
    stream.flush()
    with os.fdopen(os.dup(handle), "w", encoding="utf-8") as same:
        same.write(text)


def _standard_stream(there: os.stat_result) -> tuple[TextIO, int] | None:
    """Return standard output or standard error, with its descriptor, if it leads to what was found there."""
    for stream, handle in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            if os.path.samestat(there, os.fstat(handle)):
                return stream, handle
        except OSError:
            continue  # it is closed
    return None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _print(text: str) -> None:
    try:
        if sys.__stdout__ is None:  # it was closed before this program began
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        encoding = sys.stdout.encoding or "ascii"
        # not every format can ask what the reader's screen shows, as the text report does
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        if sys.__stdout__ is not None:
            # what is still in the buffer would raise once more when the interpreter ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write(text)
        raise ReportNotWritten(
            f"the report could not be written to standard output: {error.strerror}",
            hint="it stands on standard error; make room, or name a file with --output",
        ) from error
