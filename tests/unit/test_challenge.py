"""Reading a challenge's folder: what a manifest may say, and how an author is told what is wrong."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.catalogue import challenge_folders, find_challenge, read_catalogue
from grader.challenge import load_challenge, pack_suite
from grader.errors import ChallengeError, UnknownChallenge
from grader.models import Limits, Suite
from tests.unit.unreadable import cannot_be_read

MANIFEST = """\
schema_version = 1
slug = "demo"
version = "1.0.0"
title = "A demo"
kind = "api"
difficulty = "easy"
stacks = ["python"]
"""


def write_challenge(root: Path, manifest: str = MANIFEST, slug: str = "demo") -> Path:
    """Write a whole challenge below `root` and return its folder."""
    folder = root / slug
    for suite in ("public", "hidden"):
        (folder / "checks" / suite).mkdir(parents=True)
        (folder / "checks" / suite / f"test_{suite}.py").write_text("def test_x(): ...\n")
    (folder / "README.md").write_text("# Demo\n")
    (folder / "challenge.toml").write_text(manifest)
    return folder


def test_a_manifest_is_read_with_defaults(tmp_path: Path) -> None:
    """What a manifest leaves out has a documented default."""
    challenge = load_challenge(write_challenge(tmp_path))
    assert challenge.slug == "demo"
    assert challenge.manifest.pass_score == 100
    assert challenge.manifest.isolation == "run"
    assert challenge.manifest.app.dependencies == "preinstalled"
    assert challenge.limits == Limits()


def test_limits_are_in_the_units_of_the_code(tmp_path: Path) -> None:
    """MiB become bytes."""
    folder = write_challenge(tmp_path, MANIFEST + "[limits]\nmemory_mib = 100\ndisk_mib = 3\ncheck_s = 2.5\n")
    limits = load_challenge(folder).limits
    assert (limits.memory_bytes, limits.disk_bytes, limits.check_s) == (100 * 1024**2, 3 * 1024**2, 2.5)


def test_five_mistakes_are_five_problems(tmp_path: Path) -> None:
    """Every mistake of a manifest is told at once: its key, what is there, what was expected."""
    broken = """\
schema_version = 2
slug = "Demo!"
version = "1"
title = "A demo"
kind = "api"
difficulty = "easy"
stacks = []
colour = "red"
[limits]
memory_mib = "much"
"""
    with pytest.raises(ChallengeError) as caught:
        load_challenge(write_challenge(tmp_path, broken))
    told = {problem.where.rsplit(" ", 1)[-1]: problem for problem in caught.value.problems}
    assert set(told) == {"schema_version", "slug", "version", "stacks", "colour", "limits.memory_mib"}
    assert told["schema_version"].expected == "1"
    assert told["colour"].what == "is not known"
    assert told["limits.memory_mib"].what == "is 'much'"
    assert told["limits.memory_mib"].expected == "a whole number"
    assert all(problem.where.startswith(str(tmp_path)) for problem in caught.value.problems)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """A manifest without a title says so."""
    with pytest.raises(ChallengeError) as caught:
        load_challenge(write_challenge(tmp_path, MANIFEST.replace('title = "A demo"\n', "")))
    assert [(p.where.endswith("title"), p.what) for p in caught.value.problems] == [(True, "is missing")]


def test_text_that_is_not_toml_says_where(tmp_path: Path) -> None:
    """A syntax error of the manifest comes with its line."""
    with pytest.raises(ChallengeError, match="line 1"):
        load_challenge(write_challenge(tmp_path, "slug = \n"))


@pytest.mark.parametrize("missing", ["README.md", "checks/hidden/test_hidden.py", "checks/public/test_public.py"])
def test_an_incomplete_folder_is_told(tmp_path: Path, missing: str) -> None:
    """A challenge without statement or suite is refused."""
    folder = write_challenge(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(ChallengeError) as caught:
        load_challenge(folder)
    assert any(problem.where.split("/")[0] in missing for problem in caught.value.problems)


@pytest.mark.parametrize(
    "place", ["README.md", "checks", "checks/hidden", "checks/hidden/data.txt", "solutions/wrong-x"]
)
def test_a_link_out_of_the_challenge_is_refused(tmp_path: Path, place: str) -> None:
    """What it leads to would be packed into the tester, and a suite that a stranger wrote could tell it."""
    folder = write_challenge(tmp_path)
    elsewhere = (folder / place).rename(tmp_path / "elsewhere") if (folder / place).exists() else tmp_path
    (folder / place).parent.mkdir(exist_ok=True)
    (folder / place).symlink_to(elsewhere)
    with pytest.raises(ChallengeError) as caught:
        load_challenge(folder)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{place}: is a symbolic link that leads out of the challenge (expected a file or folder of its own)"
    ]


def test_a_link_within_the_challenge_is_fine(tmp_path: Path) -> None:
    """Two suites may share a file."""
    folder = write_challenge(tmp_path)
    (folder / "checks/hidden/support.py").symlink_to("../public/test_public.py")
    assert load_challenge(folder).slug == "demo"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.symlink_to("/dev/zero"), "is a symbolic link"),
        (os.mkfifo, "is not a file"),
        (lambda path: path.write_text("#" * 70_000), "is too large"),
    ],
)
def test_a_manifest_that_would_never_end_is_refused(tmp_path: Path, make: Callable[[Path], object], told: str) -> None:
    """A challenge may come from a stranger; so may a folder that `grader list` looks into."""
    folder = write_challenge(tmp_path)
    (folder / "challenge.toml").unlink()
    make(folder / "challenge.toml")
    with pytest.raises(ChallengeError) as caught:
        load_challenge(folder)
    assert told in str(caught.value.problems[0])


def test_a_suite_larger_than_its_container_is_refused(tmp_path: Path) -> None:
    """It is read into memory whole, and a file with a hole takes no room on a disk."""
    folder = write_challenge(tmp_path)
    with (folder / "checks/hidden/large.bin").open("wb") as file:
        file.truncate(1024**4)
    with pytest.raises(ChallengeError) as caught:
        load_challenge(folder)
    assert [problem.where for problem in caught.value.problems] == ["checks/hidden"]


def test_the_slug_is_the_folders_name(tmp_path: Path) -> None:
    """A manifest whose slug is not its folder's name is refused: people would not find it."""
    with pytest.raises(ChallengeError) as caught:
        load_challenge(write_challenge(tmp_path, slug="other"))
    assert "slug" in str(caught.value.problems[0])


