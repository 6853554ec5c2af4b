"""`grader grade`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from grader.cli._completion import complete_challenge, complete_path, complete_solution
from grader.cli._grading import (
    challenges_option,
    format_option,
    grade_once,
    quiet_option,
    report_as,
    report_error,
    seed_option,
    stack_option,
)
from grader.cli._many import Chosen, grade_many, many_options, refuse_for_many
from grader.cli._records import recorded_as
from grader.cli._reports import file_reports, reports_option, write_all
from grader.errors import GraderError, UsageError
from grader.models import Attempt, Audience, Submission, Suite, Verdict
from grader.output import ReportNotWritten, check_writable

if TYPE_CHECKING:
    from grader.challenge import Challenge


@click.command(short_help="Grade one submission, or a class of them.")
@click.argument("challenge", shell_complete=complete_challenge)
@click.argument("submissions", metavar="[SUBMISSION]...", nargs=-1, shell_complete=complete_path)
@format_option
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report there instead.")
@reports_option
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.LEARNER.value,
    show_default=True,
    help="An instructor's report also holds tracebacks and logs, which quote the hidden suite.",
)
@stack_option
@seed_option
@click.option(
    "--solution",
    metavar="NAME",
    shell_complete=complete_solution,
    help="Grade a solution of the challenge's own, such as reference-flask.",
)
@click.option("--shuffle", is_flag=True, help="Run the checks in an order that the seed decides.")
@click.option("--public", is_flag=True, help="Run the public checks instead of the hidden ones.")
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Let the text report show whole logs, phases, versions and limits.")
@many_options
@challenges_option
@click.pass_context
def grade(
    context: click.Context,
    challenge: str,
    submissions: tuple[str, ...],
    format_: str,
    output: Path | None,
    wanted: tuple[str, ...],
    audience: str,
    stack: str | None,
    seed: int | None,
    solution: str | None,
    shuffle: bool,  # noqa: FBT001
    public: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    verbose: bool,  # noqa: FBT001
    each: tuple[Path, ...],
    roster: Path | None,
    jobs: int,
    out: Path | None,
    folders: tuple[Path, ...],
) -> None:
    """Grade SUBMISSION, a folder or an archive (.zip, .tar.gz; - for standard input), against CHALLENGE.

    CHALLENGE is the name of a challenge, or the path of its folder. In a folder that `grader start` made, its stack is
    that of the starter. Authors grade the solutions that prove their challenge with --solution. Progress goes to
    standard error, the report to standard output.

    Several submissions, and all those in a folder with --each, are graded as a class: a table, a gradebook and an
    overview, in a folder that the same command goes on with after an interruption. Exit code 0 then means that each
    has its verdict, or cannot be read; 5 that Docker was at fault for some.
    """
    from grader.catalogue import find_challenge  # noqa: PLC0415 - loads pydantic
    from grader.solutions import find_solution  # noqa: PLC0415
    from grader.workspace import remembered_stack  # noqa: PLC0415

    suite = Suite.PUBLIC if public else Suite.HIDDEN
    if solution is not None and (submissions or each or roster or out):
        raise UsageError("--solution is one submission, and needs no other", hint=_by_name(challenge, solution))
    if solution is None and (len(submissions) != 1 or each or roster or out):
        refuse_for_many(context, submissions, each)
        found = find_challenge(challenge, folders)
        _refuse_mistakes(found, challenge, submissions)
        chosen = Chosen(each, roster, jobs, out, silent=quiet)
        sys.exit(grade_many(found, submissions, chosen, suite=suite, stack=stack, seed=seed, shuffled=shuffle))
    command = "" if solution is None else _by_name(challenge, solution) + (" --public" if public else "")
    report, reader = report_as(format_, output, command=command, verbose=verbose), Audience(audience)
    if output is not None:
        check_writable(output)
    files = file_reports(wanted, output)

    def show(attempt: Attempt) -> None:
        also = [(file.report.render(attempt, reader), file.path) for file in files]
        write_all([*also, (report.render(attempt, reader), output)])

    try:
        found = find_challenge(challenge, folders)
        _refuse_mistakes(found, challenge, submissions)
        source: Path | Literal["-"] | Submission
        if solution is None:
            source = "-" if submissions[0] == "-" else Path(submissions[0])
            stack = stack or remembered_stack(source, found)
        else:
            source = find_solution(found, solution, challenge).submission
        attempt = grade_once(
            found,
            source,
            show,
            suite=suite,
            stack=stack,
            seed=seed,
            shuffled=shuffle,
            silent=quiet,
            keep=recorded_as("grade", silent=quiet),
        )
    except ReportNotWritten:
        raise  # a second report in its place would be one too many
    except GraderError as error:
        try:
            write_all([(file.report.render_error(error, reader), file.path) for file in files])
        finally:
            report_error(error, report, reader, output)
        sys.exit(error.exit_code)
    sys.exit(0 if attempt.grade.verdict is Verdict.PASSED else 1)


def _refuse_mistakes(challenge: Challenge, called: str, submissions: Sequence[str]) -> None:
    """Raise `UsageError` for a folder that an author keeps a mistake in, with the command that grades it."""
    from grader.solutions import is_mistake  # noqa: PLC0415 - loads pydantic

    for path in map(Path, submissions):
        if is_mistake(challenge, path):
            what = f"{path} is no submission but a mistake, to be made in what its expected.toml is based on"
            raise UsageError(what, hint=_by_name(called, path.resolve().name))


def _by_name(challenge: str, solution: str) -> str:
    return f"grader grade {shlex.quote(challenge)} --solution {shlex.quote(solution)}"
