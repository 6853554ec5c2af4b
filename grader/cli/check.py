"""`grader check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._grading import (
    challenges_option,
    format_option,
    grade_once,
    report_as,
    report_error,
    seed_option,
    workspace_argument,
)
from grader.errors import GraderError
from grader.models import Attempt, Audience, Suite, Verdict
from grader.output import ReportNotWritten, write_report

if TYPE_CHECKING:
    from grader.challenge import Challenge
    from grader.workspace import Workspace


@click.command(short_help="Run the public checks on what you have so far.")
@workspace_argument
@format_option
@seed_option
@challenges_option
def check(directory: Path, format_: str, seed: int | None, folders: tuple[Path, ...]) -> None:
    """Run the public checks of a challenge on the folder that `grader start` made for it.

    DIR is that folder or one below it; by default where you are. It runs as `grader grade` would run it, in the same
    containers and with the same report; what is graded is the hidden suite. The checks are those of the challenge:
    changing the copies in checks/ changes nothing.
    """
    from grader.workspace import challenge_of, find_workspace  # noqa: PLC0415 - loads pydantic

    report = report_as(format_, command="grader check")
    workspace = find_workspace(directory)

    def show(attempt: Attempt) -> None:
        write_report(report.render(attempt, Audience.LEARNER), None)

    try:
        challenge = challenge_of(workspace, folders)
        warn_if_changed(workspace, challenge)
        attempt = grade_once(challenge, workspace.folder, show, suite=Suite.PUBLIC, stack=workspace.stack, seed=seed)
    except ReportNotWritten:
        raise
    except GraderError as error:
        report_error(error, report, Audience.LEARNER)
        sys.exit(error.exit_code)
    sys.exit(0 if attempt.grade.verdict is Verdict.PASSED else 1)


def warn_if_changed(workspace: Workspace, challenge: Challenge) -> None:
    """Say on standard error that statement and checks in the folder are of another version than what runs."""
    version = challenge.manifest.version
    if version != workspace.version:
        click.echo(
            f"{challenge.slug} is at version {version} now, and this folder was started from {workspace.version}. "
            f"To see what is new: grader start {challenge.slug} DIR --stack {workspace.stack}",
            err=True,
        )
