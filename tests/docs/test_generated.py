"""What the pages take from the code is what the code says now."""

from __future__ import annotations

import re
import typing

import grader_checks
import pytest
from grader_checks.fixtures import Fixtures

from grader.challenge import Manifest
from grader.cli import cli
from tests.docs.generate import AUTHORING, COMMANDS, commands_page, manifest_keys, walk, with_keys
from tests.docs.pages import DOCS, ROOT, code_names, name, our_pages, read
from tests.unit.test_layers import LAYERS

AGAIN = "run: .venv/bin/python -m tests.docs.generate"


def test_help_of_every_command_is_current() -> None:
    """docs/commands.md holds what `--help` prints."""
    assert read(COMMANDS) == commands_page(), AGAIN


@pytest.mark.parametrize("command", [names for names, _ in walk(cli, "grader")])
def test_every_command_is_mentioned_outside_of_its_help(command: str) -> None:
    """Somebody who reads the pages meets every command."""
    assert any(command in read(path) for path in our_pages() if path != COMMANDS), command


def test_table_of_manifest_keys_is_current() -> None:
    """docs/authoring.md holds every key with what the manifest's model says about it."""
    page = read(AUTHORING)
    assert page == with_keys(page), AGAIN


@pytest.mark.parametrize(("key", "field"), list(manifest_keys(Manifest, "")))
def test_every_manifest_key_has_a_meaning(key: str, field: typing.Any) -> None:
    """A key without a description would be a row that says nothing."""
    assert field.description, f"give {key} a description in grader/challenge.py"


def test_every_fixture_is_explained() -> None:
    """An author finds every fixture of a suite in docs/authoring.md, and every method that is there for authors."""
    explained = code_names(AUTHORING)
    fixtures = [key for key, value in vars(Fixtures).items() if "fixture" in type(value).__name__.lower()]
    assert {"api", "app", "rng"} <= set(fixtures)
    assert [fixture for fixture in fixtures if fixture not in explained] == []
    for fixture in fixtures:
        kind = typing.get_type_hints(getattr(Fixtures, fixture).__wrapped__)["return"]
        if kind.__module__.startswith("grader_checks"):
            methods = {key for key, value in vars(kind).items() if callable(value) and not key.startswith("_")}
            for method in methods - called_by_the_suite_itself():
                assert any(f"{fixture}.{method}" in text for text in explained), f"{fixture}.{method}"


def called_by_the_suite_itself() -> set[str]:
    """Return the methods that the code around a suite calls on the app: those are not for authors."""
    folder = ROOT / "sandbox" / "tester" / "grader_checks"
    return {found for path in folder.glob("*.py") for found in re.findall(r"self\.app\.(\w+)\(", read(path))}


def test_everything_that_suites_import_is_explained() -> None:
    """Every public name of `grader_checks` that is no type of a fixture is in docs/authoring.md."""
    functions = [name for name in grader_checks.__all__ if name[0].islower()]
    explained = " ".join(code_names(AUTHORING))
    assert [function for function in functions if f"{function}(" not in explained] == []


@pytest.mark.parametrize("keyword", ["points", "group", "hint", "cwe"])
def test_keywords_of_the_mark_are_explained(keyword: str) -> None:
    """The table of keywords has each one that a declaration may hold."""
    assert f"| `{keyword}` |" in read(AUTHORING)


def test_layers_are_those_that_are_enforced() -> None:
    """docs/architecture.md lists the layers of tests/unit/test_layers.py, in their order."""
    section = read(DOCS / "architecture.md").partition("## Layers\n")[2].partition("\n## ")[0]
    listed = [
        set(re.findall(r"`(\w+)`", line.partition(":")[0])) for line in section.splitlines() if line.startswith("- ")
    ]
    assert listed == [set(layer) for layer in LAYERS]


def test_marks_of_generated_parts_are_nowhere_else() -> None:
    """Only one page is rewritten in part."""
    assert [name(path) for path in our_pages() if "written by tests/docs/generate.py" in read(path)] == [
        "docs/authoring.md"
    ]
