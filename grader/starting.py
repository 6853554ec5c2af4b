"""Makes the folder that a learner begins with: starter, public checks, statement; nothing of the hidden suite."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.challenge import STATEMENT, Challenge, read_statement
from grader.errors import ChallengeError, Problem, SandboxError, SubmissionError, UsageError
from grader.ignore import IGNORE_FILE
from grader.models import Submission, Suite
from grader.solutions import starters
from grader.submission import load_submission
from grader.workspace import WORKSPACE_FILE, Workspace, describe_workspace, workspace_for

CHECKS = "checks"
_SHOWN_NAMES = 3
_NOT_SUBMITTED = f"# Not part of the submission; written as .gitignore.\n/{CHECKS}/\n"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a learner begins with: relative POSIX path -> content, and which of these are programs."""

    files: Mapping[str, bytes]
    executable: frozenset[str]


def choose_stack(challenge: Challenge, wanted: str | None) -> str:
    """Return the stack to begin with: the one `wanted`, or the only one that there is a starter for.

    Of a challenge without starters every stack may be chosen. Raises `UsageError` naming those there are.
    """
    stacks = list(challenge.manifest.stacks)
    names = [folder.name for folder in starters(challenge)]
    there_are = [name for name in stacks if name in names] + [name for name in names if name not in stacks] or stacks
    if wanted in there_are:
        return wanted
    if wanted is None and len(there_are) == 1:
        return there_are[0]
    what = "has starters for several stacks" if wanted is None else f"has no starter for the stack {wanted!r}"
    raise UsageError(
        f"{challenge.slug} {what}: {', '.join(there_are)}", hint=f"grader start {challenge.slug} --stack {there_are[0]}"
    )


def contents_for(challenge: Challenge, workspace: Workspace) -> Contents:
    """Return everything that goes into `workspace`; raises `ChallengeError` when the challenge's files do not allow it.

    Each part is read as a submission is: within its limits, without build junk, and through no link, so that nothing
    of another folder of the challenge gets in.
    """
    checks = _part(challenge, f"checks/{Suite.PUBLIC}")
    has_starter = bool(starters(challenge))
    starter = _part(challenge, f"starter/{workspace.stack}") if has_starter else Submission({}, frozenset(), "")
    if problems := list(_in_the_way(starter, workspace.stack)):
        raise ChallengeError(f"the starter of {challenge.slug} cannot be given out", problems=problems)
    _refuse_link(challenge, STATEMENT)
    ignored = starter.files.get(IGNORE_FILE, b"")
    files = {
        **starter.files,
        **{f"{CHECKS}/{path}": content for path, content in checks.files.items()},
        STATEMENT: read_statement(challenge).encode(),
        IGNORE_FILE: ignored + (b"" if ignored.endswith(b"\n") or not ignored else b"\n") + _NOT_SUBMITTED.encode(),
        WORKSPACE_FILE: describe_workspace(workspace).encode(),
    }
    executable = {*starter.executable, *(f"{CHECKS}/{path}" for path in checks.executable)}
    return Contents(files, frozenset(executable))


def start_workspace(challenge: Challenge, stack: str, target: Path) -> Workspace:
    """Write what a learner begins with into `target`, whole or not at all, and return what is there now.

    `target` is made, or is an empty folder. Raises `UsageError` when it is anything else, `ChallengeError` when the
    challenge cannot be given out, and `SandboxError` when the disk does not take it; nothing is left behind then.
    """
    exists = _is_empty_folder(target, challenge.slug)
    # Beside it and then renamed, so that it appears whole; a folder that is there stays, since shells may be in it.
    draft = (target if exists else target.parent) / f".grader-start-{secrets.token_hex(4)}"
    workspace = workspace_for(challenge, stack, target)
    contents = contents_for(challenge, workspace)
    moved: list[Path] = []
    try:
        draft.mkdir()
        _write(contents, draft)
        if exists:
            # the file that marks the folder comes last
            for path in sorted(draft.iterdir(), key=lambda path: path.name == WORKSPACE_FILE):
                moved.append(target / path.name)
                path.rename(moved[-1])
            draft.rmdir()
        else:
            draft.rename(target)
    except BaseException as error:
        for path in (draft, *moved):
            _remove(path)
        if isinstance(error, OSError):
            raise SandboxError(
                f"{target} could not be written: {error.strerror}", hint="make room, or name another folder"
            ) from error
        raise
    return replace(workspace, folder=target.resolve())


def _is_empty_folder(target: Path, slug: str) -> bool:
    """Return whether `target` is there, as an empty folder, or not there at all; anything else is a `UsageError`."""
    elsewhere = f"name another folder: grader start {slug} DIR"
    if not target.parent.is_dir():
        raise UsageError(
            f"{target} cannot be made: there is no folder {target.parent}",
            hint=f"mkdir -p {shlex.quote(str(target.parent))}",
        )
    if not os.path.lexists(target):
        return False
    if not target.is_dir():
        raise UsageError(f"{target} is there, and is no folder", hint=elsewhere)
    try:
        names = sorted(path.name for path in target.iterdir())
    except OSError as error:
        raise UsageError(f"{target} cannot be looked into: {error.strerror}", hint=elsewhere) from error
    if names:
        more = len(names) - _SHOWN_NAMES
        named = ", ".join(names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
        begun = WORKSPACE_FILE in names
        raise UsageError(
            f"{target} is not empty, and nothing in it is overwritten; it holds {named}",
            hint=f"{elsewhere}; or go on there: grader check {shlex.quote(str(target))}" if begun else elsewhere,
        )
    return True


def _part(challenge: Challenge, name: str) -> Submission:
    _refuse_link(challenge, name)
    try:
        return load_submission(challenge.folder / name)
    except SubmissionError as error:
        problems = error.problems or (Problem(name, error.message),)
        raise ChallengeError(f"{name} of {challenge.slug} cannot be given out", problems=problems) from error


def _refuse_link(challenge: Challenge, name: str) -> None:
    if (challenge.folder / name).resolve() != challenge.folder / name:
        where = Problem(name, "is, or lies in, a symbolic link", "a file or folder of its own")
        raise ChallengeError(f"{name} of {challenge.slug} cannot be given out", problems=[where])


def _in_the_way(starter: Submission, stack: str) -> Iterator[Problem]:
    taken = {STATEMENT.casefold(): "the statement goes there", CHECKS: "the public checks go there"}
    for name in sorted({path.partition("/")[0] for path in starter.files}):
        if name.casefold() in taken:
            yield Problem(f"starter/{stack}/{name}", taken[name.casefold()], "another name")


def _write(contents: Contents, root: Path) -> None:
    for name, content in contents.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o777 if name in contents.executable else 0o666  # less the umask
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(content)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
