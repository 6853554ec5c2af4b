"""A to-do list API: a first request that works. The rest is yours; use another framework if you prefer."""

from __future__ import annotations

import os

from flask import Flask, abort, request

app = Flask(__name__)
app.json.sort_keys = False

todos: dict[int, dict] = {}  # gone when the process is: the statement asks for more


@app.post("/todos")
def create_todo():
    body = request.get_json()
    todo = {"id": len(todos) + 1, "title": body["title"], "notes": "", "done": False, "due": None}
    todos[todo["id"]] = todo
    return todo, 201


@app.get("/todos/<int:todo_id>")
def read_todo(todo_id: int):
    abort(501)


@app.get("/todos")
def list_todos():
    abort(501)


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")), threaded=True)
