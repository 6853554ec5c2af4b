"""The Common Test Report Format (ctrf.io, specification 0.0): JSON that dashboards and chat bots read.

An attempt does not know what time it is, so times begin at 0. A check without a result is `other`: it says nothing
about the submission.
"""

from __future__ import annotations

from grader import __version__
from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Grade, Outcome
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports._documents import without_empty, written

SPECIFICATION = "0.0.0"

_STATUS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.ERRORED: "other",
    Outcome.SKIPPED: "skipped",
}
_TOOL = {"name": "grader", "version": __version__}


class CtrfReport:
    """One JSON object; what the format has no word for, points among it, stands in its `extra`."""

    name = "ctrf"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the report; logs and what the run was like stand in `results.extra`."""
        grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
        tests = [_test(result, facts.quoted(details.get(result.check.id, ()))) for result in grade.checks]
        origin = grade.provenance
        extra = {
            "title": safe_line(grade.title),
            "verdict": grade.verdict,
            "score": grade.score,
            "max_score": grade.max_score,
            "pass_score": grade.pass_score,
            "message": safe_prose(grade.message),
            "suite": origin.suite,
            "seed": origin.seed,
            "submission": origin.submission_digest,
            "notes": [safe_prose(note) for note in grade.notes],
            "restarts": [f"{safe_line(item.after)}: {safe_prose(item.reason)}" for item in grade.restarts],
            "logs": {heading: safe_log(text) for heading, text in facts.logs_for(attempt, audience)},
        }
        return _document(tests, grade, extra)

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a report without tests, which nobody can take for one that failed them all; `extra` says why."""
        return _document([], None, {"verdict": error.verdict, "error": safe_log(facts.told(error, audience))})


report: Report = CtrfReport()


def _document(tests: list[dict[str, object]], grade: Grade | None, extra: dict[str, object]) -> str:
    summary: dict[str, object] = {"tests": len(tests)}
    for status in ("passed", "failed", "skipped", "pending", "other"):
        summary[status] = sum(test["status"] == status for test in tests)
    summary |= {"start": 0, "stop": _milliseconds(facts.took_s(grade) if grade else 0.0)}
    results: dict[str, object] = {"tool": _TOOL, "summary": summary, "tests": tests, "extra": extra}
    if grade is not None:
        origin = grade.provenance
        results["environment"] = {"appName": origin.challenge, "appVersion": origin.challenge_version}
    return written(
        {
            "reportFormat": "CTRF",
            "specVersion": SPECIFICATION,
            "generatedBy": f"grader {__version__}",
            "results": results,
        }
    )


def _test(result: CheckResult, detail: str) -> dict[str, object]:
    check = result.check
    return without_empty(
        {
            "name": safe_line(check.title),
            "status": _STATUS[result.outcome],
            "rawStatus": result.outcome,
            "duration": _milliseconds(result.duration_s),
            "suite": [safe_line(check.group)],
            "message": safe_prose(facts.said(result)),
            "trace": safe_log(detail),
            "extra": {"id": check.id, "points": check.points, "earned": result.earned},
        }
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
