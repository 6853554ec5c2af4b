"""Live progress of a validation: what a log keeps, and what stays on a terminal."""

from __future__ import annotations

import io

import pytest

from grader.authoring.proofs.live import Began, Ended, Event, Planned, Remark, unwatched, watched_on
from tests.unit.test_progress import Terminal

RUN: tuple[Event, ...] = (
    Planned("todo-api", 12),
    Began("reference-flask"),
    Began("wrong-\x1b[2Jone"),
    Ended("reference-flask", "100 of 100 points", well=True),
    Ended("wrong-\x1b[2Jone", "expected it to fail two, but it passes", well=False),
    Planned("todo-api", 2),
    Remark("left out: mutants"),
    Planned("library-schema", 5),
    Began("starter/sql"),
    Ended("starter/sql", "", well=True),
)


def test_a_log_gets_a_line_for_each_grading() -> None:
    """It says which challenge, how far it is, what ended and how; no control characters."""
    log = io.StringIO()
    with watched_on(log) as watch:
        for event in RUN:
            watch(event)
    assert log.getvalue().splitlines() == [
        "todo-api [ 1/12] reference-flask: 100 of 100 points",
        "todo-api [ 2/12] wrong-one: expected it to fail two, but it passes",
        "left out: mutants",
        "library-schema [1/5] starter/sql",
    ]


def test_a_terminal_keeps_only_what_must_be_looked_at() -> None:
    """The status line names what is being graded, and is gone in the end."""
    terminal = Terminal()
    with watched_on(terminal, {"NO_COLOR": "1"}) as watch:
        for event in RUN[:3]:
            watch(event)
        assert terminal.screen()[-1] == "todo-api [ 0/12] reference-flask, wrong-one"
        for event in RUN[3:]:
            watch(event)
    assert terminal.screen() == [
        "todo-api [ 2/12] wrong-one: expected it to fail two, but it passes",
        "left out: mutants",
        "",
    ]


def test_unwatched_takes_every_event(capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever wants no progress sees none."""
    for event in RUN:
        unwatched(event)
    assert capfd.readouterr() == ("", "")
