"""New challenges: what a scaffold becomes, and what is refused before anything is written."""

from __future__ import annotations

import json
import re
import resource
import tomllib
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner
from jinja2 import UndefinedError

from grader.authoring.scaffold import SCAFFOLDS, find_scaffold, kinds, new_challenge, stacks
from grader.challenge import load_challenge, pack_suite
from grader.challenge_manifest import Manifest
from grader.cli import cli
from grader.errors import GraderError, SandboxError, UsageError
from grader.models import Suite
from grader.solutions import load_solutions, starters
from tests.docs.generate import manifest_keys

EVERY_SCAFFOLD = pytest.mark.parametrize(
    ("kind", "stack"), [(kind, stack) for kind in kinds() for stack in stacks(kind)]
)


def write_scaffold(root: Path, **files: str) -> Path:
    """Write the scaffold `tiny`, with one stack, below `root`; `__` in a name of `files` is a slash, `_` a dot."""
    for name, content in {"stacks__plain__a_txt": "of the stack", **files}.items():
        path = root / "tiny" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def refused(*words: str) -> GraderError:
    """Call `grader new` with these words, and return the error that it ends with."""
    error = CliRunner().invoke(cli, ["new", *words]).exception
    assert isinstance(error, GraderError), error
    return error


def test_there_is_a_scaffold_for_each_of_three_kinds() -> None:
    """A kind is a folder; these three are part of the grader."""
    assert {"api", "schema", "security"} <= set(kinds())


@EVERY_SCAFFOLD
def test_a_new_challenge_is_whole(kind: str, stack: str, tmp_path: Path) -> None:
    """It can be loaded, and has a starter, a reference and two wrong solutions."""
    folder = new_challenge(find_scaffold(kind, stack), "a-new-one", tmp_path)
    challenge = load_challenge(folder)
    assert (challenge.slug, challenge.manifest.kind, challenge.manifest.stacks) == ("a-new-one", kind, (stack,))
    assert challenge.manifest.title == "A new one"
    assert [path.name for path in starters(challenge)] == [stack]
    solutions = load_solutions(challenge)
    assert sum(solution.expected is None for solution in solutions) >= 1
    assert sum(solution.expected is not None for solution in solutions) >= 2
    assert all(pack_suite(challenge, suite) for suite in Suite)
    assert (folder / "README.md").read_text().startswith("# A new one\n")


@EVERY_SCAFFOLD
def test_points_of_a_new_suite_add_up_to_100(kind: str, stack: str) -> None:
    """The hidden suite is worth 100 points, and each of its checks has a hint."""
    files = find_scaffold(kind, stack).render("a", "A")
    suite = "".join(content.decode() for path, content in files.items() if path.match("checks/hidden/test_*.py"))
    assert sum(map(int, re.findall(r"check\(\s*points=(\d+)", suite))) == 100
    assert len(re.findall(r"@pytest\.mark\.check\(", suite)) == len(re.findall(r"\bhint=\"", suite))


@EVERY_SCAFFOLD
def test_nothing_of_a_scaffold_is_left_to_be_filled_in(kind: str, stack: str) -> None:
    """No file is a template any more, or shows traces of one, and no folder of stacks is left."""
    for path, content in find_scaffold(kind, stack).render("a", "A").items():
        assert path.suffix != ".jinja"
        assert path.parts[0] != "stacks"
        assert not re.search(r"\{%|\{\{ \w+ \}\}|\{#", content.decode()), path


def test_the_manifest_of_new_challenges_explains_every_key() -> None:
    """An author meets each key that there is, with a comment beside it."""
    template = (SCAFFOLDS / "challenge.toml.jinja").read_text()
    for key, _ in manifest_keys(Manifest, ""):
        name = key.rpartition(".")[2]
        assert re.search(rf"^(# )?{name} = .+$", template, re.MULTILINE), key
    assert not re.search(r"^\w+ = [^#\n]+$", re.sub(r"^use = .*$", "", template, flags=re.MULTILINE), re.MULTILINE)


@pytest.mark.parametrize("title", ['Say "hi" \\ to {{ TOML }}', "Größe 日本", "# [x] = '1'"])
def test_any_title_is_written_as_it_is(title: str, tmp_path: Path) -> None:
    """A title may hold what would mean something in TOML or in a template."""
    folder = new_challenge(find_scaffold("api"), "demo", tmp_path, title)
    assert load_challenge(folder).manifest.title == title
    assert (folder / "README.md").read_text().startswith(f"# {title}\n")


def test_files_of_a_stack_take_the_place_of_those_of_the_kind(tmp_path: Path) -> None:
    """Templates are filled in, other files copied to the byte, and what an installer compiled is left out."""
    root = write_scaffold(
        tmp_path,
        a_txt="of the kind",
        b_txt_jinja="{{ slug }} {{ title | toml }} {{ kind }} {{ stack }}\n",
        checks__c_txt="{{ slug }}\r\n",
    )
    compiled = root / "tiny" / "checks" / "__pycache__" / "c.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"")
    assert find_scaffold("tiny", root=root).render("a-b", "T") == {
        PurePosixPath("a.txt"): b"of the stack",
        PurePosixPath("b.txt"): b'a-b "T" tiny plain\n',
        PurePosixPath("checks/c.txt"): b"{{ slug }}\r\n",
    }


