"""JSON Schemas of the files that authors write, for editors: made from the models that read those files."""

from __future__ import annotations

from typing import Any

from grader.challenge_manifest import Manifest
from grader.manifests import Table
from grader.solutions import Expected

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[Table]] = {"challenge": Manifest, "expected": Expected}


def json_schema(name: str) -> dict[str, Any]:
    """Return the schema of `challenge.toml` or `expected.toml`, called without its ending.

    It tells everything about each key. What no schema can tell, such as that a slug is the folder's name, only reading
    the challenge finds.
    """
    return {"$schema": DIALECT, **MODELS[name].model_json_schema(), "title": f"{name}.toml"}
