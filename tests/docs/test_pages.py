"""What the pages name is there: files, headings, commands, options, targets, codes, variables, tests, quoted code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from grader.cli import BUG, INTERRUPTED, cli
from grader.engine.network_access import PROXY_VARIABLES, VARIABLES
from grader.errors import GraderError
from tests.docs.pages import (
    DOCS,
    README,
    ROOT,
    anchors,
    blocks,
    code_names,
    commands,
    links,
    name,
    our_pages,
    pages,
    read,
)

OPERATING = DOCS / "operating.md"
FOLDERS = tuple(path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in {".git", ".venv"})
EVERY_PAGE = pytest.mark.parametrize("page", pages(), ids=name)
EVERY_PAGE_OF_OURS = pytest.mark.parametrize("page", our_pages(), ids=name)


@EVERY_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link leads to a file of the project, and to a heading of it where it names one."""
    for link in links(page):
        if re.match(r"https?:", link):
            assert link.startswith("https://"), f"{link}: not encrypted"
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)}: {link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{name(page)}: {link} names no heading of {name(target)}"


@EVERY_PAGE_OF_OURS
def test_paths_exist(page: Path) -> None:
    """A path in backticks exists; `<name>` in it stands for any name, and `::` begins the name of a test in it."""
    for text in code_names(page):
        path, _, test = text.partition("::")
        if "/" not in path or path.split("/")[0] not in FOLDERS or not re.fullmatch(r"[\w./<>*-]+", path):
            continue
        if path.startswith((".venv/", "challenges/<slug>/")):
            continue
        found = list(ROOT.glob(re.sub(r"<\w+>", "*", path).rstrip("/")))
        assert found, f"{name(page)}: there is no {path}"
        assert not test or f"def {test}(" in found[0].read_text(encoding="utf-8"), f"{name(page)}: {path} has no {test}"


def test_whole_files_at_the_root_exist() -> None:
    """A file of the root in backticks, such as `pyproject.toml`, exists."""
    for page in our_pages():
        for text in code_names(page):
            if re.fullmatch(r"(Makefile|LICENSE|pyproject\.toml|[A-Z]+\.md)", text):
                assert (ROOT / text).is_file() or text == "README.md", f"{name(page)}: {text}"


@EVERY_PAGE_OF_OURS
def test_make_targets_exist(page: Path) -> None:
    """Every `make TARGET` of the pages is in the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    named = {found[1] for text in commands(page) if (found := re.match(r"(?:sudo )?make ([a-z]+)\b", text))}
    assert named <= targets


@EVERY_PAGE_OF_OURS
def test_commands_exist(page: Path) -> None:
    """Every `grader COMMAND --option` of the pages is a command with that option."""
    for words in grader_calls(page):
        command: click.Command = cli
        arguments = list(words)
        while isinstance(command, click.Group) and arguments and re.fullmatch(r"[a-z]+", arguments[0]):
            context = click.Context(command)
            inner = command.get_command(context, arguments[0])
            assert inner is not None, f"{name(page)}: grader {' '.join(words)}"
            command, arguments = inner, arguments[1:]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
        used = {word.partition("=")[0] for word in arguments if word.startswith("-") and word != "-"}
        assert used <= known, f"{name(page)}: grader {' '.join(words)}"


def grader_calls(page: Path) -> Iterator[list[str]]:
    """Yield the words after `grader` of every call that a page shows."""
    for text in commands(page):
        call = re.sub(r"^(\.venv/bin/|\$ )", "", text)
        if call.startswith("grader "):
            yield shlex.split(call, comments=True)[1:]


def test_readme_shows_the_two_commands_that_set_everything_up() -> None:
    """A newcomer finds `make demo` and `make test` first."""
    first = next(block for block in blocks(README) if block.language == "sh")
    assert [line.split("#")[0].strip() for line in first.text.splitlines()] == ["make demo", "make test"]


def test_exit_codes_are_complete() -> None:
    """docs/operating.md has a row for each exit code that there is, and for no other."""
    listed = re.findall(r"^\| (\d+) \|", read(OPERATING), re.MULTILINE)
    assert list(map(int, listed)) == sorted({0, 1, BUG, INTERRUPTED, *codes(GraderError)})


def codes(error: type[GraderError]) -> Iterator[int]:
    """Yield the exit codes of an error class and of all below it."""
    yield error.exit_code
    for inner in error.__subclasses__():
        yield from codes(inner)


def test_environment_variables_are_complete() -> None:
    """docs/operating.md lists every GRADER_ variable that a program of the project reads, and no other."""
    programs = [path for folder in ("grader", "sandbox") for path in (ROOT / folder).rglob("*") if path.is_file()]
    programs = [path for path in programs if path.suffix not in {".md", ".pyc"}] + [ROOT / "Makefile"]
    used = {found for path in programs for found in re.findall(r"\bGRADER_[A-Z_]+\b", path.read_text(encoding="utf-8"))}
    listed = set(re.findall(r"^\| `(GRADER_[A-Z_]+)` \|", read(OPERATING), re.MULTILINE))
    assert listed == used
    assert set(re.findall(r"\bGRADER_[A-Z_]+\b", "".join(map(read, our_pages())))) == used


@pytest.mark.parametrize("variable", [*VARIABLES, *PROXY_VARIABLES, "DOCKER_HOST", "NO_COLOR"])
def test_variables_that_others_have_named_are_listed(variable: str) -> None:
    """So are the customary ones that the grader heeds."""
    assert f"`{variable}`" in read(OPERATING).partition("## Environment variables")[2].partition("\n## ")[0]


def test_quoted_code_is_in_its_file() -> None:
    """Python in the README, and wherever `<!-- from FILE -->` stands before it, is in that file word for word."""
    quoted = [(page, block) for page in our_pages() for block in blocks(page) if "<!-- from " in block.before]
    quoted += [(README, block) for block in blocks(README) if block.language == "python"]
    assert len(quoted) > 1
    for page, block in quoted:
        source = re.search(r"(?:<!-- from |`)(\S+\.py)", block.before)
        assert source is not None, block.before
        assert block.text in read(ROOT / source[1]), f"{name(page)}: {source[1]} holds something else"


def test_every_test_that_is_cited_as_proof_is_in_the_list_of_defences() -> None:
    """Each row of the defences names at least one test or attack; a defence without proof does not belong there."""
    section = read(DOCS / "threat-model.md").partition("## Defences\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for row in rows:
        assert re.search(r"`(tests|grader/authoring/attacks)/[\w/.-]+(::\w+)?` ?(,|\|)", row), row


def test_changelog_keeps_its_form() -> None:
    """Keep a Changelog: [Unreleased] comes first, and under a version only the six kinds of changes."""
    headings = re.findall(r"^(##+) (.+)$", read(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == ("##", "[Unreleased]")
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert {text for level, text in headings if level == "###"} <= kinds
