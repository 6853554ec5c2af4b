"""Reading a submission: folders without following a link, each limit to the byte, errors that say what to do."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import socket
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.ignore import Rules
from grader.models import Submission, SubmissionLimits
from grader.sources import Bounds, Folder, Kind
from grader.submission import APP_UID, SHOWN_IGNORED, TAR_MTIME_S, load_submission, to_tar
from tests.unit.packing import tar_of, zip_of

Put = Callable[[Mapping[str, bytes], SubmissionLimits], Submission]


def write_tree(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below `root` (made if missing) and return it; a name ending in "/" is a folder."""
    root.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return root


@pytest.fixture(params=["folder", "zip", "tar", "tar.gz", "stdin"])
def put(request: pytest.FixtureRequest, tmp_path: Path) -> Put:
    """Return a function that hands files in through one kind of source, with these limits."""
    numbers = itertools.count()

    def _put(files: Mapping[str, bytes], limits: SubmissionLimits) -> Submission:
        if request.param == "folder":
            return load_submission(write_tree(tmp_path / f"s{next(numbers)}", files), limits)
        if request.param == "stdin":
            return load_submission("-", limits, stdin=io.BytesIO(zip_of(files)))
        packed = zip_of(files) if request.param == "zip" else tar_of(files, gz=request.param == "tar.gz")
        archive = tmp_path / f"s.{request.param}"
        archive.write_bytes(packed)
        return load_submission(archive, limits)

    return _put


def refused(put: Put, files: Mapping[str, bytes], limits: SubmissionLimits) -> list[tuple[str, str, str]]:
    """Return the problems (where, what, expected) that handing these files in ends in."""
    with pytest.raises(SubmissionError) as caught:
        put(files, limits)
    assert ".graderignore" in caught.value.hint
    assert "grader grade CHALLENGE" in caught.value.hint
    return [(problem.where, problem.what, problem.expected) for problem in caught.value.problems]


def test_one_file_may_have_as_many_bytes_as_the_limit(put: Put) -> None:
    """The limit itself is allowed, one byte more is not."""
    limits = SubmissionLimits(file_bytes=100_000)
    assert len(put({"a": bytes(100_000), "b": b""}, limits).files["a"]) == 100_000
    assert refused(put, {"a": bytes(100_001), "b": b""}, limits) == [("a", "is too large", "at most 100000 bytes")]


def test_all_files_may_have_as_many_bytes_as_the_limit(put: Put) -> None:
    """The sum counts, to the byte."""
    limits = SubmissionLimits(total_bytes=128 * 1024)
    half = bytes(64 * 1024)
    assert len(put({"a": half, "b": half}, limits).files) == 2
    assert [p[1:] for p in refused(put, {"a": half, "b": half + b"1"}, limits)] == [
        ("is too large", "at most 128 KiB in all")
    ]


def test_files_and_folders_count_as_entries(put: Put) -> None:
    """Three files in two folders are five entries."""
    files = {"a/b/1": b"", "a/2": b"", "3": b""}
    assert len(put(files, SubmissionLimits(entries=5)).files) == 3
    (problem,) = refused(put, files, SubmissionLimits(entries=4))
    assert problem[1] == "holds more than 4 files and folders, most of them in a; counting stopped there"


def test_empty_folders_count_but_are_not_kept(put: Put) -> None:
    """A flood of folders is a flood, though no folder is handed in."""
    files = {"a": b"", "b/": b"", "c/d/": b""}
    assert list(put(files, SubmissionLimits(entries=4)).files) == ["a"]
    assert refused(put, {"e/": b"", **files}, SubmissionLimits(entries=4))


def test_depth_is_counted_in_parts(put: Put) -> None:
    """A path of as many parts as the limit is allowed, one more is not."""
    limits = SubmissionLimits(depth=3)
    assert list(put({"a/b/c": b"", "d": b""}, limits).files) == ["a/b/c", "d"]
    (problem,) = refused(put, {"a/b/c/e": b"", "a/b/f": b"", "d": b""}, limits)
    assert problem == ("a/b/c/e", "lies too deep", "at most 3 parts in a path")


