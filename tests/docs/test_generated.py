"""What the pages take from the code is what the code says now."""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import MemberDescriptorType

import grader_checks
import pytest
from grader_checks import Api, ExecResult, Plan, Reply, Statements, Usage
from grader_checks.client import Options
from grader_checks.declarations import FEEDBACK_LEVELS, KEYWORDS
from grader_checks.fixtures import Fixtures

from grader.authoring.lint import Finding
from grader.authoring.lint.fix import Fixed
from grader.authoring.lint.render import Linted, render_json
from grader.challenge_manifest import Manifest
from grader.cli import cli
from grader.reports import formats
from tests.docs.generate import (
    AUTHORING,
    COMMANDS,
    REPORTS,
    commands_page,
    manifest_keys,
    walk,
    with_examples,
    with_keys,
    with_rules,
)
from tests.docs.pages import DOCS, code_names, name, our_pages, read
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


def test_table_of_lint_rules_is_current() -> None:
    """docs/authoring.md holds every rule with what it says about itself."""
    page = read(AUTHORING)
    assert page == with_rules(page), AGAIN


def test_examples_of_reports_are_current() -> None:
    """docs/reports.md shows what the program writes."""
    page = read(REPORTS)
    assert page == with_examples(page), AGAIN


@pytest.mark.parametrize("name", formats())
def test_every_format_is_explained(name: str) -> None:
    """docs/reports.md has a heading and a row in its table for each format."""
    page = read(REPORTS)
    assert f"\n## {name}\n" in page
    assert f"\n| [`{name}`](#{name}) |" in page


def test_keys_of_lint_in_json_are_explained() -> None:
    """docs/authoring.md names every key of what `grader lint --json` prints."""
    section = read(AUTHORING).partition("## Lint\n")[2].partition("\n## ")[0]
    document = json.loads(render_json([Linted(DOCS, ())]))
    keys = {*document, *document["challenges"][0], *(field.name for field in (*fields(Finding), *fields(Fixed)))}
    assert {key for key in keys if f"`{key}`" not in section} == set()


@pytest.mark.parametrize(("key", "field"), list(manifest_keys(Manifest, "")))
def test_every_manifest_key_has_a_meaning(key: str, field: typing.Any) -> None:
    """A key without a description would be a row that says nothing."""
    assert field.description, f"give {key} a description in grader/challenge.py"


NOT_FOR_AUTHORS = {
    "app": {"reset", "is_there", "is_usable", "wait_until_ready", "wait_until_first_ready"},
    "db": {"forget"},
    "service": {"answers", "restore"},
}
"""What the code around a suite calls on the objects of its fixtures."""

RETURNED = {"reply": Reply, "plan": Plan, "seen": Statements, "result": ExecResult, "usage": Usage}
"""What calls on fixtures return, by the name that docs/authoring.md gives it."""


def classes_in(annotation: typing.Any) -> Iterator[type]:
    """Yield the classes in an annotation: itself, or those of its arguments, a callable's result included."""
    if isinstance(annotation, list):
        return
    arguments = typing.get_args(annotation)
    for argument in arguments:
        yield from classes_in(argument)
    if not arguments and isinstance(annotation, type):
        yield annotation


def fixtures() -> dict[str, list[type]]:
    """Return the classes of `grader_checks` that each fixture of a suite is or returns."""
    found = [key for key, value in vars(Fixtures).items() if "fixture" in type(value).__name__.lower()]
    returned = {name: typing.get_type_hints(getattr(Fixtures, name).__wrapped__)["return"] for name in found}
    return {
        name: [kind for kind in classes_in(annotation) if kind.__module__.startswith("grader_checks")]
        for name, annotation in returned.items()
    }


def members(kind: type) -> set[str]:
    """Return the public methods, properties and fields of a class, and the attributes that its `__init__` sets."""
    init = "" if is_dataclass(kind) else inspect.getsource(kind.__init__)  # type: ignore[misc]
    names = set(vars(kind)) | set(re.findall(r"\bself\.(\w+)(?:: [^=]+)? = ", init)) | set(kind.__annotations__)
    return {key for key in names if not key.startswith("_") and not key.isupper()}


