"""Reads a challenge's folder into validated values; reports every problem of its manifest at once."""

from __future__ import annotations

import difflib
import hashlib
import io
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from grader.errors import ChallengeError, Problem, UnknownChallenge
from grader.manifests import BadManifest, NotToml, Table, Text, parse_manifest, plain_content
from grader.models import FeedbackLevel, Limits, Suite
from grader.paths import challenges_dir

MANIFEST = "challenge.toml"
STATEMENT = "README.md"
SPARE_MIB = 32
SUITE_MIB = 12
"""Of the 16 in its container; Python keeps what it compiles there, too."""
CHALLENGES_VARIABLE = "GRADER_CHALLENGES"

_SLUG, _SLUG_CHARS = r"[a-z0-9]+(-[a-z0-9]+)*", 64

Slug = Annotated[str, StringConstraints(pattern=f"^{_SLUG}$", max_length=_SLUG_CHARS)]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]


_TAKEN = ("app", "tester")


def _not_taken(name: str) -> str:
    if name in _TAKEN:
        raise ValueError("a name that no other container of a run has")
    return name


# One label of a host name (RFC 1123).
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$"), AfterValidator(_not_taken)]


class LimitsTable(Table):
    """`[limits]`: what one attempt may use."""

    build_s: float = Field(default=120.0, gt=0, le=600, description="wall seconds for the dependency step")
    start_s: float = Field(default=15.0, gt=0, le=120, description="wall seconds until the app's first answer")
    check_s: float = Field(default=10.0, gt=0, le=120, description="wall seconds for each check")
    total_s: float = Field(default=60.0, gt=0, le=900, description="wall seconds for all checks together")
    memory_mib: int = Field(default=512, ge=64, le=8192, description="memory of the app; it never swaps")
    cpus: float = Field(default=1.0, gt=0, le=8, description="CPUs of the app")
    pids: int = Field(default=128, ge=8, le=1024, description="processes and threads of the app")
    disk_mib: int = Field(
        default=64, ge=1, le=1024, description="size of the app's working directory; counts as memory"
    )


class AppTable(Table):
    """`[app]`: how the learner's program is run."""

    ready: Literal["http", "exit"] = Field(
        default="http",
        description="when the checks begin: http, when it first answers; exit, when it has ended with status 0",
    )
    ready_path: str = Field(
        default="/", pattern=r"^/[^\s]*$", description="any HTTP answer to a GET of it means: started"
    )
    dependencies: Literal["preinstalled", "registry"] = Field(
        default="preinstalled",
        description="whether a dependency file may bring packages that are not in the stack's image",
    )


class ServiceTable(Table):
    """`[services.NAME]`: something that runs beside the app and that it finds as the host NAME."""

    use: Slug = Field(description="which service it is")


class StarterTable(Table):
    """`[starter]`: what the starter must score, exactly."""

    score: int = Field(default=0, ge=0, description="points that the starter earns")


class AttemptsTable(Table):
    """`[attempts]`: how often and how soon somebody may submit."""

    limit: int = Field(default=0, ge=0, le=1000, description="graded submissions a learner has; 0: no limit")
    cooldown_min: float = Field(
        default=0, ge=0, le=10_080, description="minutes from one graded submission to the next"
    )


class Manifest(Table):
    """`challenge.toml`."""

    schema_version: Literal[1] = Field(description="version of this format")
    slug: Slug = Field(description="the folder's name")
    version: Version = Field(description="semantic version; raise it when a grade may change")
    title: Text = Field(description="name shown to learners")
    kind: Slug = Field(description="api, schema, security, ...: what it asks for; every kind is graded alike")
    difficulty: Literal["easy", "medium", "hard"] = Field(description="as learners would judge it")
    skills: tuple[Slug, ...] = Field(default=(), strict=False, description="what it teaches")
    stacks: tuple[Slug, ...] = Field(strict=False, min_length=1, description="stacks a learner may answer in")
    pass_score: int = Field(default=100, ge=1, le=100, description="per cent of the points that passes")
    isolation: Literal["run", "group", "check"] = Field(
        default="run", description="when the app starts again with fresh files"
    )
    app_log: Literal["boot", "full"] = Field(
        default="boot", description="how much of the app's own log its author may see"
    )
    feedback: Literal["message", "hint", "title", "silent"] = Field(
        default="message", description="how much a learner is told of a hidden check, unless the check says otherwise"
    )
    starter: StarterTable = StarterTable()
    app: AppTable = AppTable()
    services: dict[HostName, ServiceTable] = Field(
        default={},
        max_length=8,
        description="what runs beside the app, by host name",
        json_schema_extra={"additionalProperties": False, "propertyNames": {"not": {"enum": list(_TAKEN)}}},
    )
    limits: LimitsTable = LimitsTable()
    attempts: AttemptsTable = AttemptsTable()


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


