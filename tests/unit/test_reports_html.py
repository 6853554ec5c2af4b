"""The HTML report's timeline: every check has its stripe, and the page says what its place means."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.feedback import for_learner
from grader.models import Attempt, Audience, FeedbackLevel, Phase
from grader.reports.html import HtmlReport
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_result


@pytest.fixture
def attempt() -> Attempt:
    """Return four seconds of checks: one of a second, a silent one of two, one of half a second."""
    silent = replace(make_check("two", title="Two"), feedback_level=FeedbackLevel.SILENT)
    results = [
        make_result(make_check("one", title="One"), duration_s=1.0),
        make_result(silent, duration_s=2.0),
        make_result(make_check("three", title="Three"), duration_s=0.5),
    ]
    full = make_grade(results, timings=[Phase("checks", 0.0, 4.0)])
    return make_attempt(for_learner(full), make_detail(grade=full))


def stripes(page: str) -> list[tuple[int, int, str]]:
    """Return where in the timeline each check's stripe begins, in thousandths, how wide it is, and its text."""
    found = re.findall(r'<rect [^>]*x="(\d+)" width="(\d+)"[^>]*><title>(.*?):', page)
    return [(int(x), int(width), text) for x, width, text in found]


def test_an_instructor_sees_the_stripe_of_a_silent_check(attempt: Attempt) -> None:
    """Only its learner may not know how long it took."""
    page = HtmlReport().render(attempt, Audience.INSTRUCTOR)
    assert stripes(page) == [(0, 250, "One"), (250, 500, "Two"), (750, 125, "Three")]
    assert "each is as long as its check took; what is left of their bar was spent between them." in page


def test_a_learner_sees_no_gap_where_a_silent_check_ran(attempt: Attempt) -> None:
    """A gap would tell its place and its time, so the page says what the rest of the row holds."""
    page = HtmlReport().render(attempt, Audience.LEARNER)
    assert stripes(page) == [(0, 250, "One"), (250, 125, "Three")]
    assert "what is left of their bar was spent between them and in hidden checks." in page
