"""Tables for terminals: whatever they hold, no line is wider than the screen."""

from __future__ import annotations

import pytest

from grader.cli._table import table
from grader.display import TextStyle, cells

HEADINGS = ("ID", "CHALLENGE", "POINTS", "LEARNER")
ROWS = [("7", "todo-api-postgres 1.0.0", "100/100", ""), ("12", "todo-api 1.0.0", "8/100", "Zoë Müller-Lüdenscheidt")]


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.cli._table.is_terminal", lambda _: True)


@pytest.mark.usefixtures("_terminal")
@pytest.mark.parametrize("width", [40, 60, 61, 62, 80, 100])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """With too little room for columns each row is an entry, and nothing of it is lost."""
    shown = table(HEADINGS, ROWS, TextStyle(width=width), right="ID POINTS")
    assert all(cells(line) <= width for line in shown.splitlines()), shown
    assert all(word in shown for row in ROWS for value in row for word in value.split())


@pytest.mark.usefixtures("_terminal")
def test_a_narrow_screen_shows_entries() -> None:
    """What tells rows apart stands on a line of its own; a value that is empty is left out."""
    shown = table(HEADINGS, ROWS, TextStyle(width=40), right="ID POINTS")
    assert shown.startswith("7\n  todo-api-postgres 1.0.0 · 100/100\n12\n  todo-api 1.0.0 · 8/100 ·")


def test_in_a_pipe_every_row_is_a_line() -> None:
    """Programs split lines."""
    assert len(table(HEADINGS, ROWS, TextStyle(width=40)).splitlines()) == 1 + len(ROWS)
