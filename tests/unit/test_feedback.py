"""Feedback levels: what each takes from a learner's grade, and that it takes nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.feedback import NO_RESULT, for_learner, visible_check
from grader.models import Audience, Check, CheckResult, FeedbackLevel, Outcome, Restart
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_result

CHECK = make_check("create", title="It is stored.", hint="Store it.", cwe="CWE-89", points=2)
SILENT = FeedbackLevel.SILENT


def at(level: FeedbackLevel, check: Check = CHECK) -> Check:
    """Return the check at a level."""
    return replace(check, feedback_level=level)


def silent(id_: str, outcome: Outcome = Outcome.PASSED, *, group: str = "create", points: int = 1) -> CheckResult:
    """Return the result of a silent check."""
    check = make_check(id_, title=f"Secret {id_}", group=group, points=points, hint="Secret", cwe="CWE-1")
    return make_result(at(SILENT, check), outcome, feedback="secret", duration_s=len(id_))


@pytest.mark.parametrize(
    ("level", "title", "feedback", "hint", "cwe"),
    [
        ("message", "It is stored.", "expected 201", "Store it.", "CWE-89"),
        ("hint", "It is stored.", "", "Store it.", "CWE-89"),
        ("title", "It is stored.", "", "", ""),
        ("silent", "A hidden check (create)", "", "", ""),
    ],
)
@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_level_tells_less(level: str, title: str, feedback: str, hint: str, cwe: str, outcome: Outcome) -> None:
    """Whatever the outcome: JSON has the hint of a passed check too."""
    full = make_grade([make_result(at(FeedbackLevel(level)), outcome, feedback="expected 201")])
    (result,) = for_learner(full).checks
    assert (result.check.title, result.feedback, result.check.hint, result.check.cwe) == (title, feedback, hint, cwe)
    assert (result.outcome, result.earned, result.check.group) == (outcome, full.checks[0].earned, "create")


def test_a_grade_without_levels_stays_the_same() -> None:
    """Nothing is taken away or moved."""
    full = make_grade(
        [make_result(CHECK), make_result(make_check("b", group="late")), make_result(make_check("c"))],
        restarts=[Restart("b", "it hung")],
    )
    assert for_learner(full) == full


@pytest.mark.parametrize("level", list(FeedbackLevel))
def test_that_a_check_has_no_result_is_told_at_every_level(level: FeedbackLevel) -> None:
    """It says how the run ended, and nothing of the check."""
    full = make_grade([make_result(at(level), Outcome.ERRORED, feedback=NO_RESULT)])
    assert for_learner(full).checks[0].feedback == NO_RESULT


def test_silent_checks_cannot_be_told_apart() -> None:
    """Whichever of two silent checks failed, and whatever their names, order and times, the grade is the same."""
    first = [silent("a"), make_result(CHECK), silent("bbb", Outcome.FAILED)]
    second = [silent("x", Outcome.FAILED), make_result(CHECK), silent("yyy")]
    assert for_learner(make_grade(first)).checks == for_learner(make_grade(second)).checks
    shown = for_learner(make_grade(first)).checks
    assert [(result.check.id, result.outcome) for result in shown] == [
        ("create", "passed"),
        ("hidden.1", "passed"),
        ("hidden.2", "failed"),
    ]


def test_silent_checks_follow_the_groups_of_the_suite() -> None:
    """They come last, in the order in which their groups appear in the suite."""
    results = [
        silent("a", group="late"),
        make_result(make_check("b", group="early")),
        silent("c", Outcome.FAILED, group="early"),
        silent("d", group="late"),
    ]
    grade = for_learner(make_grade(results))
    assert [(result.check.id, result.check.group) for result in grade.checks] == [
        ("b", "early"),
        ("hidden.1", "late"),
        ("hidden.2", "late"),
        ("hidden.3", "early"),
    ]
    assert (grade.score, grade.max_score, grade.verdict) == (3, 4, "failed")


def test_a_restart_names_no_silent_check() -> None:
    """It leads to the line of the check in the same grade, by a number that counts only there."""
    results = [silent("secret", Outcome.FAILED), silent("other")]
    grade = for_learner(make_grade(results, restarts=[Restart("secret", "it hung"), Restart("", "why")]))
    assert [restart.after for restart in grade.restarts] == ["hidden.2", ""]
    assert "secret" not in repr(grade.checks) + repr(grade.restarts)


def test_while_it_runs_a_silent_check_has_no_number() -> None:
    """Numbers would tell the place in the suite."""
    assert visible_check(at(SILENT)) == visible_check(at(SILENT, replace(CHECK, id="x", title="y", hint="z", cwe="")))


def test_an_instructor_has_the_grade_as_it_was() -> None:
    """The full grade is in the detail; where nothing was taken away the two are one."""
    full = make_grade([silent("a")])
    attempt = make_attempt(for_learner(full), make_detail(grade=full))
    assert attempt.grade_for(Audience.INSTRUCTOR) == full
    assert attempt.grade_for(Audience.LEARNER) == for_learner(full)
    assert make_attempt(full).grade_for(Audience.INSTRUCTOR) == full
