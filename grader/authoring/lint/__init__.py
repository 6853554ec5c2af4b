"""Lint: everything that can be said against a challenge without running it. A rule is a value in a module of `rules/`.

Adding a rule is adding a file there, or a decorated function to one: nothing lists them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.lint import rules
from grader.authoring.lint.challenge import LintedChallenge, read_challenge
from grader.authoring.lint.rule import Rule, Severity
from grader.challenge import readable

__all__ = ["Finding", "Severity", "all_rules", "findings_of", "is_silenced", "lint"]


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


def all_rules() -> tuple[Rule, ...]:
    """Return every rule in the modules of `rules/`, by code."""
    found = []
    for name in sorted(module.name for module in pkgutil.iter_modules(rules.__path__)):
        module = importlib.import_module(f"{rules.__name__}.{name}")
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
    return challenge.silences(finding.path, finding.line, finding.rule)
