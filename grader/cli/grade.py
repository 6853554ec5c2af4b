"""`grader grade`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from grader.cli._grading import challenges_option, format_option, grade_once, report_as, report_error, seed_option
from grader.errors import GraderError
from grader.models import Attempt, Audience, Suite, Verdict
from grader.output import ReportNotWritten, check_writable, write_report


@click.command(short_help="Grade one submission.")
@click.argument("challenge")
@click.argument("submission")
@format_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there instead.")
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.LEARNER.value,
    show_default=True,
    help="An instructor's report also holds tracebacks and logs, which quote the hidden suite.",
)
@seed_option
@click.option("--shuffle", is_flag=True, help="Run the checks in an order that the seed decides.")
@click.option("--public", is_flag=True, help="Run the public checks instead of the hidden ones.")
@challenges_option
def grade(
    challenge: str,
    submission: str,
    format_: str,
    output: Path | None,
    audience: str,
    seed: int | None,
    shuffle: bool,  # noqa: FBT001
    public: bool,  # noqa: FBT001
    folders: tuple[Path, ...],
) -> None:
    """Grade SUBMISSION, a folder or an archive (.zip, .tar.gz; - for standard input), against CHALLENGE.

    CHALLENGE is the name of a challenge, or the path of its folder. Progress goes to standard error, the report to
    standard output.
    """
    from grader.challenge import find_challenge  # noqa: PLC0415 - loads pydantic
    from grader.cli._records import recorded_as  # noqa: PLC0415

    report, reader = report_as(format_, output), Audience(audience)
    if output is not None:
        check_writable(output)

    def show(attempt: Attempt) -> None:
        write_report(report.render(attempt, reader), output)

    source: Path | Literal["-"] = "-" if submission == "-" else Path(submission)
    suite = Suite.PUBLIC if public else Suite.HIDDEN
    try:
        attempt = grade_once(
            find_challenge(challenge, folders),
            source,
            show,
            suite=suite,
            seed=seed,
            shuffled=shuffle,
            keep=recorded_as("grade"),
        )
    except ReportNotWritten:
        raise  # a second report in its place would be one too many
    except GraderError as error:
        report_error(error, report, reader, output)
        sys.exit(error.exit_code)
    sys.exit(0 if attempt.grade.verdict is Verdict.PASSED else 1)
