"""`grader report`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli._grading import format_option, report_as
from grader.cli._numbers import WholeNumber
from grader.models import Audience
from grader.output import check_writable, write_report


@click.command(short_help="Show the report of a recorded attempt again.")
@click.argument("attempt", metavar="ID", type=WholeNumber(1))
@format_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there instead.")
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.LEARNER.value,
    show_default=True,
    help="An instructor's report also holds tracebacks and logs, which quote the hidden suite.",
)
def report(attempt: int, format_: str, output: Path | None, audience: str) -> None:
    """Show the report of the attempt ID, in any format, for either audience; `grader attempts` lists the ids."""
    from grader.records.store import open_records  # noqa: PLC0415 - loads SQLAlchemy

    chosen = report_as(format_, output)
    if output is not None:
        check_writable(output)
    with open_records() as records:
        found = records.attempt(attempt)
    write_report(chosen.render(found, Audience(audience)), output)
