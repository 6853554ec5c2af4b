"""A number that does not fit is answered with those that do."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from grader.cli import cli


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["validate", "todo-api", "--seed", "x"], "'x' is no whole number from 0 to 4294967295"),
        (["grade", "todo-api", ".", "--seed", "-1"], "'-1' is no whole number from 0 to 4294967295"),
        (["validate", "todo-api", "--repeat", "101"], "'101' is no whole number from 0 to 100"),
        (["report", "0"], "'0' is no whole number from 1\n"),
    ],
)
def test_a_number_that_does_not_fit(words: list[str], told: str) -> None:
    """The mistake is one of the command line."""
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 2
    assert told in result.output
