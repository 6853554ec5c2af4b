"""Keeps the documents of a club as files."""

import os
from pathlib import Path

from flask import Flask, abort, request

app = Flask(__name__)
DOCUMENTS = Path("documents")


@app.put("/documents")
def store():
    path = DOCUMENTS / request.args["name"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(request.get_data())
    return "", 204


@app.get("/documents")
def read():
    path = DOCUMENTS / request.args["name"]
    if not path.is_file():
        abort(404)
    return path.read_bytes(), {"Content-Type": "application/octet-stream"}


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8000")))
