"""`grader attempts`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from grader.cli._completion import complete_challenge
from grader.cli._numbers import WholeNumber
from grader.cli._records import attempts_table
from grader.display import TextStyle, safe_line

if TYPE_CHECKING:
    from grader.records.store import Record

SCHEMA_VERSION = 1


@click.command(short_help="Show what was graded on this machine.")
@click.argument("challenge", required=False, shell_complete=complete_challenge)
@click.option("--last", type=WholeNumber(1), default=20, show_default=True, help="Only the newest so many.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON, all unless --last says otherwise.")
@click.pass_context
def attempts(context: click.Context, challenge: str | None, last: int, as_json: bool) -> None:  # noqa: FBT001
    """Show the attempts that were recorded, of CHALLENGE or of all, the newest first.

    Whatever `grader grade`, `grader submit` and `grader regrade` grade is recorded; `grader check` is not.
    """
    from grader.records.store import open_records  # noqa: PLC0415 - loads SQLAlchemy

    chosen = context.get_parameter_source("last") is not click.core.ParameterSource.DEFAULT
    with open_records() as records:
        # one more than is shown tells whether there are more
        found = records.recent(challenge, last=None if as_json and not chosen else last + 1)
    if as_json:
        click.echo(render_json(found[:last] if chosen else found), nl=False)
    elif found:
        click.echo(attempts_table(found[:last], TextStyle.of(sys.stdout)), nl=False)
        if len(found) > last:
            click.echo(f"there are more; to see them: grader attempts --last {last * 5}", err=True)
    else:
        what = f" of {challenge}" if challenge else ""
        next_ = "grader attempts, without a name, shows all" if challenge else "grader grade CHALLENGE FOLDER"
        click.echo(safe_line(f"no attempt{what} is recorded. Next: {next_}"), err=True)


def render_json(found: list[Record]) -> str:
    """Return one JSON object: schema_version and attempts[], moments in UTC as ISO 8601."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "attempts": [{**asdict(record), "recorded_at": record.recorded_at.isoformat()} for record in found],
    }
    return json.dumps(document, indent=2) + "\n"
