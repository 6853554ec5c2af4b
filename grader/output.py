"""Writes a report where it was asked for, and errors for whoever types; a report that cannot be written is not lost."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from grader.display import TextStyle
from grader.errors import GraderError, SandboxError, UsageError
from grader.models import Audience
from grader.reports.text import TextReport


class ReportNotWritten(SandboxError):
    """A report could not be written where it was asked for, and stands somewhere else instead (the operator acts)."""


def check_writable(path: Path) -> None:
    """Raise `UsageError` now, before minutes of work, if no file can be made at `path`."""
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}", hint=f"mkdir -p {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: the folder {path.parent} is read-only for this user")


def write_report(text: str, path: Path | None) -> None:
    """Write `text` to `path`, whole or not at all, or to standard output when that is None.

    Raises `ReportNotWritten` when it cannot be; the report then goes to standard output, and to standard error where
    that fails too.
    """
    if path is None:
        _print(text)
        return
    try:
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

    Of threads, one at a time may write files that are not private: a process has one umask.
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


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _print(text: str) -> None:
    encoding = sys.stdout.encoding or "ascii"
    try:
        # not every format can ask what the reader's screen shows, as the text report does
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        # what is still in the buffer would raise once more when the interpreter ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write(text)
        raise ReportNotWritten(
            f"the report could not be written to standard output: {error.strerror}",
            hint="it stands on standard error; make room, or name a file with --output",
        ) from error
