"""What the mark of a check may say, and how a mistake in it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from grader_checks.declarations import FEEDBACK_LEVELS, KEYWORDS, DeclaredCheck, declare

from grader.challenge_manifest import Manifest
from grader.models import FeedbackLevel
from grader.protocol import DeclaredCheck as ReadCheck

Collect = Callable[..., tuple[list[DeclaredCheck], list[str]]]


@pytest.fixture
def collect(request: pytest.FixtureRequest) -> Collect:
    """Return a function that declares one check with the given keywords."""
    request.config.addinivalue_line("markers", "check: as in the tester")

    def test_one() -> None:
        """It works.

        More.
        """

    def declare_one(**keywords: Any) -> tuple[list[DeclaredCheck], list[str]]:
        item = pytest.Function.from_parent(request.node.parent, name="test_one", callobj=test_one)
        item.add_marker(pytest.mark.check(**keywords))
        return declare([item])

    return declare_one


def test_a_check_is_sent_as_the_host_reads_it(collect: Collect) -> None:
    """Every keyword of the mark arrives, and the docstring's first line as the title."""
    values = {"points": 2, "group": "g", "hint": "h", "cwe": "CWE-1", "feedback": "silent"}
    assert set(values) == set(KEYWORDS)
    checks, problems = collect(**values)
    assert problems == []
    assert checks[0].as_message() == {"id": "one", "title": "It works.", **values}
    assert ReadCheck.model_validate(checks[0].as_message()).feedback is FeedbackLevel.SILENT


def test_feedback_that_is_not_declared_is_the_challenges(collect: Collect) -> None:
    """The host resolves it; a public suite tells everything, whatever is declared."""
    check = ReadCheck.model_validate(collect(points=1, group="g")[0][0].as_message())
    assert check.as_check(FeedbackLevel.HINT).feedback_level is FeedbackLevel.HINT
    silent = ReadCheck.model_validate(collect(points=1, group="g", feedback="silent")[0][0].as_message())
    assert silent.as_check(FeedbackLevel.HINT).feedback_level is FeedbackLevel.SILENT
    assert silent.as_check(None).feedback_level is FeedbackLevel.MESSAGE


@pytest.mark.parametrize("level", ["mesage", "", 3, True])
def test_an_unknown_level_is_a_problem_that_names_the_known_ones(collect: Collect, level: object) -> None:
    """A typing error must not tell more, or less, than the author meant."""
    _, problems = collect(points=1, group="g", feedback=level)
    assert len(problems) == 1
    assert problems[0].endswith(f"feedback={level!r}, expected one of message, hint, title, silent")


def test_host_tester_and_manifest_know_the_same_levels() -> None:
    """There is one list for each trust zone."""
    levels = tuple(FeedbackLevel)
    assert levels == FEEDBACK_LEVELS
    assert Manifest.model_fields["feedback"].annotation.__args__ == levels  # type: ignore[union-attr]
