"""GitLab's Code Quality report: a JSON array in which each check that did not pass is a finding of a merge request.

GitLab asks for a file and a line; a hidden suite knows neither, so every finding is at line 1 of the repository's root.
"""

from __future__ import annotations

from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Outcome, Verdict
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports._documents import written

_SEVERITIES = {Outcome.FAILED: "major", Outcome.ERRORED: "minor", Outcome.SKIPPED: "info"}


class GitlabReport:
    """One JSON array."""

    name = "gitlab"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return a finding for each check that did not pass, and one for a run that ended early, which comes first."""
        grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
        slug = grade.provenance.challenge
        findings = [
            _of_check(slug, result, facts.quoted(details.get(result.check.id, ())))
            for result in grade.checks
            if result.outcome is not Outcome.PASSED
        ]
        if grade.verdict not in (Verdict.PASSED, Verdict.FAILED):
            said = grade.message or facts.verdict_words(grade.verdict)
            findings.insert(0, _finding(slug, str(grade.verdict), "blocker", said, _quoted_logs(attempt, audience)))
        return written(findings)

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return one finding that says that nothing was graded: an empty list would mean that nothing was wrong."""
        body = safe_log(facts.told(error, audience))
        return written([_finding("grader", error.verdict, "blocker", f"{facts.NOT_GRADED}: {error.message}", body)])


report: Report = GitlabReport()


def _of_check(slug: str, result: CheckResult, detail: str) -> dict[str, object]:
    check = result.check
    severity = "critical" if check.cwe and result.outcome is Outcome.FAILED else _SEVERITIES[result.outcome]
    feedback = f": {result.feedback}" if result.feedback else f" ({result.outcome})"
    body = "\n\n".join(part for part in (safe_prose(facts.said(result)), safe_log(detail)) if part)
    return _finding(slug, check.id, severity, f"{safe_line(check.title)}{feedback}", body)


def _finding(slug: str, name: str, severity: str, description: str, body: str) -> dict[str, object]:
    return {
        "type": "issue",
        "check_name": name,
        "description": safe_line(description),
        "content": {"body": body},
        "categories": ["Bug Risk"],
        "severity": severity,
        "fingerprint": facts.fingerprint(slug, name),
        "location": {"path": ".", "lines": {"begin": 1}},
    }


def _quoted_logs(attempt: Attempt, audience: Audience) -> str:
    return "\n\n".join(f"{heading}:\n{safe_log(text)}" for heading, text in facts.logs_for(attempt, audience))
