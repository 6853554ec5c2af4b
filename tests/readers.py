"""Reads each report format as strictly as the programs that it is for do, and says what they find in it.

JSON is read by the schemas of tests/schemas.py, JUnit XML by junitparser too, Markdown by markdown-it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from junitparser import JUnitXml
from markdown_it import MarkdownIt

from tests.schemas import CTRF, EXERCISM, GITLAB, GRADESCOPE, SARIF


@dataclass(frozen=True, slots=True)
class Reading:
    """What a program finds in a report: was anything graded, and the titles of checks that passed or did not.

    None where the format does not name them.
    """

    graded: bool
    passed: tuple[str, ...] | None = ()
    others: tuple[str, ...] | None = ()


def read_json(text: str) -> Reading:
    """Read the grader's own document, whose keys tests/unit/test_reports_json.py compares with its page."""
    document = json.loads(text)
    assert ("error" in document) != ("score" in document)
    checks = document.get("checks", [])
    return Reading(
        "score" in document,
        tuple(check["title"] for check in checks if check["outcome"] == "passed"),
        tuple(check["title"] for check in checks if check["outcome"] != "passed"),
    )


def read_gradescope(text: str) -> Reading:
    """Read results.json as Gradescope does: without a score and without tests the autograder has failed."""
    document = json.loads(text)
    GRADESCOPE.validate(document)
    tests = document.get("tests", [])
    if "score" in document:
        assert document["score"] == sum(test["score"] for test in tests)
    return Reading(
        "score" in document or bool(tests),
        tuple(test["name"] for test in tests if test["status"] == "passed"),
        tuple(test["name"] for test in tests if test["status"] != "passed"),
    )


def read_exercism(text: str) -> Reading:
    """Read results.json as the website does."""
    assert len(text.encode()) <= 500_000
    document = json.loads(text)
    EXERCISM.validate(document)
    tests = document["tests"]
    assert (document["status"] == "error") == bool(document["message"])
    assert all(test.get("message") for test in tests if test["status"] != "pass")
    if document["status"] == "error":
        assert not tests
        return Reading(not document["message"].startswith("Not graded"), None, None)
    assert document["status"] == ("pass" if all(test["status"] == "pass" for test in tests) else "fail")
    return Reading(
        graded=True,
        passed=tuple(test["name"] for test in tests if test["status"] == "pass"),
        others=tuple(test["name"] for test in tests if test["status"] != "pass"),
    )


def read_ctrf(text: str) -> Reading:
    """Read a CTRF report; the sums must be those of the tests."""
    document = json.loads(text)
    CTRF.validate(document)
    tests, summary = document["results"]["tests"], document["results"]["summary"]
    assert summary["tests"] == len(tests)
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[status] == sum(test["status"] == status for test in tests)
    assert summary["start"] <= summary["stop"]
    return Reading(
        "error" not in document["results"]["extra"],
        tuple(test["name"] for test in tests if test["status"] == "passed"),
        tuple(test["name"] for test in tests if test["status"] != "passed"),
    )


def read_sarif(text: str) -> Reading:
    """Read a SARIF log as GitHub's code scanning does."""
    document = json.loads(text)
    SARIF.validate(document)
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    graded = run["invocations"][0]["executionSuccessful"]
    assert graded == ("results" in run)
    results = run.get("results", [])
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    found = {result["ruleId"] for result in results}
    titles = {rule["id"]: rule["shortDescription"]["text"] for rule in rules}
    return Reading(
        graded,
        tuple(title for rule, title in titles.items() if rule not in found),
        tuple(title for rule, title in titles.items() if rule in found),
    )


def read_gitlab(text: str) -> Reading:
    """Read a Code Quality report; findings that GitLab could not tell apart would be shown once."""
    document = json.loads(text)
    GITLAB.validate(document)
    assert len({finding["fingerprint"] for finding in document}) == len(document)
    graded = not any(finding["description"].startswith("Not graded") for finding in document)
    of_checks = [finding for finding in document if finding["severity"] != "blocker"]
    return Reading(
        graded,
        None,
        tuple(re.sub(r"(: .*| \((errored|skipped|failed)\))\Z", "", item["description"]) for item in of_checks),
    )


