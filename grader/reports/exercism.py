"""Exercism's results.json, version 3 (exercism/docs, "The test runner interface").

It knows tests, not points: `pass` means that every check passed, whatever the challenge calls enough. Groups are tasks.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.display import safe_line, safe_log, safe_prose, safe_text
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Grade, Outcome
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports._documents import written

VERSION = 3
MESSAGE_CHARS = 65_535
DOCUMENT_BYTES = 500_000
"""What the website accepts; messages are cut until a document fits."""

_MESSAGES = (8_000, 1_000, 200, 40)
_LOG_LINES = 30
_STATUS = {Outcome.PASSED: "pass", Outcome.FAILED: "fail", Outcome.ERRORED: "error", Outcome.SKIPPED: "fail"}


class ExercismReport:
    """One JSON object; code of tests is never in it."""

    name = "exercism"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the results: `error` with a message only where no check has run, as the interface wants it."""
        grade = attempt.grade_for(audience)
        if all(result.outcome is Outcome.ERRORED for result in grade.checks):
            return _error(_why(attempt, audience))
        text = ""
        for limit_chars in _MESSAGES:
            text = _document(attempt, audience, limit_chars)
            if len(text) <= DOCUMENT_BYTES:
                break
        return text

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a document with the status `error`, which says that nothing was graded."""
        return _error(f"{facts.NOT_GRADED}: {facts.told(error, audience)}")


report: Report = ExercismReport()


def _document(attempt: Attempt, audience: Audience, limit_chars: int) -> str:
    grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
    tasks = {group.name: number for number, group in enumerate(facts.groups(grade), start=1)}
    tests = [
        _test(result, tasks[result.check.group], facts.quoted(details.get(result.check.id, ())), limit_chars)
        for result in grade.checks
    ]
    status = "pass" if all(result.outcome is Outcome.PASSED for result in grade.checks) else "fail"
    return written({"version": VERSION, "status": status, "message": None, "tests": tests})


def _test(result: CheckResult, task: int, detail: str, limit_chars: int) -> dict[str, object]:
    test: dict[str, object] = {
        "name": safe_line(result.check.title),
        "status": _STATUS[result.outcome],
        "task_id": task,
    }
    said = "\n\n".join(part for part in (facts.said(result), detail) if part)
    if result.outcome is not Outcome.PASSED:
        text = safe_text(said or f"the check {result.outcome}", limit_chars=limit_chars, keep_newlines=True)
        test["message"] = text
    return test


def _why(attempt: Attempt, audience: Audience) -> str:
    grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
    parts = [grade.message or _verdict(grade), _titles(grade.checks)]
    parts += [facts.quoted(items) for items in details.values()]
    for heading, text in facts.logs_for(attempt, audience):
        shown = text if audience is Audience.INSTRUCTOR else facts.tail(text, _LOG_LINES)
        parts.append(f"{heading}:\n{safe_log(shown)}")
    return "\n\n".join(part for part in parts if part)


def _verdict(grade: Grade) -> str:
    return facts.verdict_words(grade.verdict)


def _titles(results: Sequence[CheckResult]) -> str:
    said = dict.fromkeys(safe_prose(facts.said(result)) for result in results)
    return "\n".join(text for text in said if text)


def _error(message: str) -> str:
    text = safe_text(message, limit_chars=MESSAGE_CHARS, keep_newlines=True)
    return written({"version": VERSION, "status": "error", "message": text, "tests": []})
