"""What holds for every report format there is: a new file in grader/reports is tested here without an edit."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from grader.errors import ChallengeError, GraderError, Problem, SandboxError, SubmissionError, UsageError
from grader.feedback import for_learner
from grader.models import Audience, CheckDetail, FeedbackLevel, Outcome, Restart, Verdict
from grader.reports import formats, get_format
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_result

EVERY_FORMAT = pytest.mark.parametrize("name", formats())
LOGLESS = {"csv", "exercism", "gitlab"}
"""Formats that know nothing but checks: an instructor reads logs in another one."""
CANARY = "canary-7f3a"
HOSTILE = "\x1b[31m\x1b]0;t\x07 \x9b2J \u202e \u200b \x00 \x07 \ud800 \r\n <b> & ```"


def test_the_formats_are_the_files() -> None:
    """Formats are found by file name, sorted."""
    assert {"json", "text"} <= set(formats())
    assert list(formats()) == sorted(formats())


@EVERY_FORMAT
def test_a_format_is_called_like_its_file(name: str) -> None:
    """The name that a user types is the name of the file."""
    assert get_format(name).name == name


def test_an_unknown_format_names_the_known_ones() -> None:
    """A typing error is answered with all names and the nearest one."""
    with pytest.raises(UsageError, match=r'unknown report format "jsn" \(known: .*json, .*text.*\)') as error:
        get_format("jsn")
    assert error.value.hint == "--format json"


@EVERY_FORMAT
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_learner_never_sees_detail(name: str, verdict: Verdict) -> None:
    """Nothing of `Detail` reaches a learner's edition, and all of it an instructor's."""
    check = make_check("one")
    parts = [f"{CANARY}-{part}" for part in ("node", "text", "app", "tester")]
    detail = make_detail([CheckDetail("one", parts[0], parts[1])], app_log=parts[2], tester_log=parts[3])
    attempt = make_attempt(make_grade([make_result(check, Outcome.FAILED)], verdict=verdict), detail)
    assert CANARY not in get_format(name).render(attempt, Audience.LEARNER)
    instructor = get_format(name).render(attempt, Audience.INSTRUCTOR)
    assert [part for part in parts[: 2 if name in LOGLESS else 4] if part not in instructor] == []


@EVERY_FORMAT
def test_an_instructor_sees_what_a_feedback_level_keeps_back(name: str) -> None:
    """What was taken from the learner's grade is in the instructor's edition, and there alone."""
    check = make_check(f"{CANARY}-id", title=f"{CANARY}-title", hint=f"{CANARY}-hint", cwe=f"{CANARY}-cwe")
    silent = replace(check, feedback_level=FeedbackLevel.SILENT)
    full = make_grade(
        [make_result(silent, Outcome.FAILED, feedback=f"{CANARY}-feedback")], restarts=[Restart(silent.id, "it hung")]
    )
    attempt = make_attempt(
        for_learner(full), make_detail([CheckDetail(silent.id, "node", f"{CANARY}-text")], grade=full)
    )
    assert CANARY not in get_format(name).render(attempt, Audience.LEARNER)
    assert "A hidden check (create)" in get_format(name).render(attempt, Audience.LEARNER)
    instructor = get_format(name).render(attempt, Audience.INSTRUCTOR)
    assert [part for part in ("title", "hint", "cwe", "feedback", "text") if f"{CANARY}-{part}" not in instructor] == []


@EVERY_FORMAT
def test_a_learner_never_sees_the_detail_of_an_error(name: str) -> None:
    """An error's detail may quote the hidden suite."""
    error = ChallengeError("the suite cannot be collected", detail=CANARY)
    assert CANARY not in get_format(name).render_error(error, Audience.LEARNER)
    assert CANARY in get_format(name).render_error(error, Audience.INSTRUCTOR)


@EVERY_FORMAT
@pytest.mark.parametrize("audience", list(Audience))
def test_no_report_holds_a_character_that_a_terminal_obeys(name: str, audience: Audience) -> None:
    """Hostile text in every field of a grade, a detail and an error comes out harmless."""
    check = make_check("one", title=HOSTILE, group=HOSTILE, hint=HOSTILE, cwe=HOSTILE)
    grade = make_grade(
        [make_result(check, Outcome.FAILED, feedback=HOSTILE)],
        title=HOSTILE,
        message=HOSTILE,
        app_log=HOSTILE,
        restarts=[Restart(HOSTILE, HOSTILE)],
        notes=[HOSTILE],
    )
    detail = make_detail([CheckDetail("one", HOSTILE, HOSTILE)], app_log=HOSTILE + "2", tester_log=HOSTILE)
    error = SandboxError(HOSTILE, problems=[Problem(HOSTILE, HOSTILE, HOSTILE)], hint=HOSTILE, detail=HOSTILE)
    report = get_format(name)
    for text in (report.render(make_attempt(grade, detail), audience), report.render_error(error, audience)):
        assert [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}] == []
        assert text.endswith("\n")


@EVERY_FORMAT
@pytest.mark.parametrize("error_class", [UsageError, SubmissionError, ChallengeError, SandboxError])
def test_an_error_shows_all_its_parts(name: str, error_class: type[GraderError]) -> None:
    """What happened, every problem with its place and what was expected, and what to do next."""
    error = error_class(
        "what-happened", problems=[Problem("place1", "what1", "wish1"), Problem("place2", "what2")], hint="next-command"
    )
    text = get_format(name).render_error(error, Audience.LEARNER)
    for part in ("what-happened", "place1", "what1", "wish1", "place2", "what2", "next-command"):
        assert part in text


@EVERY_FORMAT
def test_an_empty_grade_can_be_rendered(name: str) -> None:
    """A run that ended before any check was known still has a report."""
    attempt = make_attempt(make_grade([], verdict=Verdict.BUILD_FAILED, timings=[]))
    for audience in Audience:
        assert get_format(name).render(attempt, audience)
