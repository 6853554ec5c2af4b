"""What the commands share that name a challenge or grade: options, the Engine, a grading with its report, errors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from grader.cli._completion import complete_stack
from grader.cli._numbers import WholeNumber
from grader.display import TextStyle
from grader.errors import GraderError
from grader.models import Attempt, Audience, Submission, Suite
from grader.output import show_error, write_report
from grader.progress import quiet, shown_on
from grader.reports import Report, formats, get_format
from grader.reports.text import TextReport

if TYPE_CHECKING:
    from grader.challenge import Challenge
    from grader.engine.engine import Engine

challenges_option = click.option(
    "--challenges",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder of challenges to look in first (also: the environment variable GRADER_CHALLENGES).",
)
format_option = click.option("--format", "format_", type=click.Choice(formats()), default="text", show_default=True)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Show no progress, only the report.")
stack_option = click.option(
    "--stack", shell_complete=complete_stack, help="The stack that it is written in; by default its files tell."
)
seed_option = click.option("--seed", type=WholeNumber(0, 2**32 - 1), help="Repeat a run with the same random data.")
workspace_argument = click.argument(
    "directory", metavar="[DIR]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)


def report_as(name: str, output: Path | None = None, *, command: str = "", verbose: bool = False) -> Report:
    """Return the format; a text report for a terminal fits that terminal, and names the command that repeats it.

    `verbose` is for the text report alone: the others say all that they can anyway.
    """
    if name == "text":
        style = TextStyle() if output else TextStyle.of(sys.stdout)
        return TextReport(style, command, verbose=verbose)
    return get_format(name)


@contextmanager
def opened_engine() -> Iterator[Engine]:
    """Yield the Engine; what could not be removed is told on standard error, whatever ends the block."""
    from grader.engine.engine import Engine  # noqa: PLC0415 - loads Docker's SDK

    engine = Engine()
    try:
        with engine:
            yield engine
    finally:
        for leftover in engine.leftovers:
            click.echo(f"could not clean up: {leftover}; next: grader prune", err=True)


def grade_once(
    challenge: Challenge,
    source: Path | Literal["-"] | Submission,
    show: Callable[[Attempt], None],
    *,
    suite: Suite,
    stack: str | None = None,
    seed: int | None,
    shuffled: bool = False,
    silent: bool = False,
    keep: Callable[[Attempt, Submission], object] | None = None,
) -> Attempt:
    """Grade, `show` the attempt as soon as there is a verdict, and return it; progress goes to standard error.

    Then `keep` it, if given, with the submission that was graded, even if it could not be shown.
    """
    from grader.grading import grade  # noqa: PLC0415 - these load Docker's SDK
    from grader.submission import load_submission  # noqa: PLC0415

    with opened_engine() as engine:
        submission = source if isinstance(source, Submission) else load_submission(source)
        with nullcontext(quiet) if silent else shown_on(sys.stderr) as progress:
            attempt = grade(
                challenge,
                submission,
                engine,
                suite=suite,
                stack=stack,
                seed=seed,
                shuffled=shuffled,
                progress=progress,
            )
        try:
            # before the containers are removed: nobody waits for that
            show(attempt)
        finally:
            # a verdict that could not be shown is one all the same, and must not be free
            if keep is not None:
                keep(attempt, submission)
    return attempt


def report_error(error: GraderError, report: Report, reader: Audience, output: Path | None = None) -> None:
    """Tell on standard error what prevented a grading, and programs in the document that they asked for."""
    if output is not None or report.name != "text":
        write_report(report.render_error(error, reader), output)
    show_error(error, reader)
