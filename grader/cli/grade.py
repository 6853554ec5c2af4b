"""`grader grade`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from grader.display import TextStyle
from grader.errors import GraderError
from grader.models import Audience, Suite, Verdict
from grader.output import ReportNotWritten, check_writable, show_error, write_report
from grader.progress import shown_on
from grader.reports import Report, formats, get_format
from grader.reports.text import TextReport


@click.command(short_help="Grade one submission.")
@click.argument("challenge")
@click.argument("submission")
@click.option("--format", "format_", type=click.Choice(formats()), default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there instead.")
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.LEARNER.value,
    show_default=True,
    help="An instructor's report also holds tracebacks and logs, which quote the hidden suite.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Repeat a run with the same random data.")
@click.option("--shuffle", is_flag=True, help="Run the checks in an order that the seed decides.")
@click.option("--public", is_flag=True, help="Run the public checks instead of the hidden ones.")
@click.option(
    "--challenges",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder of challenges to look in first (also: the environment variable GRADER_CHALLENGES).",
)
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
    report, reader = _format(format_, output), Audience(audience)
    if output is not None:
        check_writable(output)
    try:
        passed = _grade(
            challenge,
            submission,
            folders,
            Suite.PUBLIC if public else Suite.HIDDEN,
            seed,
            report,
            reader,
            output,
            shuffled=shuffle,
        )
    except ReportNotWritten:
        raise  # a second report in its place would be one too many
    except GraderError as error:
        if output is not None or format_ != "text":
            write_report(report.render_error(error, reader), output)
        show_error(error, reader)
        sys.exit(error.exit_code)
    sys.exit(0 if passed else 1)


def _format(name: str, output: Path | None) -> Report:
    """Return the format; a text report for a terminal fits that terminal."""
    if name == "text" and output is None:
        return TextReport(TextStyle.of(sys.stdout))
    return get_format(name)


def _grade(
    name: str,
    source: str,
    folders: tuple[Path, ...],
    suite: Suite,
    seed: int | None,
    report: Report,
    reader: Audience,
    output: Path | None,
    *,
    shuffled: bool,
) -> bool:
    """Grade, write the report as soon as there is a verdict, and return whether it is passed."""
    from grader.challenge import find_challenge  # noqa: PLC0415 - these load Docker's SDK and pydantic
    from grader.engine.engine import Engine  # noqa: PLC0415
    from grader.grading import grade as grade_submission  # noqa: PLC0415

    challenge = find_challenge(name, folders)
    where: Path | Literal["-"] = "-" if source == "-" else Path(source)
    with Engine() as engine:
        with shown_on(sys.stderr) as progress:
            attempt = grade_submission(
                challenge, where, engine, suite=suite, seed=seed, shuffled=shuffled, progress=progress
            )
        # the report comes before the containers are removed: nobody waits for that
        write_report(report.render(attempt, reader), output)
    for leftover in engine.leftovers:
        click.echo(f"could not clean up: {leftover}; next: grader prune", err=True)
    return attempt.grade.verdict is Verdict.PASSED
