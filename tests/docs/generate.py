"""Writes what the documentation takes from the code: help of commands, keys of a manifest, rules of lint, reports.

    python -m tests.docs.generate

tests/docs/test_generated.py compares them with what the pages hold.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from grader import __version__
from grader.authoring.lint import all_rules
from grader.challenge_manifest import Manifest
from grader.cli import cli
from grader.models import Audience
from grader.reports import formats, get_format
from tests.attempts import small
from tests.docs.pages import DOCS, read

COMMANDS = DOCS / "commands.md"
AUTHORING = DOCS / "authoring.md"
REPORTS = DOCS / "reports.md"
BEGIN, END = "<!-- keys: written by tests/docs/generate.py -->\n", "<!-- end of keys -->\n"
BEGIN_RULES, END_RULES = "<!-- rules: written by tests/docs/generate.py -->\n", "<!-- end of rules -->\n"

_WIDTH = 80
_EXAMPLE_WIDTH = 110
_EXAMPLE_LINES = 24
_HEAD = """# Commands

The help of every command, as `grader COMMAND --help` prints it. This page is written by `tests/docs/generate.py`; a
test compares it with the program.
"""
_TYPES: dict[Any, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def commands_page() -> str:
    """Return the whole page of commands."""
    parts = [_HEAD]
    for names, command in walk(cli, "grader"):
        context = click.Context(command, info_name=names, terminal_width=_WIDTH, max_content_width=_WIDTH)
        context.help_option_names = ["-h", "--help"]
        parts.append(f"## {names}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def walk(command: click.Command, names: str) -> Iterator[tuple[str, click.Command]]:
    """Yield the words that call a command, and the command, for `command` and all below it."""
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from walk(inner, f"{names} {name}")


def keys_table() -> str:
    """Return the table of a manifest's keys."""
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key, field in manifest_keys(Manifest, ""):
        default = "required" if field.is_required() else f"`{_as_toml(field.default)}`"
        rows.append(f"| `{key}` | {_kind(field.annotation)}{_range(field)} | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def manifest_keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Yield every key of a manifest with what pydantic knows of it; a table that an author names is `<name>`."""
    for name, field in model.model_fields.items():
        table = _table(field.annotation)
        if table is None:
            yield prefix + name, field
        elif typing.get_origin(field.annotation) is dict:
            yield from manifest_keys(table, f"{prefix}{name}.<name>.")
        else:
            yield from manifest_keys(table, f"{prefix}{name}.")


def rules_table() -> str:
    """Return the table of the rules of `grader lint`."""
    rows = [f"| `{rule.code}` | {rule.severity} | {rule.means} | {'yes' if rule.fix else ''} |" for rule in all_rules()]
    return "\n".join(["| rule | severity | strikes when | `--fix` |", "|---|---|---|---|", *rows]) + "\n"


def with_keys(page: str) -> str:
    """Return the author's guide with the present table of keys between its two markers."""
    return _between(page, BEGIN, keys_table(), END)


def with_rules(page: str) -> str:
    """Return the author's guide with the present table of rules between its two markers."""
    return _between(page, BEGIN_RULES, rules_table(), END_RULES)


def with_examples(page: str) -> str:
    """Return the page of the formats with the beginning of each report; of a page for browsers there is a picture."""
    for name in formats():
        if name != "html":
            begin = f"<!-- example of {name}: written by tests/docs/generate.py -->\n"
            page = _between(page, begin, example(name), "<!-- end of example -->\n")
    return page


def example(name: str) -> str:
    """Return the first lines of a small report as a block of code; lines that are too long for a page are cut."""
    lines = get_format(name).render(small(), Audience.LEARNER).replace(__version__, "0.1.0").splitlines()
    shown = [line if len(line) <= _EXAMPLE_WIDTH else f"{line[:_EXAMPLE_WIDTH]} [...]" for line in lines]
    shown = shown[:_EXAMPLE_LINES] + ["[...]"] * (len(lines) > _EXAMPLE_LINES)
    return "\n".join(["````text", *shown, "````", ""])


def _between(page: str, begin_marker: str, table: str, end_marker: str) -> str:
    before, begin, rest = page.partition(begin_marker)
    _, end, after = rest.partition(end_marker)
    found = (begin, end) == (begin_marker, end_marker)
    assert found, f"the page has lost its markers {begin_marker!r} and {end_marker!r}"
    return f"{before}{begin}{table}{end}{after}"


def _table(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a table of the manifest, or of the tables in a table; None for a plain value."""
    if typing.get_origin(annotation) is dict:
        annotation = typing.get_args(annotation)[1]
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _kind(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{_as_toml(value)}`" for value in arguments)
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin in (typing.Union, UnionType):
        return " or ".join(_kind(argument) for argument in arguments if argument is not type(None))
    if origin is typing.Annotated:
        return _kind(arguments[0])
    return _TYPES[annotation]


def _range(field: FieldInfo) -> str:
    """Return the bounds of a number, as pydantic checks them (annotated-types: Gt, Ge, Le)."""
    bounds = {
        name: getattr(item, name) for item in field.metadata for name in ("gt", "ge", "le") if hasattr(item, name)
    }
    words = {"gt": "above", "ge": "at least", "le": "at most"}
    return "".join(f", {words[name]} {_as_toml(value)}" for name, value in bounds.items())


def _as_toml(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value)


def main() -> None:
    """Write them."""
    COMMANDS.write_text(commands_page(), encoding="utf-8")
    REPORTS.write_text(with_examples(read(REPORTS)), encoding="utf-8")
    AUTHORING.write_text(with_rules(with_keys(read(AUTHORING))), encoding="utf-8")


if __name__ == "__main__":
    main()
