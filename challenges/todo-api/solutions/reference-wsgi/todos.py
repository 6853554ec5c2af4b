"""The values that a to-do and a list query may have. Nothing here knows HTTP or the database."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import inf
from typing import Any

TITLE_LENGTH = 200
NOTES_LENGTH = 2000
PAGE_LENGTH = 100

type Rule = Callable[[Any], Any]  # answers the value to keep, or raises ValueError with what is wrong


class Invalid(Exception):
    """Some values are not allowed: `fields` says for each of them why."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields)
        self.fields = fields


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    if re.search("[\ud800-\udfff]", value):
        # JSON can write "\ud83d" without its other half, but UTF-8 and the database cannot.
        raise ValueError("must not contain half a surrogate pair")
    return value


def _title(value: Any) -> str:
    title = _text(value).strip()
    if not title:
        raise ValueError("must not be blank")
    if len(title) > TITLE_LENGTH:
        raise ValueError(f"must have at most {TITLE_LENGTH} characters")
    return title


def _notes(value: Any) -> str:
    notes = _text(value)
    if len(notes) > NOTES_LENGTH:
        raise ValueError(f"must have at most {NOTES_LENGTH} characters")
    return notes


def _done(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _due(value: Any) -> str | None:
    if value is None:
        return None
    # `fromisoformat` alone would let other notations pass, such as 20270301 and 2027-W09-1.
    if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be null or a date written YYYY-MM-DD")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a date that exists") from None
    return value


def _one_of(choices: dict[str, Any]) -> Rule:
    def rule(value: str) -> Any:
        if value not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return choices[value]

    return rule


def _integer(smallest: int, largest: float = inf) -> Rule:
    def rule(value: str) -> int:
        # `int` is more generous than the statement: it takes "+5", " 5 ", "1_000" and digits of all scripts.
        if not re.fullmatch("[0-9]+", value):
            raise ValueError("must be an integer")
        number = int(value)
        if not smallest <= number <= largest:
            raise ValueError(f"must be from {smallest} to {largest}")
        return number

    return rule


FIELDS: dict[str, Rule] = {"title": _title, "notes": _notes, "done": _done, "due": _due}
FIELD_DEFAULTS = {"notes": "", "done": False, "due": None}

PARAMETERS: dict[str, Rule] = {
    "done": _one_of({"true": True, "false": False}),
    "q": _text,
    "sort": _one_of({order: order for order in ("id", "-id", "due")}),
    "limit": _integer(1, PAGE_LENGTH),
    "offset": _integer(0),
}
PARAMETER_DEFAULTS = {"done": None, "q": "", "sort": "id", "limit": 20, "offset": 0}


def _accept(values: Mapping[str, Any], rules: Mapping[str, Rule], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Answer the values that have a rule, as their rules keep them; others are left out.

    All rules are tried before any refusal is reported, so that a client learns of all its mistakes at once.
    """
    accepted, refused = {}, {}
    for name, rule in rules.items():
        if name in values:
            try:
                accepted[name] = rule(values[name])
            except ValueError as error:
                refused[name] = str(error)
        elif name in required:
            refused[name] = "is required"
    if refused:
        raise Invalid(refused)
    return accepted


def whole(values: Mapping[str, Any]) -> dict[str, Any]:
    """All fields of a to-do but its id, for creating and replacing."""
    return FIELD_DEFAULTS | _accept(values, FIELDS, required=("title",))


def changes(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were sent."""
    return _accept(values, FIELDS)


def query(values: Mapping[str, str]) -> dict[str, Any]:
    """All parameters of a list."""
    return PARAMETER_DEFAULTS | _accept(values, PARAMETERS)
