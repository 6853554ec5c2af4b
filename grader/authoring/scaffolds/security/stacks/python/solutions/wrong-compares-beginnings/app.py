"""The reference, but it compares paths as if they were plain text."""

import os
from pathlib import Path

from flask import Flask, abort, request

app = Flask(__name__)
DOCUMENTS = os.path.realpath("documents")


def place_of(name):
    """Return the path of a document; end the request with 404 when it does not begin with the folder's."""
    path = os.path.realpath(os.path.join(DOCUMENTS, name))
    if not path.startswith(DOCUMENTS):
        abort(404)
    return Path(path)


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
