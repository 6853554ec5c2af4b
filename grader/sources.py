"""What a submission can come from, as names and streams of bytes: the words, and the folder.

What a submission may contain is not decided here (see `grader.submission`). Archives: `grader.archives`, `grader.tar`.
"""

from __future__ import annotations

import errno
import itertools
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from stat import S_IFBLK, S_IFCHR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK, S_ISDIR, S_ISREG, S_IXUSR
from typing import Protocol

from grader.errors import Problem, SubmissionError
from grader.ignore import Rules
from grader.models import SubmissionLimits

CHUNK_BYTES = 64 * 1024
_SHOWN_CHARS = 120
PLAIN = "a plain file or a folder"


class Kind(StrEnum):
    """What a name in a source stands for."""

    FILE = "file"
    FOLDER = "folder"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of a source as stored (bytes that are not UTF-8 as surrogates); `refusal` says why it is refused."""

    name: str
    kind: Kind
    executable: bool = False
    refusal: str = ""
    expected: str = PLAIN


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a source is looked at, ignored parts included: protects the grader where limits do not count."""

    archive_bytes: int
    unpacked_bytes: int
    names: int

    @classmethod
    def of(cls, limits: SubmissionLimits) -> Bounds:
        """Return bounds that no submission within `limits` meets, with room for build junk beside it."""
        archive_bytes = 2 * limits.total_bytes + 4096 * limits.entries + 64 * 1024
        return cls(archive_bytes, 2 * archive_bytes, 10 * limits.entries + 100)


class Archive(Protocol):
    """An archive of any format; both methods read it from the start and raise `SubmissionError` where it is damaged."""

    def entries(self) -> Iterator[Entry]:
        """Yield every member, in the archive's order."""

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each of these files; read a content before taking the next one."""


class Files:
    """Files that this program made, as an archive: path -> content."""

    def __init__(self, files: Mapping[str, bytes], executable: Collection[str]) -> None:
        """Hold the files, of which some are executable."""
        self._files, self._executable = files, executable

    def entries(self) -> Iterator[Entry]:
        """Yield every file."""
        yield from (Entry(path, Kind.FILE, path in self._executable) for path in self._files)

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each of these files."""
        yield from ((name, iter([self._files[name]])) for name in names)


def shown(name: str) -> str:
    """Return a stranger's file name fit for a terminal: unprintable characters escaped, the middle cut when long."""
    if len(name) > _SHOWN_CHARS:
        name = f"{name[: _SHOWN_CHARS // 2]}...{name[-_SHOWN_CHARS // 3 :]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name) or "(no name)"


def describe(mode: int) -> str:
    """Return what a file mode stands for that is neither a file nor a folder: "is a symbolic link"."""
    kinds = {
        S_IFLNK: "a symbolic link",
        S_IFIFO: "a named pipe",
        S_IFSOCK: "a socket",
        S_IFCHR: "a character device",
        S_IFBLK: "a block device",
    }
    return f"is {kinds.get(S_IFMT(mode), 'of an unknown type')}"


def damaged(label: str, what: str, expected: str = "", *, hint: str = "") -> SubmissionError:
    """Return the error for a source that cannot be read as a whole."""
    return SubmissionError(
        f"{label} cannot be read",
        problems=[Problem(label, what, expected)],
        hint=hint or "Make the archive again, for example: tar -czf submission.tar.gz -C FOLDER .",
    )


def too_large(label: str, what: str) -> SubmissionError:
    """Return the error for a source that `Bounds` does not allow, whatever part of it would be left out."""
    return damaged(
        label,
        what,
        "the sources alone",
        hint="Leave out what tools can make again (node_modules, .venv, .git, data): "
        "in a git repository, git archive --output submission.zip HEAD",
    )


def too_many_names(label: str, bounds: Bounds) -> SubmissionError:
    """Return the error for a source that holds more names than are looked at."""
    return too_large(label, f"holds more than {bounds.names} files and folders; counting stopped there")


