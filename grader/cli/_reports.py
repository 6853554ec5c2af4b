"""Several reports of one grading: `--report FORMAT=FILE`, as often as wanted, beside the one of `--format`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from grader.errors import UsageError
from grader.output import ReportNotWritten, check_writable, write_report
from grader.reports import Report, formats, get_format

reports_option = click.option(
    "--report",
    "wanted",
    metavar="FORMAT=FILE",
    multiple=True,
    help="Write a report to a file too, as in html=report.html; as often as wanted.",
)


@dataclass(frozen=True, slots=True)
class FileReport:
    """A format, and the file that a report in it goes to."""

    report: Report
    path: Path


def file_reports(wanted: Sequence[str], output: Path | None = None) -> tuple[FileReport, ...]:
    """Return what each FORMAT=FILE asks for; `output` is a file that another report goes to.

    Raises `UsageError` before anything is graded: for an unknown format, a missing part, a file that cannot be written,
    and two reports that would go to the same one.
    """
    found: list[FileReport] = []
    taken = set() if output is None else {_place(output)}
    for text in wanted:
        name, sign, file = text.partition("=")
        if not sign or not file:
            near = name if name in formats() else "html"
            raise UsageError(f'--report "{text}" is not FORMAT=FILE', hint=f"--report {near}=report.{near}")
        path, report = Path(file), _format(name, file)
        if file == "-":
            raise UsageError("--report writes files", hint=f"for standard output: --format {name}")
        if _place(path) in taken:
            raise UsageError(f"two reports would go to {path}", hint="give each report a file of its own")
        if path.is_dir():
            raise UsageError(f"{path} is a folder", hint=f"--report {name}={path / 'report'}.{name}")
        check_writable(path)
        taken.add(_place(path))
        found.append(FileReport(report, path))
    return tuple(found)


def write_all(reports: Sequence[tuple[str, Path | None]]) -> None:
    """Write each text to its file, or to standard output; one that fails does not keep the others from being written.

    Raises the first `ReportNotWritten` at the end.
    """
    failed: list[ReportNotWritten] = []
    for text, path in reports:
        try:
            write_report(text, path)
        except ReportNotWritten as error:
            failed.append(error)
    if failed:
        raise failed[0]


def _format(name: str, file: str) -> Report:
    try:
        return get_format(name)
    except UsageError as error:
        near = error.hint.removeprefix("--format ")
        raise UsageError(error.message, hint=f"--report {near}={file}") from None


def _place(path: Path) -> str:
    return os.path.realpath(path)
