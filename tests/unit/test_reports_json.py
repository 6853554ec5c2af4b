"""The JSON report: complete, stable, documented, and without a score where there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from grader.errors import ChallengeError, GraderError, Problem, SandboxError, SubmissionError
from grader.models import Attempt, Audience, CheckDetail, Outcome, Phase, Restart, Verdict
from grader.reports import get_format
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_provenance, make_result

DOCS = Path(__file__).parents[2] / "docs" / "report-format.md"
GRADED = "A graded attempt"
NOT_GRADED = "An attempt that was not graded"


def full_attempt() -> Attempt:
    """Return an attempt in which nothing is empty."""
    first = make_check("first", points=2, hint="Try harder.", cwe="CWE-89")
    return make_attempt(
        make_grade(
            [
                make_result(first, Outcome.FAILED, feedback="expected 201, got 500", duration_s=0.0123456),
                make_result(make_check("second", group="read")),
            ],
            message="a message",
            app_log="a log",
            restarts=[Restart("first", "it hung")],
            timings=[Phase("start", 0.0, 1.0004)],
            notes=["a note"],
        ),
        make_detail([CheckDetail("first", "test_a.py::test_first", "Traceback")], app_log="all", tester_log="pytest"),
    )


def document(attempt: Attempt, audience: Audience = Audience.LEARNER) -> dict[str, Any]:
    """Return the report of `attempt`, read by a JSON parser."""
    return dict(json.loads(get_format("json").render(attempt, audience)))


def error_document(error: GraderError, audience: Audience = Audience.LEARNER) -> dict[str, Any]:
    """Return the report of `error`, read by a JSON parser."""
    return dict(json.loads(get_format("json").render_error(error, audience)))


def keys(value: object, prefix: str = "") -> Iterator[str]:
    """Yield the path of every key, as the documentation writes it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path
            if path != "provenance.images":  # its keys are names of images, not of the format
                yield from keys(inner, path)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner, f"{prefix}[]")


def documented(heading: str) -> set[str]:
    """Return the keys in the table under `heading`."""
    section = DOCS.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def test_the_documented_keys_are_the_keys_of_real_documents() -> None:
    """Nothing is undocumented, and nothing documented is missing."""
    assert set(keys(document(full_attempt(), Audience.INSTRUCTOR))) == documented(GRADED)
    error = SubmissionError("what", problems=[Problem("a.py", "is a link", "a file")], hint="fix", detail="more")
    assert set(keys(error_document(error, Audience.INSTRUCTOR))) == documented(NOT_GRADED)


def test_a_learner_document_lacks_exactly_the_detail() -> None:
    """The editions differ in `detail` only."""
    instructor = document(full_attempt(), Audience.INSTRUCTOR)
    del instructor["detail"]
    for check in instructor["checks"]:
        del check["detail"]
    assert document(full_attempt(), Audience.LEARNER) == instructor


def test_an_instructor_finds_each_detail_with_its_check() -> None:
    """A check's detail stands under that check; others have an empty list."""
    checks = document(full_attempt(), Audience.INSTRUCTOR)["checks"]
    assert [check["detail"] for check in checks] == [[{"node": "test_a.py::test_first", "text": "Traceback"}], []]


def test_a_document_has_the_values_of_the_grade() -> None:
    """Scores, outcomes and times arrive as they are, times in milliseconds."""
    shown = document(full_attempt())
    assert (shown["schema_version"], shown["verdict"], shown["score"], shown["max_score"]) == (1, "failed", 1, 3)
    assert shown["checks"][0] == {
        "id": "first",
        "title": "POST /todos stores a to-do and answers 201 with it",
        "group": "create",
        "points": 2,
        "earned": 0,
        "outcome": "failed",
        "feedback": "expected 201, got 500",
        "hint": "Try harder.",
        "cwe": "CWE-89",
        "feedback_level": "message",
        "duration_s": 0.012,
    }
    assert shown["restarts"] == [{"after": "first", "reason": "it hung"}]
    assert shown["timings"] == [{"name": "start", "start_s": 0.0, "duration_s": 1.0}]
    assert shown["provenance"]["limits"]["memory_bytes"] == 512 * 1024**2
    assert shown["provenance"]["suite"] == "hidden"


def test_keys_are_there_even_when_nothing_is_in_them() -> None:
    """A reader need not ask whether a key exists."""
    empty = document(make_attempt(make_grade([], verdict=Verdict.START_FAILED)), Audience.INSTRUCTOR)
    assert set(keys(empty)) == {key for key in documented(GRADED) if not re.match(r"(checks|restarts)\[\]", key)}


@pytest.mark.parametrize("error", [SubmissionError("x"), ChallengeError("x"), SandboxError("x"), GraderError("x")])
def test_an_error_has_a_verdict_and_no_score(error: GraderError) -> None:
    """Nobody can add up what is not there."""
    shown = error_document(error)
    assert list(shown) == ["schema_version", "verdict", "error"]
    assert shown["verdict"] == error.verdict


def test_the_text_is_ascii_and_the_same_every_time() -> None:
    """The order of a mapping does not change the document, and any encoding can carry it."""
    first, second = {"app": "sha256:1", "tester": "sha256:2"}, {"tester": "sha256:2", "app": "sha256:1"}
    texts = {
        get_format("json").render(
            make_attempt(make_grade(title="Zoë 買い物", provenance=make_provenance(images=MappingProxyType(images)))),
            Audience.LEARNER,
        )
        for images in (first, second)
    }
    assert len(texts) == 1
    text = texts.pop()
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text)["title"] == "Zoë 買い物"


def test_a_number_that_is_none_is_refused() -> None:
    """NaN is not JSON; it would break readers far from here."""
    attempt = make_attempt(make_grade([make_result(duration_s=float("nan"))]))
    with pytest.raises(ValueError, match="JSON"):
        get_format("json").render(attempt, Audience.LEARNER)
