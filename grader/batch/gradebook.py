"""The gradebook: a CSV row for each submission, and for each person of the roster without one.

What was not graded has no number in its row, so that nobody adds it up as zero.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.batch.entries import Entry
from grader.batch.summary import Result
from grader.display import safe_line
from grader.models import Verdict
from grader.reports.csv import cell

COLUMNS = ("submission", "name")
RESULTS = ("verdict", "passed", "score", "max_score", "percent", "message", "stack", "digest")
ABSENT = "not_submitted"


def render_gradebook(results: Sequence[Result], absent: Sequence[Entry], columns: Sequence[str]) -> str:
    """Return the gradebook: submission and person, what else the roster says (`columns`), then the result."""
    # what a roster calls like a column of ours is told apart
    own = {*COLUMNS, *RESULTS}
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    names = [f"roster_{column}" if column in own else column for column in columns]
    writer.writerow(cell(safe_line(name)) for name in (*COLUMNS, *names, *RESULTS))
    for result in results:
        known = ("yes" if result.verdict == Verdict.PASSED else "no") if result.is_graded else ""
        numbers = [_number(result.score), _number(result.max_score), _number(result.percent)]
        values = [result.verdict, known, *numbers, safe_line(result.message), result.stack, result.digest]
        writer.writerow([*_who(result.entry, columns), *map(cell, values)])
    for entry in absent:
        writer.writerow([*_who(entry, columns), ABSENT, *[""] * (len(RESULTS) - 1)])
    return text.getvalue()


def _who(entry: Entry, columns: Sequence[str]) -> list[object]:
    more = (entry.more.get(column, "") for column in columns)
    return [cell(safe_line(value)) for value in (entry.name, entry.person, *more)]


def _number(value: int | None) -> object:
    return "" if value is None else value
