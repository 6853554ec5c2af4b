"""The folder that a learner begins with: what is in it, what is not, and that it appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.challenge import Challenge, load_challenge
from grader.cli import cli
from grader.errors import ChallengeError, SandboxError, UsageError
from grader.starting import choose_stack, start_workspace
from grader.submission import load_submission
from tests.running import write_challenge

CANARY = "kestrel"
"""Stands in everything of a challenge that learners must not see."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a challenge with a starter, and secrets wherever they may lie."""
    folder = write_challenge(tmp_path / "challenges" / "demo")
    for name, content in {
        "starter/python/app.py": "print('begin')\n",
        "starter/python/bin/run": "#!/bin/sh\n",
        "starter/python/__pycache__/app.pyc": "cache",
        "checks/public/data/rows.json": "[]",
        "checks/public/__pycache__/x.pyc": "cache",
        f"checks/hidden/{CANARY}.py": CANARY,
        f"solutions/reference-{CANARY}/app.py": CANARY,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "starter/python/bin/run").chmod(0o755)
    (folder / "checks/hidden/test_paths.py").write_text(f"# {CANARY}\n")
    return folder


def names(root: Path) -> list[str]:
    """Return the paths of all files below `root`."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def begin(challenge: Challenge, target: Path) -> Path:
    """Start in `target` and return it."""
    return start_workspace(challenge, "python", target).folder


def test_starter_statement_and_public_checks_are_there_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    """No byte of the hidden suite or of a solution is given out, in no content and in no name."""
    begun = begin(load_challenge(folder), tmp_path / "mine")
    assert names(begun) == [
        *(".grader.toml", ".graderignore", "README.md", "app.py", "bin/run"),
        *("checks/data/rows.json", "checks/test_public.py"),
    ]
    for name in names(begun):
        assert CANARY not in (begun / name).read_text()
    assert (begun / "README.md").read_bytes() == (folder / "README.md").read_bytes()
    assert os.access(begun / "bin/run", os.X_OK)
    assert not os.access(begun / "app.py", os.X_OK)


def test_what_is_handed_in_is_the_learners_own(folder: Path, tmp_path: Path) -> None:
    """The copies of the checks, and what `grader start` remembers, are not part of the submission."""
    submission = load_submission(begin(load_challenge(folder), tmp_path / "mine"))
    assert list(submission.files) == [".graderignore", "README.md", "app.py", "bin/run"]
    assert submission.ignored == (".grader.toml", "checks")


def test_a_starter_may_have_ignore_rules_of_its_own(folder: Path, tmp_path: Path) -> None:
    """They stay, and cannot bring the checks back."""
    (folder / "starter/python/.graderignore").write_text("*.log\n!/checks/")
    (folder / "starter/python/app.log").write_text("noise")
    begun = begin(load_challenge(folder), tmp_path / "mine")
    (begun / "new.log").touch()
    assert load_submission(begun).ignored == (".grader.toml", "checks", "new.log")


@pytest.mark.parametrize("linked", ["checks/public", "checks/public/extra.py", "starter/python", "README.md"])
def test_a_link_into_what_is_hidden_is_refused(folder: Path, tmp_path: Path, linked: str) -> None:
    """An author who shares code by symbolic links would give it away: that is an error, and nothing is written."""
    place = folder / linked
    hidden = folder / ("checks/hidden" if place.is_dir() else f"checks/hidden/{CANARY}.py")
    if place.exists():
        place.rename(folder / "moved")
    place.symlink_to(hidden)
    with pytest.raises(ChallengeError) as caught:
        begin(load_challenge(folder), tmp_path / "mine")
    assert "symbolic link" in " ".join(map(str, caught.value.problems))
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("name", ["README.md", "readme.MD", "checks/app.py"])
def test_a_starter_cannot_take_the_place_of_statement_or_checks(folder: Path, tmp_path: Path, name: str) -> None:
    """Two files of one name cannot both be given out: the author is told which."""
    (folder / "starter/python" / name).parent.mkdir(exist_ok=True)
    (folder / "starter/python" / name).write_text("mine")
    with pytest.raises(ChallengeError) as caught:
        begin(load_challenge(folder), tmp_path / "mine")
    assert [problem.where for problem in caught.value.problems] == [f"starter/python/{name.partition('/')[0]}"]


def test_an_empty_folder_is_filled_and_stays_the_same_folder(folder: Path, tmp_path: Path) -> None:
    """A shell that is in it sees the files."""
    target = tmp_path / "mine"
    target.mkdir()
    before = target.stat().st_ino
    begun = begin(load_challenge(folder), target)
    assert "app.py" in names(begun)
    assert target.stat().st_ino == before
    assert [path.name for path in begun.iterdir() if "start-" in path.name] == []


def test_a_folder_with_something_in_it_is_left_alone(folder: Path, tmp_path: Path) -> None:
    """Work that is there is not overwritten; the message says what to do instead."""
    target = tmp_path / "my mine"
    target.mkdir()
    (target / "app.py").write_text("years of work")
    with pytest.raises(UsageError, match=r"is not empty.* it holds app\.py") as caught:
        begin(load_challenge(folder), target)
    assert "grader start demo DIR" in caught.value.hint
    assert "grader check" not in caught.value.hint
    assert names(target) == ["app.py"]
    assert (target / "app.py").read_text() == "years of work"
    (target / ".grader.toml").touch()
    with pytest.raises(UsageError) as caught:
        begin(load_challenge(folder), target)
    assert f"grader check '{target}'" in caught.value.hint


def test_a_place_that_cannot_be_a_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    """A file of that name, or a parent that is not there, is told apart."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is no folder"):
        begin(load_challenge(folder), tmp_path / "file")
    with pytest.raises(UsageError, match="there is no folder") as caught:
        begin(load_challenge(folder), tmp_path / "away" / "mine")
    assert caught.value.hint == f"mkdir -p {tmp_path}/away"


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("interruption", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: BaseException, *, exists: bool
) -> None:
    """A full disk or Ctrl-C in the midst of it leaves the place as it was."""
    home = tmp_path / "home"
    home.mkdir()
    if exists:
        (home / "mine").mkdir()
    rename = Path.rename

    def fails_at_the_last(path: Path, target: Path) -> Path:
        if path.name == ".grader.toml" or target == home / "mine":
            raise interruption
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails_at_the_last)
    with pytest.raises(SandboxError if isinstance(interruption, OSError) else KeyboardInterrupt):
        begin(load_challenge(folder), home / "mine")
    assert [path.name for path in home.rglob("*")] == (["mine"] if exists else [])


