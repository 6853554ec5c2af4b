"""A class, one at a time and two at a time: seconds a submission, and the memory of the grader as it goes on."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from grader.batch.entries import find_class
from grader.batch.results import Results
from grader.batch.run import Began, Ended, grade_all
from grader.challenge import Challenge
from grader.engine.engine import Engine
from grader.models import Suite, Verdict


@dataclass(frozen=True, slots=True)
class Throughput:
    """How a class was graded: wall seconds, removal included, and resident memory after a quarter and at the end."""

    jobs: int
    submissions: int
    took_s: float
    early_mib: float
    late_mib: float


def throughput(challenge: Challenge, submission: Path, *, jobs: int, count: int) -> Throughput:
    """Grade `count` copies of a submission, `jobs` at a time, and return how that went."""
    memory: list[float] = []

    def watch(event: Began | Ended) -> None:
        if isinstance(event, Ended):
            memory.append(_resident_mib())
            click.echo(f"\r{jobs} at a time: {len(memory)} of {count}  ", err=True, nl=False)

    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as scratch:
        for number in range(count):
            shutil.copytree(submission, Path(scratch) / "class" / f"s{number:03}")
        entries = find_class([], [Path(scratch) / "class"]).entries
        began = time.perf_counter()
        with Results(Path(scratch) / "results", challenge, Suite.HIDDEN) as results, Engine() as engine:
            graded = grade_all(entries, results, engine, jobs=jobs, watch=watch, keep=lambda *_: None)
        took_s = time.perf_counter() - began
    click.echo("\r" + " " * 40 + "\r", err=True, nl=False)
    if any(result.verdict != Verdict.PASSED for result in graded):
        sys.exit(f"not every copy passed: {[result.verdict for result in graded]}")
    return Throughput(jobs, count, took_s, memory[count // 4], memory[-1])


def print_throughput(title: str, turns: list[Throughput]) -> None:
    """Print a table with the sum of all turns of each number of jobs, and how many times as fast as the first it is."""
    click.echo(f"{title}: {turns[0].submissions} submissions a turn\n")
    click.echo(
        f"{'at a time':>9} {'seconds':>8} {'a submission':>13} {'speed-up':>9} {'MiB early':>10} {'MiB late':>9}"
    )
    sums: dict[int, tuple[float, int]] = {}
    for turn in turns:
        took_s, count = sums.get(turn.jobs, (0.0, 0))
        sums[turn.jobs] = (took_s + turn.took_s, count + turn.submissions)
    (first_s, _), *_ = sums.values()
    for jobs, (took_s, count) in sums.items():
        early = max(turn.early_mib for turn in turns if turn.jobs == jobs)
        late = max(turn.late_mib for turn in turns if turn.jobs == jobs)
        each, gain = took_s / count, first_s / took_s
        click.echo(f"{jobs:9} {took_s:8.1f} {each:13.2f} {gain:9.2f} {early:10.0f} {late:9.0f}")
    click.echo()


def _resident_mib() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
