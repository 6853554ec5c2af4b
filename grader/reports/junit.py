"""The JUnit XML report: what CI systems read test results from (Jenkins, GitLab, Azure Pipelines, Buildkite, ...).

A group is a `testsuite`, a check a `testcase`; `failure` is what the submission answered wrongly, `error` a check
without a result. It keeps to the schema of Jenkins' xUnit plug-in, which is the strictest that is in use.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Grade, Outcome, Verdict
from grader.reports import Report
from grader.reports import _facts as facts

_TAGS = {Outcome.FAILED: "failure", Outcome.ERRORED: "error", Outcome.SKIPPED: "skipped"}
_SUITE = "grader"


class JunitReport:
    """One XML document; points stand in the properties of the suites."""

    name = "junit"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the document; a run that ended early has a test case of its own that says why."""
        grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
        suites = [_run(attempt, audience)]
        for group in facts.groups(grade):
            cases = [_case(grade, result, facts.quoted(details.get(result.check.id, ()))) for result in group.results]
            points = {result.check.id: f"{result.earned}/{result.check.points}" for result in group.results}
            suites.append(_suite(group.name, cases, {"points": f"{group.earned}/{group.points}"} | points))
        return _written(safe_line(grade.title), suites)

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a document whose only test case is an error: a job that reads it fails, and has no score."""
        case = ET.Element("testcase", classname=_SUITE, name=facts.NOT_GRADED, time="0")
        happened = ET.SubElement(case, "error", type=error.verdict, message=safe_line(error.message))
        happened.text = safe_log(facts.told(error, audience))
        return _written(facts.NOT_GRADED, [_suite(_SUITE, [case], {"verdict": error.verdict})])


report: Report = JunitReport()


def _run(attempt: Attempt, audience: Audience) -> ET.Element:
    """Return the suite of what is about no single check: verdict, score, logs."""
    grade = attempt.grade_for(audience)
    case = ET.Element("testcase", classname=grade.provenance.challenge, name="The run as a whole", time="0")
    if grade.verdict not in (Verdict.PASSED, Verdict.FAILED):
        said = safe_line(grade.message or facts.verdict_words(grade.verdict))
        ET.SubElement(case, "failure", type=grade.verdict, message=said).text = safe_prose(grade.message)
    origin = grade.provenance
    properties = {
        "verdict": str(grade.verdict),
        "score": str(grade.score),
        "max_score": str(grade.max_score),
        "pass_score": str(grade.pass_score),
        "challenge": f"{origin.challenge} {origin.challenge_version}",
        "suite": str(origin.suite),
        "submission": origin.submission_digest,
        "seed": str(origin.seed),
    }
    suite = _suite(_SUITE, [case], properties)
    logs = facts.logs_for(attempt, audience)
    remarks = [*grade.notes, *(f"started again after {item.after}: {item.reason}" for item in grade.restarts)]
    if logs or remarks:
        quoted = [f"{heading}\n{safe_log(text)}" for heading, text in logs]
        ET.SubElement(suite, "system-out").text = "\n\n".join([*map(safe_prose, remarks), *quoted])
    return suite


def _case(grade: Grade, result: CheckResult, detail: str) -> ET.Element:
    check = result.check
    classname = f"{grade.provenance.challenge}.{safe_line(check.group)}"
    case = ET.Element("testcase", classname=classname, name=safe_line(check.title), time=f"{result.duration_s:.3f}")
    if tag := _TAGS.get(result.outcome):
        said = safe_line(result.feedback or result.outcome)
        happened = ET.SubElement(case, tag, type=str(result.outcome), message=said)
        happened.text = safe_prose(facts.said(result)) + (f"\n\n{safe_log(detail)}" if detail else "")
    elif detail:
        ET.SubElement(case, "system-out").text = safe_log(detail)
    return case


def _suite(name: str, cases: list[ET.Element], properties: dict[str, str]) -> ET.Element:
    suite = ET.Element("testsuite", name=safe_line(name), tests=str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    listed = ET.SubElement(suite, "properties")
    for key, value in properties.items():
        ET.SubElement(listed, "property", name=safe_line(key), value=safe_line(value))
    suite.extend(cases)
    return suite


def _written(name: str, suites: list[ET.Element]) -> str:
    root = ET.Element("testsuites", name=name)
    for attribute in ("tests", "failures", "errors"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in suites)))
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
