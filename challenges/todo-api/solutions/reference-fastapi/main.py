"""A to-do list API: FastAPI, SQLAlchemy and SQLite.

Each change is one SQL statement, committed before the answer is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import delete, func, select, update
from starlette.exceptions import HTTPException as StarletteHTTPException

from database import Session, Todo
from schemas import Change, ListQuery, NewTodo, Page, StoredTodo

LARGEST_INTEGER = 2**63 - 1  # of SQLite; no to-do is beyond it
ORDERS = {"id": [Todo.id], "-id": [Todo.id.desc()], "due": [Todo.due.asc().nulls_last(), Todo.id]}
ERROR_CODES = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    422: "invalid",
}

TodoId = Annotated[int, Path(le=LARGEST_INTEGER)]

app = FastAPI(title="To-do list")


def json_only(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "Send the body as application/json.")


@app.post("/todos", status_code=201, response_model=StoredTodo, dependencies=[Depends(json_only)])
def create_todo(new: NewTodo, response: Response) -> Todo:
    with Session.begin() as session:
        todo = Todo(**new.model_dump())
        session.add(todo)
    response.headers["Location"] = f"/todos/{todo.id}"
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


@app.get("/todos/{todo_id:int}", response_model=StoredTodo)
def read_todo(todo_id: TodoId) -> Todo:
    with Session() as session:
        return found(session.get(Todo, todo_id))


@app.patch("/todos/{todo_id:int}", response_model=StoredTodo, dependencies=[Depends(json_only)])
def change_todo(todo_id: TodoId, change: Change) -> Todo:
    values = change.model_dump(exclude_unset=True)
    return write(todo_id, values) if values else read_todo(todo_id)


@app.put("/todos/{todo_id:int}", response_model=StoredTodo, dependencies=[Depends(json_only)])
def replace_todo(todo_id: TodoId, new: NewTodo) -> Todo:
    return write(todo_id, new.model_dump())


@app.delete("/todos/{todo_id:int}", status_code=204)
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


@app.exception_handler(StarletteHTTPException)
async def answer_http_error(request: Request, error: StarletteHTTPException) -> JSONResponse:
    return error_answer(error.status_code, error.detail, headers=error.headers)


@app.exception_handler(RequestValidationError)
async def answer_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    fields = {}
    for problem in error.errors():
        source, *path = problem["loc"]
        if source == "path":
            return error_answer(404, "There is no such to-do.")
        if not path or problem["type"] == "json_invalid":
            return error_answer(400, "The body must be a JSON object.")
        fields[path[0]] = problem["msg"]
    return error_answer(422, "Some values were not accepted.", fields=fields)


def error_answer(
    status: int, message: str, fields: dict[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    error: dict[str, Any] = {"code": ERROR_CODES.get(status, "error"), "message": message}
    if fields is not None:
        error["fields"] = fields
    return JSONResponse({"error": error}, status, dict(headers or {}))
