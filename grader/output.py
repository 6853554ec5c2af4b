"""Writes a report where it was asked for, and errors for whoever types; a report that cannot be written is not lost."""

from __future__ import annotations

import os
import stat
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
    """Raise `UsageError` now, before minutes of work, if no file can be made at `path`, or where its link leads.

    Of a device, a pipe and a link to a file, if that cannot be written to. That it is a folder is for others to see.
    """
    if not _is_replaced(path) and os.access(path, os.F_OK):
        if not os.access(path, os.W_OK):
            raise UsageError(f"{path} cannot be written: it is read-only for this user")
        return
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    if place.is_symlink():
        raise UsageError(f"{path} cannot be written: its links lead in a circle", hint="name another file")
    if not place.parent.is_dir():
        raise UsageError(
            f"{path} cannot be written: there is no folder {place.parent}", hint=f"mkdir -p {place.parent}"
        )
    if not os.access(place.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: the folder {place.parent} is read-only for this user")


def write_report(text: str, path: Path | None) -> None:
    """Write `text` to `path`, whole or not at all, or to standard output when that is None.

    A device, a pipe and a link stay what they are: the report goes through them, into a pipe as soon as somebody reads
    it. Raises `ReportNotWritten` when it cannot be written; the report then goes to standard output, and to standard
    error where that fails too.
    """
    if path is None:
        _print(text)
        return
    try:
        if _is_replaced(path):
            replace_file(path, text)
        else:
            _write_through(path, text)
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

    It takes the place of whatever is there, a link too, so that nothing goes where a stranger's link leads. Of threads,
    one at a time may write files that are not private: a process has one umask.
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


def _is_replaced(path: Path) -> bool:
    """Return whether a new file may take the place of what is there: a file, or nothing that can be seen."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True


def _write_through(path: Path, text: str) -> None:
    """Write into a device or a pipe, or where a link leads; if that is a standard stream, behind what was printed."""
    for stream, handle in ((sys.stdout, 1), (sys.stderr, 2)):
        if path.exists() and os.path.samestat(path.stat(), os.fstat(handle)):
            # opened anew, a file would be emptied, and what is printed next would stand in the report
            stream.flush()
            with os.fdopen(os.dup(handle), "w", encoding="utf-8") as same:
                same.write(text)
            return
    path.write_text(text, encoding="utf-8")


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
