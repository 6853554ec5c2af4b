"""What the project's TOML manifests have in common: strict tables, and problems in words that an author can act on."""

from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from grader.errors import Problem

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
LIMIT_BYTES = 64 * 1024
"""Of a manifest: TOML that is made to be hard to parse takes a minute then, and hours where it is longer."""


class Table(BaseModel):
    """A table of a manifest: unknown keys are problems, values are never coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


M = TypeVar("M", bound=Table)


class BadManifest(Exception):
    """A manifest that says something else than its format allows; `problems` are all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class NotToml(BadManifest):
    """A manifest that cannot even be parsed; its one problem says where."""


def read_manifest(path: Path, model: type[M]) -> M:
    """Return the manifest at `path`; raises `BadManifest` with every problem, and OSError if it cannot be read."""
    return parse_manifest(plain_content(path), path, model)


def plain_content(path: Path, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """Return what is in a file that a stranger may have written: a link or a pipe could lead to what never ends.

    Raises `BadManifest` for what is no plain file, or larger, and OSError if it cannot be read.
    """
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise BadManifest([Problem(str(path), "is a symbolic link", "a file of its own")]) from error
        raise
    with os.fdopen(opened, "rb") as stream:
        if not S_ISREG(os.fstat(opened).st_mode):
            raise BadManifest([Problem(str(path), "is not a file")])
        content = stream.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise BadManifest([Problem(str(path), "is too large", f"at most {limit_bytes} bytes")])
    return content


def parse_manifest(content: bytes, path: Path, model: type[M]) -> M:
    """Return the manifest that was read from `path`; raises `BadManifest` with every problem."""
    try:
        document = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # long numbers and deep arrays are no TOMLDecodeError
        raise NotToml([Problem(str(path), f"is not TOML: {error}")]) from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        keys = tuple(_keys(model))
        raise BadManifest([_problem(path, item, keys) for item in error.errors()]) from error


def _keys(model: type[BaseModel], table: str = "") -> Iterator[str]:
    """Yield the keys of a table and of the tables in it, such as `limits.check_s`."""
    for name, field in model.model_fields.items():
        yield f"{table}{name}"
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                named = "" if part is field.annotation else "<name>."
                yield from _keys(part, f"{table}{name}.{named}")


def _meant(key: str, keys: Sequence[str]) -> str:
    """Return the key that is likely meant: one of the same table, else one of another with that table's name, or ""."""
    table, _, name = key.rpartition(".")
    beside = [known.rpartition(".")[2] for known in keys if known.rpartition(".")[0] == table]
    elsewhere = {known.rpartition(".")[2]: known for known in reversed(keys)}
    if near := get_close_matches(name, beside, n=1):
        return near[0]
    return next((elsewhere[near] for near in get_close_matches(name, elsewhere, n=1)), "")


_EXPECTED = {
    "missing": "a value",
    "extra_forbidden": "no such key",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "tuple_type": "a list",
}


def _problem(path: Path, item: Any, keys: Sequence[str]) -> Problem:
    """Put one of pydantic's errors into our words: the key, what is there, what was expected."""
    key = ".".join(str(part) for part in item["loc"])
    context = item.get("ctx", {})
    expected = _EXPECTED.get(item["type"], "")
    if item["type"] == "literal_error":
        expected = str(context["expected"])
    elif item["type"] == "string_pattern_mismatch":
        expected = f"text that matches {context['pattern']}"
    elif not expected:
        expected = item["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    if item["type"] == "extra_forbidden" and (meant := _meant(key, keys)):
        expected = f"no such key; did you mean {meant}?"
    what = {"missing": "is missing", "extra_forbidden": "is not known"}.get(item["type"], f"is {item['input']!r}")
    return Problem(f"{path}: {key}", what, expected)
