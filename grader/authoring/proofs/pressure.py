"""Keeps this machine's processors busy, so that a check that depends on speed shows it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

MOST_PROCESSES = 8

# It looks after each tenth of a second whether its parent is still there, so that none survives a killed grader.
_BUSY = """
import os, time
parent = int(os.environ["BUSY_FOR"])
while os.getppid() == parent:
    until = time.monotonic() + 0.1
    while time.monotonic() < until:
        pass
"""


@contextmanager
def cpu_pressure() -> Iterator[int]:
    """Keep one process busy for each processor, 8 at most, while the block runs; yields how many."""
    count = min(os.cpu_count() or 1, MOST_PROCESSES)
    environment = {"BUSY_FOR": str(os.getpid())}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.extend(_start_one(environment) for _ in range(count))
        yield count
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _start_one(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this Python, and a program that stands above
        [sys.executable, "-I", "-S", "-c", _BUSY], env=environment, stdin=subprocess.DEVNULL
    )