def test_path_length_is_counted_in_characters(put: Put) -> None:
    """A path of as many characters as the limit is allowed, one more is not."""
    limits = SubmissionLimits(path_chars=9)
    assert "aaaa/éééé" in put({"aaaa/éééé": b"", "d": b""}, limits).files
    (problem,) = refused(put, {"aaaa/ééééé": b"", "d": b""}, limits)
    assert problem[1:] == ("has too long a path", "at most 9 characters")


def test_what_is_left_out_does_not_count(put: Put) -> None:
    """Junk and ignored folders may be larger, more and deeper than the limits, and are listed by their top."""
    limits = SubmissionLimits(total_bytes=60, file_bytes=60, entries=4, depth=2, path_chars=13)
    files = {
        "a.py": b"1",
        ".graderignore": b"data/\n*.log\n",
        "node_modules/p/q/r/long-name-of-a-file": bytes(500),
        "data/x/y/z": bytes(500),
        "sub/data/x/y": b"",
        "sub/x.log": bytes(500),
        **{f"__pycache__/{n}.pyc": b"" for n in range(10)},
    }
    submission = put(files, limits)
    assert list(submission.files) == [".graderignore", "a.py"]
    assert submission.ignored == ("__pycache__", "data", "node_modules", "sub/data", "sub/x.log")


def test_the_list_of_what_is_left_out_is_bounded(put: Put) -> None:
    """A report names a hundred ignored paths at most."""
    files = {"a.py": b"", **{f"{n:03}.pyc": b"" for n in range(SHOWN_IGNORED + 50)}}
    assert put(files, SubmissionLimits()).ignored == tuple(f"{n:03}.pyc" for n in range(SHOWN_IGNORED))


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"d/": b""}, "holds no files"),
        ({"node_modules/x": b"", ".git/y": b""}, "holds nothing but what is left out: .git, node_modules"),
        (
            {f"{n}.pyc": b"" for n in range(6)},
            "holds nothing but what is left out: 0.pyc, 1.pyc, 2.pyc, 3.pyc, 4.pyc, ...",
        ),
    ],
)
def test_an_empty_submission_says_what_was_seen(put: Put, files: Mapping[str, bytes], what: str) -> None:
    """Nothing to grade is an error that tells why there is nothing."""
    with pytest.raises(SubmissionError) as caught:
        put(files, SubmissionLimits())
    assert [problem.what for problem in caught.value.problems] == [what]


def test_files_come_sorted_with_their_executable_bit(tmp_path: Path) -> None:
    """The owner's executable bit is kept, and nothing else of a mode."""
    root = write_tree(tmp_path / "s", {"b/run.sh": b"#!", "a.py": b"", "c": b""})
    (root / "b/run.sh").chmod(0o4755)
    (root / "c").chmod(0o677)
    submission = load_submission(root)
    assert list(submission.files) == ["a.py", "b/run.sh", "c"]
    assert submission.executable == {"b/run.sh"}
    packed = load_submission("-", stdin=io.BytesIO(zip_of(submission.files, executable=submission.executable)))
    assert packed == submission


def test_the_digest_is_of_paths_bits_and_contents(tmp_path: Path) -> None:
    """The documented encoding, computed by hand; whatever changes a tree changes its digest."""
    root = write_tree(tmp_path / "s", {"a/é": b"12", "b": b""})
    (root / "b").chmod(0o755)
    first = b"-" + (4).to_bytes(8) + "a/é".encode() + (2).to_bytes(8) + b"12"
    second = b"x" + (1).to_bytes(8) + b"b" + (0).to_bytes(8)
    expected = hashlib.sha256(b"grader submission 1\n" + first + second)
    assert load_submission(root).digest == expected.hexdigest()
    trees = [{"a": b"bc"}, {"ab": b"c"}, {"a": b"b", "c": b""}, {"a": b"", "b": b"c"}, {"a/b": b"c"}, {"b": b"a"}]
    digests = {load_submission(write_tree(tmp_path / str(n), tree)).digest for n, tree in enumerate(trees)}
    (tmp_path / "0/a").chmod(0o755)
    assert len(digests | {load_submission(tmp_path / "0").digest}) == len(trees) + 1


