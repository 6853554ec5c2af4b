"""SARIF 2.1.0 (OASIS): findings for code scanning, one rule a check and one result for each that did not pass.

A hidden suite looks at what an app does and knows no line of its code: every result is about the whole submission, at
the root of the repository.
"""

from __future__ import annotations

import re

from grader import __version__
from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Outcome
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports._documents import written

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS = {Outcome.FAILED: "error", Outcome.ERRORED: "warning", Outcome.SKIPPED: "note"}
_CWE = re.compile(r"CWE-(\d+)\Z")


class SarifReport:
    """One log with one run."""

    name = "sarif"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the log; logs of the app and the tester are artifacts of the invocation."""
        grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
        results = [
            _result(grade.provenance.challenge, result, index, facts.quoted(details.get(result.check.id, ())))
            for index, result in enumerate(grade.checks)
            if result.outcome is not Outcome.PASSED
        ]
        notes = [_notice("note", text) for text in grade.notes]
        notes += [_notice("note", f"started again after {item.after}: {item.reason}") for item in grade.restarts]
        notes += [_notice("warning", grade.message)] if grade.message else []
        notes += [
            _notice("note", f"{heading}:\n{safe_log(text)}") for heading, text in facts.logs_for(attempt, audience)
        ]
        return _log(
            rules=[_rule(result) for result in grade.checks],
            results=results,
            invocation={"executionSuccessful": True, "toolExecutionNotifications": notes},
            properties={
                "verdict": grade.verdict,
                "score": grade.score,
                "max_score": grade.max_score,
                "pass_score": grade.pass_score,
                "seed": grade.provenance.seed,
            },
        )

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a log of a run that was not successful and has no list of results: not even an empty one."""
        invocation = {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                _notice("error", f"{facts.NOT_GRADED}: {facts.told(error, audience)}"),
            ],
        }
        return _log(rules=[], results=None, invocation=invocation, properties={"verdict": error.verdict})


report: Report = SarifReport()


def _log(
    *,
    rules: list[dict[str, object]],
    results: list[dict[str, object]] | None,
    invocation: dict[str, object],
    properties: dict[str, object],
) -> str:
    run: dict[str, object] = {
        "tool": {"driver": {"name": "grader", "semanticVersion": __version__, "rules": rules}},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "properties": properties,
    }
    if results is not None:
        run["results"] = results
    return written({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(result: CheckResult) -> dict[str, object]:
    check = result.check
    rule: dict[str, object] = {
        "id": check.id,
        "shortDescription": {"text": safe_line(check.title)},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": _tags(result), "group": safe_line(check.group), "points": check.points},
    }
    if check.hint:
        rule["help"] = {"text": safe_prose(check.hint)}
    return rule


def _tags(result: CheckResult) -> list[str]:
    """Return the tags by which GitHub knows a security finding and its weakness."""
    cwe = safe_line(result.check.cwe)
    found = _CWE.match(cwe)
    return ["security", f"external/cwe/cwe-{found[1].zfill(3)}"] if found else [cwe] if cwe else []


def _result(challenge: str, result: CheckResult, rule: int, detail: str) -> dict[str, object]:
    check = result.check
    said = facts.said(result)
    properties = {"outcome": result.outcome, "earned": result.earned, "points": check.points}
    return {
        "ruleId": check.id,
        "ruleIndex": rule,
        "level": _LEVELS[result.outcome],
        "kind": "fail",
        "message": {"text": safe_prose(f"{safe_line(check.title)}\n{said}".rstrip())},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": ".", "uriBaseId": "%SRCROOT%"}}}],
        "partialFingerprints": {"checkOfChallenge/v1": facts.fingerprint(challenge, check.id)},
        "properties": properties | ({"detail": safe_log(detail)} if detail else {}),
    }


def _notice(level: str, text: str) -> dict[str, object]:
    return {"level": level, "message": {"text": safe_log(text)}}
