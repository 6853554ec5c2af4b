"""What a shell offers after Tab: names of challenges, their stacks and their solutions, and paths.

A shell asks through click (click.palletsprojects.com, "Shell Completion"). What cannot be read offers nothing, since
nobody reads an error there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.challenge import Challenge


def complete_challenge(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the slugs that begin so, else folders."""
    from grader.catalogue import challenge_folders  # noqa: PLC0415 - loads pydantic

    folders = context.params.get("folders") or ()
    return _beginning(begun, {folder.name for folder in challenge_folders(folders)}) or [_a_path(begun, "dir")]


def complete_solution(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the solutions of the challenge that was typed before."""
    challenge = _challenge(context)
    folders = (challenge.folder / "solutions").glob("*/") if challenge else ()
    return _beginning(begun, (folder.name for folder in folders))


def complete_stack(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the stacks that the challenge takes; without one, all."""
    from grader.stacks import load_stacks  # noqa: PLC0415 - loads pydantic

    challenge = _challenge(context)
    with contextlib.suppress(GraderError):
        return _beginning(begun, challenge.manifest.stacks if challenge else load_stacks())
    return []


def complete_path(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer files and folders."""
    return [_a_path(begun, "file")]


def _challenge(context: click.Context) -> Challenge | None:
    from grader.catalogue import find_challenge  # noqa: PLC0415 - loads pydantic

    # click leaves words where they are when the value of the last option is still to come
    name = context.params.get("challenge") or next(iter(context.args), "")
    with contextlib.suppress(GraderError):
        return find_challenge(name, context.params.get("folders") or ()) if name else None
    return None


def _beginning(begun: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(names) if name.startswith(begun)]


def _a_path(begun: str, kind: str) -> CompletionItem:
    return CompletionItem(begun, type=kind)
