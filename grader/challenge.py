"""Reads a challenge's folder into validated values; reports every problem of its manifest at once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import NoReturn

from grader.challenge_manifest import Manifest
from grader.errors import ChallengeError, Problem
from grader.ignore import is_junk
from grader.manifests import BadManifest, NotToml, parse_manifest, plain_content
from grader.models import FeedbackLevel, Limits, Suite
from grader.packing import pack

MANIFEST = "challenge.toml"
STATEMENT = "README.md"
SPARE_MIB = 32
SUITE_MIB = 12
"""Of the 16 in its container; Python keeps what it compiles there, too."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: its folder, its validated manifest, and the SHA-256 of all that decides a grade."""

    folder: Path
    manifest: Manifest
    digest: str

    @property
    def slug(self) -> str:
        """The name by which people call it."""
        return self.manifest.slug

    def feedback_of(self, suite: Suite) -> FeedbackLevel | None:
        """The level of checks that declare none; None for the public suite, of which everything is told."""
        return FeedbackLevel(self.manifest.feedback) if suite is Suite.HIDDEN else None

    @property
    def limits(self) -> Limits:
        """What one attempt may use, in the units of the code."""
        table = self.manifest.limits
        return Limits(
            build_s=table.build_s,
            start_s=table.start_s,
            check_s=table.check_s,
            total_s=table.total_s,
            memory_bytes=table.memory_mib * 1024**2,
            cpus=table.cpus,
            pids=table.pids,
            disk_bytes=table.disk_mib * 1024**2,
        )


def _lint(folder: Path) -> str:
    return f"correct what is listed, then: grader lint {quote(str(folder))}"


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Tell of a part of the challenge in `folder` that cannot be read as `ChallengeError` (the author acts)."""
    try:
        yield
    except OSError as error:
        raise ChallengeError(f"{error.filename or folder} cannot be read: {error.strerror}") from error


def read_statement(challenge: Challenge) -> str:
    """Return the statement, Markdown; raises `ChallengeError` if it cannot be read as UTF-8 text."""
    path = challenge.folder / STATEMENT
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.reason
        raise ChallengeError(f"{path} cannot be read: {reason}") from error


def load_challenge(folder: Path) -> Challenge:
    """Return the challenge in `folder`; raises `ChallengeError` with every problem found (the author acts)."""
    path = folder / MANIFEST
    try:
        with readable(folder):
            content = plain_content(path)
        manifest = parse_manifest(content, path, Manifest)
    except NotToml as error:
        raise ChallengeError(str(error), hint="see docs/authoring.md for an example") from error
    except BadManifest as bad:
        count = len(bad.problems)
        raise ChallengeError(
            f"{path} has {count} problem{'s' if count > 1 else ''}", problems=bad.problems, hint=_lint(folder)
        ) from bad
    with readable(folder):
        problems = list(folder_problems(folder.resolve(), manifest))
        if problems:
            raise ChallengeError(f"{folder} is not a whole challenge", problems=problems, hint=_lint(folder))
        return Challenge(folder=folder.resolve(), manifest=manifest, digest=_digest(folder, content))


def pack_suite(challenge: Challenge, suite: Suite) -> bytes:
    """Return the suite's files as a tar with paths relative to the suite's folder; raises `ChallengeError`."""
    root = challenge.folder / "checks" / suite.value
    with readable(root):
        return pack({path.relative_to(root).as_posix(): path.read_bytes() for path in _suite_files(root)})


def _suite_files(root: Path) -> list[Path]:
    """Return the files below `root`, without what tools leave there; raises OSError where it cannot be known."""
    found: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=_give_up):
        folders[:] = [name for name in folders if not is_junk(name)]
        found += [path for name in names if not is_junk(name) and (path := Path(folder, name)).is_file()]
    return sorted(found)


def _give_up(error: OSError) -> NoReturn:
    raise error


def folder_problems(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Yield what keeps the folder, resolved, from being the challenge of its manifest; places are relative to it."""
    limits = manifest.limits
    if limits.disk_mib + SPARE_MIB > limits.memory_mib:
        yield Problem(
            f"{MANIFEST}: limits.disk_mib",
            f"is {limits.disk_mib}, and what the app writes counts as its memory",
            f"at most {limits.memory_mib - SPARE_MIB}, {SPARE_MIB} less than memory_mib",
        )
    yield from shape_problems(folder, manifest.slug)


def shape_problems(folder: Path, slug: str | None) -> Iterator[Problem]:
    """Yield what is missing in the folder, resolved, and whether it is called as its slug, if that is known."""
    if slug not in (None, folder.name):
        yield Problem(f"{MANIFEST}: slug", f"is {slug!r}", f"the folder's name, {folder.name!r}")
    if not (folder / STATEMENT).is_file():
        yield Problem(STATEMENT, "is missing", "the statement that the learner reads")
    if leaving := list(links_out(folder)):
        yield from leaving
        return
    for suite in Suite:
        root = folder / "checks" / suite.value
        files = _suite_files(root) if root.is_dir() else []
        if not any(path.match("test_*.py") for path in files):
            yield Problem(f"checks/{suite.value}", "holds no test_*.py", "a pytest suite")
        if sum(path.stat().st_size for path in files) > SUITE_MIB * 1024**2:
            yield Problem(f"checks/{suite.value}", "is too large for its container", f"at most {SUITE_MIB} MiB")


def links_out(folder: Path) -> Iterator[Problem]:
    """Yield the links by which a file of this machine that is not the challenge's could get into a run or a report."""
    parts = [folder / name for name in (MANIFEST, STATEMENT, "checks", "solutions", "starter")]
    places = [path for part in parts for path in (part, *part.glob("*"))]
    # what lies behind a link is not looked through
    leaving = [path for path in places if _leaves(path, folder)] or [
        path for path in (folder / "checks").rglob("*") if _leaves(path, folder)
    ]
    for path in leaving:
        where = path.relative_to(folder).as_posix()
        yield Problem(where, "is a symbolic link that leads out of the challenge", "a file or folder of its own")


def _leaves(path: Path, folder: Path) -> bool:
    # `Path.resolve` would raise RuntimeError for a link that leads to itself
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(folder)


def _digest(folder: Path, manifest: bytes) -> str:
    total = hashlib.sha256(manifest)
    for path in _suite_files(folder / "checks"):
        name = path.relative_to(folder).as_posix().encode()
        total.update(hashlib.sha256(name).digest() + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{total.hexdigest()}"