@contextmanager
def translated(label: str) -> Iterator[None]:
    """Turn what the standard library's parsers raise on damaged data into a `SubmissionError`."""
    try:
        yield
    except (
        *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, NotImplementedError),
        *(ValueError, IndexError, OverflowError, RuntimeError, OSError),
    ) as error:
        raise damaged(label, f"is damaged: {shown(str(error)) if str(error) else 'it ends too early'}") from error


class Folder:
    """A folder on this machine, held open: what is below it is reached from it without ever following a link.

    Each step opens one name relative to the folder above it with `O_NOFOLLOW`, so a name swapped for a link between
    looking and opening is refused by the kernel (CWE-367), and with `O_NONBLOCK`, so a named pipe cannot block.
    """

    def __init__(self, root: int, limits: SubmissionLimits) -> None:
        """Read below the folder that the file descriptor `root` has open; the caller closes it."""
        self._root, self._depth = root, limits.depth
        self._names = Bounds.of(limits).names

    def entries(self, rules: Rules) -> Iterator[Entry]:
        """Yield everything below, sorted in each folder; folders that `rules` excludes or below `depth` stay shut.

        What cannot be opened is yielded again as refused. Of one folder no more names are read than `Bounds` allows
        for a whole source, so that its size cannot cost time.
        """
        yield from self._walk(self._root, "", 1, rules)

    def has_file(self, name: str) -> bool:
        """Return whether there is a plain file of this name at the root."""
        try:
            return S_ISREG(os.stat(name, dir_fd=self._root, follow_symlinks=False).st_mode)
        except OSError:
            return False

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each of these files; the content raises `OSError` if it cannot be read."""
        for name in names:
            yield name, self._content(name)

    def _walk(self, folder: int, prefix: str, depth: int, rules: Rules) -> Iterator[Entry]:
        with os.scandir(folder) as found:
            names = sorted(entry.name for entry in itertools.islice(found, self._names + 1))
        for name in names:
            path = prefix + name
            try:
                entry = _folder_entry(path, os.stat(name, dir_fd=folder, follow_symlinks=False))
                yield entry
                if entry.kind is not Kind.FOLDER or depth > self._depth or rules.excludes(path, folder=True):
                    continue
                below = _open_below(name, folder, os.O_DIRECTORY)
            except OSError as error:
                yield Entry(path, Kind.REFUSED, refusal=unreadable(error), expected="a folder that can be read")
                continue
            try:
                yield from self._walk(below, f"{path}/", depth + 1, rules)
            finally:
                os.close(below)

    def _content(self, name: str) -> Iterator[bytes]:
        *parents, last = name.split("/")
        folder = os.dup(self._root)
        try:
            for parent in parents:
                below = _open_below(parent, folder, os.O_DIRECTORY)
                os.close(folder)
                folder = below
            file = _open_below(last, folder, 0)
        finally:
            os.close(folder)
        with os.fdopen(file, "rb", buffering=0) as stream:
            if not S_ISREG(os.fstat(file).st_mode):
                raise OSError(errno.EINVAL, "it changed while it was read")
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk


def _open_below(name: str, folder: int, flags: int) -> int:
    return os.open(
        name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC | flags, dir_fd=folder
    )


def _folder_entry(path: str, info: os.stat_result) -> Entry:
    if S_ISDIR(info.st_mode):
        return Entry(path, Kind.FOLDER)
    if S_ISREG(info.st_mode):
        return Entry(path, Kind.FILE, executable=bool(info.st_mode & S_IXUSR))
    return Entry(path, Kind.REFUSED, refusal=describe(info.st_mode))


def unreadable(error: OSError) -> str:
    """Return what an error of the operating system says about a file or folder that should be read."""
    if error.errno == errno.ELOOP:
        return "became a symbolic link while it was read"
    return f"cannot be read: {error.strerror}"