def test_a_template_that_asks_for_what_is_not_there_is_found(tmp_path: Path) -> None:
    """A misspelt name in a template is an error and no empty text, and nothing is written."""
    root = write_scaffold(tmp_path / "scaffolds", b_txt_jinja="{{ slog }}")
    with pytest.raises(UndefinedError, match="slog"):
        new_challenge(find_scaffold("tiny", root=root), "demo", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["scaffolds"]


def test_what_to_do_next_is_printed(tmp_path: Path) -> None:
    """The commands that prove the new challenge can be copied, whatever the folder is called."""
    into = tmp_path / "my challenges"
    into.mkdir()
    ended = CliRunner().invoke(cli, ["new", "schema", "shelf", "--into", str(into), "--title", "A shelf"])
    assert ended.exit_code == 0, ended.output
    assert f"grader lint '{into}/shelf'" in ended.output
    assert f"grader validate '{into}/shelf'" in ended.output
    assert f"grader grade '{into}/shelf' --solution reference-sql" in ended.output
    assert tomllib.loads((into / "shelf" / "challenge.toml").read_text())["title"] == "A shelf"


def test_help_names_the_kinds() -> None:
    """Whoever asks for help sees what can be made."""
    assert f"{{{'|'.join(kinds())}}}" in CliRunner().invoke(cli, ["new", "--help"]).output


def test_an_unknown_kind_is_answered_with_those_that_there_are() -> None:
    """A kind without a scaffold is refused, with the command that was probably meant."""
    error = refused("apis", "demo")
    assert (error.exit_code, error.hint) == (2, "grader new api SLUG")
    assert ", ".join(kinds()) in error.message


def test_an_unknown_stack_is_answered_with_those_that_there_are() -> None:
    """A stack that a kind has no files for is refused."""
    error = refused("schema", "demo", "--stack", "cobol")
    assert (error.exit_code, error.hint) == (2, "grader new schema SLUG --stack sql")
    assert "'cobol': its stacks are sql" in error.message


def test_a_kind_with_several_stacks_asks_which(tmp_path: Path) -> None:
    """Where there is a choice, nobody guesses."""
    root = write_scaffold(tmp_path, stacks__other__a_txt="")
    with pytest.raises(UsageError, match="one of several stacks: other, plain") as caught:
        find_scaffold("tiny", root=root)
    assert caught.value.hint == "grader new tiny SLUG --stack other"


@pytest.mark.parametrize(
    ("slug", "proper"),
    [
        ("My Challenge!", "my-challenge"),
        ("../escape", "escape"),
        ("a--b", "a-b"),
        ("", "my-challenge"),
        ("demo\n", "demo"),
        ("x" * 65, "x" * 64),
    ],
)
def test_a_bad_slug_is_answered_with_a_good_one(slug: str, proper: str, tmp_path: Path) -> None:
    """A slug that no manifest may have is refused, with one like it, and nothing is written."""
    error = refused("api", slug, "--into", str(tmp_path))
    assert (error.exit_code, error.hint) == (2, f"grader new api {proper}")
    assert "is no slug" in error.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["", "  ", "two\nlines", "a\x1b[31m", "del\x7f", "\u202eevil"])
def test_a_title_that_cannot_be_seen_is_refused(title: str, tmp_path: Path) -> None:
    """A title is one line of visible text."""
    error = refused("api", "demo", "--into", str(tmp_path), "--title", title)
    assert error.exit_code == 2
    assert "is no title" in error.message
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    """A folder, a file and a link of the challenge's name are refused and stay as they are, empty ones too."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("folder", "file", "link"):
        error = refused("api", name, "--into", str(tmp_path))
        assert (error.exit_code, "is there already" in error.message) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "link"]
    assert list((tmp_path / "folder").iterdir()) == []
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Where the new folder cannot be made, the command that helps is told."""
    error = refused("api", "demo", "--into", str(tmp_path / "none"))
    assert (error.exit_code, error.hint) == (2, f"mkdir -p {tmp_path}/none")


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    """A write that fails in the middle of it leaves no half of a challenge."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, before[1]))  # the statement and the manifest are smaller
    try:
        with pytest.raises(SandboxError, match="demo could not be written: File too large"):
            new_challenge(find_scaffold("api"), "demo", tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_texts_are_the_same_in_json_and_toml() -> None:
    """The filter `toml` may borrow from JSON: every character that a title may have is read back."""
    text = "".join(char for char in map(chr, range(0x3000)) if char.isprintable())
    assert tomllib.loads(f"text = {json.dumps(text, ensure_ascii=False)}")["text"] == text
