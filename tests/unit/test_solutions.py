"""The solutions of a challenge, read from a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.challenge import load_challenge
from grader.errors import ChallengeError
from grader.models import Verdict
from grader.solutions import load_solutions, starters
from tests.running import PROBE

EXPECTED = 'why = "Forgets."\nverdict = "failed"\nfails = ["a", "b"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a challenge with one reference, one wrong solution and one starter."""
    folder = tmp_path / "probe"
    shutil.copytree(PROBE, folder)
    shutil.rmtree(folder / "solutions", ignore_errors=True)
    for name in ("solutions/wrong-b", "solutions/reference-a", "starter/python"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "solutions/wrong-b/expected.toml").write_text(EXPECTED)
    return folder


def test_solutions_and_starters_are_found_by_their_folders(folder: Path) -> None:
    """A reference has nothing to expect, a wrong one says what it fails; both come by name."""
    challenge = load_challenge(folder)
    reference, wrong = load_solutions(challenge)
    assert (reference.name, reference.expected) == ("reference-a", None)
    assert wrong.expected is not None
    assert (wrong.name, wrong.expected.verdict, wrong.expected.fails) == ("wrong-b", Verdict.FAILED, ("a", "b"))
    assert starters(challenge) == (challenge.folder / "starter" / "python",)


def test_every_problem_of_the_solutions_is_told_at_once(folder: Path) -> None:
    """A strange name, a missing file, an unknown key and a verdict that does not exist are all in one error."""
    for name in ("other", "wrong-nothing", "wrong-keys"):
        (folder / "solutions" / name).mkdir()
    (folder / "solutions/wrong-keys/expected.toml").write_text('why = " "\nverdict = "lost"\nfails = []\nmore = 1\n')
    with pytest.raises(ChallengeError) as caught:
        load_solutions(load_challenge(folder))
    told = "\n".join(map(str, caught.value.problems))
    assert "solutions/other: has another name" in told
    assert "solutions/wrong-nothing/expected.toml: is missing" in told
    for key in ("why", "verdict", "fails", "more"):
        assert f"expected.toml: {key}: " in told, told


def test_a_challenge_without_solutions_has_none(folder: Path) -> None:
    """Grading needs no solutions: a folder without them is fine."""
    shutil.rmtree(folder / "solutions")
    shutil.rmtree(folder / "starter")
    challenge = load_challenge(folder)
    assert (load_solutions(challenge), starters(challenge)) == ((), ())
