"""Assertions with messages that are safe to show a learner, and the matching of JSON values against a shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

SHOWN_VALUE_CHARS = 80

_TYPE_NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


class CheckFailed(AssertionError):
    """The submission does not do what a check asks; the message is author-written and shown to the learner."""


class NoAnswer(CheckFailed):
    """The app or a service did not answer in time: all start afresh, so that one hang fails no check after it."""


def expect(condition: object, message: str) -> None:
    """Fail the check with `message`, which the learner sees, unless `condition` holds."""
    __tracebackhide__ = True
    if not condition:
        raise CheckFailed(message)


def fail(message: str) -> NoReturn:
    """Fail the check with `message`, which the learner sees."""
    __tracebackhide__ = True
    raise CheckFailed(message)


@dataclass(frozen=True, slots=True)
class That:
    """A described predicate for use inside a shape; made by `that`."""

    description: str
    holds: Callable[[Any], object]


def that(description: str, holds: Callable[[Any], object]) -> That:
    """Return a shape that accepts a value for which `holds` is true; an exception in `holds` means it is not.

    The learner reads `description` after "expected": `that("a time in the future", is_future)`.
    """
    return That(description, holds)


def match(value: object, shape: object, where: str) -> None:
    """Fail the check unless the JSON `value` fits `shape`; `where` begins the message ("POST /todos").

    A shape is `...` (anything), a type (`int` refuses booleans), a dict (these keys at least), a one-item list (every
    item fits), `that(...)`, or a literal that must be equal, of the same JSON type.
    """
    __tracebackhide__ = True
    _match(value, shape, where, "")


def _match(value: object, shape: object, where: str, path: str) -> None:
    __tracebackhide__ = True
    if shape is ...:
        return
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            _mismatch(where, path, "an object", value)
        for key, inner in shape.items():
            inner_path = f"{path}.{key}" if path else key
            if key not in value:
                fail(f'{where}: expected "{inner_path}" to be {_describe(inner)}, but it is missing')
            _match(value[key], inner, where, inner_path)
    elif isinstance(shape, list) and len(shape) == 1 and _is_pattern(shape[0]):
        if not isinstance(value, list):
            _mismatch(where, path, "a list", value)
        for index, item in enumerate(value):
            _match(item, shape[0], where, f"{path}[{index}]")
    elif not _fits(value, shape):
        _mismatch(where, path, _describe(shape), value)


def _is_pattern(shape: object) -> bool:
    return isinstance(shape, type | dict | That) or shape is ...


def _fits(value: object, shape: object) -> bool:
    if isinstance(shape, That):
        try:
            return bool(shape.holds(value))
        except Exception:  # noqa: BLE001 - a predicate that cannot judge a learner's value refuses it
            return False
    if isinstance(shape, type):
        if shape is float:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return isinstance(value, shape) and not (shape is int and isinstance(value, bool))
    return isinstance(value, bool) == isinstance(shape, bool) and value == shape


def _describe(shape: object) -> str:
    if isinstance(shape, That):
        return shape.description
    if isinstance(shape, type):
        return _TYPE_NAMES.get(shape, shape.__name__)
    if isinstance(shape, dict):
        return "an object"
    if isinstance(shape, list) and len(shape) == 1 and _is_pattern(shape[0]):
        return "a list"
    return "anything" if shape is ... else shown(shape)


def _mismatch(where: str, path: str, expected: str, value: object) -> NoReturn:
    __tracebackhide__ = True
    subject = f'"{path}"' if path else "the body"
    fail(f"{where}: expected {subject} to be {expected}, got {shown(value)}")


def shown(value: object) -> str:
    """Return `value` as JSON on one line, cut to 80 characters."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= SHOWN_VALUE_CHARS else text[: SHOWN_VALUE_CHARS - 1] + "…"
