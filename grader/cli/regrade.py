"""`grader regrade`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._grading import challenges_option, opened_engine
from grader.cli._numbers import WholeNumber
from grader.cli._records import comparison_text
from grader.display import TextStyle, safe_line
from grader.errors import GraderError, UsageError
from grader.output import show_error
from grader.progress import shown_on

if TYPE_CHECKING:
    from grader.engine.engine import Engine
    from grader.records.regrading import Regraded
    from grader.records.store import Record, Records


@click.command(short_help="Grade recorded attempts again, with the challenge as it is now.")
@click.argument("attempt", metavar="[ID]", required=False, type=WholeNumber(1))
@click.option(
    "--challenge", help="Every attempt at the hidden checks of this challenge, regraded ones as they are now."
)
@click.option("--allow-lower", is_flag=True, help="Record the new grade even if it is lower.")
@challenges_option
def regrade(
    attempt: int | None,
    challenge: str | None,
    allow_lower: bool,  # noqa: FBT001 - click passes options by keyword
    folders: tuple[Path, ...],
) -> None:
    """Grade the submission of the attempt ID again, with the same data, and record the result beside the old one.

    Both stay; the new one refers to the old. What changed is shown check by check. A lower grade is shown too, but not
    recorded unless --allow-lower says so.

    Exit code 0: all were regraded; 1: some would be lower and were not recorded; 4: the challenge is at
    fault; 5: Docker is.
    """
    from grader.records.store import open_records  # noqa: PLC0415 - loads pydantic and SQLAlchemy

    if (attempt is None) == (challenge is None):
        raise UsageError(
            "name one attempt, or all of a challenge",
            hint="grader regrade ID, or grader regrade --challenge CHALLENGE; grader attempts lists both",
        )
    with open_records() as records:
        old = [records.find(attempt)] if attempt is not None else records.standing(challenge or "")
        if not old:
            raise UsageError(f"no attempt at the hidden checks of {challenge} is recorded", hint="grader attempts")
        with opened_engine() as engine:
            codes = []
            for number, record in enumerate(old, 1):
                if len(old) > 1:
                    click.echo(f"[{number}/{len(old)}] {_name(record)}", err=True)
                codes.append(_one(records, record, engine, folders, allow_lower=allow_lower))
    if len(codes) > 1:
        kept, lower = codes.count(0), codes.count(1)
        counts = f"{kept} regraded + {lower} left as they were + {len(codes) - kept - lower} not graded"
        click.echo(f"{len(codes)} attempts = {counts}")
    sys.exit(max(codes))


def _one(records: Records, old: Record, engine: Engine, folders: tuple[Path, ...], *, allow_lower: bool) -> int:
    """Regrade one attempt and print what came of it; return the exit code that it asks for."""
    from grader.catalogue import find_by_slug  # noqa: PLC0415
    from grader.records.regrading import regrade as regrade_one  # noqa: PLC0415

    try:
        challenge = find_by_slug(old.challenge, folders)
        with shown_on(sys.stderr) as progress:
            regraded = regrade_one(records, old, challenge, engine, allow_lower=allow_lower, progress=progress)
    except GraderError as error:
        click.echo(f"attempt {old.id} was not graded again", err=True)
        show_error(error)
        return error.exit_code
    click.echo(_told(regraded), nl=False)
    return 1 if regraded.new is None else 0


def _name(record: Record) -> str:
    return safe_line(f"attempt {record.id}" + (f" of {record.learner}" if record.learner else ""))


def _told(regraded: Regraded) -> str:
    style, old, new = TextStyle.of(sys.stdout), regraded.old, regraded.new
    name = _name(old)
    if new is None:
        head = f"{name} would be lower, and is left as it is"
        last = f"To record the lower grade all the same: grader regrade {old.id} --allow-lower"
    else:
        head, last = f"{name}, regraded as attempt {new.id}", ""
    body = comparison_text(regraded.comparison, style).splitlines()
    lines = [style.paint(style.spell(head), bold=True), *(f"  {line}".rstrip() for line in body)]
    return "\n".join([*lines, *(["", last] if last else []), "", ""])
