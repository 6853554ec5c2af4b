"""What the commands share that keep attempts or show them: recording, who submits, and the table of attempts."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from grader.cli._table import table
from grader.display import TextStyle, number_of, safe_line
from grader.errors import GraderError
from grader.models import Attempt, Submission

if TYPE_CHECKING:
    from grader.records.comparison import Comparison
    from grader.records.store import Record

Keep = Callable[[Attempt, Submission], None]

DIGEST_CHARS = 12
_HEADINGS = ("ID", "WHEN", "CHALLENGE", "BY", "VERDICT", "POINTS", "SUBMISSION", "LEARNER")


def recorded_as(origin: str, learner: str = "", *, silent: bool = False) -> Keep:
    """Return what records an attempt; where it cannot be, that is told on standard error and the verdict stands."""

    def keep(attempt: Attempt, submission: Submission) -> None:
        from grader.records.store import Origin, open_records  # noqa: PLC0415 - loads SQLAlchemy

        try:
            with open_records() as records:
                record = records.add(attempt, submission, Origin(origin), learner=learner)
        except GraderError as error:
            warn_unrecorded(error)
        else:
            if not silent:
                click.echo(f"recorded as attempt {record.id}; to see it again: grader report {record.id}", err=True)

    return keep


def warn_unrecorded(error: GraderError) -> None:
    """Say on standard error that a verdict was not recorded, why, and what to do about it."""
    click.echo(safe_line(f"not recorded, the verdict stands: {error.message}"), err=True)
    if error.hint:
        click.echo(safe_line(f"Next: {error.hint}"), err=True)


def user_name() -> str:
    """Return the name of whoever is logged in, by which attempts are told apart; empty if the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def attempts_table(records: Sequence[Record], style: TextStyle) -> str:
    """Return a line for each attempt, in the order given."""
    rows = [
        (
            str(record.id),
            f"{record.recorded_at.astimezone():%Y-%m-%d %H:%M}",
            f"{record.challenge} {record.challenge_version}",
            origin_of(record),
            record.verdict.replace("_", " "),
            f"{record.score}/{record.max_score}",
            record.submission_digest.removeprefix("sha256:")[:DIGEST_CHARS],
            record.learner,
        )
        for record in records
    ]
    return table(_HEADINGS, rows, style, right="ID POINTS")


def origin_of(record: Record) -> str:
    """Return which command made an attempt, and of what."""
    public = " --public" if record.suite == "public" else ""
    return f"{record.origin}{public}" if record.regrade_of is None else f"{record.origin} of {record.regrade_of}"


def comparison_text(comparison: Comparison, style: TextStyle, *, facts: bool = True) -> str:
    """Return what differs: verdict and points, each check that changed, and what the two were made with."""
    old, new = comparison.old, comparison.new
    arrow = "→" if style.unicode else "->"
    lines = [
        f"verdict  {_changed(old.verdict.replace('_', ' '), new.verdict.replace('_', ' '), arrow)}",
        f"points   {_changed(f'{old.score}/{old.max_score}', f'{new.score}/{new.max_score}', arrow)}",
    ]
    changed = [check for check in comparison.checks if check.differs]
    same = len(comparison.checks) - len(changed)
    if changed:
        rows = [
            (
                f"{check.old or 'not in it'} {arrow} {check.new or 'not in it'}",
                f"{check.new_earned - check.old_earned:+d}",
                check.title,
            )
            for check in changed
        ]
        lines += ["", table(("OUTCOME", "POINTS", "CHECK"), rows, style, right="POINTS").rstrip("\n")]
    lines += ["", f"{number_of(same, 'check')} as before" if changed else "no check changed"]
    if facts and comparison.facts:
        rows = [(fact.name, _short(fact.old), _short(fact.new)) for fact in comparison.facts]
        lines += ["", table(("MADE WITH", "OLD", "NEW"), rows, style).rstrip("\n")]
    return "\n".join([*lines, ""])


def _changed(old: str, new: str, arrow: str) -> str:
    return f"{old} (as before)" if old == new else f"{old} {arrow} {new}"


def _short(value: str) -> str:
    """Return a digest by its beginning, and anything else as it is."""
    bare = value.removeprefix("sha256:")
    return bare[:DIGEST_CHARS] if re.fullmatch(r"[0-9a-f]{64}", bare) else value
