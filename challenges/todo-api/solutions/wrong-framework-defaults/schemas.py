"""What requests may hold and what answers do."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Notes = Annotated[str, StringConstraints(max_length=2000)]


class NewTodo(BaseModel):
    """The body of POST and PUT."""

    title: Title
    notes: Notes = ""
    done: bool = False
    due: date | None = None


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
