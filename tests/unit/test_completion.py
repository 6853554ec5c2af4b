"""What a shell offers after Tab."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from grader.cli import cli


def offered(*words: str) -> list[tuple[str, str]]:
    """Return kind and text of what is offered for the last of the words behind `grader`."""
    *before, begun = words
    items = ShellComplete(cli, {}, "grader", "_GRADER_COMPLETE").get_completions(before, begun)
    return [(item.type, item.value) for item in items]


def plain(*names: str) -> list[tuple[str, str]]:
    """Return names as they are offered."""
    return [("plain", name) for name in names]


@pytest.mark.parametrize("command", ["grade", "show", "start", "lint", "validate", "audit", "attempts"])
def test_challenges_by_their_slug(command: str) -> None:
    """Every command that takes one offers those that begin so."""
    assert offered(command, "todo-api-") == plain("todo-api-postgres")


def test_a_path_where_no_slug_begins_so() -> None:
    """The shell looks for folders then, and for files where a submission may be an archive."""
    assert offered("show", "./") == [("dir", "./")]
    assert offered("grade", "todo-api", "work") == [("file", "work")]


def test_challenges_of_a_folder_that_was_named(tmp_path: Path) -> None:
    """As the command itself would find them."""
    (tmp_path / "todo-mine").mkdir()
    (tmp_path / "todo-mine" / "challenge.toml").write_text("")
    assert plain("todo-mine")[0] in offered("show", "--challenges", str(tmp_path), "todo")


def test_solutions_and_stacks_of_the_challenge() -> None:
    """What another challenge has is not offered."""
    assert offered("grade", "todo-api", "--solution", "reference-java-") == plain("reference-java-jetty")
    assert offered("grade", "todo-api-postgres", "--solution", "reference-java") == []
    assert offered("start", "library-schema", "--stack", "") == plain("sql")
    assert offered("list", "--stack", "j") == plain("java")


def test_what_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    """Nobody sees an error after Tab."""
    (tmp_path / "challenge.toml").write_text("schema_version = 2")
    assert offered("grade", str(tmp_path), "--solution", "") == []
    assert offered("grade", "no-such-challenge", "--solution", "") == []
