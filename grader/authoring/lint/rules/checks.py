"""What the suites declare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Fault, Severity, rule
from grader.authoring.suites import KEYWORDS, UNREADABLE, DeclaredCheck, SuiteSource
from grader.models import FeedbackLevel, Suite
from grader.protocol import MAX_CHARS, MAX_CHECKS, MAX_POINTS

WHOLE = 100
"""What the hidden checks are worth together."""

_WITHOUT_HINT = (FeedbackLevel.TITLE, FeedbackLevel.SILENT)


@rule("suite-syntax", Severity.ERROR, "a file of a suite cannot be read as Python")
def suite_syntax(challenge: LintedChallenge) -> Iterator[Fault]:
    """Say what Python says."""
    for suite in challenge.suites:
        for file in suite.files:
            if file.tree is None:
                yield Fault(file.path, file.problem_line, file.problem, "Python that pytest can import")


@rule("no-checks", Severity.ERROR, "a suite has test files and no check in them")
def no_checks(challenge: LintedChallenge) -> Iterator[Fault]:
    """Look only where everything could be read."""
    for suite in challenge.suites:
        if suite.files and not suite.checks and all(file.tree is not None for file in suite.files):
            yield Fault(f"checks/{suite.suite.value}", 0, "holds no test functions", "def test_...(api):")


@rule(
    "declaration",
    Severity.ERROR,
    "a test function has no `@pytest.mark.check`, no title, or what the grader does not take; or there are too many",
)
def declaration(challenge: LintedChallenge) -> Iterator[Fault]:
    """Say everything that the tester would say when it collects the suite."""
    for suite in challenge.suites:
        if (count := len({check.id for check in suite.checks})) > MAX_CHECKS:
            yield Fault(f"checks/{suite.suite.value}", 0, f"has {count:,} checks", f"at most {MAX_CHECKS:,}")
    for check in _checks(challenge):
        name = check.function.name
        if not check.title:
            yield _fault(check, f"{name} has no docstring", "a first line that says what is right: the check's title")
        yield from _too_long(check)
        mark = check.mark
        if mark is None:
            yield _fault(check, f"{name} has no mark", "@pytest.mark.check(points=..., group=...)")
            continue
        if mark.positional:
            yield _fault(check, f"the mark of {name} has positional arguments", "keywords only", mark.line)
        for keyword in sorted(mark.keywords.keys() - KEYWORDS - {"**"}):
            yield _fault(check, f"{name}: the mark has no keyword {keyword!r}", ", ".join(sorted(KEYWORDS)), mark.line)
        yield from _wrong_values(check)


@rule("unreadable", Severity.WARNING, "something in a mark is computed, so that lint cannot know it")
def unreadable(challenge: LintedChallenge) -> Iterator[Fault]:
    """Name them, since other rules are silent about them."""
    for check in _checks(challenge):
        names = [keyword for keyword in sorted(KEYWORDS) if check.value(keyword) is UNREADABLE]
        if names:
            what = f"{check.function.name}: {', '.join(names)} cannot be known without running the suite"
            yield _fault(check, what, "literals")


@rule("points", Severity.ERROR, f"the hidden checks are not worth exactly {WHOLE} points together")
def points(challenge: LintedChallenge) -> Iterator[Fault]:
    """Add up, if every number is known; what is no number of points is the business of another rule."""
    values = [check.value("points") for check in challenge.hidden.checks]
    if not values or UNREADABLE in values or any(file.tree is None for file in challenge.hidden.files):
        return
    total = sum(value for value in values if type(value) is int)
    if total != WHOLE:
        off = f"{WHOLE - total} more" if total < WHOLE else f"{total - WHOLE} fewer"
        yield Fault("checks/hidden", 0, f"the points add up to {total}", f"{WHOLE} points in all: {off}")


@rule("duplicate-check", Severity.ERROR, "two functions of a suite have the same id")
def duplicate_check(challenge: LintedChallenge) -> Iterator[Fault]:
    """In one file the later one replaces the earlier one without a word; in two the tester refuses the suite."""
    for suite in challenge.suites:
        first: dict[str, DeclaredCheck] = {}
        for check in suite.checks:
            other = first.setdefault(check.id, check)
            if other is not check:
                place = f"{other.file.path}:{other.line}"
                yield _fault(check, f"the id {check.id!r} is taken by {place}", "another name of the function")


@rule("hint", Severity.ERROR, "a hidden check has no hint; for a public one, whose code can be read, it is a warning")
def hint(challenge: LintedChallenge) -> Iterator[Fault]:
    """A learner who fails a hidden check has nothing else to go by, unless the author wants it so."""
    for suite in challenge.suites:
        hidden = suite.suite is Suite.HIDDEN
        severity = Severity.ERROR if hidden else Severity.WARNING
        usual = challenge.manifest.feedback if hidden and challenge.manifest is not None else None
        for check in suite.checks:
            value = check.value("hint")
            if hidden and (check.value("feedback") or usual) in _WITHOUT_HINT:
                continue
            if check.mark is not None and (value is None or (isinstance(value, str) and not value.strip())):
                what = f"{check.function.name} has no hint"
                yield Fault(check.file.path, check.line, what, "advice for whoever fails it", severity)


@rule("skipped", Severity.ERROR, "a check is marked with skip, skipif or xfail, and so can never be earned")
def skipped(challenge: LintedChallenge) -> Iterator[Fault]:
    """Skipped is not passed."""
    for check in _checks(challenge):
        for mark in check.marks:
            if mark.name in ("skip", "skipif", "xfail"):
                yield _fault(check, f"{check.function.name} is marked with {mark.name}", "no such mark", mark.line)


def _checks(challenge: LintedChallenge) -> Iterator[DeclaredCheck]:
    suites: tuple[SuiteSource, ...] = challenge.suites
    for suite in suites:
        yield from suite.checks


def _too_long(check: DeclaredCheck) -> Iterator[Fault]:
    for name, most in MAX_CHARS.items():
        text = check.value(name) if name in KEYWORDS else getattr(check, name)
        if isinstance(text, str) and len(text) > most:
            line = check.mark.line if check.mark is not None and name in KEYWORDS else check.line
            what = f"{check.function.name}: {name} has {len(text):,} characters"
            yield _fault(check, what, f"at most {most:,}", line)


def _wrong_values(check: DeclaredCheck) -> Iterator[Fault]:
    name, mark = check.function.name, check.mark
    line = mark.line if mark is not None else check.line
    value = check.value("points")
    if value is not UNREADABLE and (type(value) is not int or not 1 <= value <= MAX_POINTS):
        expected = f"a whole number from 1 to {MAX_POINTS:,}"
        yield _fault(check, f"{name}: points are {_shown(value)}", expected, line)
    value = check.value("group")
    if value is not UNREADABLE and (not isinstance(value, str) or not value):
        yield _fault(check, f"{name}: the group is {_shown(value)}", "the name of the check's group", line)
    value = check.value("feedback")
    if value is not None and value is not UNREADABLE and value not in tuple(FeedbackLevel):
        yield _fault(check, f"{name}: feedback is {_shown(value)}", f"one of {', '.join(FeedbackLevel)}", line)
    for keyword in ("hint", "cwe"):
        value = check.value(keyword)
        if value is not None and value is not UNREADABLE and not isinstance(value, str):
            yield _fault(check, f"{name}: {keyword} is {_shown(value)}", "text", line)
        elif keyword == "cwe" and isinstance(value, str) and not re.fullmatch(r"(CWE-[1-9]\d*)?", value):
            yield _fault(check, f"{name}: cwe is {_shown(value)}", "a weakness such as CWE-89", line)


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)


def _fault(check: DeclaredCheck, what: str, expected: str, line: int = 0) -> Fault:
    return Fault(check.file.path, line or check.line, what, expected)
