"""`grader watch`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from grader.cli import INTERRUPTED
from grader.cli._grading import challenges_option, grade_once, report_as, report_error, seed_option, workspace_argument
from grader.display import clip, number_of, safe_line
from grader.errors import GraderError
from grader.models import Attempt, Audience, Grade, Suite
from grader.output import ReportNotWritten, write_report

_NAMES_CHARS = 60


@click.command(short_help="Run the public checks again whenever you save.")
@workspace_argument
@seed_option
@challenges_option
def watch(directory: Path, seed: int | None, folders: tuple[Path, ...]) -> None:
    """Run the public checks as `grader check` does, now and after each change of a file, until Ctrl-C.

    DIR is a folder that `grader start` made, or one below it; by default where you are. Files that are left out of a
    submission do not count. A run that is going on is finished first; what was saved meanwhile is checked next.
    """
    from grader.watching import saves  # noqa: PLC0415 - these load pydantic and watchfiles
    from grader.workspace import challenge_of, find_workspace  # noqa: PLC0415

    report = report_as("text", command="grader check")
    last: Grade | None = None

    def show(attempt: Attempt) -> None:
        nonlocal last
        write_report(f"{result_line(attempt.grade, last)}\n\n{report.render(attempt, Audience.LEARNER)}", None)
        last = attempt.grade

    folder = find_workspace(directory).folder
    for saved in saves(folder):
        workspace = find_workspace(folder)
        click.echo(f"{_now()}  {clip(safe_line(', '.join(saved)), _NAMES_CHARS) or workspace.challenge}", err=True)
        try:
            challenge = challenge_of(workspace, folders)
            grade_once(challenge, folder, show, suite=Suite.PUBLIC, stack=workspace.stack, seed=seed)
        except ReportNotWritten:
            raise
        except GraderError as error:
            report_error(error, report, Audience.LEARNER)
        click.echo(f"\nwaiting for you to save in {safe_line(str(folder))} (Ctrl-C ends)", err=True)
    click.echo("\nno longer waiting; nothing was running", err=True)
    sys.exit(INTERRUPTED)


def result_line(grade: Grade, before: Grade | None) -> str:
    """Return the time of day, the verdict, the points, and how many there were the time before."""
    was = f" ({before.score} before)" if before is not None and before.score != grade.score else ""
    verdict = grade.verdict.replace("_", " ").upper()
    return f"{_now()}  {verdict}  {grade.score} of {number_of(grade.max_score, 'point')}{was}"


def _now() -> str:
    return time.strftime("%H:%M:%S")