def is_slug(text: str) -> bool:
    """Return whether a challenge may have this slug."""
    return len(text) <= _SLUG_CHARS and re.fullmatch(_SLUG, text) is not None


def find_challenge(name: str, folders: Sequence[Path] = ()) -> Challenge:
    """Return the challenge called `name`: a path to its folder, or a slug as `find_by_slug` looks for it.

    A folder of that name without a manifest does not stand in the way of the slug: learners work in such folders.
    """
    if (Path(name) / MANIFEST).is_file():
        return load_challenge(Path(name))
    is_known = any(folder.name == name for folder in challenge_folders(folders))
    if os.sep in name or (Path(name).is_dir() and not is_known):
        raise UnknownChallenge(
            f"{name} is not a challenge: it has no {MANIFEST}", hint="name a folder that holds one, or a slug"
        )
    return find_by_slug(name, folders)


def _lint(folder: Path) -> str:
    return f"correct what is listed, then: grader lint {quote(str(folder))}"


def find_by_slug(slug: str, folders: Sequence[Path] = ()) -> Challenge:
    """Return the challenge with this slug.

    It is looked for in `folders`, then in those of the environment variable GRADER_CHALLENGES, then among the built-in
    ones. Raises `UnknownChallenge` with near names, and with where was looked, when there is none.
    """
    known = dict(reversed([(path.name, path) for path in challenge_folders(folders)]))
    if slug in known:
        return load_challenge(known[slug])
    near = difflib.get_close_matches(slug, known)
    given = [f"{root} ({flaw})" if (flaw := _flaw(root)) else str(root) for root in _roots(folders)[:-1]]
    raise UnknownChallenge(
        f"there is no challenge {slug!r}; looked in {', '.join([*given, 'the built-in ones'])}",
        hint=f"did you mean {' or '.join(near)}?" if near else "grader list",
    )


def challenge_folders(folders: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield the folder of every challenge that can be called by its slug; of two with one name the first counts."""
    for root in _roots(folders):
        if root.is_dir():
            yield from sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))


def fruitless_folders(folders: Sequence[Path] = ()) -> Iterator[Problem]:
    """Yield those of `folders` and GRADER_CHALLENGES that hold no challenge because they are something else."""
    for root in _roots(folders)[:-1]:
        if flaw := _flaw(root):
            yield Problem(str(root), flaw, "a folder that holds folders of challenges")


def _flaw(root: Path) -> str:
    if not root.is_dir():
        return "no such folder"
    return "is a challenge itself" if (root / MANIFEST).is_file() else ""


def _roots(folders: Sequence[Path]) -> list[Path]:
    variable = os.environ.get(CHALLENGES_VARIABLE, "")
    return [*folders, *(Path(part) for part in variable.split(os.pathsep) if part), challenges_dir()]


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
        content = plain_content(path)
        manifest = parse_manifest(content, path, Manifest)
    except OSError as error:
        raise ChallengeError(f"{path} cannot be read: {error.strerror}") from error
    except NotToml as error:
        raise ChallengeError(str(error), hint="see docs/authoring.md for an example") from error
    except BadManifest as bad:
        count = len(bad.problems)
        raise ChallengeError(
            f"{path} has {count} problem{'s' if count > 1 else ''}", problems=bad.problems, hint=_lint(folder)
        ) from bad
    problems = list(folder_problems(folder.resolve(), manifest))
    if problems:
        raise ChallengeError(f"{folder} is not a whole challenge", problems=problems, hint=_lint(folder))
    return Challenge(folder=folder.resolve(), manifest=manifest, digest=_digest(folder, content))


def pack_suite(challenge: Challenge, suite: Suite) -> bytes:
    """Return the suite's files as a tar with paths relative to the suite's folder; raises `ChallengeError`."""
    root = challenge.folder / "checks" / suite.value
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in _suite_files(root):
            content = path.read_bytes()
            member = tarfile.TarInfo(path.relative_to(root).as_posix())
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _suite_files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


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
        if not any(root.rglob("test_*.py")):
            yield Problem(f"checks/{suite.value}", "holds no test_*.py", "a pytest suite")
        if sum(path.stat().st_size for path in _suite_files(root)) > SUITE_MIB * 1024**2:
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
    return path.is_symlink() and not path.resolve().is_relative_to(folder)


def _digest(folder: Path, manifest: bytes) -> str:
    total = hashlib.sha256(manifest)
    for path in _suite_files(folder / "checks"):
        name = path.relative_to(folder).as_posix().encode()
        total.update(hashlib.sha256(name).digest() + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{total.hexdigest()}"
