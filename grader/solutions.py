"""Reads the solutions that prove a challenge: references, which are right, and wrong ones with what each must fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from pydantic import Field

from grader.challenge import Challenge
from grader.errors import ChallengeError, Problem
from grader.manifests import BadManifest, Table, Text, read_manifest
from grader.models import Verdict

EXPECTED = "expected.toml"
REFERENCE, WRONG = "reference-", "wrong-"


class Expected(Table):
    """`expected.toml`: what must become of a wrong solution."""

    why: Text = Field(description="the mistake, in a sentence")
    verdict: Verdict = Field(strict=False, description="the verdict of the attempt")
    fails: tuple[str, ...] = Field(
        strict=False, min_length=1, description="ids of exactly the checks that must not pass, sorted"
    )


@dataclass(frozen=True, slots=True)
class Solution:
    """One submission that its author made; `expected` is None for a reference, which must earn every point."""

    folder: Path
    expected: Expected | None

    @property
    def name(self) -> str:
        """The folder's name, such as `reference-flask` or `wrong-in-memory`."""
        return self.folder.name


def load_solutions(challenge: Challenge) -> tuple[Solution, ...]:
    """Return all solutions by name; raises `ChallengeError` with every problem of theirs (the author acts)."""
    solutions, problems = read_solutions(challenge.folder)
    if problems:
        raise ChallengeError(
            f"the solutions of {challenge.slug} cannot be read",
            problems=problems,
            hint=f"correct what is listed, then: grader lint {quote(str(challenge.folder))}",
        )
    return solutions


def read_solutions(challenge: Path) -> tuple[tuple[Solution, ...], list[Problem]]:
    """Return the solutions in a challenge's folder that can be read, by name, and what is wrong with the others."""
    solutions: list[Solution] = []
    problems: list[Problem] = []
    for folder in _folders(challenge / "solutions"):
        path = folder / EXPECTED
        if folder.name.startswith(REFERENCE):
            solutions.append(Solution(folder, None))
        elif not folder.name.startswith(WRONG):
            problems.append(Problem(f"solutions/{folder.name}", "has another name", f"{REFERENCE}NAME or {WRONG}NAME"))
        elif not path.is_file():
            problems.append(
                Problem(f"solutions/{folder.name}/{EXPECTED}", "is missing", "a file with why, verdict and fails")
            )
        else:
            try:
                solutions.append(Solution(folder, read_manifest(path, Expected)))
            except BadManifest as bad:
                problems += bad.problems
    return tuple(solutions), problems


def starters(challenge: Challenge) -> tuple[Path, ...]:
    """Return the folders that learners may begin with, one a stack, by name."""
    return starter_folders(challenge.folder)


def starter_folders(challenge: Path) -> tuple[Path, ...]:
    """Return the same for the folder of a challenge, whatever else may be wrong with it."""
    return tuple(_folders(challenge / "starter"))


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from sorted(path for path in parent.iterdir() if path.is_dir())
