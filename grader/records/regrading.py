"""Grades a recorded submission again, and adds the result beside the old one unless that would cost somebody points."""

from __future__ import annotations

from dataclasses import dataclass

from grader.challenge import Challenge
from grader.engine.engine import Engine
from grader.grading import grade
from grader.progress import Progress, quiet
from grader.records.comparison import Comparison, compare
from grader.records.store import Origin, Record, Records


@dataclass(frozen=True, slots=True)
class Regraded:
    """What grading an attempt again came to; `new` is None if it was refused because it is lower."""

    old: Record
    new: Record | None
    comparison: Comparison


def regrade(
    records: Records,
    old: Record,
    challenge: Challenge,
    engine: Engine,
    *,
    allow_lower: bool = False,
    progress: Progress = quiet,
) -> Regraded:
    """Grade the submission of `old` with the challenge as it is now: the same suite, stack, data and order of checks.

    The result is recorded for the same learner, with `old` as what it takes the place of; `old` itself stays as it is.
    A lower grade is recorded only with `allow_lower`. Raises what `grade` raises, and `RecordsError`.
    """
    before = records.attempt(old.id)
    submission, provenance = records.submission(old), before.grade.provenance
    after = grade(
        challenge,
        submission,
        engine,
        suite=provenance.suite,
        stack=provenance.stack,
        seed=provenance.seed,
        shuffled=provenance.shuffled,
        progress=progress,
    )
    comparison = compare(before, after)
    new: Record | None = None
    if allow_lower or not comparison.lowers:
        new = records.add(after, submission, Origin.REGRADE, learner=old.learner, regrade_of=old.id)
    return Regraded(old, new, comparison)
