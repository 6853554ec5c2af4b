"""Reads the battery: each folder `attacks/<class>/<id>/` is one attack, described by its `attack.toml`.

Everything else in the folder is laid over an honest submission, the attack's twin. Files that several attacks need lie
in `attacks/shared/`, which is no class.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.authoring.audit.archives import ArchiveTable
from grader.errors import Problem, SandboxError, UsageError
from grader.manifests import BadManifest, Table, Text, read_manifest
from grader.models import Verdict

ATTACKS = Path(__file__).resolve().parents[1] / "attacks"
MANIFEST = "attack.toml"
SHARED = "shared"
HONEST = "honest"
"""In `expect`: the verdict of the twin. In `command`, as {honest}: the command that starts it."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_INVALID = Verdict.INVALID.value


class _Manifest(Table):
    """`attack.toml`."""

    schema_version: Literal[1] = Field(description="version of this format")
    tried: Text = Field(description="what the attack tries, in one sentence")
    source: Text = Field(description="where it was seen: a CWE, a CVE, a paper, another grader")
    expect: tuple[Text, ...] = Field(
        strict=False, min_length=1, description="verdicts that are right for it; honest: that of its twin"
    )
    twin: Literal["reference", "starter"] = Field(
        default="reference", description="the honest submission that it is laid over and may not beat"
    )
    stacks: tuple[Text, ...] = Field((), strict=False, description="stacks that it is written for; none: every stack")
    services: tuple[Text, ...] = Field((), strict=False, description="services that the challenge must have")
    ready: tuple[Literal["http", "exit"], ...] = Field(
        ("http", "exit"), strict=False, description="kinds of apps that it can be"
    )
    command: Text = Field(default="{honest}", description="how the submission starts; {honest} stands for the twin's")
    shared: tuple[Text, ...] = Field((), strict=False, description="files of attacks/shared that it needs")
    archive: ArchiveTable | None = Field(None, description="it is handed in as this archive")


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack; `files` are laid over its twin: relative path -> content."""

    id: str
    class_: str
    tried: str
    source: str
    expect: tuple[str, ...]
    twin: str
    stacks: tuple[str, ...]
    services: tuple[str, ...]
    ready: tuple[str, ...]
    command: str
    files: dict[str, bytes]
    archive: ArchiveTable | None

    @property
    def name(self) -> str:
        """Class and id, as `--only` takes it."""
        return f"{self.class_}/{self.id}"


def load_battery(root: Path = ATTACKS) -> tuple[Attack, ...]:
    """Return every attack by class and id; raises `SandboxError` with all problems (whoever added an attack acts)."""
    attacks: list[Attack] = []
    problems: list[Problem] = []
    for folder in sorted(path for path in root.glob("*/*") if path.is_dir() and path.parent.name != SHARED):
        try:
            attacks.append(_read(folder, root / SHARED))
        except BadManifest as bad:
            problems += bad.problems
        except OSError as error:
            problems.append(Problem(str(folder), f"cannot be read: {error.strerror}", MANIFEST))
    if problems:
        raise SandboxError("an attack of the audit cannot be read", problems=problems, hint="correct what is listed")
    return tuple(attacks)


def chosen(battery: Sequence[Attack], only: Collection[str]) -> tuple[Attack, ...]:
    """Return the attacks of these classes, ids or names; all where none is given. Raises `UsageError`."""
    known = {word for attack in battery for word in (attack.class_, attack.id, attack.name)}
    if unknown := sorted(set(only) - known):
        classes = ", ".join(dict.fromkeys(attack.class_ for attack in battery))
        raise UsageError(
            f"there is no attack and no class of attacks {', '.join(map(repr, unknown))}",
            hint=f"the classes are {classes}; an attack is named CLASS/ID, as the report does",
        )
    return tuple(attack for attack in battery if not only or {attack.class_, attack.id, attack.name} & set(only))


def _read(folder: Path, shared: Path) -> Attack:
    path = folder / MANIFEST
    manifest = read_manifest(path, _Manifest)
    problems = [
        Problem(f"{path}: expect", f"has {word!r}", f"{HONEST}, {', '.join(Verdict)}")
        for word in manifest.expect
        if word not in (HONEST, *Verdict)
    ]
    problems += [
        Problem(str(folder), f"is named {name!r}", "lower-case letters, digits and -")
        for name in (folder.name, folder.parent.name)
        if not _NAME.fullmatch(name)
    ]
    if manifest.archive is not None and manifest.expect != (_INVALID,) and not manifest.archive.honest:
        problems.append(Problem(f"{path}: archive", "holds no app, and may be graded", f'expect = ["{_INVALID}"]'))
    if problems:
        raise BadManifest(problems)
    own = {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if _counts(file)
    }
    return Attack(
        id=folder.name,
        class_=folder.parent.name,
        tried=manifest.tried,
        source=manifest.source,
        expect=manifest.expect,
        twin=manifest.twin,
        stacks=manifest.stacks,
        services=manifest.services,
        ready=manifest.ready,
        command=manifest.command,
        files={**{name: (shared / name).read_bytes() for name in manifest.shared}, **own},
        archive=manifest.archive,
    )


def _counts(file: Path) -> bool:
    return file.is_file() and file.name != MANIFEST and "__pycache__" not in file.parts
