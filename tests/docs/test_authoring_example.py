"""What docs/authoring.md shows is real: what `grader new` prints, and a challenge that works as it is written there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from grader.authoring.lint import lint
from grader.authoring.scaffold import kinds
from tests.docs.generate import AUTHORING
from tests.docs.pages import blocks, read
from tests.running import Command

FOLDER = "hit-counter"


@pytest.fixture
def challenge(tmp_path: Path) -> Path:
    """Return the folder of the example, written file by file as the page says."""
    for block in blocks(AUTHORING):
        if path := re.match(rf"`({FOLDER}/[\w./-]+)`", block.before):
            (tmp_path / path[1]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path[1]).write_text(block.text, encoding="utf-8")
    return tmp_path / FOLDER


def test_example_has_no_faults(challenge: Path) -> None:
    """Lint finds no error in it; a challenge to publish has a starter and more wrong solutions."""
    assert {(finding.rule, finding.severity.value) for finding in lint(challenge)} == {
        ("few-wrong", "warning"),
        ("starter", "warning"),
        ("unproven-check", "warning"),
    }


def test_reference_of_the_example_earns_everything(run_grader: Command, challenge: Path) -> None:
    """The first solution of the page scores 100 of 100."""
    ended = run_grader.grade_solution("reference-flask", challenge=challenge)
    assert ended.code == 0, ended.out
    assert (ended.report["score"], ended.report["max_score"]) == (100, 100)


def test_wrong_solution_of_the_example_fails_as_it_says(run_grader: Command, challenge: Path) -> None:
    """The second one gets the verdict, and fails the checks, of its expected.toml: 60 of 100."""
    folder = challenge / "solutions" / "wrong-in-memory"
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    ended = run_grader.grade_solution(folder.name, challenge=challenge)
    failed = [id_ for id_, outcome in ended.outcomes.items() if outcome != "passed"]
    assert (ended.report["verdict"], failed) == (expected["verdict"], expected["fails"])
    assert ended.report["score"] == 60


def test_public_checks_of_the_example_run(run_grader: Command, challenge: Path) -> None:
    """The public suite is one of its own."""
    ended = run_grader.grade_solution("wrong-in-memory", "--public", challenge=challenge)
    assert ended.outcomes == {"hits-are-a-number": "passed"}


def test_new_challenge_is_announced_as_the_page_shows(run_grader: Command, tmp_path: Path) -> None:
    """The page shows what `grader new` prints, and names every kind that it knows."""
    text = next(block.text for block in blocks(AUTHORING) if block.text.startswith("$ grader new "))
    call, _, output = text.partition("\n")
    ended = run_grader(*call.split()[2:], cwd=tmp_path)
    assert (ended.code, ended.out) == (0, output), ended.err
    listed = re.findall(r"^\| `(\w+)` \|", read(AUTHORING).partition("\n## ")[2].partition("\n## ")[0], re.MULTILINE)
    assert tuple(listed) == kinds()


def test_example_may_be_published(run_grader: Command, challenge: Path) -> None:
    """Its validation finds nothing but notes, as the page says."""
    ended = run_grader("validate", challenge, "--repeat", "1", "--mutants", "4", "--json", timeout_s=300)
    assert ended.code == 0, ended.out
    (found,) = ended.report["challenges"]
    assert {finding["rule"] for finding in found["findings"]} <= {"unproven", "survivor"}
