"""Reads what a learner handed in (a folder, a zip, a tar, standard input) into one value that the rest can trust.

Names are checked, limits applied and all problems reported at once; what is wrong is refused, never repaired. Nothing
is written to the host's file system, and no link is followed. How each source is read: `grader.sources`,
`grader.archives`, `grader.tar`; what is left out: `grader.ignore`.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import itertools
import os
import shlex
import sys
import tarfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import BinaryIO, Literal

from grader.archives import open_archive
from grader.errors import SubmissionError
from grader.ignore import IGNORE_FILE, MAX_IGNORE_BYTES, Rules, is_junk
from grader.inventory import Findings, Inventory, again, fault_of, parents
from grader.models import Submission, SubmissionLimits
from grader.sources import (
    CHUNK_BYTES,
    PLAIN,
    Archive,
    Bounds,
    Entry,
    Files,
    Folder,
    Kind,
    damaged,
    describe,
    shown,
    too_many_names,
    unreadable,
)

DEFAULT_LIMITS = SubmissionLimits()
SHOWN_IGNORED = 100
APP_UID = 10001
# 2000-01-01: at 0 tar warns of an implausible time, and what packs a zip (wheels) fails before 1980.
TAR_MTIME_S = 946_684_800
_NAMED_IGNORED = 5


def load_submission(
    source: Path | Literal["-"],
    limits: SubmissionLimits = DEFAULT_LIMITS,
    *,
    stdin: BinaryIO | None = None,
) -> Submission:
    """Return the submission at `source`: a folder, a .zip, .tar.gz or .tar (told by content), `-` for one on `stdin`.

    The same files give the same digest whatever they came in. Left out: build junk and what a `.graderignore` at the
    root says (see `grader.ignore`); empty folders; the one folder that everything in an archive lies in, as archive
    tools make it (a folder given as such is its own root, so there nothing is unwrapped). Names that differ only in
    case or Unicode form are refused, because they are one file on the machines of half the learners.

    `limits` hold for what remains. What is left out does not count, but an archive as a whole is bounded too
    (`Bounds`); folders left out are not entered. Never holds more than the archive and `limits.total_bytes` in memory.

    Raises `SubmissionError` (the learner acts) with every problem found, the first `SHOWN_PROBLEMS` listed.
    """
    label = "standard input" if str(source) == "-" else shown(str(source))
    with _opened(source, label, limits, stdin) as opened:
        if isinstance(opened, Folder):
            rules = _rules(opened, [IGNORE_FILE] if opened.has_file(IGNORE_FILE) else [])
            entries: Iterable[tuple[str, Entry]] = ((entry.name, entry) for entry in opened.entries(rules))
        else:
            entries = _unwrapped(list(opened.entries()))
            rules = _rules(
                opened, [entry.name for path, entry in entries if path == IGNORE_FILE and entry.kind is Kind.FILE][:1]
            )
        return _read(opened, entries, rules, label, limits)


def submission_of(
    files: Mapping[str, bytes],
    executable: Collection[str],
    label: str,
    limits: SubmissionLimits = DEFAULT_LIMITS,
) -> Submission:
    """Return these files as a submission that people call `label`, judged as if a folder had been handed in.

    Raises `SubmissionError` as `load_submission` does.
    """
    made = Files(files, executable)
    rules = _rules(made, [IGNORE_FILE] if IGNORE_FILE in files else [])
    return _read(made, ((entry.name, entry) for entry in made.entries()), rules, label, limits)


def to_tar(submission: Submission) -> bytes:
    """Return the submission as a tar archive (GNU format): the same bytes for the same digest.

    Every folder has an entry before what it holds; all belong to `APP_UID`, with mode 0755 (folders, executables) or
    0644, and are dated `TAR_MTIME_S`.
    """
    folders = {parent for path in submission.files for parent in parents(path)}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8") as archive:
        for path in sorted({*folders, *submission.files}):
            member = tarfile.TarInfo(path)
            member.uid = member.gid = APP_UID
            member.mtime = TAR_MTIME_S
            if path in folders:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(member)
            else:
                member.mode = 0o755 if path in submission.executable else 0o644
                member.size = len(submission.files[path])
                archive.addfile(member, io.BytesIO(submission.files[path]))
    return packed.getvalue()


def from_tar(archive: bytes) -> Submission:
    """Return the submission that `to_tar` packed, with the digest of what is in it; what was left out is forgotten.

    For archives of this program's own making: no limit is applied and no name checked, so compare the digest. Raises
    `ValueError` when it is no such archive.
    """
    files, executable = dict[str, bytes](), set[str]()
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:", encoding="utf-8") as members:
            for member in members:
                if (content := members.extractfile(member) if member.isreg() else None) is not None:
                    files[member.name] = content.read()
                    if member.mode & 0o100:
                        executable.add(member.name)
    except tarfile.TarError as error:
        raise ValueError(f"not an archive of a submission: {error}") from error
    files = dict(sorted(files.items()))
    return Submission(files, frozenset(executable), _digest(files, executable))


def _digest(files: dict[str, bytes], executable: Collection[str]) -> str:
    """Return the SHA-256 over sorted (path, executable, content), each with its length, so that no two trees agree."""
    digest = hashlib.sha256(b"grader submission 1\n")
    for path, content in files.items():
        name = path.encode()
        digest.update(b"x" if path in executable else b"-")
        digest.update(len(name).to_bytes(8) + name + len(content).to_bytes(8))
        digest.update(content)
    return digest.hexdigest()


def _read(
    source: Folder | Archive, entries: Iterable[tuple[str, Entry]], rules: Rules, label: str, limits: SubmissionLimits
) -> Submission:
    findings = Findings(label)
    inventory = Inventory(limits, rules, findings)
    for seen, (path, entry) in enumerate(entries):
        if seen == Bounds.of(limits).names:
            raise too_many_names(label, Bounds.of(limits))
        inventory.add(path, entry)
    files = _contents(source, inventory.files, limits, findings)
    if findings.count:
        raise findings.error()
    if not files:
        raise _empty(label, inventory)
    executable = frozenset(path for path in files if inventory.files[path].executable)
    return Submission(files, executable, _digest(files, executable), tuple(sorted(inventory.ignored)[:SHOWN_IGNORED]))


@contextmanager
def _opened(
    source: Path | Literal["-"], label: str, limits: SubmissionLimits, stdin: BinaryIO | None
) -> Iterator[Folder | Archive]:
    bounds = Bounds.of(limits)
    if str(source) == "-":
        if stdin is None and sys.stdin is not None:
            stdin = sys.stdin.buffer
        if stdin is None or stdin.isatty():
            raise damaged(
                label, "is a terminal, or closed", "an archive", hint="tar -cz -C FOLDER . | grader grade CHALLENGE -"
            )
        yield open_archive(_buffered(stdin, label, bounds.archive_bytes + 1), label, bounds)
        return
    try:
        opened = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _unopened(Path(source), label, error) from error
    mode = os.fstat(opened).st_mode
    if S_ISREG(mode):
        with os.fdopen(opened, "rb") as stream:
            archive = open_archive(_buffered(stream, label, bounds.archive_bytes + 1), label, bounds)
        yield archive
        return
    try:
        if not S_ISDIR(mode):
            raise damaged(label, describe(mode), "a folder or an archive", hint=again(label))
        yield Folder(opened, limits)
    finally:
        os.close(opened)


def _buffered(stream: BinaryIO, label: str, size: int) -> BinaryIO:
    """Return the first `size` bytes of a stream as one that can seek, and that nobody changes while it is read."""
    buffer = io.BytesIO()
    try:
        while buffer.tell() < size and (chunk := stream.read(min(CHUNK_BYTES, size - buffer.tell()))):
            buffer.write(chunk)
    except OSError as error:
        raise damaged(label, unreadable(error), "an archive") from error
    return buffer


def _unopened(source: Path, label: str, error: OSError | ValueError) -> SubmissionError:
    if not isinstance(error, FileNotFoundError):
        what = f"cannot be opened: {error.strerror}" if isinstance(error, OSError) else "is not a path"
        return damaged(label, what, "a folder or an archive that can be read", hint=f"ls -ld {shlex.quote(label)}")
    try:
        with os.scandir(source.parent) as found:
            beside = [entry.name for entry in itertools.islice(found, 1000)]
    except OSError:
        beside = []
    near = difflib.get_close_matches(source.name, beside, n=1)
    meant = f"; did you mean {shown(str(source.with_name(near[0])))}?" if near else ""
    return damaged(
        label, f"does not exist{meant}", "a folder or an archive", hint=f"ls {shlex.quote(shown(str(source.parent)))}"
    )


def _rules(source: Folder | Archive, names: list[str]) -> Rules:
    """Return the rules of the `.graderignore` stored under the only name in `names`, if there is one."""
    text = b""
    try:
        for _, content in source.contents(names):
            for chunk in content:
                text += chunk
                if len(text) > MAX_IGNORE_BYTES:
                    break
    except OSError as error:
        raise damaged(IGNORE_FILE, unreadable(error), "a file that can be read") from error
    return Rules(text)


def _unwrapped(entries: Iterable[Entry]) -> list[tuple[str, Entry]]:
    """Return path and member of an archive, without a leading `./` and the one folder that everything lies in."""
    located = [(entry.name.removeprefix("./"), entry) for entry in entries]
    located = [(path, entry) for path, entry in located if path != "." or entry.kind is not Kind.FOLDER]
    tops = set()
    for path, entry in located:
        top, slash, _ = path.partition("/")
        if not is_junk(top):
            tops.add(top if slash or entry.kind is Kind.FOLDER else "")
    if len(tops) != 1 or fault_of((wrapper := tops.pop()), first=True):
        return located
    return [(path.removeprefix(f"{wrapper}/"), entry) for path, entry in located if path != wrapper]


def _contents(
    source: Folder | Archive, entries: dict[str, Entry], limits: SubmissionLimits, findings: Findings
) -> dict[str, bytes]:
    """Read all files, sorted by path; bytes are counted as they come, and reading stops at the limit."""
    paths = {entry.name: path for path, entry in sorted(entries.items())}
    files: dict[str, bytes] = {}
    total = 0
    for name, content in source.contents(paths):
        path = paths[name]
        kept = bytearray()
        try:
            for chunk in content:
                kept += chunk
                total += len(chunk)
                if len(kept) > limits.file_bytes:
                    findings.add(path, "is too large", f"at most {_size(limits.file_bytes)}", limit=True)
                    break
                if total > limits.total_bytes:
                    break
        except OSError as error:
            findings.add(path, unreadable(error), PLAIN)
        files[path] = bytes(kept)
        if total > limits.total_bytes:
            findings.add(findings.label, "is too large", f"at most {_size(limits.total_bytes)} in all", limit=True)
            raise findings.error()
    return dict(sorted(files.items()))


def _size(count: int) -> str:
    for unit, size in (("MiB", 1024**2), ("KiB", 1024)):
        if count >= size and count % size == 0:
            return f"{count // size} {unit}"
    return f"{count} bytes"


def _empty(label: str, inventory: Inventory) -> SubmissionError:
    left_out = sorted(inventory.ignored)
    if left_out:
        names = ", ".join(shown(path) for path in left_out[:_NAMED_IGNORED]) + (
            ", ..." if len(left_out) > _NAMED_IGNORED else ""
        )
        what = f"holds nothing but what is left out: {names}"
    else:
        what = "holds no files"
    return damaged(label, what, "the files of your solution", hint=again(label))
