"""What `grader new` writes is a challenge that proves itself, for every kind and stack that has a scaffold."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.authoring.scaffold import SCAFFOLDS, find_scaffold, kinds, stacks
from grader.challenge_manifest import Manifest
from tests.running import ROOT, Command

SCAFFOLDED = [(kind, stack) for kind in kinds() for stack in stacks(kind)]


def solutions(prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, stack and name of each solution that new challenges have."""
    for kind, stack in SCAFFOLDED:
        paths = find_scaffold(kind, stack).render("fresh", "Fresh")
        names = {path.parts[1] for path in paths if path.parts[0] == "solutions"}
        yield from ((kind, stack, name) for name in sorted(names) if name.startswith(prefix))


@pytest.fixture
def folder(run_grader: Command, tmp_path: Path, kind: str, stack: str) -> Path:
    """Return the folder of a new challenge, as the command line writes it."""
    ended = run_grader("new", kind, "fresh", "--stack", stack, "--into", tmp_path)
    assert ended.code == 0, ended.err
    return tmp_path / "fresh"


@pytest.mark.parametrize(("kind", "stack", "name"), list(solutions("reference-")))
@pytest.mark.parametrize("suite", [(), ("--public",)], ids=["hidden", "public"])
def test_a_reference_scores_everything(run_grader: Command, folder: Path, name: str, suite: tuple[str, ...]) -> None:
    """The reference of a new challenge passes every check, of 100 points in each suite."""
    ended = run_grader.grade_solution(name, *suite, challenge=folder)
    assert (ended.report["score"], ended.report["max_score"]) == (100, 100), ended.feedback


@pytest.mark.parametrize(("kind", "stack"), SCAFFOLDED)
def test_the_starter_scores_its_floor(run_grader: Command, folder: Path, stack: str) -> None:
    """The starter of a new challenge earns what its manifest says."""
    manifest = Manifest.model_validate(tomllib.loads((folder / "challenge.toml").read_text()))
    ended = run_grader.grade(folder / "starter" / stack, challenge=folder)
    assert ended.report["score"] == manifest.starter.score, ended.feedback


@pytest.mark.parametrize(("kind", "stack", "name"), list(solutions("wrong-")))
def test_a_wrong_solution_fails_exactly_what_it_should(run_grader: Command, folder: Path, name: str) -> None:
    """Each wrong solution of a new challenge fails the checks of its expected.toml, and no other."""
    expected = tomllib.loads((folder / "solutions" / name / "expected.toml").read_text())
    ended = run_grader.grade_solution(name, challenge=folder)
    failed = sorted(id_ for id_, outcome in ended.outcomes.items() if outcome == "failed")
    assert (ended.report["verdict"], failed) == (expected["verdict"], expected["fails"]), ended.feedback
    assert set(ended.outcomes.values()) == {"passed", "failed"}


def test_an_installed_grader_has_the_scaffolds(tmp_path: Path) -> None:
    """The wheel carries every file of every scaffold, templates included."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")
    files = [path for path in SCAFFOLDS.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in files} <= set(zipfile.ZipFile(wheel).namelist())
