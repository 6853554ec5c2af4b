"""`grader validate`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._completion import complete_challenge
from grader.cli._grading import challenges_option, opened_engine
from grader.cli._numbers import WholeNumber
from grader.display import TextStyle
from grader.errors import ChallengeError, UsageError

if TYPE_CHECKING:
    from grader.authoring.proofs.trials import Validation
    from grader.authoring.validate import Options


@click.command(short_help="Prove that a challenge grades as it should.")
@click.argument("challenges", nargs=-1, shell_complete=complete_challenge)
@click.option("--all", "everything", is_flag=True, help="Every challenge that can be called by its name.")
@click.option(
    "--repeat",
    type=WholeNumber(0, 100),
    default=3,
    show_default=True,
    help="Grade each reference so many times more: new data, another order of checks, a busy machine.",
)
@click.option(
    "--mutants",
    type=WholeNumber(0, 1000),
    default=20,
    show_default=True,
    help="Mutants of each reference that is written in Python.",
)
@click.option("--no-mutation", is_flag=True, help="The same as --mutants 0.")
@click.option(
    "--seed", type=WholeNumber(0, 2**32 - 1), help="Repeat a validation: the same data, and the same orders of checks."
)
@click.option("--jobs", type=WholeNumber(1, 16), default=2, show_default=True, help="Gradings at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@challenges_option
def validate(
    challenges: tuple[str, ...],
    everything: bool,  # noqa: FBT001 - click passes options by keyword
    repeat: int,
    mutants: int,
    no_mutation: bool,  # noqa: FBT001
    seed: int | None,
    jobs: int,
    as_json: bool,  # noqa: FBT001
    folders: tuple[Path, ...],
) -> None:
    """Grade all solutions, starters and useless stubs of CHALLENGES, and say whether they may be published.

    References must earn every point, again and again; starters their declared floor; wrong solutions must fail exactly
    the checks that they declare; useless stubs must earn nothing; every hidden check must be failed by something. Small
    mistakes are planted into references, and those that no check notices are shown.

    Exit code 0: they may be published; 4: not, and the report says why; 5: Docker is at fault.
    """
    from grader.authoring.validate import Options  # noqa: PLC0415 - loads Docker's SDK and pydantic
    from grader.catalogue import challenge_folders  # noqa: PLC0415

    if everything == bool(challenges):
        raise UsageError("name the challenges, or say --all", hint="grader validate todo-api")
    names = challenges or tuple(dict.fromkeys(folder.name for folder in challenge_folders(folders)))
    options = Options(repeat=repeat, jobs=jobs, mutants=0 if no_mutation else mutants)
    if seed is not None:
        options = replace(options, seed=seed)
    validations = _validate(names, folders, options, as_json=as_json)
    sys.exit(0 if all(validation.publishable for validation in validations) else ChallengeError.exit_code)


def _validate(
    names: tuple[str, ...], folders: tuple[Path, ...], options: Options, *, as_json: bool
) -> list[Validation]:
    """Validate one after the other, and print each report as soon as it is there."""
    from grader.authoring.proofs.document import render_json  # noqa: PLC0415 - these load Docker's SDK and pydantic
    from grader.authoring.proofs.live import watched_on  # noqa: PLC0415
    from grader.authoring.proofs.text import render, render_total  # noqa: PLC0415
    from grader.authoring.validate import unreadable  # noqa: PLC0415
    from grader.authoring.validate import validate as validate_challenge  # noqa: PLC0415
    from grader.catalogue import find_challenge  # noqa: PLC0415

    style, validations = TextStyle.of(sys.stdout), list["Validation"]()
    with opened_engine() as engine:
        for name in names:
            try:
                challenge = find_challenge(name, folders)
            except ChallengeError as error:
                validations.append(unreadable(name, error))
            else:
                with watched_on(sys.stderr) as watch:
                    validations.append(validate_challenge(name, challenge, engine, options, watch))
            if not as_json:
                click.echo(render(validations[-1], style))
    if as_json:
        click.echo(render_json(validations), nl=False)
    elif len(validations) > 1:
        click.echo(render_total(validations, style), nl=False)
    return validations
