"""The fixture `submission`: what a suite sees of the files that were handed in."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from grader_checks import CheckFailed, Submission

FILES = {
    "app.py": b"print('\xff')\n",
    "migrations/001.sql": b"CREATE TABLE a ();",
    "migrations/old/000.sql": b"",
    "schema.sql": b"",
    "tests/test_a.py": b"",
}


class Host:
    """The host's end, as the channel shows it; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def request(self, operation: str, **arguments: Any) -> dict[str, Any]:
        self.asked.append(operation)
        if operation == "submission.files":
            return {"files": {name: len(content) for name, content in FILES.items()}}
        return {"content": base64.b64encode(FILES[arguments["name"]]).decode()}


@pytest.fixture
def host() -> Host:
    """Return a host that has the files."""
    return Host()


@pytest.fixture
def submission(host: Host) -> Submission:
    """Return the fixture's object."""
    return Submission(host)  # type: ignore[arg-type]


def test_it_is_a_collection_of_paths(submission: Submission) -> None:
    """Sorted, with the operators that a reader expects."""
    assert submission.names == tuple(FILES)
    assert list(submission) == list(FILES)
    assert len(submission) == len(FILES)
    assert "app.py" in submission
    assert "main.py" not in submission


def test_nothing_is_sent_before_it_is_asked_for(host: Host, submission: Submission) -> None:
    """The list comes once, a file when it is read."""
    assert host.asked == []
    assert submission.size("app.py") == len(FILES["app.py"])
    assert submission.glob("*.py") == ("app.py",)
    assert host.asked == ["submission.files"]
    submission.read_bytes("app.py")
    assert host.asked == ["submission.files", "submission.read"]


def test_a_file_is_read_as_bytes_or_text(submission: Submission) -> None:
    """Bytes that are no UTF-8 do not break a suite."""
    assert submission.read_bytes("app.py") == FILES["app.py"]
    assert submission.read_text("app.py") == "print('\N{REPLACEMENT CHARACTER}')\n"


@pytest.mark.parametrize("read", ["size", "read_bytes", "read_text"])
def test_a_file_that_is_not_there_fails_the_check(submission: Submission, read: str) -> None:
    """The learner left it out; the suite is not at fault."""
    with pytest.raises(CheckFailed, match=r"^expected the submission to hold a file README\.md$"):
        getattr(submission, read)("README.md")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.sql", ["schema.sql"]),
        ("**/*.sql", ["migrations/001.sql", "migrations/old/000.sql", "schema.sql"]),
        ("migrations/*.sql", ["migrations/001.sql"]),
        ("migrations/**", ["migrations/001.sql", "migrations/old/000.sql"]),
        ("**/test_*.py", ["tests/test_a.py"]),
        ("*", ["app.py", "schema.sql"]),
        ("**", list(FILES)),
        ("APP.py", []),
        ("../*", []),
    ],
)
def test_a_pattern_finds_paths_as_pathlib_does(submission: Submission, pattern: str, names: list[str]) -> None:
    """`*` stays in its folder, `**` goes through all."""
    assert list(submission.glob(pattern)) == names
