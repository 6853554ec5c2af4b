"""Lint: everything that can be said against a challenge without running it. A rule is a value in a module of `rules/`.

Adding a rule is adding a file there, or a decorated function to one: nothing lists them. A rule reads a
`LintedChallenge` and yields a `Fault` for each place that is wrong; what can be repaired safely has a `fix`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.authoring.lint.challenge import LintedChallenge, read_challenge
from grader.challenge import readable

_SILENCED = re.compile(r"lint: ok ([a-z-]+) +[^\s>-]")


class Severity(StrEnum):
    """Whether a challenge may be published with it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule says: a path relative to the challenge, a line (0: the whole file), what is wrong, what should be."""

    path: str
    line: int
    what: str
    expected: str = ""
    severity: Severity | None = None  # None: that of the rule
    fixable: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a challenge, with the rule that found it."""

    rule: str
    severity: Severity
    path: str
    line: int
    what: str
    expected: str
    fixable: bool

    @property
    def where(self) -> str:
        """`file:line`, or the file alone."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair: the new content of a file or, where that is None, the removal of a file or folder."""

    path: Path
    content: bytes | None
    what: str


Check = Callable[[LintedChallenge], Iterator[Fault]]
Fix = Callable[[LintedChallenge], Iterator[Edit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that lint knows: `means` says in half a sentence when it strikes."""

    code: str
    severity: Severity
    means: str
    check: Check
    fix: Fix | None


def rule(code: str, severity: Severity, means: str, *, fix: Fix | None = None) -> Callable[[Check], Rule]:
    """Make a rule of the decorated function."""

    def decorate(check: Check) -> Rule:
        return Rule(code, severity, means, check, fix)

    return decorate


def all_rules() -> tuple[Rule, ...]:
    """Return every rule in the modules of `rules/`, by code."""
    from grader.authoring.lint import rules as package  # noqa: PLC0415 - its modules import this one

    found = []
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{name}")
        found += [value for value in vars(module).values() if isinstance(value, Rule)]
    return tuple(sorted(found, key=lambda rule: rule.code))


def lint(folder: Path) -> tuple[Finding, ...]:
    """Return what is wrong with the challenge in `folder`, by place; it may be broken in any way.

    Raises `ChallengeError` where a part of it cannot be read, or a link leads out of it.
    """
    with readable(folder):
        challenge = read_challenge(folder)
        found = {finding for rule in all_rules() for finding in findings_of(rule, challenge)}
    kept = (finding for finding in found if not is_silenced(finding, challenge))
    return tuple(sorted(kept, key=lambda finding: (finding.path, finding.line, finding.rule, finding.what)))


def findings_of(rule: Rule, challenge: LintedChallenge) -> Iterator[Finding]:
    """Yield what one rule finds."""
    for fault in rule.check(challenge):
        severity = fault.severity or rule.severity
        yield Finding(rule.code, severity, fault.path, fault.line, fault.what, fault.expected, fault.fixable)


def is_silenced(finding: Finding, challenge: LintedChallenge) -> bool:
    """Tell whether `lint: ok CODE REASON` stands in the finding's line or the one above it; errors cannot be silenced.

    Without a reason it does not count.
    """
    if finding.severity is Severity.ERROR or not finding.line:
        return False
    return silences(challenge, finding.path, finding.line, finding.rule)


def silences(challenge: LintedChallenge, path: str, line: int, code: str) -> bool:
    """Tell whether the author has written at this place that this rule may strike here."""
    lines = challenge.text_of(path).splitlines()[max(0, line - 2) : line]
    return any(silenced[1] == code for line in lines if (silenced := _SILENCED.search(line)))
