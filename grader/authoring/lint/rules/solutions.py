"""The solutions that prove a challenge, and the starter."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from grader.authoring.lint.challenge import LintedChallenge, line_of_key
from grader.authoring.lint.rule import Edit, Fault, Severity, rule
from grader.challenge import MANIFEST
from grader.errors import GraderError
from grader.solutions import EXPECTED, Expected, Solution
from grader.stacks import detect_stack

MIN_WRONG = 2

_FAILS = re.compile(rb"(?m)^fails[ \t]*=[ \t]*\[[^\]#]*\]")


def sort_fails(challenge: LintedChallenge) -> Iterator[Edit]:
    """Write `fails` anew, sorted, if it holds no comment and nothing else changes."""
    for solution, _ in _unsorted(challenge):
        path = solution.folder / EXPECTED
        content = path.read_bytes()
        before = tomllib.loads(content.decode())
        ids = sorted(set(before["fails"]))
        lines = "".join(f'    "{id_}",\n' for id_ in ids)
        changed = _FAILS.sub(lambda _, text=lines: f"fails = [\n{text}]".encode(), content, count=1)  # type: ignore[misc]
        try:
            after = tomllib.loads(changed.decode())
        except tomllib.TOMLDecodeError:
            continue
        if after == {**before, "fails": ids}:
            yield Edit(path, changed, "fails is sorted, each id once")


@rule(
    "solutions",
    Severity.ERROR,
    "a folder of `solutions/` has another name, its files cannot be read, or its `mistake.patch` does not fit",
)
def solutions(challenge: LintedChallenge) -> Iterator[Fault]:
    """Say what the grader would say."""
    for problem in challenge.solution_problems:
        path, line, key = challenge.place_of(problem)
        yield Fault(path, line, f"{key} {problem.what}".strip(), problem.expected or "TOML")


@rule(
    "fails-order", Severity.WARNING, "`fails` of an `expected.toml` is not sorted, or holds an id twice", fix=sort_fails
)
def fails_order(challenge: LintedChallenge) -> Iterator[Fault]:
    """Sorted lists can be compared by eye."""
    fixable = {edit.path for edit in sort_fails(challenge)}
    for solution, _ in _unsorted(challenge):
        path, line = _fails_of(challenge, solution)
        what, expected = "fails is not sorted, or holds an id twice", "sorted ids, each once"
        yield Fault(path, line, what, expected, fixable=solution.folder / EXPECTED in fixable)


@rule(
    "unknown-check", Severity.ERROR, "`fails` of an `expected.toml` names a check that the hidden suite does not have"
)
def unknown_check(challenge: LintedChallenge) -> Iterator[Fault]:
    """Compare with the suite, if all of it can be read."""
    known = {check.id for check in challenge.hidden.checks}
    if not known or any(file.tree is None for file in challenge.hidden.files):
        return
    for solution, expected in _wrong(challenge):
        path, line = _fails_of(challenge, solution)
        for id_ in expected.fails:
            if id_ not in known:
                wanted = id_.removeprefix("test_").replace("_", "-")
                near = get_close_matches(wanted, known, n=1) or [f"one of {', '.join(sorted(known))}"]
                yield Fault(path, line, f"there is no hidden check {id_!r}", f"the id of a hidden check: {near[0]}")


@rule("unproven-check", Severity.WARNING, "no wrong solution fails this hidden check: nothing shows that it can fail")
def unproven_check(challenge: LintedChallenge) -> Iterator[Fault]:
    """A warning only: useless apps may fail it, which takes a run to know. What cannot be read may be what fails it."""
    wrong = [] if challenge.solution_problems else list(_wrong(challenge))
    claimed = {id_ for _, expected in wrong for id_ in expected.fails}
    for check in challenge.hidden.checks if wrong else ():
        if check.id not in claimed:
            what = f"no wrong solution fails {check.function.name}"
            yield Fault(check.file.path, check.line, what, f"{check.id!r} in `fails` of an {EXPECTED}")


@rule("same-solution", Severity.ERROR, "two solutions have the same files, though they must not get the same grade")
def same_solution(challenge: LintedChallenge) -> Iterator[Fault]:
    """Two references may be the same thing twice for all we know; a wrong one may be like no other."""
    seen: list[tuple[Solution, Mapping[str, bytes]]] = []
    for solution in sorted(challenge.solutions, key=lambda solution: solution.expected is not None):
        files = solution.submission.files
        twin = next((other for other, content in seen if content == files), None)
        seen.append((solution, files))
        if twin is not None and solution.expected is not None:
            yield Fault(challenge.name(solution.folder), 0, f"has the files of {twin.name}", "a mistake of its own")


@rule("no-reference", Severity.ERROR, "nothing shows that the challenge can be solved")
def no_reference(challenge: LintedChallenge) -> Iterator[Fault]:
    """One is enough to pass, more styles of writing show more."""
    if not any(challenge.folder.glob("solutions/reference-*/")):
        yield Fault("solutions", 0, "holds no reference", "reference-NAME, a solution that earns every point")


@rule("unproven-stack", Severity.WARNING, "no reference is written in a stack that learners may answer in")
def unproven_stack(challenge: LintedChallenge) -> Iterator[Fault]:
    """Tell each reference's stack as a grading does; where there is no reference at all, that is said already."""
    if challenge.manifest is None or not challenge.references:
        return
    proven = {_stack_of(reference, challenge.manifest.stacks) for reference in challenge.references}
    for stack in challenge.manifest.stacks:
        if stack not in proven:
            line = line_of_key(challenge.text_of(MANIFEST), "stacks")
            expected = f"a solution reference-NAME in {stack}, or `stacks` without it"
            yield Fault(MANIFEST, line, f"no reference is written in the stack {stack!r}", expected)


