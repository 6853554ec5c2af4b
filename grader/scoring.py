"""From what a suite found to a grade; pure."""

from __future__ import annotations

from collections.abc import Sequence

from grader.feedback import NO_RESULT
from grader.models import Check, CheckResult, Outcome, Verdict
from grader.suite import SuiteRun


def results_in_order(run: SuiteRun) -> tuple[CheckResult, ...]:
    """Return a result for every check, in the suite's order: one that never arrived is errored and earns nothing."""
    return tuple(run.results.get(check.id) or _without_result(check) for check in run.checks)


def verdict_of(run: SuiteRun, results: Sequence[CheckResult], pass_score: int) -> Verdict:
    """Return the verdict: why the run stopped early, if it did, else what the points and the memory say.

    `pass_score` is in per cent of the points. An app that was killed for its memory and still reached it has passed.
    """
    if run.stopped is not None:
        return run.stopped.verdict
    earned, possible = sum(result.earned for result in results), sum(result.check.points for result in results)
    if possible and earned * 100 >= pass_score * possible:
        return Verdict.PASSED
    return Verdict.OUT_OF_MEMORY if run.out_of_memory else Verdict.FAILED


def _without_result(check: Check) -> CheckResult:
    return CheckResult(check, Outcome.ERRORED, NO_RESULT)
