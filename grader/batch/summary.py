"""What is kept in memory of each submission of a class, and counts that add up; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern

from grader.batch.entries import Entry
from grader.display import number_of
from grader.errors import GraderError, SubmissionError
from grader.models import Attempt, Audience, Outcome, Verdict

INVALID = SubmissionError.verdict


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one submission: a grade, or an error and no score; `passed` has a check's id -> whether it passed.

    `passed` is empty when no check could run, since nothing was learned about them.
    """

    entry: Entry
    verdict: str
    message: str = ""
    score: int | None = None
    max_score: int | None = None
    digest: str = ""
    stack: str = ""
    file: Path | None = None
    passed: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_graded(self) -> bool:
        """Whether it has a verdict and a score."""
        return self.score is not None

    @property
    def is_invalid(self) -> bool:
        """Whether it could not be read, which its learner can put right."""
        return self.verdict == INVALID

    @property
    def percent(self) -> int | None:
        """The score in per cent, rounded down: nothing less than everything may look like it."""
        return None if self.score is None else 100 * self.score // (self.max_score or 1)


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What the suite says of one check, for instructors."""

    id: str
    title: str
    group: str
    points: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many submissions there are, and what became of them: `submitted` is the sum of the others."""

    submitted: int
    graded: int
    invalid: int
    sandbox_errors: int
    waiting: int

    def __str__(self) -> str:
        """Return it as a sum that anybody can check."""
        parts = [
            f"{self.graded} graded",
            f"{self.invalid} invalid",
            number_of(self.sandbox_errors, "sandbox error"),
            *([f"{self.waiting} not yet graded"] if self.waiting else []),
        ]
        return f"{self.submitted} submitted = {' + '.join(parts)}"


def tally(submitted: int, results: Iterable[Result]) -> Tally:
    """Return the counts; what has no result yet is waiting."""
    graded = invalid = failed = 0
    for result in results:
        graded += result.is_graded
        invalid += result.is_invalid
        failed += not (result.is_graded or result.is_invalid)
    return Tally(submitted, graded, invalid, failed, submitted - graded - invalid - failed)


def graded_result(entry: Entry, attempt: Attempt, file: Path) -> Result:
    """Return what is kept of an attempt that is stored in `file`: every check under its own name, silent ones too."""
    grade = attempt.grade_for(Audience.INSTRUCTOR)
    ran = any(result.outcome is not Outcome.ERRORED for result in grade.checks)
    return Result(
        entry,
        grade.verdict,
        grade.message,
        grade.score,
        grade.max_score,
        grade.provenance.submission_digest,
        grade.provenance.stack,
        file,
        {intern(result.check.id): result.outcome is Outcome.PASSED for result in grade.checks} if ran else {},
    )


def error_result(entry: Entry, error: GraderError) -> Result:
    """Return what is kept of a submission that was not graded: no score, not even zero."""
    what = "; ".join(map(str, error.problems)) or error.message
    # how a submission is corrected is for its learner; the others have to be put right by whoever reads this
    hint = "" if isinstance(error, SubmissionError) or not error.hint else f"; next: {error.hint}"
    return Result(entry, error.verdict, what + hint)


def checks_of(attempt: Attempt) -> tuple[CheckFacts, ...]:
    """Return the checks of the suite, in its order."""
    grade = attempt.grade_for(Audience.INSTRUCTOR)
    return tuple(
        CheckFacts(check.id, check.title, check.group, check.points)
        for check in (result.check for result in grade.checks)
    )


def passed_count(results: Sequence[Result]) -> int:
    """Return how many passed the challenge."""
    return sum(result.verdict == Verdict.PASSED for result in results)
