"""Attempts on disk: one JSON document that holds both editions whole, so that any report can be made of it later.

It is for this program's own records, and for instructors' eyes only: it holds what the hidden suite said. What other
programs read is the JSON report (grader/reports/json.py), which is made for one audience.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from grader.errors import GraderError
from grader.models import Attempt

STORED_VERSION = 1


class UnreadableAttempt(GraderError):
    """A stored attempt is damaged, or of a version that this program does not know; whoever keeps it must act."""


@dataclass(frozen=True, slots=True)
class _Document:
    stored_version: int
    attempt: Attempt


_DOCUMENTS = TypeAdapter(_Document)


def to_stored(attempt: Attempt) -> str:
    """Return `attempt` as one line of ASCII JSON, from which `from_stored` makes an equal one."""
    document = _DOCUMENTS.dump_python(_Document(STORED_VERSION, attempt), mode="json")
    return json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def from_stored(text: str | bytes) -> Attempt:
    """Return the attempt that `to_stored` wrote; raises `UnreadableAttempt` for anything else."""
    try:
        document = _DOCUMENTS.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise UnreadableAttempt(f"a stored attempt cannot be read: {place}: {first['msg']}") from error
    if document.stored_version != STORED_VERSION:
        raise UnreadableAttempt(
            f"a stored attempt is of version {document.stored_version}, and this program reads {STORED_VERSION}",
            hint="use the version of the grader that wrote it, or a newer one",
        )
    return document.attempt
