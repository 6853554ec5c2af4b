"""Reads the solutions that prove a challenge: references, which are right, and wrong ones with what each must fail.

A wrong solution is a folder of files, or a mistake, which is a patch, in a reference or a starter. Either way it comes
as the submission that it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from shlex import quote

from pydantic import Field

from grader.challenge import Challenge
from grader.diffs import BadPatch, read_patch
from grader.errors import ChallengeError, Problem, SubmissionError, UsageError
from grader.manifests import BadManifest, Table, Text, read_manifest
from grader.models import Submission, Verdict
from grader.patches import apply_patch
from grader.sources import shown
from grader.submission import load_submission, submission_of

EXPECTED, MISTAKE = "expected.toml", "mistake.patch"
REFERENCE, WRONG = "reference-", "wrong-"
_EITHER = f"based_on and {MISTAKE}, or a folder of files"
_ALONE = f"{EXPECTED} and {MISTAKE} alone, which may add files; or no {MISTAKE}, and no based_on"


class Expected(Table):
    """`expected.toml`: what must become of a wrong solution."""

    why: Text = Field(description="the mistake, in a sentence")
    verdict: Verdict = Field(strict=False, description="the verdict of the attempt")
    fails: tuple[str, ...] = Field(
        strict=False, min_length=1, description="ids of exactly the checks that must not pass, sorted"
    )
    based_on: str | None = Field(
        default=None,
        json_schema_extra={"pattern": rf"^({REFERENCE}|starter/)[^/]+$"},  # for editors; here the bases are known
        description=f"a reference, or `starter/STACK`: what it is but for the changes in `{MISTAKE}` beside this file",
    )


@dataclass(frozen=True, slots=True)
class Solution:
    """One submission that its author made; `expected` is None for a reference, which must earn every point.

    `folder` is where its author keeps it, which says nothing about its files: those are in `submission`.
    """

    folder: Path
    submission: Submission
    expected: Expected | None = None

    @property
    def name(self) -> str:
        """The folder's name, such as `reference-flask` or `wrong-in-memory`."""
        return self.folder.name


def load_solutions(challenge: Challenge) -> tuple[Solution, ...]:
    """Return all solutions by name; raises `ChallengeError` with every problem of theirs (the author acts)."""
    solutions, problems = read_solutions(challenge.folder)
    if problems:
        raise _unreadable(challenge, f"the solutions of {challenge.slug} cannot be read", problems)
    return solutions


def find_solution(challenge: Challenge, name: str, called: str = "") -> Solution:
    """Return the solution of that name, whatever is wrong with others; `called` is the challenge, as it was asked for.

    Raises `UsageError` if there is none, and `ChallengeError` with every problem of it (the author acts).
    """
    read = _read(challenge.folder)
    found = read.get(name)
    if isinstance(found, Solution):
        return found
    command = f"grader grade {quote(called or challenge.slug)}"
    if found is not None:
        folder, message = challenge.folder / "solutions" / name, f"{name} of {challenge.slug} cannot be read"
        if name.startswith(WRONG) and not (folder / EXPECTED).exists() and not (folder / MISTAKE).exists():
            hint = f"to see what it fails: {command} {quote(str(folder))} --audience instructor"
            raise ChallengeError(message, problems=found, hint=hint)
        raise _unreadable(challenge, message, found)
    near = get_close_matches(Path(name).name, read, n=1)
    listed = f"did you mean {near[0]}?" if near else f"there are {', '.join(read) or 'none'}"
    again = f"--solution {quote([*near, *read][0])}" if read else "SUBMISSION"
    raise UsageError(f"{challenge.slug} has no solution {name!r}; {listed}", hint=f"{command} {again}")


def read_solutions(challenge: Path) -> tuple[tuple[Solution, ...], list[Problem]]:
    """Return the solutions in a challenge's folder that can be read, by name, and what is wrong with the others."""
    read = _read(challenge).values()
    solutions = tuple(each for each in read if isinstance(each, Solution))
    problems = [problem for each in read if not isinstance(each, Solution) for problem in each]
    return solutions, list(dict.fromkeys(problems))


def read_bases(challenge: Path) -> dict[str, Submission]:
    """Return what a mistake may be made in, as `based_on` calls it: references and starters that can be read."""
    return {name: base for name, base in _bases(challenge).items() if isinstance(base, Submission)}


def is_mistake(challenge: Challenge, folder: Path) -> bool:
    """Tell whether a folder is a wrong solution of the challenge, which is no submission without its reference."""
    holds = all((folder / name).is_file() for name in (EXPECTED, MISTAKE))  # as may a learner's, which halts no class
    return holds and folder.resolve().parent == (challenge.folder / "solutions").resolve()


