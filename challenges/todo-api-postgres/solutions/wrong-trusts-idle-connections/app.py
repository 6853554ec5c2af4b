"""A to-do list API: Flask and PostgreSQL.

Every request is one transaction, and every transaction has a time limit that does not depend on the database.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask, Response, abort, json, request
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

CONNECTIONS = 10
PATIENCE_S = 2.0
LARGEST_ID = 2**63 - 1  # of the column's type
SCHEMA = """
SELECT pg_advisory_xact_lock(7401);  -- two that create one table at the same time are an error, even with IF NOT EXISTS
CREATE TABLE IF NOT EXISTS todos (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL UNIQUE,
    done boolean NOT NULL,
    votes bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS todo_tags (
    todo_id bigint NOT NULL REFERENCES todos,
    tag text NOT NULL,
    PRIMARY KEY (todo_id, tag),
    UNIQUE (tag, todo_id)
);
"""
COLUMNS = "id, title, done, votes, version, ARRAY(SELECT tag FROM todo_tags WHERE todo_id = todos.id) AS tags"
DEFAULTS = {"done": False, "tags": []}
ERROR_CODES = {
    404: "not_found",
    409: "conflict",
    412: "version_mismatch",
    422: "invalid",
    428: "version_required",
    503: "unavailable",
}

Todo = dict[str, Any]
T = TypeVar("T")

app = Flask(__name__)
app.json.sort_keys = False


# --- HTTP ---


@app.get("/live")
def live() -> Todo:
    return {"status": "alive"}


@app.get("/ready")
def ready() -> Todo:
    transaction(lambda database: database.execute(text("SELECT 1")))
    return {"status": "ready"}


@app.post("/todos")
def create_todo() -> tuple[Todo, int, dict[str, str]]:
    values = new_todo(body_of_request())
    (todo,) = transaction(lambda database: insert(database, [values]))
    return with_etag(todo, 201)


@app.post("/todos/bulk")
def create_todos() -> tuple[Todo, int]:
    items = body_of_request().get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        abort(422, "items must be a list of 1 to 100 to-dos.")
    values = [new_todo(item) for item in items]
    return {"items": transaction(lambda database: insert(database, values))}, 201


@app.get("/todos")
def list_todos() -> Todo:
    limit = request.args.get("limit", "50")
    if not re.fullmatch("[0-9]{1,3}", limit) or not 1 <= int(limit) <= 100:
        abort(422, "limit must be an integer from 1 to 100.")
    tag = request.args.get("tag")
    if tag is not None and not storable(tag):
        return {"items": []}
    return {"items": transaction(lambda database: select_newest(database, int(limit), tag))}


@app.get(f"/todos/<int(max={LARGEST_ID}):todo_id>")
def read_todo(todo_id: int) -> tuple[Todo, int, dict[str, str]]:
    return with_etag(transaction(lambda database: select(database, todo_id)))


@app.patch(f"/todos/<int(max={LARGEST_ID}):todo_id>")
def change_todo(todo_id: int) -> tuple[Todo, int, dict[str, str]]:
    change = cleaned(body_of_request())
    if "If-Match" not in request.headers:
        abort(428, "Say in If-Match which version you change.")
    version = re.fullmatch('"([0-9]{1,18})"', request.headers["If-Match"])
    if version is None:
        abort(412, "The to-do has no such version.")
    return with_etag(transaction(lambda database: update(database, todo_id, int(version[1]), change)))


@app.post(f"/todos/<int(max={LARGEST_ID}):todo_id>/votes")
def vote(todo_id: int) -> tuple[Todo, int, dict[str, str]]:
    return with_etag(transaction(lambda database: add_vote(database, todo_id)))


@app.errorhandler(HTTPException)
def answer_error(error: HTTPException) -> Response:
    response = error.get_response()  # with its headers, such as Allow
    response.data = json.dumps({"error": {"code": ERROR_CODES.get(error.code, "error"), "message": error.description}})
    response.content_type = "application/json"
    if error.code == 503:
        response.headers["Retry-After"] = "2"
    return response


def with_etag(todo: Todo, status: int = 200) -> tuple[Todo, int, dict[str, str]]:
    return todo, status, {"ETag": f'"{todo["version"]}"'}


# --- validation ---


def body_of_request() -> Mapping[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        abort(422, "The body must be a JSON object.")
    return body


def new_todo(body: Any) -> Todo:
    """Return the values of a new to-do."""
    if not isinstance(body, dict) or "title" not in body:
        abort(422, "A to-do is an object with a title.")
    return DEFAULTS | cleaned(body)


def cleaned(body: Mapping[str, Any]) -> Todo:
    """Return those values that a client may set; answer 422 if one of them is not allowed."""
    values = {name: body[name] for name in ("title", "done", "tags") if name in body}
    if "title" in values and not is_text(values["title"], 200):
        abort(422, "title must be a string of 1 to 200 characters, none of them U+0000.")
    if "done" in values and not isinstance(values["done"], bool):
        abort(422, "done must be true or false.")
    if "tags" in values and not are_tags(values["tags"]):
        abort(422, "tags must be at most 10 different strings of 1 to 30 characters, none of them U+0000.")
    return values


def are_tags(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > 10 or not all(is_text(tag, 30) for tag in value):
        return False
    return len(set(value)) == len(value)


def is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= longest and storable(value)


def storable(value: str) -> bool:
    """Tell whether PostgreSQL can hold it: no U+0000, and no half of a surrogate pair, which JSON can spell."""
    return not re.search("[\0\ud800-\udfff]", value)


# --- SQL: functions that run inside a transaction ---


def insert(database: Connection, todos: list[Todo]) -> list[Todo]:
    """Store new to-dos, two statements for all of them; return them in the same order."""
    into_todos = text(
        "INSERT INTO todos (title, done)"
        " SELECT title, done FROM unnest(CAST(:titles AS text[]), CAST(:done AS boolean[]))"
        " WITH ORDINALITY AS new (title, done, place) ORDER BY place RETURNING id, title, done, votes, version"
    )
    values = {"titles": [todo["title"] for todo in todos], "done": [todo["done"] for todo in todos]}
    stored = {row["title"]: dict(row) for row in database.execute(into_todos, values).mappings()}
    insert_tags(database, ((stored[todo["title"]]["id"], tag) for todo in todos for tag in todo["tags"]))
    return [stored[todo["title"]] | {"tags": todo["tags"]} for todo in todos]


def insert_tags(database: Connection, tags: Iterable[tuple[int, str]]) -> None:
    pairs = list(tags)
    into_tags = text("INSERT INTO todo_tags SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:tags AS text[]))")
    database.execute(into_tags, {"ids": [todo_id for todo_id, _ in pairs], "tags": [tag for _, tag in pairs]})


def select(database: Connection, todo_id: int) -> Todo:
    return the_todo(database.execute(text(f"SELECT {COLUMNS} FROM todos WHERE id = :id"), {"id": todo_id}))


def select_newest(database: Connection, limit: int, tag: str | None) -> list[Todo]:
    having = "" if tag is None else "WHERE id IN (SELECT todo_id FROM todo_tags WHERE tag = :tag)"
    newest = text(f"SELECT {COLUMNS} FROM todos {having} ORDER BY id DESC LIMIT :limit")
    return [dict(row) for row in database.execute(newest, {"limit": limit, "tag": tag}).mappings()]


def update(database: Connection, todo_id: int, version: int, change: Todo) -> Todo:
    """Apply the change if the to-do still has the version; the database compares and writes in one step."""
    new_values = [f"{name} = :{name}" for name in change if name != "tags"]  # names of ours, not the client's
    assignments = ", ".join(["version = version + 1", *new_values])
    update_todo = text(f"UPDATE todos SET {assignments} WHERE id = :id AND version = :version")
    if not database.execute(update_todo, change | {"id": todo_id, "version": version}).rowcount:
        select(database, todo_id)  # or 404
        abort(412, "The to-do has another version by now.")
    if "tags" in change:
        database.execute(text("DELETE FROM todo_tags WHERE todo_id = :id"), {"id": todo_id})
        insert_tags(database, ((todo_id, tag) for tag in change["tags"]))
    return select(database, todo_id)


def add_vote(database: Connection, todo_id: int) -> Todo:
    add_one = text(f"UPDATE todos SET votes = votes + 1 WHERE id = :id RETURNING {COLUMNS}")
    return the_todo(database.execute(add_one, {"id": todo_id}))


def the_todo(result: Any) -> Todo:
    row = result.mappings().first()
    if row is None:
        abort(404, "There is no such to-do.")
    return dict(row)


# --- the database and its moods ---

ENGINE = create_engine(
    make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg"),
    pool_size=CONNECTIONS,
    max_overflow=0,
    connect_args={"connect_timeout": 2, "options": "-c statement_timeout=2000"},
)
# One thread for each connection: who gets a thread need not wait for a connection.
DATABASE_THREADS = ThreadPoolExecutor(CONNECTIONS)


@event.listens_for(ENGINE, "connect")
def create_tables(connection: Any, _: object) -> None:
    """Make sure that the tables are there, at whatever time the database comes."""
    connection.execute(SCHEMA)
    connection.commit()


def transaction(work: Callable[[Connection], T]) -> T:
    """Return what `work` returns, once all that it wrote is committed; answer 503 if that cannot be had in time.

    A database that hangs refuses nothing, and a time limit that it should keep itself hangs with it. So a thread waits
    for the database, and the request waits for the thread, but not for ever.
    """
    deadline = time.monotonic() + PATIENCE_S

    def run() -> T:
        with ENGINE.begin() as connection:
            result = work(connection)
            if time.monotonic() > deadline:
                raise TimeoutError  # rolled back: the client was told that it did not work
            return result

    future = DATABASE_THREADS.submit(run)
    try:
        return future.result(PATIENCE_S)
    except IntegrityError:
        abort(409, "There is a to-do with this title already.")
    except (OperationalError, InterfaceError, TimeoutError) as error:
        future.cancel()
        app.logger.warning("The database cannot be used: %s", error)
        abort(503, "The database cannot be used at the moment. Please try again soon.")
