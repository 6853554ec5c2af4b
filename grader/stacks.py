"""Reads the stacks, the languages that a learner may answer in, and tells which one a submission is and how it starts.

A stack is a folder under `sandbox/stacks/` with a Dockerfile and a `stack.toml`; nothing here knows any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from grader.challenge_manifest import Slug
from grader.errors import ChallengeError, Problem, SandboxError, SubmissionError, UsageError
from grader.manifests import BadManifest, Table, Text, VariableName, read_manifest
from grader.models import Limits, Submission
from grader.paths import sandbox_dir
from grader.recipes import image_ref

MANIFEST = "stack.toml"
PROCFILE = "Procfile"
COMMAND_CHARS = 2000
"""The longest start command; far below what the kernel takes as one argument (execve(2), 128 KiB)."""

_SHOWN_FILES = 12
_SHOWN_MARKS = 3
_ARCHIVES = (".zip", ".gz", ".tar")
_PROCESS = re.compile(r"(?P<type>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")

FileName = Annotated[str, StringConstraints(pattern=r"^[^/\s]+$")]
FilePath = Annotated[str, StringConstraints(pattern=r"^[^/\s]+(/[^/\s]+)*$")]


class Start(Table):
    """`[[start]]`: how an app starts whose submission holds this file."""

    file: FileName = Field(description="name of a file or folder in the submission's root")
    command: Text = Field(description="what `sh -c` runs in the app's folder")


class LeastTable(Table):
    """`[at_least]`: limits that every app of the stack has; a challenge can only give more."""

    start_s: float = Field(
        default=0, ge=0, le=120, description="wall seconds until the app's first answer, and for a check to end"
    )
    memory_mib: int = Field(default=0, ge=0, le=8192, description="memory of the app")
    pids: int = Field(default=0, ge=0, le=1024, description="processes and threads of the app")


class _Manifest(Table):
    """`stack.toml`."""

    schema_version: Literal[1] = Field(description="version of this format")
    title: Text = Field(description="name shown to learners")
    version: Text = Field(description="version of the language, shown to learners")
    detect: tuple[FileName, ...] = Field(
        strict=False, min_length=1, description="patterns of files that mark the stack"
    )
    outranks: tuple[Slug, ...] = Field(
        (), strict=False, description="stacks whose files a submission of this one may hold too"
    )
    dependencies: tuple[FilePath, ...] = Field((), strict=False, description="files that `install-dependencies` reads")
    registry_variables: tuple[VariableName, ...] = Field(
        (), strict=False, description="the operator's variables that `install-dependencies` gets: which registry to ask"
    )
    start: tuple[Start, ...] = Field((), strict=False, description="start commands, the first that fits is taken")
    environment: dict[VariableName, str] = Field({}, description="variables of every app of the stack")
    at_least: LeastTable = LeastTable()


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack: what marks it, how it starts, and the name of its image. All names are of files in the root."""

    name: str
    title: str
    version: str
    detect: tuple[str, ...]
    dependencies: tuple[str, ...]
    start: tuple[Start, ...]
    environment: Mapping[str, str]
    outranks: tuple[str, ...] = ()
    at_least: LeastTable = field(default_factory=LeastTable)
    registry_variables: tuple[str, ...] = ()

    @property
    def image(self) -> str:
        """The name of its image, as `grader images build` takes it."""
        return f"stack-{self.name}"

    @property
    def image_ref(self) -> str:
        """The reference of its image as the present sources make it."""
        return image_ref(self.image)


def load_stacks(sandbox: Path | None = None) -> dict[str, Stack]:
    """Return every stack of `sandbox` (None: the grader's own) by name, sorted.

    Raises `SandboxError` with every problem of every manifest (whoever added the stack acts).
    """
    root = (sandbox_dir() if sandbox is None else sandbox) / "stacks"
    stacks: dict[str, Stack] = {}
    problems: list[Problem] = []
    for path in sorted(root.glob(f"*/{MANIFEST}")):
        try:
            manifest = read_manifest(path, _Manifest)
        except BadManifest as bad:
            problems += bad.problems
        else:
            name = path.parent.name
            stacks[name] = Stack(
                name=name,
                title=manifest.title,
                version=manifest.version,
                detect=manifest.detect,
                dependencies=manifest.dependencies,
                start=manifest.start,
                environment=manifest.environment,
                outranks=manifest.outranks,
                at_least=manifest.at_least,
                registry_variables=manifest.registry_variables,
            )
    if problems:
        raise SandboxError("a stack of the grader cannot be read", problems=problems, hint="correct what is listed")
    return stacks


def require_stack(wanted: str, allowed: Sequence[str], sandbox: Path | None = None) -> None:
    """Raise `UsageError` if the stack `wanted` is none of those `allowed` (names)."""
    if wanted not in allowed:
        known = wanted in load_stacks(sandbox)
        what = "may not be answered in" if known else "cannot be answered in, because there is none,"
        raise UsageError(
            f"the challenge {what} the stack {wanted!r}: its stacks are {', '.join(allowed)}",
            hint=f"--stack {allowed[0]}, or none: then the files tell",
        )


