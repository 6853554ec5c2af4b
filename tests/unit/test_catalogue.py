"""Which challenges there are, and how they are picked and shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.catalogue import Wanted, read_catalogue
from grader.challenge import Challenge, load_challenge
from grader.cli import cli
from grader.cli.list import render
from grader.display import TextStyle, cells
from tests.running import write_challenge


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with three challenges and a broken one; there are no built-in ones."""
    monkeypatch.setattr("grader.catalogue.challenges_dir", lambda: tmp_path / "none")
    monkeypatch.delenv("GRADER_CHALLENGES", raising=False)
    root = tmp_path / "challenges"
    write_challenge(root / "alpha", title="The first", kind="api", skills=["http", "caching"])
    write_challenge(root / "beta", title="The second", kind="schema", difficulty="hard", stacks=["sql"])
    write_challenge(root / "gamma", title="The third", kind="api", difficulty="hard", stacks=["python", "sql"])
    (write_challenge(root / "delta") / "README.md").unlink()
    return root


def run(*arguments: str | Path) -> tuple[str, str]:
    """Return what `grader ARGUMENTS` writes to standard output and to standard error."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, result.stderr


def test_a_broken_challenge_does_not_hide_the_others(root: Path) -> None:
    """Three are listed; of the fourth standard error says what is wrong with it."""
    out, err = run("list", "--challenges", root)
    assert [line.split()[0] for line in out.splitlines()] == ["CHALLENGE", "alpha", "beta", "gamma"]
    assert err.splitlines()[0] == f"left out: {root}/delta is not a whole challenge"
    assert "README.md: is missing" in err


def test_a_folder_that_holds_no_challenges_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped folder of the variable, and a challenge where the folder above it was meant."""
    monkeypatch.setenv("GRADER_CHALLENGES", f"{root}/typo:{root}/alpha")
    out, err = run("list", "--challenges", root)
    assert out.splitlines()[1].startswith("alpha")
    assert f"left out: {root}/typo: no such folder (expected a folder that holds" in err
    assert f"left out: {root}/alpha: is a challenge itself (expected a folder that holds" in err


@pytest.mark.parametrize(
    ("options", "slugs"),
    [
        ("", "alpha beta gamma"),
        ("--kind api", "alpha gamma"),
        ("--kind api --kind schema", "alpha beta gamma"),
        ("--kind api --difficulty hard", "gamma"),
        ("--stack sql", "beta gamma"),
        ("--skill caching --skill nonsense", "alpha"),
        ("--skill caching --stack sql", ""),
    ],
)
def test_options_pick_challenges(root: Path, options: str, slugs: str) -> None:
    """Values of one option are alternatives, and different options must all fit."""
    out, _ = run("list", "--json", "--challenges", root, *options.split())
    assert [challenge["slug"] for challenge in json.loads(out)["challenges"]] == slugs.split()


def test_nothing_that_fits_brings_what_there_is(root: Path) -> None:
    """Whoever asks for a kind that no challenge has is told which there are."""
    out, err = run("list", "--kind", "apy", "--challenges", root)
    assert out == ""
    assert "kinds api, schema" in err


def test_programs_get_every_fact(root: Path) -> None:
    """The JSON document holds what the table shows, where each challenge is, and what is broken."""
    out, _ = run("list", "--json", "--challenges", root, "--kind", "schema")
    document = json.loads(out)
    assert document["schema_version"] == 1
    assert document["challenges"] == [
        {
            "slug": "beta",
            "version": "1.0.0",
            "title": "The second",
            "kind": "schema",
            "difficulty": "hard",
            "skills": [],
            "stacks": ["sql"],
            "services": {},
            "folder": str(root / "beta"),
        }
    ]
    assert [broken["folder"] for broken in document["broken"]] == [str(root / "delta")]


def test_the_first_of_two_with_one_slug_counts(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A challenge in a folder of the command line hides its namesake in one of the environment, broken or not."""
    write_challenge(tmp_path / "mine" / "alpha", title="Mine")
    write_challenge(tmp_path / "mine" / "delta", title="Repaired")
    monkeypatch.setenv("GRADER_CHALLENGES", str(root))
    catalogue = read_catalogue([tmp_path / "mine"])
    titles = {challenge.slug: challenge.manifest.title for challenge in catalogue.challenges}
    assert titles == {"alpha": "Mine", "beta": "The second", "gamma": "The third", "delta": "Repaired"}
    assert catalogue.broken == ()


def test_asking_for_nothing_fits_everything(root: Path) -> None:
    """No option, no condition."""
    assert Wanted().fits(load_challenge(root / "alpha"))


def challenges(root: Path) -> list[Challenge]:
    """Return challenges with a long title, and one whose title is not Latin and would move the cursor."""
    write_challenge(root / "long", title="A title that goes on and on until it does not fit into any column at all")
    manifest = write_challenge(root / "wide") / "challenge.toml"
    manifest.write_text(manifest.read_text().replace("Four paths", r"待办事项列表 \u001b[2J of wide letters"))
    return [load_challenge(root / "long"), load_challenge(root / "wide")]


@pytest.mark.parametrize("width", [40, 64, 80, 100])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    """Titles are wrapped in their column; a narrow terminal gets lines of their own for each challenge."""
    text = render(challenges(tmp_path), TextStyle(width=width), width)
    assert max(map(cells, text.splitlines())) <= width
    assert text.splitlines()[0].startswith("CHALLENGE") == (width >= 64)
    assert "\x1b" not in text
    assert " ".join(text.split()).count("A title") == 1


def test_columns_stand_below_each_other(tmp_path: Path) -> None:
    """Wide letters count as two columns."""
    heading, *rows = render(challenges(tmp_path), TextStyle(width=100), 100).splitlines()
    column = heading.index("KIND")
    assert [cells(row[: row.index("api")]) for row in rows if "api" in row] == [column, column]
