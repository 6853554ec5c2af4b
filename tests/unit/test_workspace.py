"""What a learner's folder remembers, and how it is found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.challenge import load_challenge
from grader.errors import ChallengeError, UsageError
from grader.starting import start_workspace
from grader.workspace import (
    Workspace,
    challenge_of,
    describe_workspace,
    find_workspace,
    remembered_stack,
    workspace_for,
)
from tests.running import ROOT, write_challenge


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder begun for a challenge that is not built in."""
    monkeypatch.delenv("GRADER_CHALLENGES", raising=False)
    challenge = load_challenge(write_challenge(tmp_path / "private" / "demo", version="1.2.3"))
    return start_workspace(challenge, "python", tmp_path / "mine").folder


def test_a_folder_is_found_from_below(begun: Path, tmp_path: Path) -> None:
    """Commands work in every folder of the learner's project."""
    (begun / "deep/down").mkdir(parents=True)
    expected = Workspace(begun, "demo", "1.2.3", "python", tmp_path / "private")
    assert find_workspace(begun) == find_workspace(begun / "deep/down") == expected


def test_a_folder_that_was_not_begun_is_told(tmp_path: Path) -> None:
    """Whoever is in the wrong folder is told how to begin."""
    with pytest.raises(UsageError, match=r"there is no \.grader\.toml") as caught:
        find_workspace(tmp_path)
    assert "grader start" in caught.value.hint


def test_every_problem_of_a_damaged_file_is_told(begun: Path) -> None:
    """A file that was edited badly is refused with each key that is wrong, and how to get a good one."""
    (begun / ".grader.toml").write_text('schema_version = 1\nchallenge = "../x"\nversion = "1"\ncolour = 3\n')
    with pytest.raises(UsageError) as caught:
        find_workspace(begun)
    assert {problem.where.rsplit(" ", 1)[-1] for problem in caught.value.problems} == {
        *("challenge", "version", "stack", "colour"),
    }
    assert "grader start" in caught.value.hint
    (begun / ".grader.toml").write_text("schema_version = \n")
    with pytest.raises(UsageError) as caught:
        find_workspace(begun)
    assert "is not TOML" in str(caught.value.problems[0])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x = " + "[" * 3000 + "]" * 3000, "is not TOML"),
        ("x = " + "1" * 5000, "is not TOML"),
        (".".join(["a"] * 200_000) + " = 1", "is too large"),
    ],
    ids=["deep", "long number", "large"],
)
def test_a_file_made_to_be_hard_to_read_is_damaged(begun: Path, content: str, told: str) -> None:
    """It may be in any folder that is graded: it neither takes long nor ends the grading of a class."""
    (begun / ".grader.toml").write_text(content)
    with pytest.raises(UsageError) as caught:
        find_workspace(begun)
    assert told in str(caught.value.problems[0])


def test_no_link_in_its_place_is_followed(begun: Path, tmp_path: Path) -> None:
    """It could lead to a file that is not the learner's, or to one that never ends."""
    (begun / ".grader.toml").rename(tmp_path / "elsewhere.toml")
    (begun / ".grader.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(UsageError, match="is damaged") as caught:
        remembered_stack(begun, load_challenge(tmp_path / "private" / "demo"))
    assert "is a symbolic link" in str(caught.value.problems[0])


def test_a_built_in_challenge_is_remembered_by_its_slug_alone(tmp_path: Path) -> None:
    """So the folder works with another installation of the grader, too."""
    workspace = workspace_for(load_challenge(ROOT / "challenges/todo-api"), "python", tmp_path)
    assert workspace.challenges is None
    assert str(ROOT) not in describe_workspace(workspace)
    assert challenge_of(workspace).slug == "todo-api"


def test_another_challenge_is_found_where_it_was(begun: Path, tmp_path: Path) -> None:
    """An instructor's challenge needs no option, and one that is given comes first."""
    workspace = find_workspace(begun)
    assert challenge_of(workspace).folder == tmp_path / "private/demo"
    write_challenge(tmp_path / "newer" / "demo")
    assert challenge_of(workspace, [tmp_path / "newer"]).folder == tmp_path / "newer/demo"


def test_a_challenge_that_was_moved_is_looked_for(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is found by the environment all is well; where not, the message says where it was and what to do."""
    workspace = find_workspace(begun)
    (tmp_path / "private").rename(tmp_path / "elsewhere")
    with pytest.raises(ChallengeError, match=f"it was in {tmp_path}/private") as caught:
        challenge_of(workspace)
    assert "--challenges" in caught.value.hint
    monkeypatch.setenv("GRADER_CHALLENGES", str(tmp_path / "elsewhere"))
    assert challenge_of(workspace).folder == tmp_path / "elsewhere/demo"


def test_a_folder_named_like_the_challenge_is_no_challenge(begun: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a learner puts into the own folder never becomes what it is graded with."""
    write_challenge(begun / "demo", title="Forged")
    monkeypatch.chdir(begun)
    assert challenge_of(find_workspace(begun)).manifest.title != "Forged"


@pytest.mark.parametrize("name", ['quo"te', "back\\slash", "ünï 待 \U0001f600"])
def test_any_path_that_can_be_printed_is_remembered(tmp_path: Path, name: str) -> None:
    """Quotes, backslashes and letters of all scripts come back as they were."""
    challenge = load_challenge(write_challenge(tmp_path / name / "demo"))
    workspace = start_workspace(challenge, "python", tmp_path / "mine")
    assert find_workspace(tmp_path / "mine") == workspace
    assert workspace.challenges == tmp_path / name


@pytest.mark.parametrize("name", ["new\nline", "\udcff"])
def test_a_path_that_cannot_be_printed_is_refused(tmp_path: Path, name: str) -> None:
    """No file is written that could not be read again."""
    challenge = load_challenge(write_challenge(tmp_path / name / "demo"))
    with pytest.raises(UsageError, match="cannot be printed"):
        start_workspace(challenge, "python", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_a_graded_folder_tells_its_stack(begun: Path, tmp_path: Path) -> None:
    """Only for the challenge that it was begun for; other folders and archives tell nothing."""
    demo = load_challenge(tmp_path / "private" / "demo")
    assert remembered_stack(begun, demo) == "python"
    assert remembered_stack(begun, load_challenge(ROOT / "challenges/todo-api")) is None
    assert remembered_stack(tmp_path, demo) is None
    assert remembered_stack("-", demo) is None