def test_a_challenge_is_found_by_slug_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder given on the command line comes before those of the environment, and those before the built-in ones."""
    write_challenge(tmp_path / "mine")
    theirs = write_challenge(tmp_path / "theirs", MANIFEST.replace("A demo", "Theirs"))
    monkeypatch.setenv("GRADER_CHALLENGES", str(tmp_path / "theirs"))
    assert find_challenge("demo").manifest.title == "Theirs"
    assert find_challenge("demo", [tmp_path / "mine"]).manifest.title == "A demo"
    assert find_challenge(str(theirs)).manifest.title == "Theirs"
    assert theirs in list(challenge_folders())


def test_an_unknown_challenge_brings_near_names(tmp_path: Path) -> None:
    """Whoever mistypes a slug is told the near ones."""
    write_challenge(tmp_path)
    with pytest.raises(UnknownChallenge) as caught:
        find_challenge("dmeo", [tmp_path])
    assert "demo" in caught.value.hint
    assert caught.value.exit_code == 2
    with pytest.raises(UnknownChallenge) as caught:
        find_challenge("tag-shelf", [tmp_path])  # library-schema, which is built in, has some of its letters
    assert caught.value.hint == "grader list"


def test_where_an_unknown_challenge_was_looked_for_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever misspelt a folder of GRADER_CHALLENGES can see it."""
    monkeypatch.setenv("GRADER_CHALLENGES", f"{tmp_path}:{tmp_path}/chalenges")
    with pytest.raises(ChallengeError, match=f"looked in {tmp_path}, {tmp_path}/chalenges .no such folder., the built"):
        find_challenge("zzz")


