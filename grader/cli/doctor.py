"""`grader doctor`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

import click

from grader.display import TextStyle, safe_line, wrap

if TYPE_CHECKING:
    from grader.engine.findings import Report, Row

SCHEMA_VERSION = 1

_MARKS = {  # status: sign, sign in ASCII, colour
    "ok": ("✓", "+", "green"),
    "info": ("·", ".", "white"),
    "warn": ("!", "!", "yellow"),
    "fail": ("✗", "x", "red"),
}
_NAME_CELLS = 16
_INDENT = " " * (_NAME_CELLS + 5)


@click.command(short_help="Measure what this machine has, lacks, and confines.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--strict", is_flag=True, help="Refuse this machine unless every limit and all isolation is seen to bite."
)
def doctor(as_json: bool, strict: bool) -> None:  # noqa: FBT001 - click passes options by keyword
    """Look at the Docker Engine, disk, memory and images, and measure in a container that limits and isolation bite.

    Takes about five seconds and leaves nothing behind. Exit code 0: grading can begin; 5: something must be put right
    first, and the command for it stands below it.
    """
    from grader.engine.doctor import examine  # noqa: PLC0415 - loads Docker's SDK

    report = examine().strict() if strict else examine()
    click.echo(render_json(report) if as_json else render(report, TextStyle.of(sys.stdout)), nl=False)
    sys.exit(report.exit_code)


def render(report: Report, style: TextStyle | None = None) -> str:
    """Return the findings as text, group by group; what was required stands below what does not meet it."""
    style = style or TextStyle()
    lines: list[str] = []
    for group, rows in groupby(report.rows, key=lambda row: row.group):
        lines += [style.paint(group, bold=True), *(line for row in rows for line in _lines(row, style)), ""]
    to_do = sum(row.status == "fail" for row in report.rows)
    end = "Ready to grade." if not to_do else f"Not ready: {to_do} of {len(report.rows)} findings must be put right."
    lines.append(style.paint(end, fg="red" if to_do else "green", bold=True))
    if broken := report.broken_controls:
        lines += wrap(f"Not confined, or not seen to be: {', '.join(broken)}.", style.width)
    return "\n".join([*lines, ""])


def render_json(report: Report) -> str:
    """Return the findings as one JSON object: schema_version, ready, broken_controls[], findings[]."""
    findings = [asdict(row) for row in report.rows]
    document = {
        "schema_version": SCHEMA_VERSION,
        "ready": not report.failed,
        "broken_controls": report.broken_controls,
        "findings": findings,
    }
    return json.dumps(document, indent=2) + "\n"


def _lines(row: Row, style: TextStyle) -> Iterator[str]:
    sign, plain_sign, colour = _MARKS[row.status]
    mark = style.paint(sign if style.unicode else plain_sign, fg=colour, bold=row.status == "fail")
    parts = [row.measured]
    if row.status in {"warn", "fail"}:
        parts += [f"expected: {row.required}"] if row.required else []
    room = style.width - len(_INDENT)
    text = [line for part in parts for line in wrap(style.spell(safe_line(part)), room)]
    yield f"  {mark} {row.name:<{_NAME_CELLS}} {text[0]}".rstrip()
    yield from (f"{_INDENT}{line}" for line in text[1:])
    if row.next_command:
        # Unwrapped: a command is copied from here.
        yield f"{_INDENT}{style.paint('> ' + style.spell(safe_line(row.next_command)), fg='cyan')}"
