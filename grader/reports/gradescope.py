"""Gradescope's results.json (gradescope-autograders.readthedocs.io, "Autograder Specifications").

Gradescope shows learners everything in it but what is `hidden`. All texts are declared as plain text: nothing in them
is taken for HTML, Markdown or colour codes.
"""

from __future__ import annotations

from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Outcome, Verdict
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports._documents import written

_LOG_LINES = 30


class GradescopeReport:
    """One JSON object."""

    name = "gradescope"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the results; those of an instructor's edition are hidden from learners as a whole."""
        grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
        visibility = "hidden" if audience is Audience.INSTRUCTOR else "visible"
        origin = grade.provenance
        return written(
            {
                "score": grade.score,
                "execution_time": round(facts.took_s(grade)),
                "output": _output(attempt, audience),
                "output_format": "text",
                "test_output_format": "text",
                "test_name_format": "text",
                "visibility": visibility,
                "stdout_visibility": "hidden",
                "extra_data": {
                    "verdict": grade.verdict,
                    "max_score": grade.max_score,
                    "pass_score": grade.pass_score,
                    "grader": origin.grader_version,
                    "challenge": f"{origin.challenge} {origin.challenge_version}",
                    "seed": origin.seed,
                },
                "tests": [
                    _test(number, result, facts.quoted(details.get(result.check.id, ())))
                    for number, result in enumerate(grade.checks, start=1)
                ],
            }
        )

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a document with neither score nor tests: to Gradescope the autograder has failed, which is no zero."""
        return written(
            {
                "output": safe_log(f"{facts.NOT_GRADED}: {facts.told(error, audience)}"),
                "output_format": "text",
                "visibility": "hidden" if audience is Audience.INSTRUCTOR else "visible",
                "stdout_visibility": "hidden",
                "extra_data": {"verdict": error.verdict},
            }
        )


report: Report = GradescopeReport()


def _output(attempt: Attempt, audience: Audience) -> str:
    grade = attempt.grade_for(audience)
    parts = [f"{facts.verdict_words(grade.verdict).capitalize()}: {facts.scored(grade)}. {facts.counted(grade)}."]
    parts += [safe_prose(grade.message), *map(safe_prose, grade.notes)]
    parts += [safe_prose(f"The app was started again after {item.after}: {item.reason}") for item in grade.restarts]
    for heading, text in facts.logs_for(attempt, audience):
        shown = text if audience is Audience.INSTRUCTOR else facts.tail(text, _LOG_LINES)
        parts.append(f"{heading}:\n{safe_log(shown)}")
    parts.append("" if grade.verdict is Verdict.PASSED else f"To repeat: {facts.command_to_repeat(grade.provenance)}")
    return "\n\n".join(part for part in parts if part)


def _test(number: int, result: CheckResult, detail: str) -> dict[str, object]:
    check = result.check
    said = [safe_prose(facts.said(result)), safe_log(detail)]
    return {
        "number": str(number),
        "name": safe_line(check.title),
        "score": result.earned,
        "max_score": check.points,
        "status": "passed" if result.outcome is Outcome.PASSED else "failed",
        "output": "\n\n".join(part for part in said if part),
        "tags": [safe_line(check.group)],
    }
