"""A to-do list on PostgreSQL: a first request that works. The rest is yours; use another framework if you prefer."""

from __future__ import annotations

import os

import psycopg
from flask import Flask, abort, request
from psycopg.rows import dict_row

app = Flask(__name__)
app.json.sort_keys = False


def connect():
    # one connection for each request: the statement asks for something better
    return psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row)


with connect() as connection:
    connection.execute("""
        CREATE TABLE IF NOT EXISTS todos (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            title text NOT NULL,
            done boolean NOT NULL DEFAULT false,
            votes bigint NOT NULL DEFAULT 0,
            version bigint NOT NULL DEFAULT 1
        )
    """)


@app.get("/live")
def live():
    return {"status": "alive"}


@app.post("/todos")
def create_todo():
    body = request.get_json()
    with connect() as connection:
        insert = "INSERT INTO todos (title) VALUES (%s) RETURNING *"
        todo = connection.execute(insert, [body["title"]]).fetchone()
    return {**todo, "tags": []}, 201, {"ETag": '"1"'}


@app.get("/todos/<int:todo_id>")
def read_todo(todo_id: int):
    with connect() as connection:
        todo = connection.execute("SELECT * FROM todos WHERE id = %s", [todo_id]).fetchone()
    return {**todo, "tags": []} if todo else abort(404)


@app.get("/todos")
def list_todos():
    abort(501)


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), threaded=True)
