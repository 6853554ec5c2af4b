"""`grader new`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from grader.authoring.scaffold import find_scaffold, kinds, new_challenge


@click.command(short_help="Write a new challenge that works, to be changed.")
@click.argument("kind", metavar=f"{{{'|'.join(kinds())}}}")
@click.argument("slug")
@click.option("--stack", metavar="NAME", help="What it is written in; needed where a kind knows several.")
@click.option(
    "--into",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    default=".",
    help="Where the new folder is made, instead of in the current one.",
)
@click.option("--title", help="The name that learners read; made from SLUG if it is not given.")
def new(kind: str, slug: str, stack: str | None, into: Path, title: str | None) -> None:
    """Write a whole challenge into a new folder SLUG: manifest, statement, starter, both suites, and solutions.

    It works as it stands, and its comments tell what to change. The commands that prove it are printed.
    """
    folder = new_challenge(find_scaffold(kind, stack), slug, into, title)
    reference = next(path for path in sorted(folder.glob("solutions/*")) if path.name.startswith("reference-"))
    click.echo(f"{folder} holds a new challenge that works as it stands. Make it yours, and after each change:\n")
    commands = (
        (f"grader lint {_quoted(folder)}", "lists what is missing, or gives too much away"),
        (f"grader validate {_quoted(folder)}", "grades its solutions, and judges its suite by them"),
        (
            f"grader grade {_quoted(folder)} --solution {shlex.quote(reference.name)}",
            "grades one, as a learner would see it",
        ),
    )
    width = max(len(command) for command, _ in commands)
    for command, what in commands:
        click.echo(f"  {command.ljust(width)}  # {what}")


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
