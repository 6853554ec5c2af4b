"""The CSV report: a row a check, for spreadsheets and data frames; the values of the whole run stand in every row.

No cell is taken for a formula (CWE-1236): one that begins as formulas do gets an apostrophe in front, by which
spreadsheets know a text.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience
from grader.reports import Report
from grader.reports import _facts as facts

COLUMNS = (
    "challenge",
    "verdict",
    "score",
    "max_score",
    "check",
    "outcome",
    "points",
    "earned",
    "group",
    "title",
    "feedback",
    "hint",
    "cwe",
    "duration_s",
    "message",
    "version",
    "suite",
    "stack",
    "seed",
    "submission",
)
FOR_INSTRUCTORS = ("detail",)
_FORMULAS = frozenset("=+-@|%")


class CsvReport:
    """A header and rows, all cells in quotes; a run without checks is one row, whose cells about checks are empty."""

    name = "csv"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the rows; an instructor's edition has a column more."""
        grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
        origin = grade.provenance
        of_run: dict[str, object] = {
            "challenge": origin.challenge,
            "version": origin.challenge_version,
            "suite": origin.suite,
            "stack": origin.stack,
            "submission": origin.submission_digest,
            "seed": origin.seed,
            "verdict": grade.verdict,
            "score": grade.score,
            "max_score": grade.max_score,
            "message": safe_prose(grade.message),
        }
        rows = [
            of_run
            | {
                "check": result.check.id,
                "title": safe_line(result.check.title),
                "group": safe_line(result.check.group),
                "outcome": result.outcome,
                "points": result.check.points,
                "earned": result.earned,
                "duration_s": round(result.duration_s, 3),
                "feedback": safe_prose(result.feedback),
                "hint": safe_prose(result.check.hint),
                "cwe": safe_line(result.check.cwe),
                "detail": safe_log(facts.quoted(details.get(result.check.id, ()))),
            }
            for result in grade.checks
        ]
        return _written(rows or [of_run], audience)

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return one row with a verdict and no number: whoever adds up points adds nothing."""
        return _written([{"verdict": error.verdict, "message": safe_log(facts.told(error, audience))}], audience)


report: Report = CsvReport()


def _written(rows: Iterable[Mapping[str, object]], audience: Audience) -> str:
    columns: Sequence[str] = COLUMNS + (FOR_INSTRUCTORS if audience is Audience.INSTRUCTOR else ())
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def cell(value: object) -> object:
    """Return a value as a cell that is no formula, not even in the full-width characters that some programs take."""
    if (
        isinstance(value, str)
        and (start := unicodedata.normalize("NFKC", value.lstrip()[:1]))
        and start[0] in _FORMULAS
    ):
        return f"'{value}"
    return value
