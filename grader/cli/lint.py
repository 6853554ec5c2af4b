"""`grader lint`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli._completion import complete_challenge
from grader.cli._grading import challenges_option
from grader.display import TextStyle
from grader.errors import ChallengeError, UsageError


@click.command(short_help="Say what is wrong with a challenge, without running it.")
@click.argument("challenges", metavar="[SLUG|PATH]...", nargs=-1, shell_complete=complete_challenge)
@click.option("--all", "everything", is_flag=True, help="All challenges that have a slug.")
@click.option("--fix", "repair", is_flag=True, help="Repair what can be repaired safely, and say what was done.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors for the exit code.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@challenges_option
def lint(
    challenges: tuple[str, ...],
    everything: bool,  # noqa: FBT001 - click passes options by keyword
    repair: bool,  # noqa: FBT001
    strict: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    folders: tuple[Path, ...],
) -> None:
    """Read challenges and say everything that is wrong with them: place, rule, what was expected.

    Needs no Docker and runs nothing of a challenge. The rules stand in docs/authoring.md. Exit code 0: no errors,
    though there may be warnings; 4: errors.
    """
    from grader.authoring.lint import Severity  # noqa: PLC0415 - loads pydantic
    from grader.authoring.lint import lint as lint_challenge  # noqa: PLC0415
    from grader.authoring.lint.fix import fix  # noqa: PLC0415
    from grader.authoring.lint.render import Linted, render, render_json  # noqa: PLC0415
    from grader.catalogue import challenge_folders  # noqa: PLC0415

    if bool(challenges) == everything:
        raise UsageError("name challenges, or say --all", hint="grader lint --all")
    found = list(challenge_folders(folders)) if everything else [_folder_of(name, folders) for name in challenges]
    linted = []
    for folder in found:
        fixed = fix(folder) if repair else ()
        linted.append(Linted(folder, lint_challenge(folder), fixed))
    click.echo(render_json(linted) if as_json else render(linted, TextStyle.of(sys.stdout)), nl=False)
    counted = tuple(Severity) if strict else (Severity.ERROR,)
    sys.exit(ChallengeError.exit_code if any(each.count(severity) for each in linted for severity in counted) else 0)


def _folder_of(name: str, folders: tuple[Path, ...]) -> Path:
    """Return the folder of a challenge, however broken it is; raises `ChallengeError` if there is none."""
    from grader.catalogue import challenge_folders, find_challenge  # noqa: PLC0415
    from grader.challenge import MANIFEST  # noqa: PLC0415

    if (Path(name) / MANIFEST).is_file():
        return Path(name)
    found = next((folder for folder in challenge_folders(folders) if folder.name == name), None)
    return find_challenge(name, folders).folder if found is None else found
