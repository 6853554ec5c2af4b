"""`grader submit`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._grading import (
    challenges_option,
    format_option,
    grade_once,
    report_as,
    report_error,
    workspace_argument,
)
from grader.cli._records import attempts_table, user_name, warn_unrecorded
from grader.cli.check import warn_if_changed
from grader.display import TextStyle, number_of
from grader.errors import GraderError
from grader.models import Attempt, Audience, Submission, Suite, Verdict
from grader.output import ReportNotWritten, write_report

if TYPE_CHECKING:
    from grader.challenge import Challenge
    from grader.records.store import Record

_SHOWN = 5


@click.command(short_help="Have what you have graded by the hidden checks, and recorded.")
@workspace_argument
@format_option
@challenges_option
def submit(directory: Path, format_: str, folders: tuple[Path, ...]) -> None:
    """Grade the folder that `grader start` made with the hidden checks, and record the attempt.

    DIR is that folder or one below it; by default where you are. After the report come your last attempts and your
    best. A challenge may allow only so many, or ask for a pause in between: `grader show` tells. What was not graded,
    because Docker or the challenge is at fault or the files cannot be read, does not count.
    """
    from grader.records.allowance import require_open  # noqa: PLC0415 - these load pydantic and SQLAlchemy
    from grader.records.store import Origin, open_records  # noqa: PLC0415
    from grader.records.turns import only_turn  # noqa: PLC0415
    from grader.workspace import challenge_of, find_workspace  # noqa: PLC0415

    report, learner = report_as(format_, command="grader submit"), user_name()
    workspace = find_workspace(directory)

    def show(attempt: Attempt) -> None:
        write_report(report.render(attempt, Audience.LEARNER), None)

    try:
        challenge = challenge_of(workspace, folders)
        warn_if_changed(workspace, challenge)
        with only_turn(challenge.slug), open_records() as records:
            require_open(challenge, records.history(challenge.slug, learner), datetime.now(UTC))

            def keep(attempt: Attempt, submission: Submission) -> None:
                try:
                    records.add(attempt, submission, Origin.SUBMIT, learner=learner)
                    history = records.history(challenge.slug, learner)
                except GraderError as error:
                    warn_unrecorded(error)
                else:
                    told = "\n" + summary(challenge, history)
                    if format_ == "text":
                        write_report(told, None)
                    else:  # a document for programs stays one
                        click.echo(told, err=True, nl=False)

            attempt = grade_once(
                challenge,
                workspace.folder,
                show,
                suite=Suite.HIDDEN,
                stack=workspace.stack,
                seed=None,
                keep=keep,
            )
    except ReportNotWritten:
        raise
    except GraderError as error:
        report_error(error, report, Audience.LEARNER)
        sys.exit(error.exit_code)
    sys.exit(0 if attempt.grade.verdict is Verdict.PASSED else 1)


def summary(challenge: Challenge, history: list[Record]) -> str:
    """Return the last attempts, the newest first, the best of all, and how often and when one may submit again."""
    from grader.records.allowance import allowance  # noqa: PLC0415 - these load pydantic and SQLAlchemy
    from grader.records.store import best_of  # noqa: PLC0415

    style = TextStyle.of(sys.stdout)
    lines = [attempts_table(history[:_SHOWN], style)]
    if (best := best_of(history)) is not None:
        count = sum(record.regrade_of is None for record in history)
        lines.append(
            f"Best: {best.score} of {number_of(best.max_score, 'point')}, attempt {best.id}, of {count} in all"
        )
    allowed = allowance(challenge, history, datetime.now(UTC))
    if allowed.left is not None:
        limit = challenge.manifest.attempts.limit
        lines.append(f"Left: {allowed.left} of {number_of(limit, 'attempt')}")
    if allowed.opens_at is not None and allowed.left != 0:
        lines.append(f"Next: from {allowed.opens_at.astimezone():%H:%M on %d %B}")
    return "\n".join([*lines, ""])