def test_a_stack_is_chosen_only_where_there_is_a_choice(folder: Path) -> None:
    """With one starter nobody needs to say which; with two, or with another word, those there are are listed."""
    challenge = load_challenge(folder)
    assert choose_stack(challenge, None) == "python"
    with pytest.raises(UsageError, match="no starter for the stack 'rust': python"):
        choose_stack(challenge, "rust")
    (folder / "starter/node").mkdir()
    assert choose_stack(challenge, "node") == "node"
    with pytest.raises(UsageError, match="several stacks: python, node") as caught:
        choose_stack(challenge, None)
    assert caught.value.hint == "grader start demo --stack python"


def test_a_challenge_without_a_starter_begins_with_nothing(tmp_path: Path) -> None:
    """Statement and public checks are there; the stack is one of the manifest."""
    challenge = load_challenge(write_challenge(tmp_path / "demo"))
    assert choose_stack(challenge, None) == "python"
    begun = begin(challenge, tmp_path / "mine")
    assert names(begun) == [".grader.toml", ".graderignore", "README.md", "checks/test_public.py"]


def test_what_to_do_next_is_said(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the folder is called as the challenge, and the next commands are printed."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["start", "demo", "--challenges", str(folder.parent)], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "demo 1.0.0 for python is in demo"
    assert "  yours      app.py, bin/" in result.stdout.splitlines()
    assert "Next: cd demo" in result.stdout.splitlines()
    assert "grader check" in result.stdout
    assert (tmp_path / "demo/app.py").is_file()
