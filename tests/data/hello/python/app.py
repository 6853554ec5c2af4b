"""Says which version answers, for the contract test."""

import os
import platform

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> dict[str, str]:
    """Answer the version."""
    return {"version": platform.python_version()}


app.run(host="0.0.0.0", port=int(os.environ["PORT"]))  # noqa: S104
