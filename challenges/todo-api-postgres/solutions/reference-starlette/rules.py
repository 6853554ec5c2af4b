"""What a request may hold."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

TITLE_LENGTH = 200
TAG_LENGTH = 30
TAG_COUNT = 10
BULK_COUNT = 100
LIST_COUNT = 100
LIST_DEFAULT = 50


class Invalid(Exception):
    """Something is not allowed: the text says what, as a sentence for people."""


def _text(name: str, value: Any, length: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= length:
        raise Invalid(f"{name} must be a string of 1 to {length} characters.")
    # JSON can write "\ud83d" without its other half, but no UTF-8 can hold it, and so PostgreSQL cannot either.
    if re.search("[\0\ud800-\udfff]", value):
        raise Invalid(f"{name} must not contain U+0000 or half a surrogate pair.")
    return value


def _title(value: Any) -> str:
    return _text("The title", value, TITLE_LENGTH)


def _done(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("done must be true or false.")
    return value


def _tags(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > TAG_COUNT:
        raise Invalid(f"tags must be a list of at most {TAG_COUNT} strings.")
    tags = [_text("A tag", tag, TAG_LENGTH) for tag in value]
    if len(set(tags)) < len(tags):
        raise Invalid("The tags must be different from each other.")
    return tags


_FIELDS: dict[str, Callable[[Any], Any]] = {"title": _title, "done": _done, "tags": _tags}


def changes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Check the fields that were sent; what a client may not set is left out."""
    return {name: rule(values[name]) for name, rule in _FIELDS.items() if name in values}


def new_todo(values: Any) -> dict[str, Any]:
    """Check a to-do that is to be created."""
    if not isinstance(values, dict) or "title" not in values:
        raise Invalid("A to-do must be an object with a title.")
    return {"done": False, "tags": []} | changes(values)


def new_todos(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Check many of them."""
    items = values.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= BULK_COUNT:
        raise Invalid(f"items must be a list of 1 to {BULK_COUNT} to-dos.")
    return [new_todo(item) for item in items]


def limit(values: Mapping[str, str]) -> int:
    """Check how many to-dos a list may have."""
    text = values.get("limit", str(LIST_DEFAULT))
    # `int` alone would take "+5", "1_0" and digits of all scripts, and refuse very many digits with another error.
    number = int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
    if not 1 <= number <= LIST_COUNT:
        raise Invalid(f"limit must be an integer from 1 to {LIST_COUNT}.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON, though Python's parser takes it")


def json_object(body: bytes) -> dict[str, Any]:
    """Check that a body is a JSON object."""
    try:
        # No field is a number, so it does not matter what becomes of one; `int` would refuse very many digits.
        value = json.loads(body.decode(), parse_int=float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Invalid("The body must be JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.")
    return value
