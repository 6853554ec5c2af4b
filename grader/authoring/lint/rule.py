"""What a rule is: it reads a `LintedChallenge` and yields a `Fault` for each place that is wrong.

What can be repaired safely has a `fix`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.authoring.lint.challenge import LintedChallenge


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
