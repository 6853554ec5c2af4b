"""Opens an archive by what it is, and reads zip; into memory only, nothing is ever extracted onto the host.

Strict where two unpackers could see different things (damage, overlaps, sizes that do not add up): then it is refused.
"""

from __future__ import annotations

import io
import itertools
import tarfile
import zipfile
from collections.abc import Collection, Iterator
from stat import S_IFDIR, S_IFMT, S_IFREG, S_IXUSR
from typing import BinaryIO

from grader.sources import (
    CHUNK_BYTES,
    Archive,
    Bounds,
    Entry,
    Kind,
    damaged,
    describe,
    shown,
    too_large,
    too_many_names,
    translated,
)
from grader.tar import Tar, is_tar_header

_LOCAL_HEADER_BYTES = 30
_METHODS = {9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstd", 95: "xz", 98: "ppmd"}


def open_archive(stream: BinaryIO, label: str, bounds: Bounds) -> Archive:
    """Return the archive in a seekable stream, its format told by its first bytes, never by a suffix.

    `label` names it in errors. Raises `SubmissionError` (the learner acts) for anything but zip, tar and tar.gz, and
    for more than `bounds.archive_bytes`.
    """
    size = stream.seek(0, io.SEEK_END)
    if size > bounds.archive_bytes:
        raise too_large(label, f"is larger than {bounds.archive_bytes // 1024**2} MiB")
    stream.seek(0)
    head = stream.read(tarfile.BLOCKSIZE)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _Zip(stream, label, bounds)
    if head.startswith(b"\x1f\x8b"):
        return Tar(stream, label, bounds, gzipped=True)
    if is_tar_header(head):
        return Tar(stream, label, bounds, gzipped=False)
    raise damaged(
        label,
        f"is {_format_of(head)}",
        "a folder, a .zip, a .tar.gz or a .tar",
        hint="Name the folder that holds the submission, or pack it: tar -czf submission.tar.gz -C FOLDER .",
    )


def _format_of(head: bytes) -> str:
    known = {
        b"BZh": "a bzip2 file",
        b"\xfd7zXZ\x00": "an xz file",
        b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
        b"Rar!": "a RAR archive",
        b"\x28\xb5\x2f\xfd": "a Zstandard file",
        b"PK": "a part of a split zip archive",
    }
    if not head:
        return "empty"
    return next((name for magic, name in known.items() if head.startswith(magic)), "not an archive that can be read")


class _Zip:
    """A zip archive; names, sizes and places come from its central directory, and must agree with its data."""

    def __init__(self, stream: BinaryIO, label: str, bounds: Bounds) -> None:
        """Read the central directory, unless it could hold more members than `bounds` allows."""
        self._label = label
        # ZipFile reads the whole directory at once (half a kilobyte of memory a member), so count before it does.
        if _occurrences(stream, b"PK\x01\x02") > bounds.names:
            raise too_many_names(label, bounds)
        with translated(label):
            self._zip = zipfile.ZipFile(stream)
        self._refuse_overlaps()

    def _refuse_overlaps(self) -> None:
        """Raise when members share bytes: how a small archive unpacks to a huge one (CWE-409, CVE-2024-0450)."""
        infos = sorted(self._zip.infolist(), key=lambda info: info.header_offset)
        for info, following in itertools.pairwise(infos):
            end = info.header_offset + _LOCAL_HEADER_BYTES + len(_stored_name(info)) + info.compress_size
            if end > following.header_offset:
                name = shown(_name(following))
                raise damaged(self._label, f"is damaged: {name} overlaps another member")

    def entries(self) -> Iterator[Entry]:
        """Yield every member of the central directory."""
        for info in self._zip.infolist():
            yield _zip_entry(info)

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each of these files."""
        for info in self._zip.infolist():
            name = _name(info)
            if name in names:
                yield name, self._content(info)

    def _content(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        read = 0
        with translated(f"{self._label}: {shown(_name(info))}"), self._zip.open(info) as member:
            while chunk := member.read(CHUNK_BYTES):
                read += len(chunk)
                yield chunk
            if read != info.file_size:
                raise EOFError(f"{read} bytes where the directory says {info.file_size}")


def _occurrences(stream: BinaryIO, needle: bytes) -> int:
    stream.seek(0)
    count, tail = 0, b""
    while chunk := stream.read(1024**2):
        count += (tail + chunk).count(needle)
        tail = (tail + chunk)[-(len(needle) - 1) :]
    return count


def _stored_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _name(info: zipfile.ZipInfo) -> str:
    # macOS stores UTF-8 without setting the flag that says so; code page 437 maps every byte, so nothing is lost.
    return _stored_name(info).decode("utf-8", "surrogateescape")


def _zip_entry(info: zipfile.ZipInfo) -> Entry:
    stored, mode = _name(info), info.external_attr >> 16
    name = stored.removesuffix("/")
    if info.flag_bits & 0x1:
        return Entry(name, Kind.REFUSED, refusal="is encrypted", expected="an archive without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        method = _METHODS.get(info.compress_type, "unknown")
        refusal = f"is compressed with method {info.compress_type} ({method})"
        return Entry(name, Kind.REFUSED, refusal=refusal, expected="stored or deflated members")
    if stored.endswith("/") or S_IFMT(mode) == S_IFDIR:
        if info.file_size:
            return Entry(name, Kind.REFUSED, refusal="is a folder that has content")
        return Entry(name, Kind.FOLDER)
    if S_IFMT(mode) not in (0, S_IFREG):
        return Entry(name, Kind.REFUSED, refusal=describe(mode))
    return Entry(name, Kind.FILE, executable=bool(mode & S_IXUSR))
