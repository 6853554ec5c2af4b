"""`grader schema`."""

from __future__ import annotations

import json

import click


@click.command(short_help="Print the JSON Schema of a file that authors write.")
@click.argument("file", type=click.Choice(["challenge", "expected"]), default="challenge")
def schema(file: str) -> None:
    """Print the JSON Schema of challenge.toml, or of a wrong solution's expected.toml.

    An editor that knows it completes keys, explains them, and marks mistakes while they are typed. The dialect is draft
    2020-12.
    """
    from grader.authoring.schemas import json_schema  # noqa: PLC0415 - loads pydantic

    click.echo(json.dumps(json_schema(file), indent=2, ensure_ascii=False))
