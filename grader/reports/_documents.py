"""Writes JSON documents for the formats that are JSON: ASCII, so that they survive any terminal, pipe and encoding."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence


def written(document: Mapping[str, object] | Sequence[object]) -> str:
    """Return a document as text, indented, ending with a newline; raises `ValueError` for NaN and infinity."""
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def without_empty(document: Mapping[str, object]) -> dict[str, object]:
    """Return a document without the keys whose value is an empty text or nothing: for formats that want them absent."""
    return {key: value for key, value in document.items() if value not in ("", None)}
