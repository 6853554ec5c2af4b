"""Refuses requests that look like SQL."""

from __future__ import annotations

import re

from flask import abort, request

SQL = re.compile(
    r"\b(select|union|insert|update|delete|drop|truncate|alter|create|exec|where|or|and|like|from|table)\b|--|;|/\*",
    re.IGNORECASE,
)


def refuse_sql() -> None:
    body = request.get_json(silent=True)
    values = list(request.args.values())
    if isinstance(body, dict):
        values += [value for value in body.values() if isinstance(value, str)]
    if any(SQL.search(value) for value in values):
        abort(400, "This looks like SQL.")
