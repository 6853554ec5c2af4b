"""Reads values out of requests; what is not acceptable ends the request with a 400."""

from __future__ import annotations

import math
import re
from typing import LiteralString

from flask import abort, request

MAX_CENTS = 100_000_000

# PostgreSQL can hold neither U+0000 nor half of a surrogate pair, which JSON can spell although it is no character.
NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def body() -> dict:
    """Return the JSON object that the request carries."""
    try:
        content = request.get_json(force=True, silent=True)
    except RecursionError:  # Deep nesting ends in it, and to Flask only a ValueError means bad JSON.
        content = None
    if not isinstance(content, dict):
        abort(400, "The body must be a JSON object.")
    return content


def text(content: dict, key: str, longest: int, default: str | None = None) -> str:
    """Return the text behind `key`, exactly as it was sent."""
    value = content.get(key, default)
    if not isinstance(value, str) or len(value) > longest or (default is None and not value) or NO_TEXT.search(value):
        abort(400, f"{key} must be a text of at most {longest} characters.")
    return value


def number(content: dict, key: str, lowest: int, highest: float = math.inf) -> int:
    """Return the whole number behind `key`."""
    value = content.get(key)
    if type(value) is not int or not lowest <= value <= highest:
        abort(400, f"{key} must be a whole number from {lowest} to {highest}.")
    return value


def flag(content: dict, key: str, default: bool) -> bool:
    """Return the boolean behind `key`."""
    value = content.get(key, default)
    if not isinstance(value, bool):
        abort(400, f"{key} must be true or false.")
    return value


def search() -> str:
    """Return the text that the query string searches for, or an empty one."""
    value = request.args.get("q", "")
    if NO_TEXT.search(value):
        abort(400, "q must be a text.")
    return value


def argument(key: str, default: int, lowest: int, highest: int) -> int:
    """Return the whole number behind `key` in the query string, where an empty one is as good as none."""
    value = request.args.get(key) or str(default)
    # Not int() alone: it takes " 1", "1_000" and the digits of every script, and fails on very many of them.
    if not re.fullmatch("[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
        abort(400, f"{key} must be a whole number from {lowest} to {highest}.")
    return int(value)


def choice(statements: dict[tuple[str, str], LiteralString]) -> LiteralString:
    """Return the statement that sorts as the query string asks for."""
    wanted = request.args.get("sort", "id"), request.args.get("order", "asc")
    if wanted not in statements:
        abort(400, f"sort and order must be one of: {', '.join(' '.join(known) for known in statements)}.")
    return statements[wanted]
