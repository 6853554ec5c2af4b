"""What is remembered of attempts: a learner submits twice, an instructor regrades, and no verdict is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests.running import Command, Finished, write_app, write_challenge

STRICTER = """
@pytest.mark.check(points=1, group="paths")
def test_first(api):
    \"\"\"GET /first answers 200.\"\"\"
    api.get("/first").expect(200)

@pytest.mark.check(points=3, group="paths")
def test_new(api):
    \"\"\"GET /new answers 418.\"\"\"
    api.get("/new").expect(418)
"""


@dataclass(frozen=True, slots=True)
class Term:
    """What happened in one folder, in this order, and the command that it was done with."""

    command: Command
    env: dict[str, str]
    challenge: Path
    away: Finished
    failed: Finished
    passed: Finished
    refused: Finished

    def __call__(self, *words: str) -> Finished:
        """Run a command with the same database."""
        return self.command(*words, env=self.env)


@pytest.fixture(scope="module")
def term(engine: docker.APIClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Term]:
    """Yield a folder in which a learner uses up both attempts: Docker away, wrong, right, then one too many."""
    home, command = tmp_path_factory.mktemp("term"), Command()
    env = {"GRADER_CHALLENGES": str(home), "GRADER_DATABASE_URL": f"sqlite:///{home}/attempts.sqlite3"}
    challenge = write_challenge(home / "shelter")
    manifest = challenge / "challenge.toml"
    manifest.write_text(manifest.read_text() + "\n[attempts]\nlimit = 2\n")
    write_app(challenge / "starter" / "python", "serve(first=lambda request: answer(request, 500))")
    mine = home / "mine"
    assert command("start", "shelter", mine, env=env).code == 0
    away = command("submit", mine, env={**env, "DOCKER_HOST": f"unix://{home}/missing.sock"})
    failed = command("submit", mine, env=env)
    write_app(mine)
    passed = command("submit", mine, "--format", "json", env=env)
    refused = command("submit", mine, env=env)
    yield Term(command, env, challenge, away, failed, passed, refused)
    command.kill_all()
    assert command.left_in(engine) == []


def test_submit_shows_history_and_best_and_keeps_to_the_limit(term: Term) -> None:
    """Below the report of the hidden checks; a report for programs stays one. What Docker is at fault for is free."""
    assert term.away.code == 5
    assert term.failed.code == 1, term.failed.err
    assert "GET /first: expected status 200, got 500" in term.failed.out
    assert "Best: 9 of 10 points, attempt 1" in term.failed.out
    assert "Left: 1 of 2 attempts" in term.failed.out
    assert term.passed.code == 0, term.passed.err
    assert term.passed.report["provenance"]["suite"] == "hidden"
    assert "Best: 10 of 10 points, attempt 2, of 2 in all" in term.passed.err
    assert term.refused.code == 2
    assert "all your 2 attempts at shelter are used up" in term.refused.err


def test_attempts_are_listed_shown_and_compared(term: Term) -> None:
    """By their numbers, for people and for programs."""
    listed = json.loads(term("attempts", "shelter", "--json").out)["attempts"]
    assert [(item["id"], item["origin"], item["verdict"], item["score"]) for item in listed[-2:]] == [
        (2, "submit", "passed", 10),
        (1, "submit", "failed", 9),
    ]
    assert term("report", "2", "--format", "json").out == term.passed.out
    assert "GET /first: expected status 200, got 500" in term("report", "1").out
    found = json.loads(term("diff", "1", "2", "--json").out)
    assert [(check["id"], check["old"], check["new"]) for check in found["checks"] if check["differs"]] == [
        ("first", "failed", "passed")
    ]
    assert {"submission_digest", "seed"} <= {fact["name"] for fact in found["made_with"]}
    assert "failed → passed" in term("diff", "1", "2").out
    assert term("report", "99").code == 2


def test_regrading_lowers_no_grade_unless_told_to(term: Term) -> None:
    """The kept files are graded with the challenge as it is now; the old attempt stays."""
    (term.challenge / "checks/hidden/test_paths.py").write_text("import pytest\n" + STRICTER)
    refused = term("regrade", "2")
    assert refused.code == 1, refused.err
    assert "attempt 2 of" in refused.out
    assert "would be lower" in refused.out
    assert "not in it → failed" in refused.out
    lowered = term("regrade", "2", "--allow-lower")
    assert lowered.code == 0, lowered.err
    listed = json.loads(term("attempts", "--json").out)["attempts"]
    assert [(item["id"], item["verdict"], item["regrade_of"]) for item in listed] == [
        (3, "failed", 2),
        (2, "passed", None),
        (1, "failed", None),
    ]


def test_a_record_that_cannot_be_written_costs_no_verdict(run_grader: Command, tmp_path: Path) -> None:
    """The report comes, the exit code is the verdict's, and standard error says what to do."""
    (tmp_path / "attempts.sqlite3").write_bytes(b"no database " * 100)
    env = {"GRADER_DATABASE_URL": f"sqlite:///{tmp_path}/attempts.sqlite3"}
    graded = run_grader.grade(write_app(tmp_path / "app"), env=env)
    assert (graded.code, graded.report["verdict"]) == (0, "passed")
    assert "not recorded, the verdict stands" in graded.err
    assert f"mv {tmp_path}/attempts.sqlite3" in graded.err