def test_every_fixture_is_explained() -> None:
    """An author finds every fixture of a suite in the table of docs/authoring.md."""
    assert {"api", "app", "rng", "fake", "submission", "db", "service"} <= set(fixtures())
    assert [fixture for fixture in fixtures() if f"| `{fixture}` |" not in read(AUTHORING)] == []


@pytest.mark.parametrize(
    ("called", "kind"),
    [*((name, kind) for name, kinds in fixtures().items() for kind in kinds), *RETURNED.items()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_that_authors_may_use_of_an_object_is_explained(called: str, kind: type) -> None:
    """Every public method and property of what fixtures are and return is in docs/authoring.md."""
    explained = code_names(AUTHORING)
    for member in members(kind) - NOT_FOR_AUTHORS.get(called, set()):
        known = re.compile(rf"\b{called}(\(.*?\))?\.{member}\b" if called not in RETURNED else rf"\b{member}\b")
        assert any(known.search(text) for text in explained), f"{called}.{member}"


def test_everything_that_authors_may_use_says_what_it_does() -> None:
    """An editor shows a docstring for every call on a fixture."""
    kinds = [kind for found in fixtures().values() for kind in found] + list(RETURNED.values())
    for kind in kinds:
        for member in members(kind) & set(vars(kind)):
            value = vars(kind)[member]
            assert isinstance(value, MemberDescriptorType) or inspect.getdoc(value), f"{kind.__name__}.{member}"


def test_the_types_of_fixtures_can_be_imported() -> None:
    """An author may write `def test_x(api: Api)`, and finds the types for it in docs/authoring.md."""
    assert (Path(grader_checks.__file__).parent / "py.typed").is_file()
    for kind in {kind for kinds in fixtures().values() for kind in kinds} | set(RETURNED.values()):
        assert getattr(grader_checks, kind.__name__) is kind
        assert kind.__name__ in grader_checks.__all__
    for kind in {kind for kinds in fixtures().values() for kind in kinds} | {Reply}:
        assert kind.__name__ in code_names(AUTHORING), kind


def test_everything_that_suites_import_is_explained() -> None:
    """Every public name of `grader_checks` that is no type of a fixture is in docs/authoring.md."""
    functions = [name for name in grader_checks.__all__ if name[0].islower()]
    explained = " ".join(code_names(AUTHORING))
    assert [function for function in functions if f"{function}(" not in explained] == []


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_keywords_of_the_mark_are_explained(keyword: str) -> None:
    """The table of keywords has each one that a declaration may hold."""
    assert f"| `{keyword}` |" in read(AUTHORING)


@pytest.mark.parametrize("level", FEEDBACK_LEVELS)
def test_feedback_levels_are_explained(level: str) -> None:
    """The table of levels has each one, quoted as an author writes it."""
    assert f'| `"{level}"` |' in read(AUTHORING)


@pytest.mark.parametrize("option", list(Options.__annotations__))
def test_options_of_a_request_are_explained(option: str) -> None:
    """So has the sentence about requests each option."""
    assert option in code_names(AUTHORING)
    assert option in inspect.signature(Api.request).parameters


def test_layers_are_those_that_are_enforced() -> None:
    """docs/architecture.md lists the layers of tests/unit/test_layers.py, in their order."""
    section = read(DOCS / "architecture.md").partition("## Layers\n")[2].partition("\n## ")[0]
    listed = [
        set(re.findall(r"`(\w+)`", line.partition(":")[0])) for line in section.splitlines() if line.startswith("- ")
    ]
    assert listed == [set(layer) for layer in LAYERS]


def test_marks_of_generated_parts_are_nowhere_else() -> None:
    """Only two pages are rewritten in part."""
    assert [name(path) for path in our_pages() if "written by tests/docs/generate.py" in read(path)] == [
        "docs/authoring.md",
        "docs/reports.md",
    ]
