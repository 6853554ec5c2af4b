"""`make bench`: time to a verdict beside the bare Docker calls, and beside what people do without a grader."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks.by_hand import ByHand
from benchmarks.floor import floor
from grader.challenge import find_challenge
from grader.engine.client import connect
from grader.engine.engine import Engine
from grader.grading import grade
from grader.models import Verdict

CHALLENGE = "todo-api"
SOLUTION = "reference-flask"


@click.command()
@click.option("--runs", default=7, show_default=True, help="Counted runs of each; one more before them warms up.")
def main(runs: int) -> None:
    """Run each measurement in turn, again and again, and print a table of seconds and ratios."""
    challenge = find_challenge(CHALLENGE)
    submission = challenge.folder / "solutions" / SOLUTION
    client = connect()
    by_hand = ByHand(client, challenge, submission)
    measurements: dict[str, Callable[[], float]] = {
        "a  bare Docker calls for one container": lambda: floor(client, submission),
        "b  grader grade, to the verdict": lambda: graded(submission),
        "c  by hand, to pytest's last line": lambda: by_hand.run()[0],
    }
    seconds: dict[str, list[float]] = {name: [] for name in measurements}
    try:
        for turn in range(runs + 1):
            for name, measure in measurements.items():
                click.echo(f"\rrun {turn} of {runs}: {name:45}", err=True, nl=False)
                took = measure()
                if turn > 0:
                    seconds[name].append(took)
    finally:
        by_hand.close()
        click.echo("\r" + " " * 70 + "\r", err=True, nl=False)
    _print(seconds)


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


def _print(seconds: dict[str, list[float]]) -> None:
    click.echo(f"{CHALLENGE}, {SOLUTION}, {len(next(iter(seconds.values())))} runs each, seconds\n")
    click.echo(f"{'':45} {'min':>6} {'median':>7} {'max':>6}")
    for name, values in seconds.items():
        click.echo(f"{name:45} {min(values):6.2f} {statistics.median(values):7.2f} {max(values):6.2f}")
    floor_s, grade_s, hand_s = seconds.values()
    click.echo()
    for name, above, below in (("b / a", grade_s, floor_s), ("c / b", hand_s, grade_s)):
        ratios = [one / other for one, other in zip(above, below, strict=True)]
        click.echo(f"{name:45} {min(ratios):6.2f} {statistics.median(ratios):7.2f} {max(ratios):6.2f}")


if __name__ == "__main__":
    main()