def test_a_folder_is_its_own_root(tmp_path: Path) -> None:
    """Only archives are unwrapped: a folder that was named is what was meant."""
    assert list(load_submission(write_tree(tmp_path / "s", {"src/app.py": b""})).files) == ["src/app.py"]


def test_expected_toml_is_a_file_like_others(put: Put) -> None:
    """Names that mean something elsewhere mean nothing here."""
    assert "expected.toml" in put({"expected.toml": b"", "challenge.toml": b"", "x": b""}, SubmissionLimits()).files


def test_special_files_in_a_folder_are_refused_without_blocking(tmp_path: Path) -> None:
    """Links (to files, folders, nothing), pipes and sockets are named all at once; a pipe does not hang the reader."""
    root = write_tree(tmp_path / "s", {"ok": b"", "d/x": b""})
    (root / "file").symlink_to("/etc/passwd")
    (root / "folder").symlink_to("d")
    (root / "nothing").symlink_to("nowhere")
    os.mkfifo(root / "d" / "pipe")
    with socket.socket(socket.AF_UNIX) as listener, pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        listener.bind("sock")
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert [(problem.where, problem.what) for problem in caught.value.problems] == [
        ("d/pipe", "is a named pipe"),
        ("file", "is a symbolic link"),
        ("folder", "is a symbolic link"),
        ("nothing", "is a symbolic link"),
        ("sock", "is a socket"),
    ]


