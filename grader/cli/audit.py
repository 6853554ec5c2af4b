"""`grader audit`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._completion import complete_challenge
from grader.cli._grading import challenges_option
from grader.cli._numbers import WholeNumber
from grader.display import TextStyle, safe_line
from grader.errors import ChallengeError, UsageError
from grader.output import show_error

if TYPE_CHECKING:
    from grader.authoring.audit.bench import Told


@click.command(short_help="Attack a challenge with submissions that cheat.")
@click.argument("challenges", metavar="[SLUG|PATH]...", nargs=-1, shell_complete=complete_challenge)
@click.option("--all", "everything", is_flag=True, help="All challenges that have a slug.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--jobs", type=WholeNumber(1, 16), default=2, show_default=True, help="Attacks at a time.")
@click.option("--only", metavar="CLASS|ID", multiple=True, help="Only these attacks; may be given more than once.")
@challenges_option
def audit(
    challenges: tuple[str, ...],
    everything: bool,  # noqa: FBT001 - click passes options by keyword
    as_json: bool,  # noqa: FBT001
    jobs: int,
    only: tuple[str, ...],
    folders: tuple[Path, ...],
) -> None:
    """Grade a battery of cheating submissions against CHALLENGES, and say whether each of them was contained.

    Contained means: it earns no more than the honest submission that it is made of, shows a learner nothing of the
    hidden suite, ends with the verdict that is right for it and in time, gets at nothing outside of its container, and
    leaves nothing behind. After each class of attacks an honest submission is graded again. Needs a reference or a
    starter.

    Exit code 0: all were contained; 4: not all, or a challenge cannot be audited, and the report says why; 5: Docker is
    at fault.
    """
    from grader.authoring.audit.battery import chosen, load_battery  # noqa: PLC0415 - these load Docker's SDK, pydantic
    from grader.authoring.audit.document import render_json  # noqa: PLC0415
    from grader.authoring.audit.run import audit as audit_challenge  # noqa: PLC0415
    from grader.authoring.audit.table import render, render_total  # noqa: PLC0415
    from grader.catalogue import challenge_folders, find_challenge  # noqa: PLC0415

    if everything == bool(challenges):
        raise UsageError("name the challenges, or say --all", hint="grader audit todo-api")
    names = challenges or tuple(dict.fromkeys(folder.name for folder in challenge_folders(folders)))
    battery = chosen(load_battery(), only)
    style, audits, unaudited = TextStyle.of(sys.stdout), [], list[tuple[str, ChallengeError]]()
    for name in names:
        try:
            audits.append(audit_challenge(find_challenge(name, folders), battery, jobs, _watch_of(name)))
        except ChallengeError as error:
            unaudited.append((name, error))
            show_error(error)
            continue
        if not as_json:
            click.echo(render(audits[-1], style))
    if as_json:
        click.echo(render_json(audits, unaudited), nl=False)
    elif audits:
        click.echo(render_total(audits, style), nl=False)
    sys.exit(0 if all(each.contained for each in audits) and not unaudited else ChallengeError.exit_code)


def _watch_of(challenge: str) -> Callable[[Told], None]:
    def watch(told: Told) -> None:
        number = f"[{told.number:{len(str(told.count))}}/{told.count}]"
        how = told.how if told.well else f"NOT CONTAINED: {told.how}"
        click.echo(safe_line(f"{challenge} {number} {told.name}: {how}"), err=True)

    return watch
