"""What requests may hold and what answers do."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints


def only_iso_dates(value: Any) -> Any:
    """Refuse what pydantic would turn into a date all the same: numbers, and dates with a time of day."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be null or a date written YYYY-MM-DD")
    return value


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Notes = Annotated[str, StringConstraints(max_length=2000)]
Due = Annotated[date, BeforeValidator(only_iso_dates)]


class NewTodo(BaseModel):
    """The body of POST and PUT."""

    title: Title
    notes: Notes = ""
    done: StrictBool = False
    due: Due | None = None


class Change(NewTodo):
    """The body of PATCH: only the fields that were set count."""

    title: Title = ""


class StoredTodo(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    notes: str
    done: bool
    due: date | None


class ListQuery(BaseModel):
    """The parameters of GET /todos."""

    done: Literal["true", "false"] | None = None
    q: str = ""
    sort: Literal["id", "-id", "due"] = "id"
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0)


class Page(BaseModel):
    items: list[StoredTodo]
    total: int
    limit: int
    offset: int