def starters(challenge: Challenge) -> tuple[Path, ...]:
    """Return the folders that learners may begin with, one a stack, by name."""
    return starter_folders(challenge.folder)


def starter_folders(challenge: Path) -> tuple[Path, ...]:
    """Return the same for the folder of a challenge, whatever else may be wrong with it."""
    return tuple(_folders(challenge / "starter"))


class _Unusable(Exception):
    """A solution that cannot be read for these problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


def _read(challenge: Path) -> dict[str, Solution | list[Problem]]:
    """Return name -> solution, or all that is wrong with it."""
    bases, read = _bases(challenge), dict[str, Solution | list[Problem]]()
    for folder in _folders(challenge / "solutions"):
        try:
            read[folder.name] = _solution(folder, bases)
        except (BadManifest, BadPatch, _Unusable) as bad:
            read[folder.name] = list(bad.problems)
        except SubmissionError as error:
            read[folder.name] = _within(f"solutions/{folder.name}", folder, error)
    return read


def _bases(challenge: Path) -> dict[str, Submission | list[Problem]]:
    """Return name -> what a mistake may be made in, or all that is wrong with it."""
    references = {folder.name: folder for folder in _folders(challenge / "solutions") if _is_reference(folder)}
    bases: dict[str, Submission | list[Problem]] = {}
    for name, folder in {**references, **{f"starter/{path.name}": path for path in starter_folders(challenge)}}.items():
        try:
            bases[name] = load_submission(folder)
        except SubmissionError as error:
            bases[name] = _within(f"solutions/{name}" if _is_reference(folder) else name, folder, error)
    return bases


def _solution(folder: Path, bases: Mapping[str, Submission | list[Problem]]) -> Solution:
    place = f"solutions/{folder.name}"
    if _is_reference(folder):
        return Solution(folder, _base(folder.name, bases))
    if not folder.name.startswith(WRONG):
        raise _Unusable(Problem(place, "has another name", f"{REFERENCE}NAME or {WRONG}NAME"))
    if not (folder / EXPECTED).is_file():
        raise _Unusable(Problem(f"{place}/{EXPECTED}", "is missing", "a file with why, verdict and fails"))
    expected, kept = read_manifest(folder / EXPECTED, Expected), load_submission(folder)
    own = {path: content for path, content in kept.files.items() if path not in (EXPECTED, MISTAKE)}
    if expected.based_on is None:
        if MISTAKE in kept.files:
            raise _Unusable(Problem(f"{place}/{MISTAKE}", f"is there without based_on in {EXPECTED}", _EITHER))
        return Solution(folder, submission_of(own, kept.executable, str(folder)), expected)
    if expected.based_on not in bases:
        near = get_close_matches(expected.based_on, bases, n=1) or [" or ".join(bases) or "a reference"]
        key, what = f"{place}/{EXPECTED}: based_on", f"is {expected.based_on!r}, which is no reference or starter here"
        raise _Unusable(Problem(key, what, near[0]))
    if MISTAKE not in kept.files:
        raise _Unusable(Problem(f"{place}/{MISTAKE}", "is missing", "the mistake, as git diff writes it"))
    if own:
        raise _Unusable(*(Problem(f"{place}/{path}", f"is a file beside {MISTAKE}", _ALONE) for path in own))
    base, patch = _base(expected.based_on, bases), read_patch(kept.files[MISTAKE], f"{place}/{MISTAKE}")
    return Solution(folder, submission_of(*apply_patch(patch, base, expected.based_on), str(folder)), expected)


def _base(name: str, bases: Mapping[str, Submission | list[Problem]]) -> Submission:
    base = bases[name]
    if isinstance(base, list):
        raise _Unusable(*base)
    return base


def _is_reference(folder: Path) -> bool:
    return folder.name.startswith(REFERENCE)


def _within(place: str, folder: Path, error: SubmissionError) -> list[Problem]:
    """Return the problems of a submission that is a part of the challenge, with their places in it."""
    whole = shown(str(folder))
    return [
        replace(problem, where=place if problem.where == whole else f"{place}/{problem.where}")
        for problem in error.problems
    ]


def _unreadable(challenge: Challenge, message: str, problems: list[Problem]) -> ChallengeError:
    hint = f"correct what is listed, then: grader lint {quote(str(challenge.folder))}"
    return ChallengeError(message, problems=problems, hint=hint)


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from sorted(path for path in parent.iterdir() if path.is_dir())
