"""`grader show`."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._completion import complete_challenge
from grader.cli._grading import challenges_option
from grader.display import TextStyle, is_terminal, safe_line, safe_text, wrap

if TYPE_CHECKING:
    from grader.challenge import Challenge
    from grader.challenge_manifest import AttemptsTable

STATEMENT_CHARS = 1024**2
_NAME_CELLS = 12


@click.command(short_help="Show what a challenge asks for.")
@click.argument("challenge", shell_complete=complete_challenge)
@challenges_option
def show(challenge: str, folders: tuple[Path, ...]) -> None:
    """Show the statement of CHALLENGE, the name of a challenge or the path of its folder.

    On a terminal it is laid out; elsewhere it is the Markdown that its author wrote.
    """
    from grader.catalogue import find_challenge  # noqa: PLC0415 - loads pydantic
    from grader.challenge import read_statement  # noqa: PLC0415 - loads pydantic

    found = find_challenge(challenge, folders)
    style = TextStyle.of(sys.stdout)
    statement = safe_text(read_statement(found), limit_chars=STATEMENT_CHARS, keep_newlines=True)
    text = laid_out(statement, style) if is_terminal(sys.stdout) else statement
    click.echo(f"{head(found, style)}\n\n{style.spell(text)}", nl=not text.endswith("\n"))


def head(challenge: Challenge, style: TextStyle) -> str:
    """Return what stands above a statement: what it is, what it teaches, what it runs with."""
    manifest, limits = challenge.manifest, challenge.limits
    services = ", ".join(f"{table.use} (host {host})" for host, table in manifest.services.items())
    times = f"{limits.start_s:g} s to start, {limits.check_s:g} s a check, {limits.total_s:g} s in all"
    sizes = f"{limits.memory_bytes // 1024**2} MiB of memory, {limits.disk_bytes // 1024**2} MiB of files"
    facts = {
        "challenge": f"{challenge.slug} {manifest.version}",
        "kind": manifest.kind,
        "difficulty": manifest.difficulty,
        "skills": ", ".join(manifest.skills),
        "stacks": ", ".join(manifest.stacks),
        "services": services,
        "limits": f"{times}; {sizes}",
        "to pass": f"{manifest.pass_score} % of the points",
        "attempts": _attempts(manifest.attempts),
    }
    return "\n".join(line for name, fact in facts.items() if fact for line in _fact(name, fact, style))


def laid_out(markdown: str, style: TextStyle) -> str:
    """Return Markdown as it looks on a terminal of that style."""
    from rich.console import Console  # noqa: PLC0415 - rich takes as long to load as all the rest
    from rich.markdown import Markdown  # noqa: PLC0415
    from rich.theme import Theme  # noqa: PLC0415

    page = io.StringIO()
    console = Console(
        file=page,
        width=style.width,
        force_terminal=style.colour,
        color_system="standard" if style.colour else None,
        # the reader's own sixteen colours, on the reader's own background
        theme=Theme({"markdown.code": "cyan"}),
    )
    console.print(Markdown(markdown, code_theme="ansi_dark"))
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def _attempts(table: AttemptsTable) -> str:
    count = f"at most {table.limit}" if table.limit else ""
    pause = f"{table.cooldown_min:g} min from one to the next" if table.cooldown_min else ""
    return ", ".join(part for part in (count, pause) if part)


def _fact(name: str, fact: str, style: TextStyle) -> list[str]:
    first, *rest = wrap(style.spell(safe_line(fact)), style.width - _NAME_CELLS)
    return [style.paint(f"{name:<{_NAME_CELLS}}", dim=True) + first, *(" " * _NAME_CELLS + line for line in rest)]
