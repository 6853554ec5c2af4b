"""`grader prune`."""

from __future__ import annotations

import click

from grader.display import number_of


@click.command(short_help="Remove what killed runs left in Docker.")
@click.option("--all", "everything", is_flag=True, help="Also what belongs to runs that are still going on.")
def prune(everything: bool) -> None:  # noqa: FBT001 - click passes options by keyword
    """Remove the containers and networks of runs whose grader was killed or whose deadline is past."""
    from grader.engine.client import connect  # noqa: PLC0415 - loads Docker's SDK
    from grader.engine.sweep import remove_abandoned, remove_all  # noqa: PLC0415

    client = connect()
    swept = remove_all(client) if everything else remove_abandoned(client)
    click.echo(f"removed {number_of(swept.containers, 'container')} and {number_of(swept.networks, 'network')}")
