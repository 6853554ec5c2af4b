"""A to-do list API: FastAPI, SQLAlchemy and PostgreSQL.

Every request is one transaction. The endpoints speak HTTP, the functions at the end of this file speak to the database.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException as StarletteHTTPException

from database import Tag, Todo, Unavailable, transaction
from schemas import Change, ListQuery, NewTodo, NewTodos, StoredTodo, Todos

ERROR_CODES = {404: "not_found", 409: "conflict", 412: "version_mismatch", 422: "invalid", 428: "version_required"}

TodoId = Annotated[int, Path(le=2**63 - 1)]  # of the column's type; no to-do is beyond it

app = FastAPI(title="To-do list")


@app.get("/live")
async def live() -> dict[str, str]:
    return {"status": "alive"}


@app.get("/ready")
async def ready() -> dict[str, str]:
    await transaction(lambda session: session.execute(text("SELECT 1")))
    return {"status": "ready"}


@app.post("/todos", status_code=201)
async def create_todo(new: NewTodo, response: Response) -> StoredTodo:
    (todo,) = await transaction(partial(insert, [new]))
    return with_etag(response, todo)


@app.post("/todos/bulk", status_code=201)
async def create_todos(new: NewTodos) -> Todos:
    return Todos(items=await transaction(partial(insert, new.items)))


@app.get("/todos")
async def list_todos(query: Annotated[ListQuery, Query()]) -> Todos:
    return Todos(items=await transaction(partial(newest, query)))


@app.get("/todos/{todo_id:int}")
async def read_todo(todo_id: TodoId, response: Response) -> StoredTodo:
    return with_etag(response, await transaction(partial(read, todo_id)))


@app.patch("/todos/{todo_id:int}")
async def change_todo(
    todo_id: TodoId, change: Change, response: Response, if_match: Annotated[str | None, Header()] = None
) -> StoredTodo:
    if if_match is None:
        raise HTTPException(428, "Say in If-Match which version you change.")
    return with_etag(response, await transaction(partial(write, todo_id, if_match, change)))


@app.post("/todos/{todo_id:int}/votes")
async def vote(todo_id: TodoId, response: Response) -> StoredTodo:
    return with_etag(response, await transaction(partial(add_vote, todo_id)))


def etag(todo: StoredTodo | Todo) -> str:
    return f'"{todo.version}"'


def with_etag(response: Response, todo: StoredTodo) -> StoredTodo:
    response.headers["ETag"] = etag(todo)
    return todo


# --- errors ---


@app.exception_handler(StarletteHTTPException)
async def answer_http_error(_: Request, error: StarletteHTTPException) -> JSONResponse:
    return error_answer(error.status_code, ERROR_CODES.get(error.status_code, "error"), error.detail)


@app.exception_handler(RequestValidationError)
async def answer_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    problems = error.errors()
    if any(problem["loc"][0] == "path" for problem in problems):
        return error_answer(404, "not_found", "There is no such to-do.")
    places = ("/".join(map(str, problem["loc"][1:])) for problem in problems)
    return error_answer(422, "invalid", "Not allowed: " + ", ".join(dict.fromkeys(places)))


@app.exception_handler(IntegrityError)
async def answer_conflict(_: Request, __: IntegrityError) -> JSONResponse:
    return error_answer(409, "conflict", "There is a to-do with this title already.")


@app.exception_handler(Unavailable)
async def answer_unavailable(_: Request, __: Unavailable) -> JSONResponse:
    message = "The database cannot be used at the moment. Please try again soon."
    return error_answer(503, "unavailable", message, {"Retry-After": "2"})


def error_answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


# --- what runs inside a transaction ---


def insert(new: list[NewTodo], session: Session) -> list[StoredTodo]:
    todos = [Todo(**todo.model_dump()) for todo in new]
    session.add_all(todos)
    session.flush()
    return [StoredTodo.model_validate(todo) for todo in todos]


def newest(query: ListQuery, session: Session) -> list[StoredTodo]:
    todos = select(Todo).order_by(Todo.id.desc()).limit(query.limit)
    if query.tag is not None:
        todos = todos.where(Todo.tag_rows.any(Tag.name == query.tag))
    return [StoredTodo.model_validate(todo) for todo in session.scalars(todos)]


def read(todo_id: int, session: Session) -> StoredTodo:
    return StoredTodo.model_validate(found(session.get(Todo, todo_id)))


def write(todo_id: int, if_match: str, change: Change, session: Session) -> StoredTodo:
    # the row stays locked until the end of the transaction: who comes second sees the version of who came first
    todo = found(session.get(Todo, todo_id, with_for_update=True))
    if etag(todo) != if_match:
        raise HTTPException(412, "The to-do has another version by now.")
    for name, value in change.model_dump(exclude_unset=True).items():
        setattr(todo, name, value)
    todo.version += 1
    session.flush()
    return StoredTodo.model_validate(todo)


def add_vote(todo_id: int, session: Session) -> StoredTodo:
    # the database adds: a sum made here would be of a number that others have changed meanwhile
    one_more = update(Todo).where(Todo.id == todo_id).values(votes=Todo.votes + 1).returning(Todo)
    return StoredTodo.model_validate(found(session.scalar(one_more)))


def found(todo: Todo | None) -> Todo:
    if todo is None:
        raise HTTPException(404, "There is no such to-do.")
    return todo
