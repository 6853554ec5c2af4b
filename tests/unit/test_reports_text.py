"""The text report: golden files for whole pages, and the promises that no page may break.

After a wanted change: `UPDATE_GOLDEN=1 python -m pytest tests/unit/test_reports_text.py`, then read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from grader.display import TextStyle, cells
from grader.errors import FOR_INSTRUCTORS, ChallengeError
from grader.models import Attempt, Audience, CheckDetail, CheckResult, Outcome, Suite, Verdict
from grader.reports.text import TextReport
from tests.attempts import CREATE, READ, REFUSE, failed, levels, passed, start_failed, timed_out, unreadable
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_provenance, make_result

GOLDEN = Path(__file__).parent / "golden"


def render(attempt: Attempt, style: TextStyle | None = None, audience: Audience = Audience.LEARNER) -> str:
    """Return the text report of `attempt`."""
    return TextReport(style or TextStyle()).render(attempt, audience)


def render_error(style: TextStyle) -> str:
    """Return the report of an archive with two bad members."""
    return TextReport(style).render_error(unreadable(), Audience.LEARNER)


PAGES = {
    "passed": lambda style: render(passed(), style),
    "failed": lambda style: render(failed(), style),
    "failed-instructor": lambda style: render(failed(), style, Audience.INSTRUCTOR),
    "start-failed": lambda style: render(start_failed(), style),
    "timed-out": lambda style: render(timed_out(), style),
    "levels": lambda style: render(levels(), style),
    "levels-instructor": lambda style: render(levels(), style, Audience.INSTRUCTOR),
    "error": render_error,
}


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_looks_as_agreed(page: str, width: int) -> None:
    """Each page equals its golden file at three widths, without colour."""
    golden = GOLDEN / f"{page}-{width}.txt"
    text = PAGES[page](TextStyle(width=width))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 44, 80, 120])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_than_the_screen(page: str, width: int, *, unicode: bool) -> None:
    """Every line fits, wide characters and escapes counted, and none ends in spaces."""
    lines = PAGES[page](TextStyle(width=width, unicode=unicode)).split("\n")
    assert [line for line in lines if cells(line) > width or line != line.rstrip()] == []


@pytest.mark.parametrize("page", PAGES)
def test_colour_adds_nothing_but_colour(page: str) -> None:
    """Without its colour sequences the coloured page is the plain page."""
    coloured = PAGES[page](TextStyle(colour=True))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == PAGES[page](TextStyle())


@pytest.mark.parametrize("page", PAGES)
def test_without_unicode_a_page_is_ascii(page: str) -> None:
    """Marks, bar and edges have ASCII forms; a learner's letters become escapes."""
    assert PAGES[page](TextStyle(unicode=False)).isascii()


def test_a_failed_check_says_what_was_expected_and_a_passed_one_does_not() -> None:
    """Feedback and hint stand under the failed check; a passed check is one line."""
    page = render(make_attempt(make_grade([make_result(REFUSE, Outcome.FAILED, feedback="expected 400, got 500")])))
    assert re.search(r"✗ A to-do without .* 0/2\n +expected 400, got 500\n +Hint: Check the type", page)
    page = render(make_attempt(make_grade([make_result(REFUSE, feedback="unwanted")])))
    assert "Hint" not in page
    assert "unwanted" not in page


@pytest.mark.parametrize(
    ("earned", "bar", "share"), [(0, 0, "0 %"), (1, 0, "0 %"), (199, 39, "99 %"), (200, 40, "100 %")]
)
def test_the_bar_is_full_only_for_everything(earned: int, bar: int, share: str) -> None:
    """Bar and per cent are rounded down."""
    results = [
        make_result(make_check("a", points=earned or 1), Outcome.PASSED if earned else Outcome.FAILED),
        make_result(make_check("b", points=200 - (earned or 1) or 1), Outcome.FAILED),
    ]
    page = render(make_attempt(make_grade(results if earned < 200 else results[:1])))
    assert page.count("█") == bar
    assert f" {share}" in page


def test_groups_keep_the_order_of_the_suite_and_add_up() -> None:
    """A group appears where its first check does, once, with the points of all its checks."""
    results = [
        make_result(make_check("a", group="write", points=2)),
        make_result(make_check("b", group="read", points=3)),
        make_result(make_check("c", group="write", points=4), Outcome.FAILED),
    ]
    page = render(make_attempt(make_grade(results)))
    assert re.findall(r"^(\w+) +(\d+/\d+)$", page, re.MULTILINE) == [("write", "2/6"), ("read", "3/3")]