JUNIT = {  # element: attributes it must have, attributes it may have, elements that may be in it
    "testsuites": ({"name", "tests", "failures", "errors"}, set[str](), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set[str](), set[str](), {"property"}),
    "property": ({"name", "value"}, set[str](), set[str]()),
    "testcase": ({"name", "classname", "time"}, set[str](), {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set[str](), set[str]()),
    "error": ({"type", "message"}, set[str](), set[str]()),
    "skipped": ({"type", "message"}, set[str](), set[str]()),
    "system-out": (set[str](), set[str](), set[str]()),
}


def read_junit(text: str) -> Reading:
    """Read JUnit XML by the schema of Jenkins' xUnit plug-in, and by junitparser, whose counts must agree."""
    root = ET.fromstring(text)
    for element in root.iter():
        required, optional, inner = JUNIT[element.tag]
        assert required <= set(element.attrib) <= required | optional, element.tag
        assert {child.tag for child in element} <= inner, element.tag
        assert re.fullmatch(r"\d{1,3}(\.\d*)?", element.get("time", "0"))
    parsed = JUnitXml.fromstring(text.encode())
    for suite in parsed:
        seen = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()  # type: ignore[no-untyped-call]
        assert seen == (suite.tests, suite.failures, suite.errors, suite.skipped)
    cases = [case for suite in parsed for case in suite if suite.name != "grader"]
    graded = root.find("testsuite/testcase[@name='Not graded']") is None
    return Reading(
        graded,
        tuple(case.name for case in cases if not case.result),
        tuple(case.name for case in cases if case.result),
    )


def read_csv(text: str) -> Reading:
    """Read the rows as a spreadsheet does: no cell is a formula."""
    rows = list(csv.DictReader(io.StringIO(text), strict=True))
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)
    assert [
        cell for row in rows for cell in row.values() if re.match(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]", cell)
    ] == []
    checks = [row for row in rows if row["check"]]
    graded = all(row["score"] for row in rows)
    assert graded or not any(row["points"] or row["earned"] for row in rows)
    return Reading(
        graded,
        tuple(row["title"] for row in checks if row["outcome"] == "passed"),
        tuple(row["title"] for row in checks if row["outcome"] != "passed"),
    )


class _Page(HTMLParser):
    """Notes what a page could make a browser do, and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)


def read_html(text: str) -> Reading:
    """Read a page: it runs nothing, fetches nothing, and its policy forbids both."""
    page = _Page()
    page.feed(text)
    page.close()
    assert not {"script", "iframe", "object", "embed", "form", "base", "img", "a:"} & set(page.tags)
    assert page.tags.count("style") == page.tags.count("link") == page.tags.count("h1") == 1
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"style", "srcset", "src"}, (tag, name)
        if name in {"href", "xlink:href"}:
            assert value.startswith(("#", "data:image/svg+xml,")), (tag, value)
    policy = next(value for _, name, value in page.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    said = " ".join("".join(page.words).split())
    return Reading("Not graded" not in said, None, None)


def read_markdown(text: str) -> Reading:
    """Read it as GitHub's dialect: only our own mark-up is any."""
    assert len(text.encode()) <= 1024 * 1024
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"link_open", "image", "code_block", "hr", "lheading_open", "s_open"}, kinds
    html = {token.content.strip() for token in (*tokens, *inner) if token.type in {"html_block", "html_inline"}}
    allowed = r"<!-- -->|</?(details|sub)>|<details>\n<summary>[^<>]*</summary>|<summary>[^<>]*</summary>"
    assert [piece for piece in html if not re.fullmatch(allowed, piece)] == []
    headings = [
        "".join(child.content for child in tokens[number + 1].children or () if child.type == "text")
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h4"
    ]
    return Reading(
        "Not graded" not in text.partition("\n")[0],
        None,
        tuple(re.sub(r"^\S+ | \(\d+/\d+\)$", "", h) for h in headings),
    )


def read_github(text: str) -> Reading:
    """Read lines as the runner does: which commands does it obey, and how many annotations are there?"""
    annotations, stopped = [], ""
    for line in text.splitlines():
        command = re.match(r"\s*::(\w[\w-]*)(?: ([^:]*))?::(.*)", line)
        if stopped:
            if command and command[1] == stopped:
                stopped = ""
            continue
        assert command, line
        assert "##[" not in line
        name, properties, data = command.groups()
        assert name in {"group", "endgroup", "stop-commands", "error", "warning", "notice"}, line
        if name == "stop-commands":
            assert len(data) == 64
            stopped = data
        elif name in {"error", "warning", "notice"}:
            assert re.fullmatch(r"title=[^,:]*", properties or ""), line
            annotations.append((name, properties[len("title=") :].replace("%3A", ":").replace("%2C", ",")))
    assert not stopped
    for kind in ("error", "warning", "notice"):
        assert sum(name == kind for name, _ in annotations) <= 10
    titles = [re.sub(r" \(\d+/\d+\)$", "", title.replace("%25", "%")) for _, title in annotations[1:]]
    return Reading(not annotations[0][1].startswith("Not graded"), None, tuple(titles))


def read_text(text: str) -> Reading:
    """Read the report for people, of which only the headline is fixed."""
    return Reading(not text.startswith("NOT GRADED"), None, None)


READERS: dict[str, Callable[[str], Reading]] = {
    "csv": read_csv,
    "ctrf": read_ctrf,
    "exercism": read_exercism,
    "github": read_github,
    "gitlab": read_gitlab,
    "gradescope": read_gradescope,
    "html": read_html,
    "json": read_json,
    "junit": read_junit,
    "markdown": read_markdown,
    "sarif": read_sarif,
    "text": read_text,
}
