"""What a learner may see of a check, by the feedback level that its author chose; pure.

The learner's document is made here, before any report sees it, so that no format can forget to leave something out.
"""

from __future__ import annotations

from dataclasses import replace

from grader.models import Check, CheckResult, FeedbackLevel, Grade, Outcome

NO_RESULT = "no result: the run ended before this check did"
HIDDEN_ID = "hidden"

_BEST_FIRST = tuple(Outcome)


def for_learner(grade: Grade) -> Grade:
    """Return the grade as its learner may see it: the same verdict and points, and of each check what its level shows.

    Silent checks come last, those that passed first, so that their places tell nothing either; their ids are numbers.
    """
    named = [result for result in grade.checks if not is_silent(result.check)]
    silent = _silent_in_no_telling_order(grade)
    # no function of a suite can have a name with a dot
    ids = {result.check.id: f"{HIDDEN_ID}.{number}" for number, result in enumerate(silent, start=1)}
    return replace(
        grade,
        checks=tuple(_numbered(visible_result(result), ids.get(result.check.id)) for result in (*named, *silent)),
        restarts=tuple(replace(restart, after=ids.get(restart.after, restart.after)) for restart in grade.restarts),
    )


def is_silent(check: Check) -> bool:
    """Tell whether a learner may know neither what the check is about nor, while it runs, how it ended."""
    return check.feedback_level is FeedbackLevel.SILENT


def visible_check(check: Check) -> Check:
    """Return the check as its learner may see it; silent ones of a group and the same points are all alike."""
    match check.feedback_level:
        case FeedbackLevel.MESSAGE | FeedbackLevel.HINT:
            return check
        case FeedbackLevel.TITLE:
            return replace(check, hint="", cwe="")
        case FeedbackLevel.SILENT:
            return replace(check, id=HIDDEN_ID, title=f"A hidden check ({check.group})", hint="", cwe="")


def visible_result(result: CheckResult) -> CheckResult:
    """Return the result as its learner may see it; that of a silent check has lost its time too, which tells it."""
    check = visible_check(result.check)
    told = check.feedback_level is FeedbackLevel.MESSAGE or result.feedback == NO_RESULT
    duration_s = 0.0 if is_silent(check) else result.duration_s
    return replace(result, check=check, feedback=result.feedback if told else "", duration_s=duration_s)


def _silent_in_no_telling_order(grade: Grade) -> list[CheckResult]:
    groups = list(dict.fromkeys(result.check.group for result in grade.checks))
    return sorted(
        (result for result in grade.checks if is_silent(result.check)),
        key=lambda result: (
            groups.index(result.check.group),
            _BEST_FIRST.index(result.outcome),
            result.check.points,
        ),
    )


def _numbered(result: CheckResult, id_: str | None) -> CheckResult:
    return result if id_ is None else replace(result, check=replace(result.check, id=id_))