def test_a_pass_mark_below_everything_is_told() -> None:
    """Who did not pass sees how much would have."""
    half: list[CheckResult] = [make_result(), make_result(make_check("b", points=9), Outcome.FAILED)]
    assert "FAILED  1 of 10 points (7 to pass)\n" in render(make_attempt(make_grade(half, pass_score=7)))
    assert "to pass" not in render(make_attempt(make_grade(half, pass_score=1)))


def test_a_log_is_cut_to_its_end() -> None:
    """After a failed start the last 30 lines are shown, and the heading says so."""
    log = "".join(f"line {number}\n" for number in range(1, 101))
    page = render(make_attempt(make_grade([], verdict=Verdict.START_FAILED, app_log=log)))
    assert "What the app printed (its last 30 lines)\n  │ line 71\n" in page
    assert "│ line 100\n" in page


def test_a_verbose_report_shows_all_that_a_learner_may_see() -> None:
    """The whole log, of a passed attempt too, phases, versions and limits; nothing that is for instructors."""
    log = "".join(f"line {number}\n" for number in range(1, 101))
    detail = make_detail([CheckDetail(CREATE.id, "node", "secret")], app_log="secret", tester_log="secret")
    page = TextReport(verbose=True).render(
        make_attempt(make_grade([make_result(CREATE)], app_log=log), detail), Audience.LEARNER
    )
    assert "What the app printed\n  │ line 1\n" in page
    assert "│ line 100\n" in page
    for part in ("Phases", "Provenance", "other limits: memory 512 MiB", "Docker Engine 20.10.24"):
        assert part in page
    assert "secret" not in page
    assert "line 1" not in render(make_attempt(make_grade([make_result(CREATE)], app_log=log)))


def test_a_log_cannot_pass_for_the_report() -> None:
    """Whatever the app prints stands behind an edge, on every line."""
    log = "FAILED\rPASSED  14 of 14 points\n\x1b[2J\x1b[HPASSED"
    page = render(make_attempt(make_grade([], verdict=Verdict.START_FAILED, app_log=log)))
    assert [line for line in page.split("\n") if "PASSED" in line] == ["  │ PASSED  14 of 14 points", "  │ PASSED"]


def test_an_error_of_the_challenge_comforts_the_learner() -> None:
    """Nobody should look for a mistake of their own in it."""
    page = TextReport().render_error(ChallengeError("the suite cannot be collected"), Audience.LEARNER)
    assert "not the submission's fault" in page
    assert "not the submission's fault" not in render_error(TextStyle())


def test_the_footer_repeats_the_run() -> None:
    """The seed is there, in a command to type."""
    assert render(passed()).endswith("\nTo repeat: grader grade todo-api PATH --seed 20261122\n")
    public = make_attempt(make_grade(provenance=make_provenance(suite=Suite.PUBLIC, seed=7)))
    assert render(public).endswith("\nTo repeat: grader grade todo-api PATH --public --seed 7\n")
    shuffled = make_attempt(make_grade(provenance=make_provenance(seed=7, shuffled=True)))
    assert render(shuffled).endswith("\nTo repeat: grader grade todo-api PATH --seed 7 --shuffle\n")
    checked = TextReport(command="grader check").render(public, Audience.LEARNER)
    assert checked.endswith("\nTo repeat: grader check --seed 7\n")


def test_a_check_that_broke_is_told_from_one_that_never_ran() -> None:
    """A learner need not look for the mistake of a suite; one that was not run says nothing about the suite."""
    broken = make_attempt(make_grade([make_result(CREATE), make_result(READ, Outcome.ERRORED)]))
    assert "1 of 2 checks broke, marked with !" in render(broken)
    assert "no result" not in render(broken)
    assert "broke" not in render(timed_out())


def test_an_instructor_who_reads_the_detail_is_not_told_to_ask_for_it() -> None:
    """The next command is one that has not been typed."""
    error = ChallengeError("it broke", hint=f"{FOR_INSTRUCTORS}grade again", detail="why")
    assert "Next: instructors: grade again" in TextReport().render_error(error, Audience.LEARNER)
    assert "Next" not in TextReport().render_error(error, Audience.INSTRUCTOR)


def test_an_instructor_is_spared_the_places_of_passed_checks() -> None:
    """A check that passed and has nothing to tell stays one line."""
    detail = make_detail([CheckDetail(CREATE.id, "test_create.py::place", "")])
    assert "place" not in render(make_attempt(make_grade([make_result(CREATE)]), detail), None, Audience.INSTRUCTOR)
    failing = make_attempt(make_grade([make_result(CREATE, Outcome.FAILED)]), detail)
    assert "place" in render(failing, None, Audience.INSTRUCTOR)