def test_a_learners_folder_does_not_hide_the_challenge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`grader start demo` makes a folder of that name, and the slug means the challenge all the same."""
    write_challenge(tmp_path / "challenges")
    (tmp_path / "demo").mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_challenge("demo", [tmp_path / "challenges"]).folder == tmp_path / "challenges/demo"
    with pytest.raises(ChallengeError, match=r"other is not a challenge: it has no challenge\.toml"):
        find_challenge("other", [tmp_path / "challenges"])


def test_a_folder_without_manifest_is_no_challenge(tmp_path: Path) -> None:
    """A path that is not a challenge is told apart from an unknown name."""
    with pytest.raises(ChallengeError, match=r"no challenge\.toml"):
        find_challenge(str(tmp_path))


def test_a_suite_is_packed_without_caches(tmp_path: Path) -> None:
    """The tester gets the suite's files, with paths from the suite's folder, and no compiled leftovers."""
    folder = write_challenge(tmp_path)
    (folder / "checks/hidden/__pycache__").mkdir()
    (folder / "checks/hidden/__pycache__/x.pyc").write_bytes(b"x")
    (folder / "checks/hidden/data").mkdir()
    (folder / "checks/hidden/data/rows.json").write_text("[]")
    archive = pack_suite(load_challenge(folder), Suite.HIDDEN)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = tar.getnames()
    assert names == ["data/rows.json", "test_hidden.py"]


def test_what_tools_leave_in_a_suite_decides_nothing(tmp_path: Path) -> None:
    """Caches, and what a desktop keeps in a folder, neither change the digest nor travel into the tester."""
    folder = write_challenge(tmp_path)
    clean = load_challenge(folder)
    packed = [pack_suite(clean, suite) for suite in Suite]
    for name in (".pytest_cache/v/lastfailed", ".ruff_cache/x", "hidden/.DS_Store", "hidden/.pytest_cache/README.md"):
        path = folder / "checks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind")
    assert load_challenge(folder).digest == clean.digest
    assert [pack_suite(clean, suite) for suite in Suite] == packed


def test_a_folder_is_not_junk_for_where_it_lies(tmp_path: Path) -> None:
    """Only names inside the suite count: a challenge below a folder called `venv` has all of its files."""
    challenge = load_challenge(write_challenge(tmp_path / "venv"))
    with tarfile.open(fileobj=io.BytesIO(pack_suite(challenge, Suite.HIDDEN))) as tar:
        assert tar.getnames() == ["test_hidden.py"]


def test_links_that_lead_nowhere_are_no_part_of_the_suite(tmp_path: Path) -> None:
    """One that leads to itself, and one to what is gone."""
    folder = write_challenge(tmp_path)
    digest = load_challenge(folder).digest
    (folder / "checks/hidden/loop").symlink_to("loop")
    (folder / "checks/hidden/gone.json").symlink_to("nothing")
    assert load_challenge(folder).digest == digest


@pytest.mark.parametrize("name", ["test_hidden.py", "data"])
def test_what_cannot_be_read_is_the_challenges_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A file or a folder of a suite: whoever loads, packs or lints the challenge is told which."""
    folder = write_challenge(tmp_path)
    (folder / "checks/hidden/data").mkdir()
    challenge = load_challenge(folder)
    cannot_be_read(monkeypatch, name)
    told = rf"{folder}/checks/hidden/{name} cannot be read: Permission denied"
    with pytest.raises(ChallengeError, match=told):
        load_challenge(folder)
    with pytest.raises(ChallengeError, match=told):
        pack_suite(challenge, Suite.HIDDEN)


def test_a_challenge_that_cannot_be_read_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalogue has the others, and says of this one why it is left out."""
    write_challenge(tmp_path)
    unlucky = write_challenge(tmp_path, MANIFEST.replace("demo", "unlucky"), "unlucky")
    (unlucky / "checks/hidden/test_locked.py").write_text("def test_y(): ...\n")
    cannot_be_read(monkeypatch, "test_locked.py")
    catalogue = read_catalogue([tmp_path])
    assert "demo" in [challenge.slug for challenge in catalogue.challenges]
    assert [broken.folder for broken in catalogue.broken] == [unlucky]


def test_the_digest_follows_all_that_decides_a_grade(tmp_path: Path) -> None:
    """A change of manifest or suite changes the digest; one of the statement does not."""
    folder = write_challenge(tmp_path)
    first = load_challenge(folder).digest
    (folder / "README.md").write_text("# Other words\n")
    assert load_challenge(folder).digest == first
    (folder / "checks/hidden/test_hidden.py").write_text("def test_y(): ...\n")
    second = load_challenge(folder).digest
    (folder / "challenge.toml").write_text(MANIFEST + "pass_score = 50\n")
    assert len({first, second, load_challenge(folder).digest}) == 3


def test_a_working_folder_as_large_as_the_memory_is_refused(tmp_path: Path) -> None:
    """What an app writes is in memory: a limit that could never be reached is the author's mistake."""
    folder = write_challenge(tmp_path, MANIFEST + "[limits]\nmemory_mib = 64\ndisk_mib = 33\n")
    with pytest.raises(ChallengeError) as caught:
        load_challenge(folder)
    assert caught.value.problems[0].expected.startswith("at most 32")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("[limits]\nmemory_mb = 64", "memory_mib"),
        ("[limit]\ncheck_s = 10", "limits"),  # attempts.limit is nearer, and another table's
        ("check_s = 10", "limits.check_s"),
        ("[services.db]\nuse = 'postgres'\nuses = 'postgres'", "services.<name>.use"),
    ],
)
def test_a_mistyped_key_brings_the_near_one_and_the_next_command(tmp_path: Path, wrong: str, meant: str) -> None:
    """Keys of its own table come first, those of others with their table; lint comes next, which finds all the rest."""
    folder = write_challenge(tmp_path, f"{MANIFEST}\n{wrong}\n")
    with pytest.raises(ChallengeError) as caught:
        load_challenge(folder)
    (problem,) = caught.value.problems
    assert (problem.what, problem.expected) == ("is not known", f"no such key; did you mean {meant}?")
    assert f"grader lint {folder}" in caught.value.hint
