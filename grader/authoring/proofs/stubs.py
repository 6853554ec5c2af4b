"""Finds the useless stubs: apps that do nothing of what any challenge asks for, and must earn nothing.

A stub is a folder in `grader/authoring/stubs/<stack>/`; adding one adds it to the validation of every challenge of that
stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.challenge import Challenge

STUBS = Path(__file__).resolve().parents[1] / "stubs"

# A stub that hangs would use up all the time there is. It has nothing to do while it starts, so it needs less.
START_S = 4.0
TOTAL_S = 15.0


def stubs_for(stacks: Sequence[str], root: Path = STUBS) -> tuple[Path, ...]:
    """Return the folders of the stubs of these stacks, by stack and name; a stack that has none adds none."""
    return tuple(
        folder
        for stack in sorted(stacks)
        for folder in sorted((root / stack).glob("*"))
        if folder.is_dir() and not folder.name.startswith((".", "_"))
    )


def impatient(challenge: Challenge) -> Challenge:
    """Return the challenge with less time to start and for all checks together, as stubs are graded."""
    limits = challenge.manifest.limits
    less = {"start_s": min(limits.start_s, START_S), "total_s": min(limits.total_s, TOTAL_S)}
    manifest = challenge.manifest.model_copy(update={"limits": limits.model_copy(update=less)})
    return replace(challenge, manifest=manifest)
