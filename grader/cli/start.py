"""`grader start`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from grader.cli._completion import complete_challenge, complete_stack
from grader.cli._grading import challenges_option
from grader.display import TextStyle, safe_line


@click.command(short_help="Make a folder to solve a challenge in.")
@click.argument("challenge", shell_complete=complete_challenge)
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--stack", shell_complete=complete_stack, help="The stack to answer in; not needed where there is only one."
)
@challenges_option
def start(challenge: str, directory: Path | None, stack: str | None, folders: tuple[Path, ...]) -> None:
    """Make a folder to solve CHALLENGE in: the statement, a starter, and the public checks to read.

    CHALLENGE is the name of a challenge, or the path of its folder. DIR, by default a folder named as the challenge,
    is made, or must be empty. `grader check` and `grader watch` then know what it is for.
    """
    from grader.catalogue import find_challenge  # noqa: PLC0415 - these load pydantic
    from grader.challenge import STATEMENT  # noqa: PLC0415 - these load pydantic
    from grader.starting import CHECKS, choose_stack, start_workspace  # noqa: PLC0415

    found = find_challenge(challenge, folders)
    target = Path(found.slug) if directory is None else directory
    workspace = start_workspace(found, choose_stack(found, stack), target)
    style = TextStyle.of(sys.stdout)
    own = sorted(
        path.name + "/" * path.is_dir()
        for path in workspace.folder.iterdir()
        if path.name not in {STATEMENT, CHECKS} and not path.name.startswith(".")
    )
    lines = [
        f"{found.slug} {workspace.version} for {workspace.stack} is in {target}",
        "",
        f"  {STATEMENT:<10} what is asked for",
        f"  {CHECKS + '/':<10} the public checks, to read",
        *([f"  {'yours':<10} {', '.join(own)}"] if own else []),
        "",
        *([] if target.resolve() == Path.cwd() else [f"Next: cd {shlex.quote(str(target))}"]),
        f"{'Next' if target.resolve() == Path.cwd() else 'Then'}: grader check, or grader watch to check at each save",
    ]
    for line in lines:
        click.echo(style.spell(safe_line(line)))