def _stack_of(reference: Solution, stacks: Sequence[str]) -> str:
    try:
        return detect_stack(reference.submission, stacks).name
    except GraderError:  # a grading will say why
        return ""


@rule("few-wrong", Severity.WARNING, f"there are fewer than {MIN_WRONG} wrong solutions")
def few_wrong(challenge: LintedChallenge) -> Iterator[Fault]:
    """Count those that are meant to be wrong, whether or not they can be read."""
    count = sum(path.name.startswith("wrong-") for path in challenge.folder.glob("solutions/*/"))
    if count < MIN_WRONG:
        yield Fault(
            "solutions",
            0,
            f"holds {count} wrong solution{'' if count == 1 else 's'}",
            f"{MIN_WRONG} or more: wrong-NAME",
        )


@rule("starter", Severity.ERROR, "a starter is for a stack that the manifest does not name; a missing one is a warning")
def starter(challenge: LintedChallenge) -> Iterator[Fault]:
    """Compare the folders of `starter/` with the stacks."""
    if challenge.manifest is None:
        return
    names = {path.name for path in challenge.starters}
    stacks = challenge.manifest.stacks
    for name in sorted(names - set(stacks)):
        yield Fault(f"starter/{name}", 0, "is for a stack that the manifest does not name", " or ".join(stacks))
    line = line_of_key(challenge.text_of(MANIFEST), "stacks")
    for stack in stacks:
        if stack not in names:
            what = f"there is no starter for the stack {stack!r}"
            yield Fault(MANIFEST, line, what, f"a folder starter/{stack}", Severity.WARNING)


def _wrong(challenge: LintedChallenge) -> Iterator[tuple[Solution, Expected]]:
    for solution in challenge.solutions:
        if solution.expected is not None:
            yield solution, solution.expected


def _unsorted(challenge: LintedChallenge) -> Iterator[tuple[Solution, Expected]]:
    for solution, expected in _wrong(challenge):
        if list(expected.fails) != sorted(set(expected.fails)):
            yield solution, expected


def _fails_of(challenge: LintedChallenge, solution: Solution) -> tuple[str, int]:
    path = challenge.name(Path(solution.folder) / EXPECTED)
    return path, line_of_key(challenge.text_of(path), "fails")
