"""Archives that were spoilt on purpose: nothing is written anywhere, little is spent, and there is always an answer."""

from __future__ import annotations

import io
import os
import struct
import sys
import tarfile
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.models import Submission, SubmissionLimits
from grader.submission import load_submission
from tests.unit.packing import RawMember, deflated_zeros, gzip_bomb, raw_zip, tar_of, zip_of

QUICK = settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)

FUZZED = SubmissionLimits(total_bytes=64 * 1024, file_bytes=32 * 1024, entries=40, depth=6, path_chars=80)
TREE = {"app/main.py": b"print('hello')\n" * 40, "app/data.bin": bytes(range(256)) * 8, "Procfile": b"web: x\n"}
# Kind -> an archive of it that loads, and the offsets of its headers' numbers: where a lie does most.
SEEDS: dict[str, bytes] = {
    "zip": zip_of(TREE, executable=["app/main.py"]),
    "tar": tar_of(TREE, executable=["app/main.py"]),
    "gnu": tar_of({"n" * 120: b"x", **TREE}, format_=tarfile.GNU_FORMAT),
    "pax": tar_of({"\u00e9" * 60: b"x", **TREE}, format_=tarfile.PAX_FORMAT),
    "tar.gz": tar_of(TREE, gz=True),
}
NUMBERS = st.sampled_from([0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF]) | st.integers(0, 0xFFFF_FFFF)
OCTAL = st.sampled_from(
    [b"00000000000\0", b"77777777777\0", b"-0000000001\0", b"\x80" + b"\xff" * 11, b"\xff" * 12, b"zzzzzzzzzzz\0"]
)
MEMORY_BYTES = 8 * 1024**2
SECONDS = 5.0


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    """Return an archive that loads, after some of: flipped bits, cuts, pieces moved or repeated, lying headers."""
    kind = draw(st.sampled_from(sorted(SEEDS)))
    data = bytearray(SEEDS[kind])
    if kind == "tar.gz" and draw(st.booleans()):
        # spoil what is inside, and pack it again, so that it gets past the checksum
        data = bytearray(zlib.decompress(bytes(data), wbits=31))
        return _packed_again(_with_edits(draw, data, "tar"))
    return bytes(_with_edits(draw, data, kind))


def _with_edits(draw: st.DrawFn, data: bytearray, kind: str) -> bytearray:
    for edit in draw(
        st.lists(st.sampled_from(["flip", "cut", "splice", "repeat", "lie", "lie"]), min_size=1, max_size=5)
    ):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(1, 1024))
        if edit == "flip" and data:
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif edit == "cut":
            del data[at : at + length]
        elif edit == "splice":
            other = SEEDS[draw(st.sampled_from(sorted(SEEDS)))]
            start = draw(st.integers(0, len(other) - 1))
            data[at:at] = other[start : start + length]
        elif edit == "repeat":
            data[at:at] = data[at : at + length] * draw(st.integers(1, 20))
        elif kind == "zip":
            _lie_in_zip(draw, data)
        else:
            _lie_in_tar(draw, data)
    return data


def _lie_in_zip(draw: st.DrawFn, data: bytearray) -> None:
    """Change a number of a member's header, of the directory, or of its end."""
    magic, fields = draw(
        st.sampled_from(
            [
                (b"PK\x03\x04", ((6, "H"), (8, "H"), (14, "I"), (18, "I"), (22, "I"), (26, "H"), (28, "H"))),
                (
                    b"PK\x01\x02",
                    ((8, "H"), (10, "H"), (20, "I"), (24, "I"), (28, "H"), (30, "H"), (38, "I"), (42, "I")),
                ),
                (b"PK\x05\x06", ((8, "H"), (10, "H"), (12, "I"), (16, "I"), (20, "H"))),
            ]
        )
    )
    places = [place for place in range(len(data)) if data.startswith(magic, place)]
    if not places:
        return
    offset, form = draw(st.sampled_from(fields))
    at = draw(st.sampled_from(places)) + offset
    packed = struct.pack(f"<{form}", draw(NUMBERS) & (0xFFFF if form == "H" else 0xFFFF_FFFF))
    data[at : at + len(packed)] = packed


def _lie_in_tar(draw: st.DrawFn, data: bytearray) -> None:
    """Change size, type, name or link of a member, and make its checksum right again."""
    if len(data) < 512:
        return
    at = draw(st.integers(0, len(data) // 512 - 1)) * 512
    field = draw(st.sampled_from(["size", "type", "name", "magic"]))
    if field == "size":
        data[at + 124 : at + 136] = draw(OCTAL)
    elif field == "type":
        data[at + 156] = draw(st.sampled_from(list(b"01234567gxLKSDMNVA")) | st.integers(0, 255))
    elif field == "name":
        name = draw(st.sampled_from([b"../../up", b"/etc/x", b"a\\..\\b", b"\xff\xfe", b"./././.", b"a/" * 49]))
        data[at : at + 100] = name[:100].ljust(100, b"\0")
    else:
        data[at + 257 : at + 265] = draw(st.sampled_from([b"ustar  \0", b"ustar\x0000", b"\0" * 8]))
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = f"{sum(data[at : at + 512]):06o}\0 ".encode()


def _packed_again(data: bytearray) -> bytes:
    deflate = zlib.compressobj(1, wbits=31)
    return deflate.compress(bytes(data)) + deflate.flush()


WRITES = (
    "open",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.rename",
    "os.chmod",
    "os.remove",
    "os.truncate",
    "subprocess",
)
_written: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note what would change the file system; an audit hook stays, and does nothing else."""
    if not _watching or not event.startswith(WRITES):
        return
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not writes and not (isinstance(mode, str) and set(mode) & set("wax+")):
            return
    _written.append(f"{event} {arguments}")


sys.addaudithook(_watch)


def _load_and_watch(data: bytes) -> None:
    """Load within limits or be refused, with bounded time and memory, and without a write to anywhere."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be removed
    _written.clear()
    tracemalloc.start()
    began = time.process_time()
    _watching = True
    outcome: Submission | SubmissionError
    try:
        outcome = load_submission("-", FUZZED, stdin=io.BytesIO(data))
    except SubmissionError as error:
        outcome = error
    finally:
        _watching = False
        took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert _written == []
    assert took < SECONDS
    assert peak < MEMORY_BYTES
    if isinstance(outcome, SubmissionError):
        assert outcome.problems
        assert outcome.hint
        assert all(str(problem).isprintable() for problem in outcome.problems)
    else:
        assert sum(map(len, outcome.files.values())) <= FUZZED.total_bytes
        assert all(os.path.normpath(path) == path and not path.startswith(("/", "..")) for path in outcome.files)


@pytest.mark.parametrize("kind", sorted(SEEDS))
def test_the_archives_that_are_spoilt_below_load_whole(kind: str) -> None:
    """The witness: a refusal below is for what was changed."""
    assert dict(load_submission("-", stdin=io.BytesIO(SEEDS[kind])).files).items() >= TREE.items()


@settings(QUICK, max_examples=150)
@given(_spoilt())
def test_a_spoilt_archive_writes_nothing_and_costs_little(data: bytes) -> None:
    """Never a write, never unbounded time or memory, always a submission or a `SubmissionError`."""
    _load_and_watch(data)


@pytest.mark.slow
@settings(QUICK, max_examples=1500)
@given(_spoilt())
def test_very_many_spoilt_archives_write_nothing_and_cost_little(data: bytes) -> None:
    """The same, ten times as often."""
    _load_and_watch(data)


@settings(QUICK, max_examples=40)
@given(st.integers(1, 64), st.sampled_from(["zip", "gz"]), st.binary(max_size=64))
def test_a_bomb_of_any_size_costs_no_more_than_its_limit(mebibytes: int, kind: str, name: bytes) -> None:
    """What unpacks to thousands of times its size is left as soon as the limit is met."""
    if kind == "gz":
        data = gzip_bomb(b"", mebibytes)
    else:
        content = deflated_zeros(mebibytes)
        data = raw_zip([RawMember(b"a" + name.hex().encode(), content, size=mebibytes * 1024**2)], deflated=True)
    _load_and_watch(data)


def test_the_watch_would_notice_a_write(tmp_path: Path) -> None:
    """So that "nothing was written" means something."""
    global _watching  # noqa: PLW0603
    _written.clear()
    _watching = True
    try:
        (tmp_path / "x").write_text("x")
    finally:
        _watching = False
    assert len(_written) == 1
