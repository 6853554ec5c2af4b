"""`grader images`."""

from __future__ import annotations

import click

from grader.cli._numbers import WholeNumber


@click.group(short_help="Build the images that grading needs.")
def images() -> None:
    """Build the images that grading needs, and tell which are missing."""


@images.command(short_help="Build the missing ones of NAME..., by default all.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--jobs", type=WholeNumber(1, 16), default=3, show_default=True, help="How many at a time.")
def build(names: tuple[str, ...], jobs: int) -> None:
    """Build those of NAME... that do not exist for the present sources, and the images that they stand on."""
    from grader.engine.client import connect  # noqa: PLC0415 - loads Docker's SDK
    from grader.engine.images import build_images  # noqa: PLC0415
    from grader.recipes import image_names  # noqa: PLC0415

    build_images(connect(), list(names) or image_names(), lambda line: click.echo(line, err=True), jobs=jobs)


@images.command("list", short_help="Show every image and whether it is built.")
def list_() -> None:
    """Show every image of the grader, and whether it is built from the present sources."""
    from grader.engine.client import connect  # noqa: PLC0415
    from grader.engine.images import missing_images  # noqa: PLC0415
    from grader.recipes import image_names, image_ref  # noqa: PLC0415

    missing = missing_images(connect(), image_names())
    for name in image_names():
        click.echo(f"{'missing' if name in missing else 'built':8} {name:16} {image_ref(name)}")
