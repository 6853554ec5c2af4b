"""The folder that a learner works in, as `grader start` makes it: finds it again, and what challenge it is for.

A file at its root, `.grader.toml`, remembers that. What a verdict counts for is said by whoever grades, never by a file
in a submission: of a folder that is graded only the stack is taken from there, which its other files could say as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.catalogue import challenge_folders, find_by_slug
from grader.challenge import Challenge
from grader.challenge_manifest import Slug, Version
from grader.errors import ChallengeError, UsageError
from grader.manifests import BadManifest, Table, Text, parse_manifest, plain_content
from grader.paths import challenges_dir

WORKSPACE_FILE = ".grader.toml"
_LIMIT_BYTES = 8 * 1024
"""Twice the longest path (PATH_MAX), which is the longest thing in it."""


class _Memory(Table):
    """`.grader.toml`."""

    schema_version: Literal[1] = Field(description="version of this format")
    challenge: Slug = Field(description="slug of the challenge")
    version: Version = Field(description="its version when the folder was made")
    stack: Slug = Field(description="stack of the starter")
    challenges: Text | None = Field(default=None, description="folder of challenges that it is in, if not built in")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder that somebody answers a challenge in; `challenges` is None for a built-in one."""

    folder: Path
    challenge: str
    version: str
    stack: str
    challenges: Path | None = None


def workspace_for(challenge: Challenge, stack: str, folder: Path) -> Workspace:
    """Return the value that describes `folder` as a place to answer this version of the challenge in."""
    parent = challenge.folder.parent
    outside = None if parent == challenges_dir().resolve() else parent
    return Workspace(folder, challenge.slug, challenge.manifest.version, stack, outside)


def describe_workspace(workspace: Workspace) -> str:
    """Return the content of its `.grader.toml`."""
    lines = [
        "# Written by `grader start`, read by `grader check`, `watch` and `submit`; the stack by `grader grade` too.",
        "# Not part of the submission.",
        "schema_version = 1",
        f"challenge = {_quoted(workspace.challenge)}",
        f"version = {_quoted(workspace.version)}",
        f"stack = {_quoted(workspace.stack)}",
    ]
    if workspace.challenges is not None:
        lines.append(f"challenges = {_quoted(str(workspace.challenges))}")
    return "\n".join([*lines, ""])


def find_workspace(start: Path) -> Workspace:
    """Return the workspace that `start` is or lies in.

    Raises `UsageError` when there is none, or its `.grader.toml` is damaged, with every problem of it.
    """
    below = start.resolve()
    for folder in (below, *below.parents):
        path = folder / WORKSPACE_FILE
        if path.is_file():
            return _read(path)
    raise UsageError(
        f"there is no {WORKSPACE_FILE} in {below} or above it: it was not made by grader start",
        hint="begin with grader start CHALLENGE; or run the public checks on any folder: "
        "grader grade CHALLENGE FOLDER --public",
    )


def remembered_stack(source: Path | Literal["-"], challenge: Challenge) -> str | None:
    """Return the stack that a folder was begun in, if it is a workspace of this challenge; archives do not hold that.

    Raises `UsageError` when its `.grader.toml` is damaged.
    """
    if source == "-" or not (path := source / WORKSPACE_FILE).is_file():
        return None
    workspace = _read(path)
    return workspace.stack if workspace.challenge == challenge.slug else None


def challenge_of(workspace: Workspace, folders: Sequence[Path] = ()) -> Challenge:
    """Return the challenge that the workspace is for: looked for in `folders`, where it was, and then as usual.

    Raises `ChallengeError` when it is not there any more or broken.
    """
    remembered = [] if workspace.challenges is None else [workspace.challenges]
    places = [*folders, *remembered]
    if not any(folder.name == workspace.challenge for folder in challenge_folders(places)):
        was = workspace.challenges or "a built-in one"
        raise ChallengeError(
            f"the challenge {workspace.challenge!r} is not there any more; it was {'in ' if remembered else ''}{was}",
            hint="name the folder of challenges that it is in now: grader check --challenges DIR",
        )
    return find_by_slug(workspace.challenge, places)


def _read(path: Path) -> Workspace:
    try:
        memory = parse_manifest(plain_content(path, _LIMIT_BYTES), path, _Memory)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
    except BadManifest as bad:
        raise UsageError(
            f"{path} is damaged",
            problems=bad.problems,
            hint="correct it, or run grader start into a new folder and copy its .grader.toml here",
        ) from bad
    outside = None if memory.challenges is None else Path(memory.challenges)
    return Workspace(path.parent, memory.challenge, memory.version, memory.stack, outside)


def _quoted(text: str) -> str:
    """Return `text` as a basic string of TOML, which JSON's is for all that can be printed."""
    if not text.isprintable():
        raise UsageError(f"the path {text!r} has characters that cannot be printed", hint="rename that folder")
    return json.dumps(text, ensure_ascii=False)
