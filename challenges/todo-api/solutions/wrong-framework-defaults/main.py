"""A to-do list API: FastAPI, SQLAlchemy and SQLite.

Each change is one SQL statement, committed before the answer is sent.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Path, Query
from sqlalchemy import delete, func, select, update

from database import Session, Todo
from schemas import Change, ListQuery, NewTodo, Page, StoredTodo

LARGEST_INTEGER = 2**63 - 1  # of SQLite; no to-do is beyond it
ORDERS = {"id": [Todo.id], "-id": [Todo.id.desc()], "due": [Todo.due.asc().nulls_last(), Todo.id]}
TodoId = Annotated[int, Path(le=LARGEST_INTEGER)]

app = FastAPI(title="To-do list")


@app.post("/todos", status_code=201, response_model=StoredTodo)
def create_todo(new: NewTodo) -> Todo:
    with Session.begin() as session:
        todo = Todo(**new.model_dump())
        session.add(todo)
    return todo


@app.get("/todos", response_model=Page)
def list_todos(query: Annotated[ListQuery, Query()]) -> dict[str, Any]:
    matching = select(Todo).where(Todo.title.icontains(query.q, autoescape=True))
    if query.done is not None:
        matching = matching.where(Todo.done.is_(query.done == "true"))
    offset = min(query.offset, LARGEST_INTEGER)
    with Session() as session:
        total = session.scalar(select(func.count()).select_from(matching.subquery()))
        items = session.scalars(matching.order_by(*ORDERS[query.sort]).limit(query.limit).offset(offset)).all()
    return {"items": items, "total": total, "limit": query.limit, "offset": query.offset}


@app.get("/todos/{todo_id}", response_model=StoredTodo)
def read_todo(todo_id: TodoId) -> Todo:
    with Session() as session:
        return found(session.get(Todo, todo_id))


@app.patch("/todos/{todo_id}", response_model=StoredTodo)
def change_todo(todo_id: TodoId, change: Change) -> Todo:
    values = change.model_dump(exclude_unset=True)
    return write(todo_id, values) if values else read_todo(todo_id)


@app.put("/todos/{todo_id}", response_model=StoredTodo)
def replace_todo(todo_id: TodoId, new: NewTodo) -> Todo:
    return write(todo_id, new.model_dump())


@app.delete("/todos/{todo_id}", status_code=204)
def delete_todo(todo_id: TodoId) -> None:
    with Session.begin() as session:
        found(session.scalar(delete(Todo).where(Todo.id == todo_id).returning(Todo)))


def write(todo_id: int, values: dict[str, Any]) -> Todo:
    """Set only these columns, so that a parallel request that sets others is not undone."""
    with Session.begin() as session:
        return found(session.scalar(update(Todo).where(Todo.id == todo_id).values(**values).returning(Todo)))


def found(todo: Todo | None) -> Todo:
    if todo is None:
        raise HTTPException(404, "There is no such to-do.")
    return todo
