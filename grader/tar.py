"""Reads a tar archive, plain or in gzip, member by member: ustar, GNU long names, pax headers.

A loop of our own over the standard library's header parser, because `tarfile` takes a damaged header for the end of
the archive and reads extended headers of any size into memory. Strict: what follows damage is never guessed.
"""

from __future__ import annotations

import io
import itertools
import tarfile
import zlib
from collections.abc import Collection, Iterator
from stat import S_IFBLK, S_IFCHR, S_IFIFO, S_IFLNK, S_IXUSR
from typing import BinaryIO

from grader.sources import (
    CHUNK_BYTES,
    PLAIN,
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

_BLOCK = tarfile.BLOCKSIZE
_ZERO_BLOCK = bytes(_BLOCK)
_MAX_EXTENDED_HEADER_BYTES = 1024**2
_MAX_EXTENDED_HEADERS = 4
_EXTENDED_TYPES = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
_SPECIAL_MODES = {
    tarfile.SYMTYPE: S_IFLNK,
    tarfile.FIFOTYPE: S_IFIFO,
    tarfile.CHRTYPE: S_IFCHR,
    tarfile.BLKTYPE: S_IFBLK,
}


def is_tar_header(block: bytes) -> bool:
    """Return whether the first 512 bytes of a file begin a tar archive, empty ones included."""
    if block == _ZERO_BLOCK:
        return True
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


class Tar:
    """A tar archive: ustar, GNU long names and pax headers."""

    def __init__(self, stream: BinaryIO, label: str, bounds: Bounds, *, gzipped: bool) -> None:
        """Remember where to read from; reads nothing yet."""
        self._stream, self._label, self._bounds, self._gzipped = stream, label, bounds, gzipped

    def entries(self) -> Iterator[Entry]:
        """Yield every member."""
        for entry, _ in self._members():
            yield entry

    def contents(self, names: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each of these files; ends with the last of them."""
        wanted = set(names)
        members = self._members() if wanted else iter(())
        for entry, content in members:
            if entry.kind is Kind.FILE and entry.name in wanted:
                yield entry.name, content
                wanted.remove(entry.name)
                if not wanted:
                    return

    def _members(self) -> Iterator[tuple[Entry, Iterator[bytes]]]:
        self._stream.seek(0)
        unpacked = io.BufferedReader(_Gunzip(self._stream), CHUNK_BYTES) if self._gzipped else self._stream
        reader = _BlockReader(unpacked, self._label, self._bounds.unpacked_bytes)
        with translated(self._label):
            for number in itertools.count(1):
                header = self._header(reader)
                if header is None:
                    return
                if number > self._bounds.names:
                    raise too_many_names(self._label, self._bounds)
                entry = self._entry(header)
                content = reader.content(header.size if entry.kind is Kind.FILE else 0)
                yield entry, content
                for _ in content:
                    pass

    def _header(self, reader: _BlockReader) -> tarfile.TarInfo | None:
        """Return the next member's header with its extended headers applied; None at the end of the archive."""
        extended: dict[str, str] = {}
        for _ in range(_MAX_EXTENDED_HEADERS + 1):
            block = reader.block()
            if block == _ZERO_BLOCK and not extended:
                reader.finish()
                return None
            try:
                header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            except tarfile.HeaderError as error:
                raise ValueError(f"no tar header where a member should begin ({error})") from error
            if header.type not in _EXTENDED_TYPES:
                header.name = extended.get("path", header.name)
                header.size = int(extended.get("size", header.size))
                return header
            if not 0 <= header.size <= _MAX_EXTENDED_HEADER_BYTES:
                raise damaged(self._label, f"has an extended header of {header.size} bytes")
            extended |= _extended(header.type, b"".join(reader.content(header.size)))
        raise damaged(self._label, f"has more than {_MAX_EXTENDED_HEADERS} extended headers for one member")

    def _entry(self, header: tarfile.TarInfo) -> Entry:
        name = header.name
        if header.isdir() and header.size == 0:
            return Entry(name.removesuffix("/"), Kind.FOLDER)
        if header.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and header.size >= 0:
            return Entry(name, Kind.FILE, executable=bool(header.mode & S_IXUSR))
        if header.type == tarfile.LNKTYPE and header.size == 0:
            return Entry(name, Kind.REFUSED, refusal="is a hard link", expected=f"{PLAIN}: tar --hard-dereference")
        if header.type in _SPECIAL_MODES and header.size == 0:
            return Entry(name, Kind.REFUSED, refusal=describe(_SPECIAL_MODES[header.type]))
        # How much data follows such a member is not certain, so nothing after it could be trusted: stop.
        kind = "a sparse file" if header.type == tarfile.GNUTYPE_SPARSE else f"of an unsupported type, {header.type!r}"
        raise damaged(self._label, f"{shown(name)} is {kind}", PLAIN)


def _extended(kind: bytes, payload: bytes) -> dict[str, str]:
    """Return what an extended header says about the next member's path and size; raises `ValueError` if damaged."""
    if kind == tarfile.GNUTYPE_LONGLINK:
        return {}
    if kind == tarfile.GNUTYPE_LONGNAME:
        return {"path": payload.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    records = _pax_records(payload)
    if any(key.startswith("GNU.sparse") for key in records):
        raise ValueError("sparse members are not supported")
    relevant: dict[str, str] = {key: records[key] for key in ("path", "size") if key in records}
    if kind == tarfile.XGLTYPE and relevant:
        raise ValueError("a global header sets path or size")
    return relevant


def _pax_records(payload: bytes) -> dict[str, str]:
    r"""Split "<length> <key>=<value>\n" records (POSIX.1-2001, pax); lengths are in bytes and count themselves."""
    records: dict[str, str] = {}
    start = 0
    while start < len(payload):
        space = payload.index(b" ", start, start + 20)
        end = start + int(payload[start:space])
        key, equals, value = payload[space + 1 : end].decode("utf-8", "surrogateescape").partition("=")
        if end <= space or end > len(payload) or not equals or not value.endswith("\n"):
            raise ValueError("a pax record is damaged")
        records[key] = value[:-1]
        start = end
    return records


class _Gunzip(io.RawIOBase):
    """One gzip stream, unpacked as it is read: never more than was asked for."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read compressed bytes from `stream`."""
        self._stream = stream
        self._zlib = zlib.decompressobj(wbits=31)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` as far as one step goes; raises `zlib.error` or `EOFError` for damaged data."""
        while not self._zlib.eof:
            packed = self._zlib.unconsumed_tail or self._stream.read(CHUNK_BYTES)
            unpacked = self._zlib.decompress(packed, len(buffer))
            if unpacked:
                buffer[: len(unpacked)] = unpacked
                return len(unpacked)
            if not packed:
                raise EOFError
        if (self._zlib.unused_data + self._stream.read(CHUNK_BYTES)).strip(b"\0"):
            raise EOFError("more data after the end of the gzip stream")
        return 0


class _BlockReader:
    """Reads a tar stream in whole blocks and counts what it read; raises `EOFError` where it ends too early."""

    def __init__(self, stream: BinaryIO | io.BufferedReader, label: str, limit_bytes: int) -> None:
        """Read at most `limit_bytes` from `stream`."""
        self._stream, self._label, self._limit, self._read = stream, label, limit_bytes, 0

    def block(self) -> bytes:
        """Return the next block."""
        return self._exactly(_BLOCK)

    def content(self, size: int) -> Iterator[bytes]:
        """Yield `size` bytes, then skip to the next block."""
        # Runs while the caller of the caller reads, so what it raises must be translated here.
        with translated(self._label):
            for start in range(0, size, CHUNK_BYTES):
                yield self._exactly(min(CHUNK_BYTES, size - start))
            self._exactly(-size % _BLOCK)

    def finish(self) -> None:
        """Read to the end of the stream, which must hold nothing more."""
        while rest := self._some(CHUNK_BYTES):
            if rest.strip(b"\0"):
                raise ValueError("there is more data after the end of the archive")

    def _exactly(self, size: int) -> bytes:
        data = self._some(size)
        if len(data) < size:
            raise EOFError
        return data

    def _some(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._read += len(data)
        if self._read > self._limit:
            raise too_large(self._label, f"unpacks to more than {self._limit // 1024**2} MiB")
        return data
