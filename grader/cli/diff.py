"""`grader diff`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from grader.cli._numbers import WholeNumber
from grader.cli._records import comparison_text
from grader.display import TextStyle
from grader.models import Audience

if TYPE_CHECKING:
    from grader.records.comparison import Comparison

SCHEMA_VERSION = 1


@click.command(short_help="Compare two recorded attempts.")
@click.argument("old", type=WholeNumber(1))
@click.argument("new", type=WholeNumber(1))
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.LEARNER.value,
    show_default=True,
    help="An instructor sees silent checks by their names.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what differs as JSON.")
def diff(old: int, new: int, audience: str, as_json: bool) -> None:  # noqa: FBT001 - click passes options by keyword
    """Say what differs between the attempts OLD and NEW: verdict, points, checks, and what they were made with."""
    from grader.records.comparison import compare  # noqa: PLC0415 - these load SQLAlchemy
    from grader.records.store import open_records  # noqa: PLC0415

    with open_records() as records:
        comparison = compare(records.attempt(old), records.attempt(new), Audience(audience))
    if as_json:
        click.echo(render_json(comparison), nl=False)
    else:
        click.echo(comparison_text(comparison, TextStyle.of(sys.stdout)), nl=False)


def render_json(comparison: Comparison) -> str:
    """Return one JSON object: schema_version, the two results, checks[] with old and new, made_with[] that differ."""
    ends = {
        name: {"verdict": grade.verdict, "score": grade.score, "max_score": grade.max_score}
        for name, grade in (("old", comparison.old), ("new", comparison.new))
    }
    document = {
        "schema_version": SCHEMA_VERSION,
        **ends,
        "checks": [{**asdict(check), "differs": check.differs} for check in comparison.checks],
        "made_with": [asdict(fact) for fact in comparison.facts],
    }
    return json.dumps(document, indent=2) + "\n"
