"""A to-do list API: Flask and psycopg, two processes, tags in an array.

Nothing is remembered between requests but connections, so it does not matter which process answers.
"""

from __future__ import annotations

import os
import re
from typing import Any

import psycopg
from flask import Flask, Response, abort, jsonify, make_response, request
from psycopg.types.json import Jsonb
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from pool import Connection, Pool, Unavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS todos (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    done boolean NOT NULL,
    tags text[] NOT NULL,
    votes bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT one_title UNIQUE (title)
)
"""
CODES = {
    404: "not_found",
    409: "conflict",
    412: "version_mismatch",
    422: "invalid",
    428: "version_required",
    503: "unavailable",
}


class IdConverter(IntegerConverter):
    """What is no bigint is no id."""

    regex = "[0-9]{1,18}"


app = Flask(__name__)
app.url_map.converters["id"] = IdConverter
pool = Pool(os.environ["DATABASE_URL"], size=6, patience_s=2.0)


@app.get("/live")
def live() -> dict[str, bool]:
    return {"alive": True}


@app.get("/ready")
def ready() -> dict[str, bool]:
    with pool.transaction() as connection:
        connection.execute("SELECT 1")
    return {"ready": True}


@app.post("/todos")
def create() -> Response:
    (todo,) = insert([complete(sent())])
    return one(todo, 201)


@app.post("/todos/bulk")
def create_many() -> tuple[dict[str, Any], int]:
    items = sent().get("items")
    if not isinstance(items, list) or not 0 < len(items) <= 100:
        abort(422, "items must be a list of 1 to 100 to-dos")
    return {"items": insert([complete(item) for item in items])}, 201


@app.get("/todos")
def newest() -> dict[str, Any]:
    limit, tag = request.args.get("limit", "50"), request.args.get("tag")
    if limit not in map(str, range(1, 101)):
        abort(422, "limit must be a number from 1 to 100")
    if tag is not None and "\0" in tag:
        abort(422, "tag holds a character that no tag has")
    query = """
        SELECT * FROM todos WHERE %(tag)s::text IS NULL OR tags @> ARRAY[%(tag)s::text]
        ORDER BY id DESC LIMIT %(limit)s
    """
    with transaction() as connection:
        return {"items": connection.execute(query, {"tag": tag, "limit": int(limit)}).fetchall()}


@app.get("/todos/<id:number>")
def read(number: int) -> Response:
    with transaction() as connection:
        return one(connection.execute("SELECT * FROM todos WHERE id = %s", [number]).fetchone())


@app.patch("/todos/<id:number>")
def change(number: int) -> Response:
    changes = checked(sent())
    seen = request.headers.get("If-Match")
    if seen is None:
        abort(428, "If-Match is missing: which version have you seen?")
    write = """
        UPDATE todos
        SET title = coalesce(%(title)s, title), done = coalesce(%(done)s, done), tags = coalesce(%(tags)s, tags),
            version = version + 1
        WHERE id = %(id)s AND format('"%%s"', version) = %(seen)s
        RETURNING *
    """
    values = {"title": None, "done": None, "tags": None, **changes, "id": number, "seen": seen}
    with transaction() as connection:
        todo = connection.execute(write, values).fetchone()
        if todo is None and connection.execute("SELECT FROM todos WHERE id = %s", [number]).rowcount:
            abort(412, "somebody has changed the to-do meanwhile")
    return one(todo)


@app.post("/todos/<id:number>/votes")
def vote(number: int) -> Response:
    with transaction() as connection:
        return one(
            connection.execute("UPDATE todos SET votes = votes + 1 WHERE id = %s RETURNING *", [number]).fetchone()
        )


def insert(todos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = """
        INSERT INTO todos (title, done, tags)
        SELECT item ->> 'title', (item -> 'done')::boolean, ARRAY(SELECT jsonb_array_elements_text(item -> 'tags'))
        FROM jsonb_array_elements(%s) WITH ORDINALITY AS list (item, place) ORDER BY place
        RETURNING *
    """
    with transaction() as connection:
        return connection.execute(rows, [Jsonb(todos)]).fetchall()


def one(todo: dict[str, Any] | None, status: int = 200) -> Response:
    if todo is None:
        abort(404, "there is no such to-do")
    response = make_response(todo, status)
    response.set_etag(str(todo["version"]))
    return response


# --- what clients send ---


def sent() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    return body if isinstance(body, dict) else abort(422, "the body must be a JSON object")


def complete(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or "title" not in body:
        abort(422, "a to-do must be an object with a title")
    return {"done": False, "tags": [], **checked(body)}


def checked(body: dict[str, Any]) -> dict[str, Any]:
    rules = {
        "title": (lambda value: text(value, 200), "a string of 1 to 200 characters without U+0000"),
        "done": (lambda value: isinstance(value, bool), "true or false"),
        "tags": (tags, "at most 10 different strings of 1 to 30 characters without U+0000"),
    }
    for name, (allowed, rule) in rules.items():
        if name in body and not allowed(body[name]):
            abort(422, f"{name} must be {rule}")
    return {name: body[name] for name in rules if name in body}


def text(value: Any, longest: int) -> bool:
    # neither U+0000 nor half of a surrogate pair can be stored
    return isinstance(value, str) and 0 < len(value) <= longest and not re.search("[\0\ud800-\udfff]", value)


def tags(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 10 and all(text(tag, 30) for tag in value) and no_twins(value)


def no_twins(values: list[str]) -> bool:
    return len(set(values)) == len(values)


# --- the database ---


class transaction:  # noqa: N801 - used like a function
    """`with transaction() as connection`: commits at the end; the table is there, whenever the database came."""

    table_is_there = False

    def __enter__(self) -> Connection:
        if not transaction.table_is_there:
            self._create_table()
        self._lent = pool.transaction()
        return self._lent.__enter__()

    def __exit__(self, *error: Any) -> bool | None:
        return self._lent.__exit__(*error)

    def _create_table(self) -> None:
        with pool.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(1)")  # the other process may be at it, too
            connection.execute(SCHEMA)
        transaction.table_is_there = True


# --- errors ---


@app.errorhandler(HTTPException)
def refuse(error: HTTPException) -> tuple[Response, int]:
    status = error.code or 500
    return jsonify(error={"code": CODES.get(status, "other"), "message": error.description or error.name}), status


@app.errorhandler(psycopg.errors.UniqueViolation)
def conflict(_: Exception) -> tuple[Response, int]:
    return jsonify(error={"code": "conflict", "message": "there is a to-do with this title already"}), 409


@app.errorhandler(Unavailable)
def unavailable(_: Exception) -> tuple[Response, int, dict[str, str]]:
    error = {"code": "unavailable", "message": "the database does not answer; please come back soon"}
    return jsonify(error=error), 503, {"Retry-After": "3"}
