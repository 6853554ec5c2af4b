"""`make bench`: time to a verdict, to a database and for a class, beside what Docker needs and what hands do."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from benchmarks.by_hand import ByHand
from benchmarks.database import engine_alone, plain, prepared
from benchmarks.floor import floor
from benchmarks.many import print_throughput, throughput
from grader.catalogue import find_challenge
from grader.engine.client import connect
from grader.engine.engine import Engine
from grader.grading import grade
from grader.models import Verdict

CHALLENGE = "todo-api"
SOLUTION = "reference-flask"
TURNS = 2


@click.command()
@click.option("--runs", default=7, show_default=True, help="Counted runs of each; one more before them warms up.")
@click.option(
    "--class",
    "count",
    default=12,
    show_default=True,
    help="Submissions of a class, graded twice each way; 0: no class.",
)
@click.option("--only-class", is_flag=True, help="Measure nothing but the class.")
def main(runs: int, count: int, only_class: bool) -> None:  # noqa: FBT001 - click passes options by keyword
    """Run each measurement in turn, again and again, and print a table of seconds and ratios."""
    if not only_class:
        _single(runs)
    if count:
        challenge = find_challenge(CHALLENGE)
        submission = challenge.folder / "solutions" / SOLUTION
        # in turn, so that what else the machine does hits both
        turns = [throughput(challenge, submission, jobs=jobs, count=count) for _ in range(TURNS) for jobs in (1, 2)]
        print_throughput(f"{CHALLENGE}, {SOLUTION}, a class", turns)


def _single(runs: int) -> None:
    challenge = find_challenge(CHALLENGE)
    submission = challenge.folder / "solutions" / SOLUTION
    client = connect()
    by_hand = ByHand(client, challenge, submission)
    try:
        verdicts = _measured(
            runs,
            {
                "a  bare Docker calls for one container": lambda: floor(client, submission),
                "b  grader grade, to the verdict": lambda: graded(submission),
                "c  by hand, to pytest's last line": lambda: by_hand.run()[0],
            },
        )
    finally:
        by_hand.close()
    _print(f"{CHALLENGE}, {SOLUTION}", verdicts, {"b / a": (1, 0), "c / b": (2, 1)})
    databases = _measured(
        runs,
        {
            "d  the Engine alone, nothing in the container": lambda: engine_alone(client),
            "e  PostgreSQL, data prepared in the image": lambda: prepared(client),
            "f  PostgreSQL, data made at the start": lambda: plain(client),
        },
    )
    _print("a database of its own, until it serves", databases, {"e / d": (1, 0), "f / e": (2, 1)})


def _measured(runs: int, measurements: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Return the seconds of each measurement, made in turn so that what else the machine does hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in measurements}
    try:
        for turn in range(runs + 1):
            for name, measure in measurements.items():
                click.echo(f"\rrun {turn} of {runs}: {name:50}", err=True, nl=False)
                took = measure()
                if turn > 0:
                    seconds[name].append(took)
    finally:
        click.echo("\r" + " " * 70 + "\r", err=True, nl=False)
    return seconds


def graded(submission: Path) -> float:
    """Return the seconds from the call to the verdict; what comes after, the removal, is waited for and not counted."""
    began = time.perf_counter()
    challenge = find_challenge(CHALLENGE)
    with Engine() as engine:
        attempt = grade(challenge, submission, engine)
        took = time.perf_counter() - began
    if attempt.grade.verdict is not Verdict.PASSED:
        sys.exit(f"the reference did not pass: {attempt.grade.verdict} {attempt.grade.message}")
    return took


def _print(title: str, seconds: dict[str, list[float]], ratios: dict[str, tuple[int, int]]) -> None:
    """Print a table of seconds, and of ratios: name -> the numbers of the rows above and below the line."""
    rows = list(seconds.values())
    click.echo(f"{title}: {len(rows[0])} runs each, seconds\n")
    click.echo(f"{'':45} {'min':>6} {'median':>7} {'max':>6}")
    for name, values in seconds.items():
        click.echo(_row(name, values))
    click.echo()
    for name, (above, below) in ratios.items():
        click.echo(_row(name, [one / other for one, other in zip(rows[above], rows[below], strict=True)]))
    click.echo()


def _row(name: str, values: Sequence[float]) -> str:
    return f"{name:45} {min(values):6.2f} {statistics.median(values):7.2f} {max(values):6.2f}"


if __name__ == "__main__":
    main()
