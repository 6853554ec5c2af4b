"""What requests may hold and what answers do."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints


def storable(value: str) -> str:
    """Refuse the one character that PostgreSQL cannot store."""
    if "\0" in value:
        raise ValueError("must not hold U+0000")
    return value


def different(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("must be different from each other")
    return values


Title = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(storable)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=30), AfterValidator(storable)]
Tags = Annotated[list[Tag], Field(max_length=10), AfterValidator(different)]


class NewTodo(BaseModel):
    title: Title
    done: StrictBool = False
    tags: Tags = []


class NewTodos(BaseModel):
    items: Annotated[list[NewTodo], Field(min_length=1, max_length=100)]


class Change(NewTodo):
    """The body of PATCH: only the fields that were set count."""

    title: Title = ""


class StoredTodo(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    done: bool
    tags: Annotated[list[str], BeforeValidator(list)]
    votes: int
    version: int


class Todos(BaseModel):
    items: list[StoredTodo]


class ListQuery(BaseModel):
    """The parameters of GET /todos."""

    limit: int = Field(50, ge=1, le=100)
    tag: Annotated[str, AfterValidator(storable)] | None = None
