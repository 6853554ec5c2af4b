"""`grader list`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli._completion import complete_stack
from grader.cli._grading import challenges_option
from grader.display import TextStyle, cells, is_terminal, safe_line, wrap

if TYPE_CHECKING:
    from grader.catalogue import Broken, Catalogue
    from grader.challenge import Challenge

SCHEMA_VERSION = 1

_HEADINGS = ("CHALLENGE", "TITLE", "KIND", "DIFFICULTY", "STACKS")
_TITLE = 1
_DIFFICULTIES = ("easy", "medium", "hard")
_GAP = "  "
_TITLE_CELLS = 24
"""With less room for titles than this, each challenge gets lines of its own."""


@click.command("list", short_help="Show which challenges there are.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind: api, schema, security, ...")
@click.option("--skill", "skills", multiple=True, help="Only what teaches this skill.")
@click.option(
    "--stack", "stacks", multiple=True, shell_complete=complete_stack, help="Only what may be answered in this stack."
)
@click.option("--difficulty", "difficulties", multiple=True, type=click.Choice(_DIFFICULTIES), help="Only this.")
@click.option("--json", "as_json", is_flag=True, help="Print the challenges as JSON.")
@challenges_option
def list_(
    kinds: tuple[str, ...],
    skills: tuple[str, ...],
    stacks: tuple[str, ...],
    difficulties: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes options by keyword
    folders: tuple[Path, ...],
) -> None:
    """Show which challenges there are: your own, by --challenges and GRADER_CHALLENGES, and the built-in ones.

    An option that is given more than once asks for any of its values; different options must all fit. Folders that
    are meant to be challenges, or to hold some, and are broken are told on standard error.
    """
    from grader.catalogue import (  # noqa: PLC0415 - these load pydantic
        Wanted,
        fruitless_folders,
        read_catalogue,
    )

    catalogue = read_catalogue(folders)
    wanted = Wanted(kinds=kinds, skills=skills, stacks=stacks, difficulties=difficulties)
    fitting = [challenge for challenge in catalogue.challenges if wanted.fits(challenge)]
    for fruitless in fruitless_folders(folders):
        click.echo(safe_line(f"left out: {fruitless}"), err=True)
    for broken in catalogue.broken:
        click.echo(complaint(broken), err=True)
    if as_json:
        click.echo(render_json(fitting, catalogue), nl=False)
        return
    style = TextStyle.of(sys.stdout)
    if fitting:
        # in a pipe every challenge is one line, however long
        click.echo(render(fitting, style, style.width if is_terminal(sys.stdout) else sys.maxsize), nl=False)
    elif catalogue.challenges:
        click.echo(f"no challenge fits. There are: {_values(catalogue.challenges)}", err=True)
    else:
        click.echo("there are no challenges; name a folder of them with --challenges DIR", err=True)


def complaint(broken: Broken) -> str:
    """Return what is wrong with a folder that is meant to be a challenge."""
    problems = [f"  - {safe_line(str(problem))}" for problem in broken.error.problems]
    return "\n".join([safe_line(f"left out: {broken.error.message}"), *problems])


def render(challenges: Sequence[Challenge], style: TextStyle, width: int) -> str:
    """Return a table of at most `width` cells; where that leaves too little room for titles, an entry for each."""
    rows = [tuple(style.spell(safe_line(value)) for value in _row(challenge)) for challenge in challenges]
    widths = [max(cells(row[column]) for row in (_HEADINGS, *rows)) for column in range(len(_HEADINGS))]
    room = width - sum(widths) + widths[_TITLE] - len(_GAP) * (len(_HEADINGS) - 1)
    if room < min(_TITLE_CELLS, widths[_TITLE]):
        return "\n".join(line for row in rows for line in _entry(row, style, width))
    widths[_TITLE] = min(widths[_TITLE], room)
    lines = [style.paint(line, dim=True) for line in _lines(_HEADINGS, widths)]
    return "\n".join([*lines, *(line for row in rows for line in _lines(row, widths)), ""])


def render_json(challenges: Sequence[Challenge], catalogue: Catalogue) -> str:
    """Return one JSON object: schema_version, challenges[], and broken[] with what is wrong with each folder."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "challenges": [
            {
                "slug": challenge.slug,
                "version": challenge.manifest.version,
                "title": challenge.manifest.title,
                "kind": challenge.manifest.kind,
                "difficulty": challenge.manifest.difficulty,
                "skills": challenge.manifest.skills,
                "stacks": challenge.manifest.stacks,
                "services": {host: table.use for host, table in challenge.manifest.services.items()},
                "folder": str(challenge.folder),
            }
            for challenge in challenges
        ],
        "broken": [
            {
                "folder": str(broken.folder),
                "message": broken.error.message,
                "problems": [str(problem) for problem in broken.error.problems],
            }
            for broken in catalogue.broken
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _row(challenge: Challenge) -> tuple[str, ...]:
    manifest = challenge.manifest
    return (challenge.slug, manifest.title, manifest.kind, manifest.difficulty, ", ".join(manifest.stacks))


def _lines(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield a row of the table; its title goes on below where it is too long."""
    for number, title in enumerate(wrap(row[_TITLE], widths[_TITLE])):
        shown = [title if column == _TITLE else "" if number else value for column, value in enumerate(row)]
        yield _GAP.join(
            value + " " * (width - cells(value)) for value, width in zip(shown, widths, strict=True)
        ).rstrip()


def _entry(row: Sequence[str], style: TextStyle, width: int) -> Iterator[str]:
    slug, title, *facts = row
    yield style.paint(slug, bold=True)
    for text in (title, (" · " if style.unicode else " - ").join(facts)):
        yield from (f"{_GAP}{line}" for line in wrap(text, width - len(_GAP)))
    yield ""


def _values(challenges: Sequence[Challenge]) -> str:
    manifests = [challenge.manifest for challenge in challenges]
    found: dict[str, list[str]] = {
        "kinds": sorted({manifest.kind for manifest in manifests}),
        "skills": sorted({skill for manifest in manifests for skill in manifest.skills}),
        "stacks": sorted({stack for manifest in manifests for stack in manifest.stacks}),
        "difficulties": sorted({manifest.difficulty for manifest in manifests}, key=_DIFFICULTIES.index),
    }
    return "; ".join(f"{name} {', '.join(values)}" for name, values in found.items())
