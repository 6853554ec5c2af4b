"""What the mark of a check may say, and how a mistake in it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from grader_checks import declarations
from grader_checks.declarations import FEEDBACK_LEVELS, KEYWORDS, DeclaredCheck, declare
from pydantic import ValidationError

from grader import protocol
from grader.challenge_manifest import Manifest
from grader.models import FeedbackLevel
from grader.protocol import DeclaredCheck as ReadCheck

Collect = Callable[..., tuple[list[DeclaredCheck], list[str]]]


@pytest.fixture
def collect(request: pytest.FixtureRequest) -> Collect:
    """Return a function that declares checks of the given names, or one, with the given keywords."""
    request.config.addinivalue_line("markers", "check: as in the tester")

    def test_one() -> None:
        """It works.

        More.
        """

    def declare_some(*names: str, **keywords: Any) -> tuple[list[DeclaredCheck], list[str]]:
        items: list[pytest.Item] = []
        for name in names or ["test_one"]:
            function = name.split("[")[0]
            item = pytest.Function.from_parent(request.node.parent, name=name, callobj=test_one, originalname=function)
            item.add_marker(pytest.mark.check(**keywords))
            items.append(item)
        return declare(items)

    return declare_some


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


@pytest.mark.parametrize(
    ("keywords", "told"),
    [
        ({"points": 10_001}, "points=10001, expected a whole number from 1 to 10,000"),
        ({"hint": "h" * 2140}, "hint has 2,140 characters, at most 2,000"),
        ({"group": "g" * 101}, "group has 101 characters, at most 100"),
        ({"cwe": "CWE-" + "1" * 17}, "cwe has 21 characters, at most 20"),
    ],
)
def test_what_the_host_would_refuse_is_told_with_the_name_of_the_check(
    collect: Collect, keywords: dict[str, Any], told: str
) -> None:
    """One more than the most is a problem; the most is what the host takes."""
    values = {"points": 10_000, "group": "g" * 100, "hint": "h" * 2000, "cwe": "CWE-" + "1" * 16}
    (check,), problems = collect(**values)
    assert problems == []
    assert ReadCheck.model_validate(check.as_message()).points == 10_000
    (check,), problems = collect(**(values | keywords))
    assert [problem.partition(": ")[2] for problem in problems] == [told]
    assert problems[0].startswith(f"{check.node}: ")
    with pytest.raises(ValidationError):
        ReadCheck.model_validate(check.as_message())


def test_an_id_may_be_as_long_as_the_host_takes_it(collect: Collect) -> None:
    """It is the function's name."""
    assert collect("test_" + "x" * 200, points=1, group="g")[1] == []
    (problem,) = collect("test_" + "x" * 201, points=1, group="g")[1]
    assert problem.endswith(": id has 201 characters, at most 200")


def test_a_title_may_be_as_long_as_the_host_takes_it(collect: Collect, request: pytest.FixtureRequest) -> None:
    """It is the docstring's first line."""
    collect(points=1, group="g")
    item = pytest.Function.from_parent(request.node.parent, name="test_long", callobj=lambda: None)
    item.function.__doc__ = "t" * 501
    item.add_marker(pytest.mark.check(points=1, group="g"))
    assert [problem.partition(": ")[2] for problem in declare([item])[1]] == ["title has 501 characters, at most 500"]


def test_a_suite_has_as_many_checks_as_the_host_takes(collect: Collect) -> None:
    """A function with many parameters is one."""
    names = [f"test_{number}" for number in range(1000)]
    assert collect(*names, "test_1[a]", points=1, group="g")[1] == []
    assert collect(*names, "test_one_more", points=1, group="g")[1] == ["the suite has 1,001 checks, at most 1,000"]


def test_host_and_tester_take_the_same() -> None:
    """There is one number for each trust zone."""
    for name in ("MAX_CHECKS", "MAX_POINTS", "MAX_CHARS"):
        assert getattr(declarations, name) == getattr(protocol, name)


def test_host_tester_and_manifest_know_the_same_levels() -> None:
    """There is one list for each trust zone."""
    levels = tuple(FeedbackLevel)
    assert levels == FEEDBACK_LEVELS
    assert Manifest.model_fields["feedback"].annotation.__args__ == levels  # type: ignore[union-attr]
