"""Wrong solutions that hold a whole reference or starter besides their mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Edit, Fault, Severity, rule
from grader.diffs import lines_of, read_patch
from grader.models import Submission
from grader.patches import apply_patch
from grader.solutions import EXPECTED, MISTAKE, Solution
from grader.unified import write_patch

CODE = "whole-copy"
MOST_PERCENT = 15
"""A wrong solution that differs in more of its lines is a program of its own."""
MOST_PAIRS = 16_000_000
"""Of lines that are compared: two files of 4,000 lines take seconds."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A wrong solution and what it is nearest to: `changed` lines come or go, of `lines`."""

    solution: Solution
    base: str
    patch: bytes
    changed: int
    lines: int


def keep_mistakes(challenge: LintedChallenge) -> Iterator[Edit]:
    """Keep the mistake alone, where that makes the same files, and nothing else lies in the folder."""
    for copy in _copies(challenge):
        folder, name = copy.solution.folder, copy.base
        files = copy.solution.submission
        remade = apply_patch(read_patch(copy.patch, MISTAKE), challenge.bases[name], name)
        if remade == (files.files, files.executable) and challenge.files_below(folder).keys() - {EXPECTED} == {
            *files.files
        }:
            yield Edit(folder / MISTAKE, copy.patch, f"holds the mistake in {name}")
            expected = (folder / EXPECTED).read_bytes().rstrip(b"\n")
            yield Edit(folder / EXPECTED, expected + f'\nbased_on = "{name}"\n'.encode(), f"based_on is {name}")
            for path in sorted(folder.iterdir()):
                if path.name not in (EXPECTED, MISTAKE):
                    yield Edit(path, None, f"removed: {name} and the mistake make it")


@rule(
    CODE,
    Severity.WARNING,
    f"a wrong solution has the files of a reference or starter but for less than {MOST_PERCENT} % of its lines",
    fix=keep_mistakes,
)
def whole_copy(challenge: LintedChallenge) -> Iterator[Fault]:
    """A patch shows the mistake, and follows what it is based on."""
    for copy in _copies(challenge):
        what = f"has {copy.lines} lines, {copy.changed} of them its mistake in {copy.base}"
        expected = f"based_on and {MISTAKE}, which grader lint --fix makes of it"
        yield Fault(_place(challenge, copy.solution), 1, what, expected, fixable=True)


def _copies(challenge: LintedChallenge) -> Iterator[_Copy]:
    """Yield what is hardly more than a copy, unless its author wants it to be one."""
    for solution in challenge.solutions:
        if solution.expected is None or solution.expected.based_on is not None:
            continue
        if challenge.silences(_place(challenge, solution), 1, CODE):
            continue
        near = [copy for name, base in challenge.bases.items() if (copy := _copy(solution, name, base)) is not None]
        if near:
            yield min(near, key=lambda copy: copy.changed)


def _copy(solution: Solution, name: str, base: Submission) -> _Copy | None:
    lines = sum(len(lines_of(content)) for content in solution.submission.files.values())
    most = lines * MOST_PERCENT / 100
    ours, theirs = solution.submission.files, base.files
    of_one = {
        path: content
        for files, others in ((ours, theirs), (theirs, ours))
        for path, content in files.items()
        if path not in others
    }
    if sum(len(lines_of(content)) for content in of_one.values()) >= most:
        return None  # told without comparing what both have
    both = [(ours[path], theirs[path]) for path in ours.keys() & theirs.keys() if ours[path] != theirs[path]]
    if sum(len(lines_of(old)) * len(lines_of(new)) for old, new in both) > MOST_PAIRS:
        return None  # no program that somebody wrote, and it would take hours
    patch = write_patch(base, solution.submission)
    if not patch or b"\0" in patch:
        return None
    hunks = [hunk for change in read_patch(patch, MISTAKE).changes for hunk in change.hunks]
    changed = sum(row.sign != b" " for hunk in hunks for row in hunk.rows)
    return _Copy(solution, name, patch, changed, lines) if changed < most else None


def _place(challenge: LintedChallenge, solution: Solution) -> str:
    return f"{challenge.name(solution.folder)}/{EXPECTED}"
