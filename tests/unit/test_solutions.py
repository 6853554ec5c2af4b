"""The solutions of a challenge, read from a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.challenge import load_challenge
from grader.cli import cli
from grader.errors import ChallengeError, UsageError
from grader.models import Verdict
from grader.solutions import find_solution, is_mistake, load_solutions, read_bases, starters
from tests.linting import write
from tests.running import PROBE

EXPECTED = 'why = "Forgets."\nverdict = "failed"\nfails = ["a", "b"]\n'
BASED = EXPECTED + 'based_on = "reference-a"\n'
MISTAKE = "--- a/app.py\n+++ b/app.py\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a challenge with one reference, one wrong solution and one starter."""
    folder = tmp_path / "probe"
    shutil.copytree(PROBE, folder)
    shutil.rmtree(folder / "solutions", ignore_errors=True)
    for name in ("solutions/wrong-b", "solutions/reference-a", "starter/python"):
        write(folder, f"{name}/app.py", "one\ntwo\n")
    write(folder, "solutions/wrong-b/app.py", "wrong\n")
    write(folder, "solutions/wrong-b/expected.toml", EXPECTED)
    return folder


def problems_of(folder: Path) -> str:
    """Return what is wrong with the solutions, a line for each problem."""
    with pytest.raises(ChallengeError) as caught:
        load_solutions(load_challenge(folder))
    return "\n".join(map(str, caught.value.problems))


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
    told = problems_of(folder)
    assert "solutions/other: has another name" in told
    assert "solutions/wrong-nothing/expected.toml: is missing" in told
    for key in ("why", "verdict", "fails", "more"):
        assert f"expected.toml: {key}: " in told, told


def test_a_solution_is_handed_in_without_what_its_author_says_of_it(folder: Path) -> None:
    """No app sees its expected.toml."""
    assert [dict(each.submission.files) for each in load_solutions(load_challenge(folder))] == [
        {"app.py": b"one\ntwo\n"},
        {"app.py": b"wrong\n"},
    ]


