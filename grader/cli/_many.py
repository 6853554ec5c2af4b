"""`grader grade` of more than one submission: options, progress, recording, and what is printed at the end."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli._grading import opened_engine
from grader.cli._numbers import WholeNumber
from grader.cli._records import warn_unrecorded
from grader.cli._table import table
from grader.display import TextStyle, is_terminal, safe_line
from grader.errors import ChallengeError, GraderError, SandboxError, UsageError
from grader.models import Attempt, Submission, Suite

if TYPE_CHECKING:
    from grader.batch.entries import Class, Entry
    from grader.batch.results import Results
    from grader.batch.run import Began, Ended
    from grader.batch.summary import Result
    from grader.challenge import Challenge

_OF_ONE = ("format_", "output", "wanted", "audience", "verbose")

_OPTIONS = (
    click.option(
        "--each",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        multiple=True,
        help="Grade every folder and archive in this folder.",
    ),
    click.option(
        "--roster",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="CSV with the columns submission and name, to call submissions by their people.",
    ),
    click.option(
        "--jobs", type=WholeNumber(1, 64), default=2, show_default=True, help="Grade so many submissions at a time."
    ),
    click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder for the results of many, to be gone on with.  [default: CHALLENGE-results]",
    ),
)


def many_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that more than one submission has."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Chosen:
    """What `many_options` say, and whether no progress is shown."""

    each: tuple[Path, ...]
    roster: Path | None
    jobs: int
    out: Path | None
    silent: bool = False


def refuse_for_many(context: click.Context, submissions: Sequence[str], each: Sequence[Path]) -> None:
    """Raise `UsageError` if there is no submission, or an option was given that only one submission has."""
    if not submissions and not each:
        raise UsageError("name a submission, or a folder of them with --each", hint="grader grade todo-api FOLDER")
    for name in _OF_ONE:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            option = next(item.opts[-1] for item in context.command.params if item.name == name)
            raise UsageError(
                f"{option} is for one submission; of many there are a gradebook, an overview and a page for each",
                hint="leave it out; grader attempts lists what was graded, grader report ID shows it in any format",
            )


def grade_many(
    challenge: Challenge,
    submissions: Sequence[str],
    chosen: Chosen,
    *,
    suite: Suite,
    stack: str | None,
    seed: int | None,
    shuffled: bool,
) -> int:
    """Grade all submissions, or what is left of them, write gradebook and overview, and return the exit code."""
    from grader.batch.documents import write_documents  # noqa: PLC0415 - these load Jinja2 and pydantic
    from grader.batch.entries import NOBODY, find_class, read_roster  # noqa: PLC0415
    from grader.batch.results import Results  # noqa: PLC0415
    from grader.stacks import require_stack  # noqa: PLC0415

    if stack is not None:
        require_stack(stack, challenge.manifest.stacks)
    if "-" in submissions:
        raise UsageError("standard input holds one submission, not many", hint="grader grade CHALLENGE -")
    people = NOBODY if chosen.roster is None else read_roster(chosen.roster)
    class_ = find_class([Path(path) for path in submissions], chosen.each, people)
    for path in class_.left_out:
        click.echo(safe_line(f"left out, neither a folder nor an archive: {path}"), err=True)
    for entry in class_.unknown:
        click.echo(safe_line(f"not on the roster: {entry.name}"), err=True)
    folder = chosen.out or Path(f"{challenge.slug}-results")
    with Results(folder, challenge, suite, seed, stack=stack, shuffled=shuffled) as results:
        graded = _graded(class_, results, chosen)
        written = write_documents(class_, results, graded)
    click.echo(render(class_, graded, TextStyle.of(sys.stdout)))
    for what, path in written.items():
        click.echo(safe_line(f"{what:<10} {path}"))
    if all(result.is_graded or result.is_invalid for result in graded):
        return 0
    click.echo("sandbox errors have no score and cost nobody anything; the same command tries them again", err=True)
    return SandboxError.exit_code


def _graded(class_: Class, results: Results, chosen: Chosen) -> list[Result]:
    from grader.batch.run import grade_all  # noqa: PLC0415 - loads Docker's SDK
    from grader.batch.summary import tally  # noqa: PLC0415

    so_far: list[Result] = []
    try:
        with opened_engine() as engine, _shown(len(class_.entries), so_far, silent=chosen.silent) as watch:
            return grade_all(class_.entries, results, engine, jobs=chosen.jobs, watch=watch, keep=Recorder())
    except (KeyboardInterrupt, ChallengeError, UsageError):
        click.echo(f"\n{tally(len(class_.entries), so_far)}", err=True)
        click.echo(safe_line(f"what is graded is in {results.folder}; the same command goes on"), err=True)
        raise


def render(class_: Class, graded: Sequence[Result], style: TextStyle) -> str:
    """Return a line for each submission, and counts that add up."""
    from grader.batch.summary import tally  # noqa: PLC0415

    rows = [
        (
            result.entry.label,
            result.verdict.replace("_", " "),
            f"{result.score}/{result.max_score}" if result.is_graded else "",
            result.message,
        )
        for result in graded
    ]
    absent = f"\nnothing handed in: {', '.join(entry.label for entry in class_.absent)}" if class_.absent else ""
    counts = f"{tally(len(class_.entries), graded)}{absent}"
    return f"{table(('NAME', 'VERDICT', 'POINTS', 'WHY'), rows, style, right='POINTS')}\n{style.spell(counts)}"


class Recorder:
    """Records each attempt beside the folder of results; tells once if that does not work."""

    def __init__(self) -> None:
        """Nothing was recorded yet."""
        self._works = True

    def __call__(self, entry: Entry, attempt: Attempt, submission: Submission) -> None:
        """Record an attempt."""
        from grader.records.store import Origin, open_records  # noqa: PLC0415 - loads SQLAlchemy

        try:
            if self._works:
                with open_records() as records:
                    # a name of a folder need not be text
                    records.add(attempt, submission, Origin.GRADE, learner=safe_line(entry.label))
        except GraderError as error:
            self._works = False
            warn_unrecorded(error)


@contextmanager
def _shown(count: int, so_far: list[Result], *, silent: bool) -> Iterator[Callable[[Began | Ended], None]]:
    """Yield what notes results and, unless silent, shows progress on standard error: a bar on terminals, else lines."""
    from grader.batch.run import Began  # noqa: PLC0415 - loads Docker's SDK
    from grader.cli._many_progress import Bar, Lines  # noqa: PLC0415

    if silent:
        display: Bar | Lines = Lines(count, io.StringIO())
    else:
        display = Bar(count) if is_terminal(sys.stderr) else Lines(count, sys.stderr)

    def watch(event: Began | Ended) -> None:
        if isinstance(event, Began):
            display.began(event.entry.label)
            return
        so_far.append(event.result)
        points = f" {event.result.score}/{event.result.max_score}" if event.result.is_graded else ""
        how = f"{event.result.verdict.replace('_', ' ')}{points}"
        well = event.result.is_graded or event.result.is_invalid
        display.ended(event.result.entry.label, how, before=event.before, well=well)

    with display:
        yield watch
