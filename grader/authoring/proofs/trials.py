"""The values of a validation: what is graded, how that went, what follows from it. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from grader.authoring.proofs.mutants import Mutant
from grader.challenge import Challenge
from grader.errors import GraderError
from grader.models import Attempt, Audience, Grade, Outcome, Submission, Suite
from grader.solutions import Expected


class Role(StrEnum):
    """What a submission is there to show."""

    REFERENCE = "reference"
    STARTER = "starter"
    WRONG = "wrong"
    STUB = "stub"


@dataclass(frozen=True, slots=True)
class Subject:
    """One submission that shows something; `folder` is where it is kept, `expected` that of a wrong solution."""

    role: Role
    name: str
    folder: Path
    submission: Submission
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One grading of a subject; `pressed` means: while the machine's processors are kept busy."""

    subject: Subject
    seed: int
    suite: Suite = Suite.HIDDEN
    shuffled: bool = False
    pressed: bool = False


@dataclass(frozen=True)
class TrialResult:
    """How a trial ended: with an attempt, or with an error that leaves nothing known about the subject."""

    trial: Trial
    attempt: Attempt | None = None
    error: GraderError | None = None
    duration_s: float = 0.0

    @cached_property
    def grade(self) -> Grade:
        """The grade with every check as it is; there is one only if there is an attempt."""
        assert self.attempt is not None  # noqa: S101 - nobody asks for the grade of an error
        return self.attempt.grade_for(Audience.INSTRUCTOR)

    @cached_property
    def failed(self) -> tuple[str, ...]:
        """Ids of the checks that did not pass, in order; those without a result are among them."""
        return tuple(check for check, outcome in self.outcomes.items() if outcome is not Outcome.PASSED)

    @cached_property
    def errored(self) -> tuple[str, ...]:
        """Ids of the checks that ended by an error of the suite's own; one without a result is not among them."""
        return tuple(check for check in self.ran if self.outcomes[check] is Outcome.ERRORED)

    @cached_property
    def ran(self) -> tuple[str, ...]:
        """Ids of the checks that have a result."""
        return () if self.attempt is None else tuple(detail.id for detail in self.attempt.detail.checks)

    @cached_property
    def outcomes(self) -> dict[str, Outcome]:
        """Check id -> outcome, in the suite's order; empty when nothing was graded."""
        return {} if self.attempt is None else {result.check.id: result.outcome for result in self.grade.checks}

    @property
    def earned_all(self) -> bool:
        """Whether every point was earned."""
        return self.attempt is not None and self.grade.score == self.grade.max_score

    def feedback(self, check: str) -> str:
        """Return what the check said, and for one that errored the end of its traceback."""
        if self.attempt is None:
            return ""
        said = {result.check.id: result.feedback for result in self.grade.checks}[check]
        if said or self.outcomes[check] is not Outcome.ERRORED:
            return said
        texts = [detail.text for detail in self.attempt.detail.checks if detail.id == check]
        lines = [line[2:] for line in "\n".join(texts).splitlines() if line.startswith("E ")]
        return lines[0].strip() if lines else ""


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What became of a mutant of a reference: `killed_by` is a check, a verdict, or empty if it survived."""

    reference: str
    mutant: Mutant
    killed_by: str

    @property
    def survived(self) -> bool:
        """Whether the mutant earned every point, as if it had no mistake."""
        return not self.killed_by


class Rule(StrEnum):
    """What a challenge must keep to, or in the case of a note, had better."""

    UNREADABLE = "unreadable"
    LINT = "lint"
    REFERENCE = "reference"
    FLAKY = "flaky"
    STARTER = "starter"
    WRONG = "wrong"
    STUB = "stub"
    ERRORED = "errored"
    VACUOUS = "vacuous"
    UNPROVEN = "unproven"
    SURVIVOR = "survivor"


NOTES = frozenset({Rule.UNPROVEN, Rule.SURVIVOR})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a validation found: an error bars the challenge from being published, a note does not.

    `about` is what must be changed: a solution, starter, stub, check or suite. `subjects`, `checks` and `seeds` are
    those that showed it; `repeat` is a command that shows it again, if one does; `diff` that of a mutant.
    """

    rule: Rule
    about: str
    message: str
    subjects: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    repeat: str = ""
    diff: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it bars the challenge from being published."""
        return self.rule not in NOTES


@dataclass(frozen=True, slots=True)
class Validation:
    """Everything that came out for one challenge; `challenge` is None if it could not even be read, so is `seed`."""

    name: str
    challenge: Challenge | None = None
    results: tuple[TrialResult, ...] = ()
    mutants: tuple[MutantResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_out: str = ""
    seed: int | None = None
    duration_s: float = 0.0

    @property
    def publishable(self) -> bool:
        """Whether learners may get this challenge."""
        return not any(finding.is_error for finding in self.findings)


def of_role(results: Sequence[TrialResult], *roles: Role) -> list[TrialResult]:
    """Return the results of subjects that have one of these roles."""
    return [result for result in results if result.trial.subject.role in roles]
