"""Builds archives in memory, honest and hostile ones: byte by byte where the standard library would refuse."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


def zip_of(files: Mapping[str, bytes], *, executable: Iterable[str] = ()) -> bytes:
    """Return an ordinary zip archive, deflated, with Unix modes; a name ending in "/" is a folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100755 if name in executable else 0o100644) << 16
            if name.endswith("/"):
                info.external_attr = 0o040755 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def tar_of(
    files: Mapping[str, bytes], *, executable: Iterable[str] = (), format_: int = tarfile.PAX_FORMAT, gz: bool = False
) -> bytes:
    """Return an ordinary tar archive; a name ending in "/" is a folder."""
    members = []
    for name, content in files.items():
        info = tarfile.TarInfo(name)
        info.mode = 0o755 if name in executable else 0o644
        if name.endswith("/"):
            info.type, info.mode = tarfile.DIRTYPE, 0o755
        members.append((info, content))
    return tar_of_members(members, format_=format_, gz=gz)


def tar_of_members(
    members: Iterable[tuple[tarfile.TarInfo, bytes]], *, format_: int = tarfile.PAX_FORMAT, gz: bool = False
) -> bytes:
    """Return a tar archive of members made by hand."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=format_, encoding="utf-8", errors="surrogateescape") as archive:
        for info, content in members:
            if info.isreg():
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 1) if gz else packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """Return one member of any type for `tar_of_members`."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


@dataclass(frozen=True, slots=True)
class RawMember:
    """One zip member as its headers state it, true or not; `size` and `offset` None mean the truth."""

    name: bytes
    content: bytes = b"x"
    flags: int = 0
    method: int = zipfile.ZIP_DEFLATED
    mode: int = 0o100644
    size: int | None = None
    offset: int | None = None


def raw_zip(members: Iterable[RawMember], *, deflated: bool = False) -> bytes:
    """Return a zip archive with exactly these headers; `deflated` says that the contents are deflated already."""
    data, directory, count = b"", b"", 0
    for m in members:
        packed = m.content
        if m.method == zipfile.ZIP_DEFLATED and not deflated:
            deflate = zlib.compressobj(wbits=-15)
            packed = deflate.compress(m.content) + deflate.flush()
        size = len(m.content) if m.size is None else m.size
        common = struct.pack(
            "<HHHHIIIHH", m.flags, m.method, 0, 33, zlib.crc32(m.content), len(packed), size, len(m.name), 0
        )
        offset = len(data) if m.offset is None else m.offset
        data += b"PK\x03\x04" + struct.pack("<H", 20) + common + m.name + packed
        directory += b"PK\x01\x02" + struct.pack("<HH", 0x0314, 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, m.mode << 16, offset) + m.name
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(data), 0)
    return data + directory + b"PK\x05\x06" + end


def deflated_zeros(mebibytes: int) -> bytes:
    """Return raw deflate data that unpacks to this many MiB of zeros: one flushed block, many times."""
    deflate = zlib.compressobj(9, wbits=-15)
    block = deflate.compress(bytes(1024**2)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes


def gzip_bomb(head: bytes, mebibytes: int) -> bytes:
    """Return a gzip stream (without its end) that unpacks to `head` and this many MiB of zeros."""
    deflate = zlib.compressobj(9, wbits=31)
    return deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH) + deflated_zeros(mebibytes)
