"""An API for bookmarks: a first request that works. The rest is yours; use another framework if you prefer."""

import os

from flask import Flask, abort, request

app = Flask(__name__)

bookmarks = {}  # gone when the process is: the statement asks for more


@app.post("/bookmarks")
def create():
    body = request.get_json()
    bookmark = {"id": len(bookmarks) + 1, "url": body["url"], "title": body["title"]}
    bookmarks[bookmark["id"]] = bookmark
    return bookmark, 201


@app.get("/bookmarks/<int:id_>")
def read(id_):
    return bookmarks[id_]


@app.get("/bookmarks")
def read_all():
    abort(501)


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")))