def detect_stack(
    submission: Submission, allowed: Sequence[str], sandbox: Path | None = None, *, wanted: str | None = None
) -> Stack:
    """Return the stack of `allowed` (names) that the submission is written in: the one `wanted`, else what files tell.

    Where only one is allowed it is that one. Where the files of several are there, one that outranks the others is it.
    Raises `ChallengeError` for a name that is no stack, `UsageError` if the one wanted is not allowed, and
    `SubmissionError` when no stack's files are there, or those of several.
    """
    known = load_stacks(sandbox)
    if unknown := [name for name in allowed if name not in known]:
        raise ChallengeError(
            f"there is no stack {' or '.join(map(repr, unknown))}: the stacks are {', '.join(known)}",
            hint="correct `stacks` in the manifest",
        )
    if wanted is not None:
        require_stack(wanted, allowed, sandbox)
        return known[wanted]
    if len(allowed) == 1:
        return known[allowed[0]]
    files = _root_files(submission)
    marks = {name: seen for name in allowed if (seen := [file for file in files if _matches(file, known[name].detect)])}
    found = [name for name in marks if not any(name in known[other].outranks for other in marks)]
    if len(found) == 1:
        return known[found[0]]
    if found:
        shown = ", ".join(f"{name} ({', '.join(marks[name][:_SHOWN_MARKS])})" for name in found)
        raise SubmissionError(
            f"the submission fits more than one stack: {shown}",
            hint=f"hand in the files of one only, or say which one it is: --stack {found[0]}",
        )
    expected = "; ".join(f"{name}: {', '.join(known[name].detect)}" for name in allowed)
    many = any(file.endswith(_ARCHIVES) for file in files) or not files
    raise SubmissionError(
        f"no stack found. {_seen(files)}",
        hint=f"the root must hold one of these files, or say --stack. {expected}"
        + (". A folder of many submissions is graded by grader grade CHALLENGE --each FOLDER" if many else ""),
    )


def limits_for(stack: Stack, limits: Limits) -> Limits:
    """Return the limits of a challenge, where the stack needs more, raised to that."""
    least = stack.at_least
    return replace(
        limits,
        start_s=max(limits.start_s, least.start_s),
        check_s=max(limits.check_s, least.start_s),  # a check may start the app again
        memory_bytes=max(limits.memory_bytes, least.memory_mib * 1024**2),
        pids=max(limits.pids, least.pids),
    )


def dependency_files(submission: Submission, stack: Stack) -> dict[str, bytes]:
    """Return the files of the submission that say which packages it needs: name -> content; often none."""
    return {name: submission.files[name] for name in stack.dependencies if name in submission.files}


def start_command(submission: Submission, stack: Stack) -> str:
    """Return the command that starts the app: the `web` process of its Procfile, else the stack's for a file it holds.

    The Procfile is read as twelve-factor hosts read it: `TYPE: COMMAND` a line. Raises `SubmissionError` saying what
    was looked for and what is there.
    """
    if PROCFILE in submission.files:
        return _web_process(submission.files[PROCFILE])
    names = {path.partition("/")[0] for path in submission.files}
    for start in stack.start:
        if start.file in names:
            return start.command
    looked_for = ", ".join(["a Procfile", *(start.file for start in stack.start)])
    example = stack.start[0].command if stack.start else "COMMAND"
    raise SubmissionError(
        f"no runnable app: looked in the root for {looked_for} ({stack.title}). {_seen(_root_files(submission))}",
        hint=f"add a Procfile that says how to start it, for instance: web: {example}",
    )


def _web_process(content: bytes) -> str:
    try:
        lines = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise _bad_procfile(f"is not UTF-8 text: {error.reason} at byte {error.start}") from error
    processes = [match for line in lines if (match := _PROCESS.fullmatch(line.strip()))]
    commands = [match["command"] for match in processes if match["type"] == "web"]
    if len(commands) != 1:
        others = ", ".join(sorted({match["type"] for match in processes})) or "no process"
        raise _bad_procfile("names more than one web process" if commands else f"has no web process; it has {others}")
    command: str = commands[0]
    if len(command) > COMMAND_CHARS:
        raise _bad_procfile(f"has a web command of {len(command)} characters; the limit is {COMMAND_CHARS}")
    if not command.replace("\t", " ").isprintable():
        raise _bad_procfile("has characters in its web command that cannot be seen")
    return command


def _bad_procfile(what: str) -> SubmissionError:
    return SubmissionError(f"the {PROCFILE} {what}", hint=f"give the {PROCFILE} one line such as: web: COMMAND")


def _root_files(submission: Submission) -> list[str]:
    return [path for path in submission.files if "/" not in path]


def _matches(file: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(file, pattern) for pattern in patterns)


def _seen(files: Sequence[str]) -> str:
    if not files:
        return "There is no file in its root"
    more = f" and {len(files) - _SHOWN_FILES} more" if len(files) > _SHOWN_FILES else ""
    return f"It holds: {', '.join(files[:_SHOWN_FILES])}{more}"
