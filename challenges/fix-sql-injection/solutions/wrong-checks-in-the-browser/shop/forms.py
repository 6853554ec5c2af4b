"""Reads values out of requests; what is not acceptable ends the request with a 400."""

from __future__ import annotations

from flask import abort, request

MAX_CENTS = 100_000_000


def body() -> dict:
    """Return the JSON object that the request carries."""
    content = request.get_json()
    if not isinstance(content, dict):
        abort(400, "The body must be a JSON object.")
    return content


def text(content: dict, key: str, longest: int, default: str | None = None) -> str:
    """Return the text behind `key`, exactly as it was sent."""
    value = content.get(key, default)
    if not isinstance(value, str) or len(value) > longest or (default is None and not value):
        abort(400, f"{key} must be a text of at most {longest} characters.")
    return value


def number(content: dict, key: str, lowest: int, highest: int) -> int:
    """Return the whole number behind `key`."""
    value = content.get(key)
    if type(value) is not int or not lowest <= value <= highest:
        abort(400, f"{key} must be a whole number from {lowest} to {highest}.")
    return value


def page() -> tuple[int, int]:
    """Return the limit and the offset that the query string asks for."""
    values = []
    for key, default, lowest, highest in (("limit", 20, 1, 100), ("offset", 0, 0, 1_000_000)):
        value = request.args.get(key, default, type=int)
        if not lowest <= value <= highest:
            abort(400, f"{key} must be a whole number from {lowest} to {highest}.")
        values.append(value)
    return values[0], values[1]