def test_the_source_itself_may_be_a_link(tmp_path: Path) -> None:
    """What somebody typed is followed: only what lies below is a stranger's."""
    write_tree(tmp_path / "s", {"a": b"1"})
    (tmp_path / "l").symlink_to("s")
    assert load_submission(tmp_path / "l").files == {"a": b"1"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """Return a folder with `d/secret.py` and `a`, held open; beside it lies `outside/secret.py`."""
    write_tree(tmp_path / "outside", {"secret.py": b"host"})
    root = os.open(write_tree(tmp_path / "s", {"d/secret.py": b"mine", "a": b""}), os.O_RDONLY)
    yield Folder(root, SubmissionLimits())
    os.close(root)


def test_a_file_swapped_for_a_link_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    """Between looking at a file and reading it, it may become a link: then it is not read."""
    entries = [entry for entry in folder.entries(Rules()) if entry.kind is Kind.FILE]
    assert [entry.name for entry in entries] == ["a", "d/secret.py"]
    (tmp_path / "s/d/secret.py").unlink()
    (tmp_path / "s/d/secret.py").symlink_to(tmp_path / "outside/secret.py")
    ((_, content),) = folder.contents(["d/secret.py"])
    with pytest.raises(OSError, match="symbolic"):
        next(content)


def test_a_folder_swapped_for_a_link_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    """The same for each folder on the way, while reading and while walking."""
    walk = folder.entries(Rules())
    assert [next(walk).name for _ in range(2)] == ["a", "d"]
    (tmp_path / "s/d").rename(tmp_path / "s/e")
    (tmp_path / "s/d").symlink_to(tmp_path / "outside")
    assert [(entry.name, entry.kind) for entry in walk] == [("d", Kind.REFUSED)]
    ((_, content),) = folder.contents(["d/secret.py"])
    with pytest.raises(OSError, match="directory"):
        next(content)


def test_a_file_swapped_for_a_pipe_does_not_block(folder: Folder, tmp_path: Path) -> None:
    """A pipe nobody writes to is noticed instead of waited for."""
    (tmp_path / "s/a").unlink()
    os.mkfifo(tmp_path / "s/a")
    ((_, content),) = folder.contents(["a"])
    with pytest.raises(OSError, match="it changed while it was read"):
        next(content)


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """A folder's names are bytes; those that are no UTF-8 are shown escaped."""
    root = write_tree(tmp_path / "s", {"ok": b""})
    with open(os.fsencode(root) + b"/caf\xe9", "wb"):  # noqa: PTH123
        pass
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert [(p.where, p.what) for p in caught.value.problems] == [("caf\\udce9", "is not valid UTF-8")]


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """Give up root's right to read everything while a test runs, and return a folder to write in."""
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as root:
        if is_root:
            os.chown(root, 65534, 65534)
            os.seteuid(65534)
        yield Path(root)
        for path in Path(root).rglob("*"):
            path.chmod(0o755)
        if is_root:
            os.seteuid(0)


def test_what_cannot_be_read_is_named(as_nobody: Path) -> None:
    """Files and folders without permission are all listed, the rest is still looked at."""
    root = write_tree(as_nobody / "s", {"a": b"", "d/x": b"", "z": b""})
    (root / "a").chmod(0)
    (root / "d").chmod(0)
    (root / "l").symlink_to("a")
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert sorted((p.where, p.what) for p in caught.value.problems) == [
        ("a", "cannot be read: Permission denied"),
        ("d", "cannot be read: Permission denied"),
        ("l", "is a symbolic link"),
    ]
    (root / "a").chmod(0o644)
    root.chmod(0)
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert caught.value.problems[0].what == "cannot be opened: Permission denied"
    assert caught.value.hint == f"ls -ld {root}"


def test_an_unreadable_graderignore_is_an_error(as_nobody: Path) -> None:
    """Without its rules nobody knows what was handed in."""
    root = write_tree(as_nobody / "s", {"a": b"", ".graderignore": b"a"})
    (root / ".graderignore").chmod(0)
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert (caught.value.problems[0].where, caught.value.problems[0].what) == (
        ".graderignore",
        "cannot be read: Permission denied",
    )


def test_a_huge_sparse_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    """Two hundred gigabytes of holes are given up at the limit."""
    root = write_tree(tmp_path / "s", {"hole": b"", "ok": b""})
    os.truncate(root / "hole", 200 * 1024**3)
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert [(p.where, p.what) for p in caught.value.problems] == [("hole", "is too large")]


def test_a_graderignore_of_holes_is_not_read_to_its_end(tmp_path: Path) -> None:
    """Nor is the ignore file, which is read before anything else."""
    root = write_tree(tmp_path / "s", {".graderignore": b"", "ok": b""})
    os.truncate(root / ".graderignore", 200 * 1024**3)
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert [(p.where, p.what) for p in caught.value.problems] == [(".graderignore", "is too large")]


def test_a_folder_that_lies_too_deep_is_not_entered(tmp_path: Path) -> None:
    """Of a chain of folders only the first one below the limit is named."""
    root = write_tree(tmp_path / "s", {"a/" * 100: b"", "ok": b""})
    with pytest.raises(SubmissionError) as caught:
        load_submission(root)
    assert [(p.where, p.what) for p in caught.value.problems] == [("/".join("a" * 17), "lies too deep")]


def test_a_flood_of_names_in_a_folder_ends_early(tmp_path: Path) -> None:
    """Neither files that count nor ignored ones are listed without end."""
    limits = SubmissionLimits(entries=10)
    flood = write_tree(tmp_path / "s", {f"{n}.pyc": b"" for n in range(Bounds.of(limits).names + 1)})
    with pytest.raises(SubmissionError) as caught:
        load_submission(flood, limits)
    assert "holds more than 200 files and folders" in caught.value.problems[0].what
    flood = write_tree(tmp_path / "t", {f"{n}": b"" for n in range(300)})
    with pytest.raises(SubmissionError) as caught:
        load_submission(flood, limits)
    assert caught.value.problems[0].what == "holds more than 10 files and folders; counting stopped there"


def test_a_missing_path_suggests_a_near_name(tmp_path: Path) -> None:
    """A slip of the finger is recognised."""
    write_tree(tmp_path / "solution", {"a": b""})
    with pytest.raises(SubmissionError) as caught:
        load_submission(tmp_path / "soluton")
    assert caught.value.problems[0].what == f"does not exist; did you mean {tmp_path / 'solution'}?"
    assert caught.value.hint == f"ls {tmp_path}"
    with pytest.raises(SubmissionError) as caught:
        load_submission(tmp_path / "none/x")
    assert caught.value.problems[0].what == "does not exist"
    with pytest.raises(SubmissionError, match="cannot be read"):
        load_submission(Path("a\0b"))


def test_a_source_that_is_neither_folder_nor_archive_is_named(tmp_path: Path) -> None:
    """A single file, a pipe, a device: each is called by its name."""
    file, pipe = tmp_path / "app.py", tmp_path / "pipe"
    file.write_text("print()")
    os.mkfifo(pipe)
    for source, what in ((file, "is not an archive that can be read"), (pipe, "is a named pipe")):
        with pytest.raises(SubmissionError) as caught:
            load_submission(source)
        assert caught.value.problems[0].what == what
        assert "folder" in caught.value.problems[0].expected


def test_a_suffix_means_nothing(tmp_path: Path) -> None:
    """A tar named .zip is a tar."""
    archive = tmp_path / "s.zip"
    archive.write_bytes(tar_of({"a": b"1", "b": b""}))
    assert load_submission(archive).files["a"] == b"1"


def test_a_terminal_or_closed_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` without a pipe does not wait for somebody to type an archive."""

    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    with pytest.raises(SubmissionError) as caught:
        load_submission("-", stdin=Terminal())
    assert caught.value.problems[0].what == "is a terminal, or closed"
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SubmissionError):
        load_submission("-")


def test_standard_input_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads what was piped in, also when it comes as a path."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(tar_of({"a": b"1"}, gz=True))))
    assert load_submission(Path("-")).files == {"a": b"1"}


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    """Neither success nor refusal leaves a file or folder open."""
    good = write_tree(tmp_path / "s", {"a/b/c": b""})
    bad = write_tree(tmp_path / "t", {"a/b\\c": b"", "d/e/f": b""})
    (tmp_path / "x.zip").write_bytes(zip_of({"a": b""})[:-5])
    (tmp_path / "y").write_bytes(b"")
    before = {path.name for path in Path("/proc/self/fd").iterdir()}
    load_submission(good)
    for source in (bad, tmp_path / "x.zip", tmp_path / "y", tmp_path / "none"):
        with pytest.raises(SubmissionError):
            load_submission(source)
    with pytest.raises(SubmissionError):
        load_submission(good, SubmissionLimits(entries=1))
    assert {path.name for path in Path("/proc/self/fd").iterdir()} == before


def test_to_tar_is_what_the_sandbox_unpacks(tmp_path: Path) -> None:
    """Sorted, with every folder before its content, fixed owner, mode and date, whatever the host's were."""
    root = write_tree(tmp_path / "s", {"b/c/run": b"#!", "b/é.py": b"2", "a" * 200: b"3"})
    (root / "b/c/run").chmod(0o700)
    packed = to_tar(load_submission(root))
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = archive.getmembers()
        assert [(m.name, m.mode, m.isdir(), m.size) for m in members] == [
            ("a" * 200, 0o644, False, 1),
            ("b", 0o755, True, 0),
            ("b/c", 0o755, True, 0),
            ("b/c/run", 0o755, False, 2),
            ("b/é.py", 0o644, False, 1),
        ]
        assert {(m.uid, m.gid, m.mtime, m.uname, m.gname) for m in members} == {(APP_UID, APP_UID, TAR_MTIME_S, "", "")}
    assert to_tar(load_submission(root)) == packed
