"""Every format is read by a strict reader of it: ordinary attempts, hostile ones, too large ones, and errors.

After a wanted change: `UPDATE_GOLDEN=1 python -m pytest tests/unit/test_reports_read.py`, then read the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader import __version__
from grader.display import safe_line
from grader.errors import ChallengeError, GraderError, Problem, SandboxError, SubmissionError
from grader.models import Attempt, Audience, Grade, Outcome, Verdict
from grader.reports import Report, formats, get_format
from tests.attempts import HOSTILE, failed, hostile, levels, passed, start_failed, timed_out, unreadable
from tests.builders import make_attempt, make_check, make_grade, make_result
from tests.readers import READERS

GOLDEN = Path(__file__).parent / "golden" / "formats"
EVERY_FORMAT = pytest.mark.parametrize("name", formats())
EVERY_AUDIENCE = pytest.mark.parametrize("audience", list(Audience))
ATTEMPTS: Mapping[str, Callable[[], Attempt]] = {
    "passed": passed,
    "failed": failed,
    "start-failed": start_failed,
    "timed-out": timed_out,
    "levels": levels,
    "build-failed": lambda: make_attempt(make_grade([], verdict=Verdict.BUILD_FAILED, timings=[], message="no wheel")),
}
PAGES: Mapping[str, Callable[[Report], str]] = {
    "failed": lambda report: report.render(failed(), Audience.LEARNER),
    "failed-instructor": lambda report: report.render(failed(), Audience.INSTRUCTOR),
    "start-failed": lambda report: report.render(start_failed(), Audience.LEARNER),
    "unreadable": lambda report: report.render_error(unreadable(), Audience.LEARNER),
}
ERRORS: Mapping[str, Callable[[], GraderError]] = {
    "unreadable": unreadable,
    "challenge": lambda: ChallengeError("the suite cannot be collected", detail="line 3: SyntaxError"),
    "sandbox": lambda: SandboxError("Docker does not answer", hint="grader doctor"),
}


def large() -> Attempt:
    """Return an attempt with hundreds of checks that say more than they may, and a log that is too long."""
    results = [
        make_result(
            make_check(f"check-{number}", title="t" * 400, group=f"g{number % 40}", hint="h" * 4_500),
            Outcome.FAILED,
            feedback="`f" * 2_200,
        )
        for number in range(400)
    ]
    return make_attempt(make_grade(results, app_log="log\n" * 40_000))


def titles(grade: Grade, *outcomes: Outcome) -> list[str]:
    """Return the titles of the checks with these outcomes, as reports show them."""
    return sorted(safe_line(result.check.title) for result in grade.checks if result.outcome in outcomes)


def test_every_format_has_a_strict_reader() -> None:
    """A new format is not tested before somebody has written down what its readers accept."""
    assert set(READERS) == set(formats())


@EVERY_FORMAT
@EVERY_AUDIENCE
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_readers_find_the_outcome_of_every_check(name: str, audience: Audience, attempt: str) -> None:
    """A program that reads a report finds the checks that passed and those that did not, and that it was graded."""
    grade = ATTEMPTS[attempt]().grade_for(audience)
    reading = READERS[name](get_format(name).render(ATTEMPTS[attempt](), audience))
    assert reading.graded
    if reading.passed is not None:
        assert sorted(reading.passed) == titles(grade, Outcome.PASSED)
    if reading.others is not None:
        assert sorted(reading.others) == titles(grade, Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED)


@EVERY_FORMAT
@EVERY_AUDIENCE
@pytest.mark.parametrize("error", ERRORS)
def test_readers_find_that_nothing_was_graded(name: str, audience: Audience, error: str) -> None:
    """An error is no score: a program that reads the report of one finds that there was no grading."""
    reading = READERS[name](get_format(name).render_error(ERRORS[error](), audience))
    assert not reading.graded
    assert not reading.passed
    assert not reading.others


@EVERY_FORMAT
@EVERY_AUDIENCE
def test_hostile_text_is_text_in_every_format(name: str, audience: Audience) -> None:
    """Terminal sequences, bidi, HTML, Markdown, workflow commands and formulas change nothing about what is read."""
    text = get_format(name).render(hostile(), audience)
    assert READERS[name](text).graded
    everything = "\n".join(HOSTILE)
    error = SubmissionError(
        everything, problems=[Problem(line, line, line) for line in HOSTILE], hint=everything, detail=everything
    )
    assert not READERS[name](get_format(name).render_error(error, audience)).graded


@EVERY_FORMAT
@EVERY_AUDIENCE
def test_no_ci_system_obeys_a_report(name: str, audience: Audience) -> None:
    """No line of a report is a workflow command, except those that the format `github` is made of."""
    lines = get_format(name).render(hostile(), audience).splitlines()
    commands = [line for line in lines if re.match(r"\s*::[A-Za-z][\w-]*( .*?)?::", line)]
    ours = r"::(group|endgroup|stop-commands|error|warning|notice|[0-9a-f]{64})( title=.*)?::"
    assert [line for line in commands if name != "github" or not re.match(ours, line)] == []
    assert [line for line in lines if re.search(r"##(\[|vso\[|teamcity\[)", line)] == []


@pytest.mark.parametrize("name", ["exercism", "github", "markdown"])
def test_a_report_of_everything_at_once_keeps_the_limits_of_its_readers(name: str) -> None:
    """Hundreds of checks with long words are still accepted where a reader has a limit: what is too much is cut."""
    assert READERS[name](get_format(name).render(large(), Audience.LEARNER)).graded


@EVERY_FORMAT
@pytest.mark.parametrize("page", PAGES)
def test_a_report_looks_as_agreed(name: str, page: str) -> None:
    """Each report equals its golden file; the style sheet of a page, and the grader's version, are left out."""
    text = PAGES[page](get_format(name)).replace(__version__, "VERSION")
    text = re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[\w+/=]+", "sha256-STYLE", text)
    golden = GOLDEN / f"{page}.{name}"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_annotations_that_do_not_fit_are_counted() -> None:
    """GitHub drops the eleventh without a word, so the tenth says how many are missing."""
    results = [make_result(make_check(f"c{number}"), Outcome.FAILED) for number in range(12)]
    text = get_format("github").render(make_attempt(make_grade(results)), Audience.LEARNER)
    assert len(re.findall(r"^::error ", text, re.MULTILINE)) == 10
    assert "::error title=3 more failed::" in text
    ended = make_grade(results, verdict=Verdict.TIMED_OUT, message="too slow")
    text = get_format("github").render(make_attempt(ended), Audience.LEARNER)
    assert len(re.findall(r"^::error ", text, re.MULTILINE)) == 10
    assert "::error title=4 more failed::" in text


def test_a_log_cannot_turn_the_runner_on_again() -> None:
    """The word that ends what the runner ignores depends on all of it, so a log that quotes an earlier one is none."""
    report = get_format("github")
    first = report.render(start_failed(), Audience.LEARNER)
    word = re.search(r"::stop-commands::(\w+)", first)
    assert word
    attempt = start_failed()
    again = replace(attempt, grade=replace(attempt.grade, app_log=f"::{word[1]}::\n::error::forged"))
    text = report.render(again, Audience.LEARNER)
    assert f"::stop-commands::{word[1]}" not in text
    assert READERS["github"](text).graded


def test_gradescope_hides_an_instructors_edition_as_a_whole() -> None:
    """What quotes the hidden suite is shown to no learner, even if uploaded in the place of the other."""
    report = get_format("gradescope")
    assert '"visibility": "hidden"' in report.render(failed(), Audience.INSTRUCTOR)
    assert '"visibility": "visible"' in report.render(failed(), Audience.LEARNER)
