"""Builds archives that no honest tool makes, from a description; byte by byte where the standard library refuses."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from grader.manifests import Table

MIB = 1024**2

_TAR_TYPES = {
    "file": tarfile.REGTYPE,
    "folder": tarfile.DIRTYPE,
    "symlink": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "char-device": tarfile.CHRTYPE,
    "block-device": tarfile.BLKTYPE,
    "sparse": tarfile.GNUTYPE_SPARSE,
}
_ZIP_MODES = {"file": 0o100644, "folder": 0o040755, "symlink": 0o120777, "fifo": 0o010644, "char-device": 0o020666}
_ENCRYPTED = 1


class MemberTable(Table):
    """`[[archive.members]]`: one member, or many with numbered names."""

    name: str = Field(description="as stored; {n} stands for a number, {marker} for the audit's own word")
    type: Literal["file", "folder", "symlink", "hardlink", "fifo", "char-device", "block-device", "sparse"] = "file"
    content: str = Field(default="x\n", description="content of a file")
    target: str = Field(default="", description="where a link leads")
    zeros_mib: int = Field(default=0, description="the content is so many MiB of zeros instead")
    times: int = Field(default=1, description="how many members of this kind there are")
    repeat: int = Field(default=1, description="how often the name is repeated, for names and paths that are long")
    claims_bytes: int | None = Field(default=None, description="the size that the headers state, if it is not the true")
    encrypted: bool = Field(default=False, description="whether the headers say that there is a password")
    method: int = Field(default=zipfile.ZIP_DEFLATED, description="compression that the headers of a zip state")
    at_byte: int | None = Field(default=None, description="where a zip's directory says that it begins")


class ArchiveTable(Table):
    """`[archive]`: how an attack is packed."""

    format: Literal["zip", "tar", "tar.gz"]
    honest: bool = Field(default=True, description="whether the files of the twin are in it too, before the others")
    keep_bytes: int | None = Field(default=None, description="the archive is cut off after so many bytes")
    members: tuple[MemberTable, ...] = Field(default=(), strict=False)


@dataclass(frozen=True, slots=True)
class _Member:
    name: bytes
    table: MemberTable
    content: bytes


def build(table: ArchiveTable, files: Mapping[str, bytes], marker: str) -> bytes:
    """Return the archive; `files` are those of the twin, with everything that the attack laid over them."""
    plain = MemberTable(name="")
    members = [_Member(name.encode(), plain, content) for name, content in files.items()] if table.honest else []
    members += [member for described in table.members for member in _members(described, marker)]
    packed = _zip(members) if table.format == "zip" else _tar(members, gzipped=table.format == "tar.gz")
    return packed[: table.keep_bytes]


def _members(table: MemberTable, marker: str) -> Iterator[_Member]:
    target = table.target.replace("{marker}", marker).encode()
    content = target if table.type == "symlink" else b"" if table.type != "file" else table.content.encode()
    for number in range(table.times):
        name = (table.name * table.repeat).replace("{n}", str(number)).replace("{marker}", marker)
        yield _Member(name.encode(), table, content)


def _zip(members: list[_Member]) -> bytes:
    data, directory = bytearray(), bytearray()
    for member in members:
        table = member.table
        packed, size = _deflated(member.content), len(member.content)
        if table.zeros_mib:
            packed, size = _deflated_zeros(table.zeros_mib) + _deflated(b""), table.zeros_mib * MIB
        if table.method == zipfile.ZIP_STORED:
            packed = member.content
        size = size if table.claims_bytes is None else table.claims_bytes
        flags = 0x800 | (_ENCRYPTED if table.encrypted else 0)
        checksum = zlib.crc32(member.content)
        common = struct.pack("<HHHHIIIHH", flags, table.method, 0, 33, checksum, len(packed), size, len(member.name), 0)
        offset = len(data) if table.at_byte is None else table.at_byte
        data += b"PK\x03\x04" + struct.pack("<H", 20) + common + member.name + packed
        directory += b"PK\x01\x02" + struct.pack("<HH", 0x0314, 20) + common
        directory += struct.pack("<HHHII", 0, 0, 0, _ZIP_MODES[table.type] << 16, offset) + member.name
    count = min(len(members), 0xFFFF)  # the true number of more than that would need another format
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(data), 0)
    return bytes(data + directory) + b"PK\x05\x06" + end


def _tar(members: list[_Member], *, gzipped: bool) -> bytes:
    packed = io.BytesIO()
    zeros_mib = 0
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            table = member.table
            info = tarfile.TarInfo(member.name.decode())
            info.type, info.linkname, info.mode = _TAR_TYPES[table.type], table.target, 0o644
            if table.zeros_mib:  # the last: nothing of what follows it would be read
                info.size, zeros_mib = table.zeros_mib * MIB, table.zeros_mib
                packed.write(info.tobuf(tarfile.PAX_FORMAT))
                break
            if info.isreg():
                info.size = len(member.content)
            archive.addfile(info, io.BytesIO(member.content))
        head = packed.getvalue()
    if zeros_mib:
        start = zlib.compressobj(9, wbits=31)
        return start.compress(head) + start.flush(zlib.Z_FULL_FLUSH) + _deflated_zeros(zeros_mib)
    return gzip.compress(packed.getvalue(), 1) if gzipped else packed.getvalue()


def _deflated(content: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(content) + deflate.flush()


def _deflated_zeros(mebibytes: int) -> bytes:
    """Return raw deflate data, without its end, that unpacks to so many MiB of zeros: one flushed block many times."""
    deflate = zlib.compressobj(9, wbits=-15)
    block = deflate.compress(bytes(MIB)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes
