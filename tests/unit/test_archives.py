"""Archives from strangers: what climbs, links, lies about its size or is damaged is refused, and never extracted."""

from __future__ import annotations

import gzip
import io
import itertools
import os
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.models import SubmissionLimits
from grader.submission import load_submission
from tests.unit.packing import (
    RawMember,
    deflated_zeros,
    gzip_bomb,
    member,
    raw_zip,
    tar_of,
    tar_of_members,
    zip_of,
)

MIB = 1024**2
WRITES: list[str] = []
WATCHING = False


def _watch(event: str, args: tuple[object, ...]) -> None:
    """Note what would change the file system; an audit hook cannot be removed, so it sleeps between tests."""
    if not WATCHING:
        return
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        WRITES.append(f"{event} {args[0]!r}")
    if event in {"os.mkdir", "os.link", "os.symlink", "os.rename", "os.remove", "os.chmod", "os.chown", "os.truncate"}:
        WRITES.append(f"{event} {args[0]!r}")


sys.addaudithook(_watch)


@contextmanager
def no_writes() -> Iterator[None]:
    """Fail if anything below writes to the file system."""
    global WATCHING  # noqa: PLW0603
    WRITES.clear()
    WATCHING = True
    try:
        yield
    finally:
        WATCHING = False
    assert WRITES == []


def refusal(data: bytes, limits: SubmissionLimits | None = None) -> SubmissionError:
    """Return the error that reading an archive on standard input ends in, without a write."""
    with no_writes(), pytest.raises(SubmissionError) as caught:
        load_submission("-", limits or SubmissionLimits(), stdin=io.BytesIO(data))
    assert caught.value.problems
    assert caught.value.hint
    return caught.value


def loaded(data: bytes, limits: SubmissionLimits | None = None) -> dict[str, bytes]:
    """Return the files of an archive on standard input."""
    with no_writes():
        return dict(load_submission("-", limits or SubmissionLimits(), stdin=io.BytesIO(data)).files)


def whats(error: SubmissionError) -> list[str]:
    """Return what is wrong, without where."""
    return [problem.what for problem in error.problems]


def test_the_watch_for_writes_sees_a_write(tmp_path: Path) -> None:
    """The guard that all tests here rely on is no ornament."""
    with pytest.raises(AssertionError, match="canary"), no_writes():
        (tmp_path / "canary").write_bytes(b"")


HOSTILE_NAMES = [
    (b"../evil", "climbs out of its folder"),
    (b"a/../../evil", "climbs out of its folder"),
    (b"a/..", "climbs out of its folder"),
    (b"..", "climbs out of its folder"),
    (b"./../evil", "climbs out of its folder"),
    (b"a/b/../c", "climbs out of its folder"),
    (b"/etc/passwd", "is an absolute path"),
    (b"//etc/passwd", "is an absolute path"),
    (b".//etc/passwd", "is an absolute path"),
    (b"a//b", "has an empty part"),
    (b"a/./b", 'has a part "."'),
    (b"././a", 'has a part "."'),
    (b"..\\evil", "has a backslash"),
    (b"a\\..\\..\\evil", "has a backslash"),
    (b"\\\\host\\share", "has a backslash"),
    (b"C:\\evil", "has a backslash"),
    (b"C:/evil", "begins with a drive letter"),
    (b"c:evil", "begins with a drive letter"),
    (b"a\nb", "has a control or formatting character"),
    (b"a\x1b[2Jb", "has a control or formatting character"),
    (b"a\x7f", "has a control or formatting character"),
    ("a\u202egnp.exe".encode(), "has a control or formatting character"),
    ("a\u2028b".encode(), "has a control or formatting character"),
    ("a\u0085b".encode(), "has a control or formatting character"),
    (b"\xff\xfe", "is not valid UTF-8"),
    (b"caf\xe9", "is not valid UTF-8"),
    (b"\xc0\xaf", "is not valid UTF-8"),
    (b"\xed\xa0\x80", "is not valid UTF-8"),
    (b"n" * 256, "has too long a name"),
    ("é".encode() * 128, "has too long a name"),
]


@pytest.mark.parametrize(("name", "what"), HOSTILE_NAMES)
def test_a_hostile_name_in_a_zip_is_refused(name: bytes, what: str) -> None:
    """No name in a zip leads outside, hides, or breaks a terminal."""
    error = refusal(raw_zip([RawMember(b"ok"), RawMember(name)]))
    assert whats(error) == [what]
    assert error.problems[0].where.isprintable()


@pytest.mark.parametrize("format_", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize(("name", "what"), HOSTILE_NAMES)
def test_a_hostile_name_in_a_tar_is_refused(name: bytes, what: str, format_: int) -> None:
    """No name in a tar leads outside, hides, or breaks a terminal."""
    text = name.decode("utf-8", "surrogateescape")
    error = refusal(tar_of({"ok": b"", text: b"x"}, format_=format_))
    assert whats(error) == [what]


def test_a_nul_in_a_name_is_refused() -> None:
    """A name that C would cut short is not cut short: neither by zip's reader nor in tar's extended headers."""
    assert whats(refusal(raw_zip([RawMember(b"app.py\0.png")]))) == ["has a control or formatting character"]
    info, content = member("app.py")
    info.pax_headers = {"path": "app.py\0.png"}
    data = tar_of_members([(info, content), member("ok")])
    assert whats(refusal(data)) == ["has a control or formatting character"]


def test_a_name_of_megabytes_is_refused_and_shown_short() -> None:
    """A name cannot flood a report."""
    info, content = member("x")
    info.pax_headers = {"path": "a" * 900_000}
    error = refusal(tar_of_members([(info, content)]))
    assert whats(error) == ["has too long a name"]
    assert len(error.problems[0].where) < 200


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.SYMTYPE, "is a symbolic link"),
        (tarfile.LNKTYPE, "is a hard link"),
        (tarfile.CHRTYPE, "is a character device"),
        (tarfile.BLKTYPE, "is a block device"),
        (tarfile.FIFOTYPE, "is a named pipe"),
    ],
)
def test_special_members_of_a_tar_are_refused(kind: bytes, what: str) -> None:
    """Only plain files and folders come in, whatever a link would point to."""
    assert whats(refusal(tar_of_members([member("ok"), member("l", kind, "ok")]))) == [what]


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        (0o120777, "is a symbolic link"),
        (0o010644, "is a named pipe"),
        (0o140644, "is a socket"),
        (0o020644, "is a character device"),
        (0o060644, "is a block device"),
        (0o170644, "is of an unknown type"),
    ],
)
def test_special_members_of_a_zip_are_refused(mode: int, what: str) -> None:
    """A zip's Unix modes can make links and devices too."""
    assert whats(refusal(raw_zip([RawMember(b"ok"), RawMember(b"l", b"ok", mode=mode)]))) == [what]


LONG = "d" * 200
LINK_TRICKS: dict[str, list[tuple[tarfile.TarInfo, bytes]]] = {
    "write through a link": [member("a", tarfile.SYMTYPE, "/tmp"), member("a/evil")],
    "link to a link": [member("a", tarfile.SYMTYPE, "."), member("b", tarfile.SYMTYPE, "a/.."), member("b/evil")],
    "hard link to a symbolic link": [member("s", tarfile.SYMTYPE, "../x"), member("h", tarfile.LNKTYPE, "s")],
    "out and in again": [member("a/l", tarfile.SYMTYPE, "../../dest/x"), member("a/l/evil")],
    "long chain past PATH_MAX": [
        *(member("/".join([LONG] * n), tarfile.DIRTYPE) for n in range(1, 16)),
        member("l", tarfile.SYMTYPE, "/".join([LONG] * 15) + "/.." * 30),
        member("h", tarfile.LNKTYPE, "l/../etc/passwd"),
    ],
    "a folder replaced by a link": [member("a", tarfile.DIRTYPE), member("a", tarfile.SYMTYPE, ".."), member("a/evil")],
    "a link to itself": [member("a", tarfile.SYMTYPE, "a"), member("a/evil")],
    "a link with no target": [member("a", tarfile.SYMTYPE, "")],
    "a link named like the folder": [member(".", tarfile.SYMTYPE, "/")],
}


@pytest.mark.parametrize("trick", LINK_TRICKS)
def test_link_tricks_end_at_the_first_link(trick: str) -> None:
    """The shapes that slipped past extraction filters again and again are all refused for the link in them."""
    assert any("link" in what or 'part "."' in what for what in whats(refusal(tar_of_members(LINK_TRICKS[trick]))))


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_what_lies_in_junk_is_not_judged(pack: Callable[..., bytes]) -> None:
    """A virtual environment that was packed too is left out, long paths and all, as it is of a folder."""
    deep = "node_modules/" + "/".join(["very-long-name-of-a-package"] * 18)
    assert loaded(pack({"app.py": b"1", deep: b"2", "venv/a\nb": b"3", "x/__pycache__/y.pyc": b""})) == {"app.py": b"1"}


def test_links_in_junk_are_no_problem() -> None:
    """The links of a virtual environment or of node_modules/.bin do not matter."""
    data = tar_of_members([member("app.py"), member(".venv/bin/python", tarfile.SYMTYPE, "/usr/bin/python3")])
    assert loaded(data) == {"app.py": b""}


COLLISIONS = [
    (["a", "a"], "is there twice"),
    (["a", "./a"], "is there twice"),
    (["a", "a/b"], "is both a file and a folder"),
    (["a/b", "a"], "is both a file and a folder"),
    (["a", "a/"], "is both a file and a folder"),
    (["Makefile", "makefile"], "differs from Makefile only in case or Unicode form"),
    (["A/x", "a/y"], "differs from A only in case or Unicode form"),
    (["\u00e9", "e\u0301"], "differs from \u00e9 only in case or Unicode form"),
    (["stra\u00dfe", "strasse"], "differs from stra\u00dfe only in case or Unicode form"),
]


@pytest.mark.parametrize(("names", "what"), COLLISIONS)
def test_names_that_collide_are_refused(names: list[str], what: str) -> None:
    """Two members that are one file somewhere, or a file where a folder is, are refused in any order."""
    entries = [member(name.removesuffix("/"), tarfile.DIRTYPE if name.endswith("/") else b"0") for name in names]
    assert what in whats(refusal(tar_of_members([member("root"), *entries])))
    assert what in whats(refusal(raw_zip([RawMember(b"root"), *(RawMember(n.encode(), b"") for n in names)])))


def test_a_folder_may_be_named_twice() -> None:
    """Tools that append to an archive repeat folders, which changes nothing."""
    folder = member("a", tarfile.DIRTYPE)
    assert loaded(tar_of_members([folder, member("a/b"), folder, member("c")])) == {"a/b": b"", "c": b""}


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (RawMember(b"s", flags=0x1), "is encrypted"),
        (RawMember(b"s", method=12), "is compressed with method 12 (bzip2)"),
        (RawMember(b"s", method=14), "is compressed with method 14 (lzma)"),
        (RawMember(b"s", method=99), "is compressed with method 99 (unknown)"),
        (RawMember(b"d/", b"content"), "is a folder that has content"),
    ],
)
def test_zip_members_that_cannot_be_read_are_named(raw: RawMember, what: str) -> None:
    """Encryption and rare compression methods are refused with their name."""
    error = refusal(raw_zip([RawMember(b"ok"), raw]))
    assert [(p.where, p.what) for p in error.problems] == [(raw.name.decode().removesuffix("/"), what)]


def test_overlapping_zip_members_are_refused() -> None:
    """Members that share their data are how ten kilobytes become ten gigabytes."""
    kernel = RawMember(b"a", bytes(1000))
    error = refusal(raw_zip([kernel, RawMember(b"b", bytes(1000), offset=0), RawMember(b"c")]))
    assert "overlaps another member" in whats(error)[0]


def test_nested_zip_headers_are_refused() -> None:
    """A member whose data holds another member's header is refused, as both cannot be true."""
    inner = raw_zip([RawMember(b"b", b"inner")])
    outer = RawMember(b"a", inner, method=zipfile.ZIP_STORED)
    header_bytes = 30 + 1
    error = refusal(raw_zip([outer, RawMember(b"b", b"inner", offset=header_bytes)]))
    assert "overlaps" in whats(error)[0]


@pytest.mark.parametrize("size", [0, 5, 4000])
def test_a_zip_header_that_lies_about_a_size_is_damage(size: int) -> None:
    """The directory's size and the data's must agree, neither more nor less."""
    assert "is damaged" in whats(refusal(raw_zip([RawMember(b"a", b"0123456789" * 10, size=size)])))[0]


def test_damaged_zip_data_is_refused() -> None:
    """A flipped bit in a member, and an archive cut anywhere, are refused."""
    data = zip_of({"app.py": b"print('hello')" * 50, "b": b"x" * 100})
    for cut in range(4, len(data) - 1, 7):
        assert "is damaged" in whats(refusal(data[:cut]))[0]
    broken = bytearray(data)
    broken[40] ^= 0x55
    assert "is damaged" in whats(refusal(bytes(broken)))[0]


@pytest.mark.parametrize("gz", [False, True])
def test_a_tar_cut_anywhere_is_refused(gz: bool) -> None:  # noqa: FBT001
    """A tar that ends early is never taken for a shorter one, not even at a member's border."""
    data = tar_of({"app.py": b"x" * 700, "b": b"y"}, gz=gz)
    end = len(data) - 1 if gz else 2048 + 512
    for cut in sorted({*range(600, end, 512), *range(1, end, 97), end}):
        if gz or cut < end:
            assert refusal(data[:cut]).problems


def test_a_damaged_tar_header_is_not_the_end() -> None:
    """What follows a damaged header is not silently dropped."""
    data = bytearray(tar_of({"a": b"", "b": b"", "c": b""}))
    data[512] ^= 0xFF
    assert whats(refusal(bytes(data))) == ["is damaged: no tar header where a member should begin (bad checksum)"]


def test_data_after_the_end_is_refused() -> None:
    """Two unpackers would see different files in an archive that goes on after its end."""
    first, second = tar_of({"a": b""}), tar_of({"b": b""})
    assert "more data after the end of the archive" in whats(refusal(first + second))[0]
    assert "more data after the end of the gzip" in whats(refusal(gzip.compress(first) + gzip.compress(second)))[0]
    assert loaded(gzip.compress(first) + bytes(512)) == {"a": b""}


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_SPARSE, b"D", b"M", b"V", b"Z", tarfile.CONTTYPE])
def test_tar_members_of_other_types_stop_the_reading(kind: bytes) -> None:
    """Sparse files, volumes and what nobody knows are refused where they stand."""
    error = refusal(tar_of_members([member("ok"), member("odd", kind)], format_=tarfile.GNU_FORMAT))
    assert whats(error)[0].startswith("odd is ")


def test_a_sparse_file_in_pax_form_is_refused() -> None:
    """The newer way to write holes is refused as the older one is."""
    info, content = member("hole")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": str(200 * 1024**3)}
    assert "sparse" in whats(refusal(tar_of_members([(info, content)])))[0]


def _tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
@pytest.mark.parametrize("size", [2 * MIB, 8 * 1024**3, -5])
def test_extended_headers_are_bounded(kind: bytes, size: int) -> None:
    """A header that announces gigabytes is refused before any of it is read."""
    assert "has an extended header of" in whats(refusal(_tar_header("x", size, kind) + bytes(4096)))[0]


def test_extended_headers_cannot_go_on_for_ever() -> None:
    """A chain of headers without a member ends."""
    chain = (_tar_header("x", 4, tarfile.GNUTYPE_LONGNAME) + b"name".ljust(512, b"\0")) * 1000
    assert "more than 4 extended headers" in whats(refusal(chain))[0]


@pytest.mark.parametrize(
    "payload",
    [
        *(b"x", b"12", b"9999999999999999999999 path=a\n", b"0 path=a\n", b"-5 path=a\n", b"10 path=a", b"99 path=a\n"),
        *(b"10 path a\n", b"4 =\n\n", b"5 a=b\n", b"\n", b"10 size=x\n", b"14 size=-9999\n"),
    ],
)
def test_damaged_pax_records_are_refused(payload: bytes) -> None:
    """A record whose length, separator or end is wrong is damage, not a guess."""
    data = _tar_header("p", len(payload), tarfile.XHDTYPE) + payload.ljust(512, b"\0") + _tar_header("a", 0)
    assert refusal(data + bytes(1024)).problems


def test_a_global_header_may_carry_a_comment_only() -> None:
    """What `git archive` writes is fine; a path for all members is not."""
    comment, path = b"16 comment=0123\n", b"10 path=a\n"
    rest = _tar_header("a", 0) + bytes(1024)
    head = _tar_header("pax_global_header", len(comment), tarfile.XGLTYPE) + comment.ljust(512, b"\0")
    assert loaded(head + rest) == {"a": b""}
    head = _tar_header("pax_global_header", len(path), tarfile.XGLTYPE) + path.ljust(512, b"\0")
    assert "global header" in whats(refusal(head + rest))[0]


@pytest.mark.parametrize("size", [-1, -512, 8**11])
def test_sizes_outside_reason_are_refused(size: int) -> None:
    """A negative size, or one of gigabytes with nothing behind it, ends in an error."""
    assert refusal(_tar_header("a", size) + bytes(2048)).problems


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"hello", "is not an archive that can be read"),
        (b"print('a single file')\n" * 100, "is not an archive that can be read"),
        (b"BZh91AY", "is a bzip2 file"),
        (b"\xfd7zXZ\x00\x00", "is an xz file"),
        (b"7z\xbc\xaf\x27\x1c\0", "is a 7-Zip archive"),
        (b"Rar!\x1a\x07\x00", "is a RAR archive"),
        (b"\x28\xb5\x2f\xfd\0", "is a Zstandard file"),
        (b"PK\x07\x08PK\x03\x04", "is a part of a split zip archive"),
        (gzip.compress(b"not a tar " * 100), "is damaged: no tar header where a member should begin (invalid header)"),
        (gzip.compress(b"short"), "is damaged: it ends too early"),
        (b"\x1f\x8b", "is damaged: it ends too early"),
        (zip_of({}), "holds no files"),
        (tar_of({}), "holds no files"),
        (tar_of({}, gz=True), "holds no files"),
    ],
    ids=[
        *("empty", "word", "program", "bzip2", "xz", "7-zip", "rar", "zstandard", "split-zip"),
        *("gzip-of-no-tar", "gzip-of-a-word", "half-a-gzip", "empty-zip", "empty-tar", "empty-tar-gz"),
    ],
)
def test_what_is_no_archive_is_named(data: bytes, what: str) -> None:
    """The format is told by content, and what it is instead is said."""
    assert whats(refusal(data)) == [what]


def refusal_within(limit_bytes: int, data: bytes) -> SubmissionError:
    """Return the error that reading an archive ends in, having held no more than `limit_bytes` of memory at once."""
    tracemalloc.start()
    try:
        error = refusal(data)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < limit_bytes
    return error


@pytest.mark.parametrize("name", ["big.bin", "node_modules/big.bin"])
def test_a_gzip_bomb_ends_in_bounded_memory(name: str) -> None:
    """A tar of ten gigabytes in one member is given up long before, whether it would be left out or not."""
    bomb = gzip_bomb(_tar_header(name, 10 * 1024**3), 300)
    assert "unpacks to more than 95 MiB" in whats(refusal_within(8 * MIB, bomb))[0]


@pytest.mark.parametrize("size", [2**32 - 2, 1000, 300 * MIB])
def test_a_zip_bomb_ends_in_bounded_memory(size: int) -> None:
    """Bytes are counted as they come: a header that says little does not help, and reading stops at the limit."""
    bomb = raw_zip([RawMember(b"bomb", deflated_zeros(300), size=size)], deflated=True)
    what = "is damaged" if size == 1000 else "is too large"
    assert what in whats(refusal_within(24 * MIB, bomb))[0]


def test_many_bombs_count_together() -> None:
    """Thirty files that are each too large do not each cost their limit."""
    bomb = raw_zip([RawMember(b"%d" % n, deflated_zeros(11), size=11 * MIB) for n in range(30)], deflated=True)
    assert whats(refusal(bomb)) == ["is too large", "is too large"]


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_too_many_members_end_the_listing(pack: Callable[..., bytes]) -> None:
    """A flood of members, junk or not, is not even listed to its end."""
    limits = SubmissionLimits(entries=20)
    flood = pack({f"node_modules/{n}": b"" for n in range(400)})
    assert "holds more than 300 files and folders" in whats(refusal(flood, limits))[0]
    assert len(loaded(pack({"a": b"", **{f"node_modules/{n}": b"" for n in range(250)}}), limits)) == 1


def test_a_zip_directory_of_a_million_names_is_not_loaded() -> None:
    """Members are counted before the standard library would read them all into memory."""
    entry = b"PK\x01\x02" + bytes(42)
    flood = b"PK\x03\x04" + entry * 1_000_000
    end = b"PK\x05\x06" + bytes(8) + (46_000_000).to_bytes(4, "little") + (4).to_bytes(4, "little") + b"\0\0"
    data = flood + end
    assert "holds more than 20100 files and folders" in whats(refusal_within(64 * MIB, data))[0]


def test_an_archive_on_standard_input_is_read_no_further_than_its_bound() -> None:
    """An endless stream ends in an error, not in all of the memory."""

    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            self.read_bytes += size
            return b"\x1f\x8b" + bytes(size - 2)

    stream = Endless()
    limits = SubmissionLimits(total_bytes=MIB, entries=10)
    with pytest.raises(SubmissionError, match="cannot be read") as caught:
        load_submission("-", limits, stdin=stream)  # type: ignore[arg-type]
    assert "is larger than 2 MiB" in whats(caught.value)
    assert stream.read_bytes < 3 * MIB


def test_one_folder_around_everything_is_unwrapped() -> None:
    """Archives made of a folder, by hosting sites and file managers, hold its content."""
    files = {"todo-main/": b"", "todo-main/app.py": b"1", "todo-main/src/x.py": b"2"}
    beside = {"__MACOSX/._todo-main": b"", ".DS_Store": b"", "todo-main/.DS_Store": b""}
    for pack, extra in itertools.product((zip_of, tar_of), ({}, beside)):
        assert loaded(pack({**files, **extra})) == {"app.py": b"1", "src/x.py": b"2"}
    assert loaded(tar_of({f"./{name}": content for name, content in files.items()})) == {
        "app.py": b"1",
        "src/x.py": b"2",
    }


@pytest.mark.parametrize("beside", ["README.md", "other/", "other/x", "TODO-MAIN-2/x"])
def test_a_folder_with_something_beside_it_is_not_unwrapped(beside: str) -> None:
    """One name more at the top, and the archive is taken as it is."""
    assert "todo-main/app.py" in loaded(zip_of({"todo-main/app.py": b"1", beside: b""}))


def test_only_one_folder_is_unwrapped() -> None:
    """The folder inside the folder is the learner's own."""
    assert loaded(zip_of({"a/b/c.py": b""})) == {"b/c.py": b""}


@pytest.mark.parametrize("pack", [zip_of, tar_of])
@pytest.mark.parametrize("wrapper", ["", "./", "top/", "./top/"])
def test_graderignore_counts_at_the_root_of_an_archive(pack: Callable[..., bytes], wrapper: str) -> None:
    """Wherever the root turns out to be, its `.graderignore` is read first, even when it comes last."""
    files = {"a.py": b"1", "data/huge": bytes(5000), "sub/.graderignore": b"*.py", "z": b"", ".graderignore": b"data/"}
    limits = SubmissionLimits(total_bytes=1000, file_bytes=1000)
    assert sorted(loaded(pack({wrapper + name: content for name, content in files.items()}), limits)) == [
        *(".graderignore", "a.py", "sub/.graderignore", "z"),
    ]


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_a_graderignore_that_is_a_bomb_is_refused(pack: Callable[..., bytes]) -> None:
    """Of the ignore file no more is read than it may hold."""
    error = refusal(pack({"a": b"", ".graderignore": b"#" * 20_000}))
    assert (error.problems[0].where, error.problems[0].what) == (".graderignore", "is too large")


def test_long_names_of_every_tar_dialect_are_read() -> None:
    """Names beyond 100 bytes come in GNU's, POSIX's and ustar's way, non-ASCII ones included."""
    name = "/".join(["é" * 20] * 5) + "/a.py"
    for format_ in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT):
        assert loaded(tar_of({name: b"1", "b": b""}, format_=format_)) == {name: b"1", "b": b""}


def test_a_zip_name_in_utf8_without_its_flag_is_read() -> None:
    """Archives made on macOS hold UTF-8 and do not say so."""
    assert loaded(raw_zip([RawMember("é.py".encode()), RawMember(b"b")])) == {"é.py": b"x", "b": b"x"}
    assert loaded(raw_zip([RawMember("é.py".encode(), flags=0x800), RawMember(b"b")])) == {"é.py": b"x", "b": b"x"}


def test_all_problems_are_reported_at_once_and_the_list_is_cut() -> None:
    """Twenty problems are listed, all are counted."""
    files = {f"bad\\{n}": b"" for n in range(30)} | {"big": bytes(20)}
    error = refusal(zip_of(files), SubmissionLimits(file_bytes=10))
    assert len(error.problems) == 20
    assert error.message.endswith("31 problems, 20 shown and 11 more")
    error = refusal(tar_of({"../a": b"", "big": bytes(20), "ok": b""}), SubmissionLimits(file_bytes=10))
    assert [(p.where, p.what) for p in error.problems] == [
        ("../a", "climbs out of its folder"),
        ("big", "is too large"),
    ]
