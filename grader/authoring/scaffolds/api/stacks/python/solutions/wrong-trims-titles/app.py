"""The reference, but it tidies up what it is sent."""

import os
import sqlite3
from contextlib import closing

from flask import Flask, abort, request
from werkzeug.exceptions import HTTPException

app = Flask(__name__)


def run(sql, *values):
    """Run a statement in a transaction of its own, and return its rows as dicts."""
    with closing(sqlite3.connect("bookmarks.db")) as connection, connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(sql, values)]


def sent_bookmark():
    """Return the url and title of the request's body; end the request with 422 if they are not valid."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(422, "expected a JSON object")
    url, title = body.get("url"), body.get("title")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        abort(422, "url must begin with http:// or https://")
    if not isinstance(title, str) or not 1 <= len(title) <= 100:
        abort(422, "title must be a text of 1 to 100 characters")
    return url, title.strip()


def only(rows):
    """Return the one row; end the request with 404 if there is none."""
    return rows[0] if rows else abort(404, "there is no bookmark with this id")


@app.post("/bookmarks")
def create():
    return run("INSERT INTO bookmarks (url, title) VALUES (?, ?) RETURNING id, url, title", *sent_bookmark())[0], 201


@app.get("/bookmarks")
def read_all():
    return run("SELECT id, url, title FROM bookmarks ORDER BY id")


@app.get("/bookmarks/<int:id_>")
def read(id_):
    return only(run("SELECT id, url, title FROM bookmarks WHERE id = ?", id_))


@app.delete("/bookmarks/<int:id_>")
def delete(id_):
    only(run("DELETE FROM bookmarks WHERE id = ? RETURNING id", id_))
    return "", 204


@app.errorhandler(HTTPException)
def explain(error):
    return {"error": error.description}, error.code


run("CREATE TABLE IF NOT EXISTS bookmarks (id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT, title TEXT)")

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ["PORT"]))
