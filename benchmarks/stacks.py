"""`python -m benchmarks.stacks`: how long an app of each stack takes to answer, and how much memory it has then.

The apps are the references of `todo-api`, in containers as a run makes them. Processor time says more than seconds: it
hardly depends on what else the machine does.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import click
import docker

from benchmarks.floor import benchmark_network, reach
from grader.catalogue import find_challenge
from grader.challenge import Challenge
from grader.engine.client import connect
from grader.engine.containers import APP_PORT, AppContainer, Containers
from grader.engine.networks import RunNetwork
from grader.engine.ownership import labels
from grader.engine.sweep import remove_run
from grader.models import Submission
from grader.solutions import Solution, load_solutions
from grader.stacks import Stack, detect_stack, limits_for, start_command
from grader.submission import to_tar

CHALLENGE = "todo-api"
RUN_ID = "benchmark-stacks"
REQUESTS = 300
MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Boot:
    """What one start of an app took, and the memory it had then and after `REQUESTS` requests."""

    seconds: float
    cpu_s: float
    booted_bytes: int
    busy_bytes: int


@click.command()
@click.option("--runs", default=3, show_default=True, help="Starts of each app; medians are printed.")
def main(runs: int) -> None:
    """Start the references of a challenge one after the other, and print a table in Markdown."""
    client, challenge = connect(), find_challenge(CHALLENGE)
    click.echo(
        "| stack | reference | image, MiB | answers after, s | processor, s | memory then, MiB | "
        f"after {REQUESTS} requests |\n"
        "|---|---|---|---|---|---|---|"
    )
    for solution in (each for each in load_solutions(challenge) if each.expected is None):
        stack = detect_stack(solution.submission, challenge.manifest.stacks)
        boots = list(_boots(client, challenge, stack, solution, runs))
        size = client.inspect_image(stack.image_ref)["Size"] / MIB
        row = (
            *(stack.name, solution.name.removeprefix("reference-"), f"{size:.0f}"),
            f"{statistics.median(boot.seconds for boot in boots):.1f}",
            f"{statistics.median(boot.cpu_s for boot in boots):.1f}",
            f"{statistics.median(boot.booted_bytes for boot in boots) / MIB:.0f}",
            f"{statistics.median(boot.busy_bytes for boot in boots) / MIB:.0f}",
        )
        click.echo(f"| {' | '.join(row)} |")


def _boots(
    client: docker.APIClient, challenge: Challenge, stack: Stack, solution: Solution, runs: int
) -> Iterator[Boot]:
    for turn in range(runs):
        click.echo(f"\r{solution.name} {turn + 1} of {runs}\x1b[K", err=True, nl=False)
        network = benchmark_network(client, RUN_ID)
        try:
            yield _boot(client, network, challenge, stack, solution.submission)
        finally:
            remove_run(client, RUN_ID)
    click.echo("\r\x1b[K", err=True, nl=False)


def _boot(
    client: docker.APIClient, network: RunNetwork, challenge: Challenge, stack: Stack, submission: Submission
) -> Boot:
    containers = Containers(client, network, labels(RUN_ID, "1", time.time() + 300), apparmor=False)
    app = containers.create_app(
        stack.image_ref,
        start_command(submission, stack),
        stack.environment,
        limits_for(stack, challenge.limits),
        to_tar(submission),
    )
    app.start()
    began = time.perf_counter()
    url = f"http://{network.addresses.app}:{APP_PORT}"
    reach(f"{url}/", limit_s=60)
    took, booted = time.perf_counter() - began, app.usage()
    return Boot(took, booted.cpu_s, booted.memory_bytes, _memory_when_busy(app, url))


def _memory_when_busy(app: AppContainer, url: str) -> int:
    for number in range(REQUESTS):
        body = json.dumps({"title": f"to-do {number}", "notes": "n" * 200}).encode()
        request = urllib.request.Request(f"{url}/todos", body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - an app of ours
            if response.status != 201:
                sys.exit(f"POST /todos answered {response.status}")
    return app.usage().memory_bytes


if __name__ == "__main__":
    main()
