"""The JSON report, schema version 1: what programs read. Every key is explained in docs/report-format.md.

ASCII only, so that it survives any terminal, pipe and encoding; keys always come in the same order and are never
left out, except `detail`, which only an instructor's edition has, and a score, which only a graded attempt has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckDetail, CheckResult, Provenance
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports._documents import written

SCHEMA_VERSION = 1


class JsonReport:
    """One JSON object, indented, ending with a newline."""

    name = "json"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the attempt as JSON; `detail`, and what feedback levels keep back, are there for instructors only."""
        return written(_attempt(attempt, audience))

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a document with `error` in place of a grade: it has no score."""
        shown: dict[str, object] = {
            "message": safe_prose(error.message),
            "problems": [
                {
                    "where": safe_line(problem.where),
                    "what": safe_prose(problem.what),
                    "expected": safe_prose(problem.expected),
                }
                for problem in error.problems
            ],
            "hint": safe_prose(error.hint),
        }
        if audience is Audience.INSTRUCTOR:
            shown["detail"] = safe_log(error.detail)
        return written({"schema_version": SCHEMA_VERSION, "verdict": error.verdict, "error": shown})


report: Report = JsonReport()


def _attempt(attempt: Attempt, audience: Audience) -> dict[str, object]:
    grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
    detail = attempt.detail if audience is Audience.INSTRUCTOR else None
    document: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "title": safe_line(grade.title),
        "verdict": grade.verdict,
        "score": grade.score,
        "max_score": grade.max_score,
        "pass_score": grade.pass_score,
        "message": safe_prose(grade.message),
        "checks": [
            _check(result) | ({} if detail is None else {"detail": _check_details(details.get(result.check.id, ()))})
            for result in grade.checks
        ],
        "app_log": safe_log(grade.app_log),
        "restarts": [
            {"after": safe_line(restart.after), "reason": safe_prose(restart.reason)} for restart in grade.restarts
        ],
        "notes": [safe_prose(note) for note in grade.notes],
        "provenance": _provenance(grade.provenance),
        "timings": [
            {"name": phase.name, "start_s": _seconds(phase.start_s), "duration_s": _seconds(phase.duration_s)}
            for phase in grade.timings
        ],
    }
    if detail is not None:
        document["detail"] = {"app_log": safe_log(detail.app_log), "tester_log": safe_log(detail.tester_log)}
    return document


def _check(result: CheckResult) -> dict[str, object]:
    check = result.check
    return {
        "id": check.id,
        "title": safe_line(check.title),
        "group": safe_line(check.group),
        "points": check.points,
        "earned": result.earned,
        "outcome": result.outcome,
        "feedback": safe_prose(result.feedback),
        "hint": safe_prose(check.hint),
        "cwe": safe_line(check.cwe),
        "feedback_level": check.feedback_level,
        "duration_s": _seconds(result.duration_s),
    }


def _check_details(details: Sequence[CheckDetail]) -> list[dict[str, str]]:
    return [{"node": safe_line(detail.node), "text": safe_log(detail.text)} for detail in details]


def _provenance(provenance: Provenance) -> dict[str, object]:
    # Not `asdict` at the top: it deep-copies `images`, which a read-only mapping does not allow.
    flat: dict[str, object] = {field.name: getattr(provenance, field.name) for field in fields(provenance)}
    return flat | {"images": dict(sorted(provenance.images.items())), "limits": asdict(provenance.limits)}


def _seconds(value: float) -> float:
    return round(value, 3)
