"""The text report: golden files for whole pages, and the promises that no page may break.

After a wanted change: `UPDATE_GOLDEN=1 python -m pytest tests/unit/test_reports_text.py`, then read the difference.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.display import TextStyle, cells
from grader.errors import ChallengeError, Problem, SubmissionError
from grader.feedback import for_learner
from grader.models import Attempt, Audience, CheckDetail, CheckResult, FeedbackLevel, Outcome, Restart, Suite, Verdict
from grader.reports.text import TextReport
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_provenance, make_result

GOLDEN = Path(__file__).parent / "golden"
NO_RESULT = "no result: the run ended before this check did"
CREATE = make_check("create-answers-201", points=2)
UNICODE = make_check(
    "create-keeps-title",
    title="A title is stored exactly as it was sent, spaces and letters of every language included",
)
REFUSE = make_check(
    "create-refuses-empty",
    title="A to-do without a title is refused with 400",
    points=2,
    hint="Check the type of every field before you store anything, and answer 400 with a body that names the field.",
)
READ = make_check("read-unknown", title="GET /todos/{id} of an unknown to-do answers 404", group="read")
PERSIST = make_check(
    "restart-keeps", title="To-dos survive a restart of the app", group="persistence", points=3, cwe="CWE-404"
)
CHECKS = (CREATE, UNICODE, REFUSE, READ, PERSIST)
TRACEBACK = """\
\x1b[31mTraceback (most recent call last):\x1b[0m
  File "/app/app.py", line 3, in <module>
    from flask import Flaks
ImportError: cannot import name 'Flaks' from 'flask' (/usr/lib/python3/dist-packages/flask/__init__.py)
"""


def passed() -> Attempt:
    """Everything passed; the log is of no interest then."""
    return make_attempt(make_grade([make_result(check) for check in CHECKS], app_log="unwanted"))


def failed() -> Attempt:
    """Some checks failed, one was skipped, the app was restarted."""
    results = [
        make_result(CREATE),
        make_result(
            UNICODE,
            Outcome.FAILED,
            feedback='GET /todos/17: expected "title" to be "  買い物 für Zoë ", got "買い物 für Zoë"',
        ),
        make_result(REFUSE, Outcome.FAILED, feedback="POST /todos: expected status 400, got 500"),
        make_result(READ, Outcome.SKIPPED),
        make_result(PERSIST, Outcome.FAILED, feedback="GET /todos/3: no answer within 3 s"),
    ]
    grade = make_grade(
        results,
        app_log="\n".join(f"line {number}" for number in range(1, 21)),
        restarts=[Restart("restart-keeps", "the check took longer than 10 s")],
        notes=["left out: .git, node_modules, __pycache__"],
    )
    detail = make_detail(
        [CheckDetail("create-refuses-empty", "test_create.py::test_create_refuses_empty", "line 31:\n  CheckFailed")],
        app_log="all that it printed",
        tester_log="2 warnings",
    )
    return make_attempt(grade, detail)


def start_failed() -> Attempt:
    """The app ended before it answered, so no check has a result."""
    results = [make_result(check, Outcome.ERRORED, feedback=NO_RESULT) for check in CHECKS]
    return make_attempt(
        make_grade(
            results,
            verdict=Verdict.START_FAILED,
            message="your app exited with code 1 before it answered GET / on the port in the environment variable PORT",
            app_log=TRACEBACK,
        )
    )


def timed_out() -> Attempt:
    """The suite ended early: the last two checks have no result."""
    results = [
        make_result(CREATE),
        make_result(UNICODE),
        make_result(REFUSE),
        make_result(READ, Outcome.ERRORED, feedback=NO_RESULT),
        make_result(PERSIST, Outcome.ERRORED, feedback=NO_RESULT),
    ]
    message = "the checks together took longer than 60 s"
    return make_attempt(make_grade(results, verdict=Verdict.TIMED_OUT, message=message))


def levels() -> Attempt:
    """Checks of every feedback level, of which some failed."""
    results = [
        make_result(
            replace(REFUSE, id=f"refuse-{level}", feedback_level=level, cwe="CWE-20"),
            Outcome.FAILED,
            feedback="POST /todos: expected status 400, got 500",
        )
        for level in FeedbackLevel
    ]
    silent = [replace(check, feedback_level=FeedbackLevel.SILENT) for check in CHECKS]
    results += [make_result(silent[0]), make_result(silent[3], Outcome.ERRORED, feedback=NO_RESULT)]
    results.append(make_result(silent[4], Outcome.SKIPPED))
    full = make_grade(results, restarts=[Restart("refuse-silent", "it did not answer")])
    return make_attempt(for_learner(full), make_detail(grade=full))


def render(attempt: Attempt, style: TextStyle | None = None, audience: Audience = Audience.LEARNER) -> str:
    """Return the text report of `attempt`."""
    return TextReport(style or TextStyle()).render(attempt, audience)


def render_error(style: TextStyle) -> str:
    """Return the report of an archive with two bad members."""
    error = SubmissionError(
        "the submission cannot be read",
        problems=[
            Problem("todo.zip: ../../etc/passwd", "climbs out of the submission", "a path inside it"),
            Problem("todo.zip: data/link", "is a link", "only regular files and directories"),
        ],
        hint="make the archive again without them: zip -r todo.zip .",
    )
    return TextReport(style).render_error(error, Audience.LEARNER)


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


def test_an_instructor_is_spared_the_places_of_passed_checks() -> None:
    """A check that passed and has nothing to tell stays one line."""
    detail = make_detail([CheckDetail(CREATE.id, "test_create.py::place", "")])
    assert "place" not in render(make_attempt(make_grade([make_result(CREATE)]), detail), None, Audience.INSTRUCTOR)
    failing = make_attempt(make_grade([make_result(CREATE, Outcome.FAILED)]), detail)
    assert "place" in render(failing, None, Audience.INSTRUCTOR)