@pytest.mark.parametrize("base", ["reference-a", "starter/python"])
def test_a_mistake_is_made_in_what_it_is_based_on(folder: Path, base: str) -> None:
    """A reference, or a starter that somebody has not finished; what changes there changes here."""
    other = "solutions/reference-a" if base.startswith("starter") else "starter/python"
    write(folder, f"{other}/app.py", "something else\n")
    write(folder, "solutions/wrong-c/expected.toml", EXPECTED + f'based_on = "{base}"\n')
    write(folder, "solutions/wrong-c/mistake.patch", MISTAKE)
    challenge = load_challenge(folder)
    wrong = find_solution(challenge, "wrong-c")
    assert wrong.submission.files == {"app.py": b"one\n2\n"}
    assert wrong.expected is not None
    assert wrong.expected.based_on == base
    assert is_mistake(challenge, wrong.folder)
    grown = {"app.py": "zero\none\ntwo\n", "more.txt": "more\n"}
    for name, content in grown.items():
        write(folder, f"{base if base.startswith('starter') else f'solutions/{base}'}/{name}", content)
    wrong = find_solution(load_challenge(folder), "wrong-c")
    assert wrong.submission.files == {"app.py": b"zero\none\n2\n", "more.txt": b"more\n"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"expected.toml": BASED}, "solutions/wrong-c/mistake.patch: is missing"),
        ({"expected.toml": EXPECTED, "mistake.patch": MISTAKE}, "mistake.patch: is there without based_on"),
        ({"expected.toml": BASED, "mistake.patch": MISTAKE, "app.py": "1\n"}, "wrong-c/app.py: is a file beside"),
        (
            {"expected.toml": BASED.replace("reference-a", "reference-aa"), "mistake.patch": MISTAKE},
            "expected.toml: based_on: is 'reference-aa', which is no reference or starter here (expected reference-a)",
        ),
        (
            {"expected.toml": BASED.replace("reference-a", "solutions/reference-a")},
            "is 'solutions/reference-a', which is no reference or starter here (expected reference-a)",
        ),
        (
            {"expected.toml": BASED.replace("reference-a", "wrong-b")},
            "is 'wrong-b', which is no reference or starter here (expected reference-a or starter/python)",
        ),
        (
            {"expected.toml": BASED, "mistake.patch": MISTAKE.replace("-two", "-three")},
            "solutions/wrong-c/mistake.patch:5: hunk 1 of app.py does not fit reference-a, whose line 2 is",
        ),
        ({"expected.toml": BASED, "mistake.patch": "--- a/../x\n"}, "wrong-c/mistake.patch:1: names ../x"),
        ({"expected.toml": EXPECTED}, "solutions/wrong-c: holds no files"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_told_with_its_place(folder: Path, files: dict[str, str], told: str) -> None:
    """Either a folder of files or a mistake that fits; the others can be graded by name meanwhile."""
    for name, content in files.items():
        write(folder, f"solutions/wrong-c/{name}", content)
    assert told in problems_of(folder)
    assert find_solution(load_challenge(folder), "wrong-b").name == "wrong-b"
    with pytest.raises(ChallengeError) as caught:
        find_solution(load_challenge(folder), "wrong-c")
    assert told in "\n".join(map(str, caught.value.problems))
    assert caught.value.hint.endswith(f"grader lint {folder}")


def test_a_reference_that_cannot_be_read_is_told_once(folder: Path) -> None:
    """However many mistakes are based on it."""
    for name in ("wrong-c", "wrong-d"):
        write(folder, f"solutions/{name}/expected.toml", BASED)
        write(folder, f"solutions/{name}/mistake.patch", MISTAKE)
    (folder / "solutions/reference-a/link").symlink_to("app.py")
    assert problems_of(folder).startswith("solutions/reference-a/link: is a symbolic link")
    assert len(problems_of(folder).splitlines()) == 1
    assert list(read_bases(folder)) == ["starter/python"]


def test_a_solution_that_is_not_there_is_told_with_the_next_command(folder: Path) -> None:
    """The nearest name, or all of them."""
    challenge = load_challenge(folder)
    with pytest.raises(UsageError, match="did you mean wrong-b") as caught:
        find_solution(challenge, "wrong-bb")
    assert caught.value.hint == "grader grade probe --solution wrong-b"
    with pytest.raises(UsageError, match="did you mean wrong-b") as caught:
        find_solution(challenge, "probe/solutions/wrong-b/", "my challenges/probe")
    assert caught.value.hint == "grader grade 'my challenges/probe' --solution wrong-b"
    with pytest.raises(UsageError, match="there are reference-a, wrong-b") as caught:
        find_solution(challenge, "x")
    assert caught.value.hint == "grader grade probe --solution reference-a"
    shutil.rmtree(folder / "solutions")
    with pytest.raises(UsageError, match="there are none") as caught:
        find_solution(challenge, "x")
    assert caught.value.hint == "grader grade probe SUBMISSION"


def test_a_copy_that_its_author_has_just_broken_can_be_graded_as_it_is(folder: Path) -> None:
    """Its author learns so what to write into the expected.toml that is still missing."""
    write(folder, "solutions/wrong-c/app.py", "1\n")
    with pytest.raises(ChallengeError) as caught:
        find_solution(load_challenge(folder), "wrong-c", "probe")
    command = f"grader grade probe {folder}/solutions/wrong-c --audience instructor"
    assert caught.value.hint == f"to see what it fails: {command}"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--solution", "wrong-c", "app"], "--solution is one submission"),
        (["--solution", "wrong-c", "--each", "."], "--solution is one submission"),
        (["PROBE/solutions/wrong-c"], "is no submission but a mistake"),
        (["a", "PROBE/solutions/wrong-c"], "is no submission but a mistake"),
    ],
)  # fmt: skip
def test_a_solution_is_graded_by_its_name(folder: Path, arguments: list[str], told: str) -> None:
    """The folder of a mistake is no submission, and a solution no second one: the error names the command."""
    write(folder, "solutions/wrong-c/expected.toml", BASED)
    write(folder, "solutions/wrong-c/mistake.patch", MISTAKE)
    words = [word.replace("PROBE", str(folder)) for word in arguments]
    ended = CliRunner().invoke(cli, ["grade", str(folder), *words])
    error = ended.exception
    shown = f"{error.message} Next: {error.hint}" if isinstance(error, UsageError) else ended.stderr
    assert told in " ".join(shown.split())
    assert "".join(shown.split()).endswith("".join(f"Next: grader grade {folder} --solution wrong-c".split()))


def test_a_learner_may_call_files_like_those_of_an_author(folder: Path, tmp_path: Path) -> None:
    """One submission that holds them is graded, and does not halt a class."""
    for name in ("expected.toml", "mistake.patch", "app.py"):
        write(tmp_path, f"class/anna/{name}", "1\n")
    assert not is_mistake(load_challenge(folder), tmp_path / "class/anna")


def test_a_challenge_without_solutions_has_none(folder: Path) -> None:
    """Grading needs no solutions: a folder without them is fine."""
    shutil.rmtree(folder / "solutions")
    shutil.rmtree(folder / "starter")
    challenge = load_challenge(folder)
    assert (load_solutions(challenge), starters(challenge)) == ((), ())
