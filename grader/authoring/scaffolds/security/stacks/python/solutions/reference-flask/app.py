"""Keeps the documents of a club as files, and lets no name lead out of their folder."""

import os
from pathlib import Path

from flask import Flask, abort, request

app = Flask(__name__)
DOCUMENTS = Path("documents").resolve()


def place_of(name):
    """Return the path of a document; end the request with 404 when it leads out of the folder."""
    path = (DOCUMENTS / name).resolve()
    if DOCUMENTS not in path.parents:
        abort(404)
    return path


@app.put("/documents")
def store():
    path = place_of(request.args["name"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(request.get_data())
    return "", 204


@app.get("/documents")
def read():
    path = place_of(request.args["name"])
    if not path.is_file():
        abort(404)
    return path.read_bytes(), {"Content-Type": "application/octet-stream"}


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ["PORT"]))
