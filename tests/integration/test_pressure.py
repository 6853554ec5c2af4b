"""Keeping the processors busy: only as long as somebody wants it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from grader.authoring.proofs.pressure import MOST_PROCESSES, cpu_pressure
from tests.running import ROOT

HOLD = """
import sys, time
from grader.authoring.proofs.pressure import cpu_pressure
with cpu_pressure():
    print("busy", flush=True)
    time.sleep(60)
"""


def children(pid: int) -> list[int]:
    """Return the processes that `pid` started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_ticks(pid: int) -> int:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_one_process_for_each_processor_is_busy_in_the_block_and_gone_after_it() -> None:
    """They use processor time, and there is a bound to them."""
    before = set(children(os.getpid()))
    with cpu_pressure() as count:
        busy = set(children(os.getpid())) - before
        assert len(busy) == count == min(os.cpu_count() or 1, MOST_PROCESSES)
        deadline = time.monotonic() + 20
        while any(cpu_ticks(pid) < 10 for pid in busy):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert set(children(os.getpid())) == before


def test_nobody_stays_busy_for_a_killed_grader() -> None:
    """They look whether their parent is there, since a killed one cannot end them."""
    parent = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"busy\n"
        busy = children(parent.pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert busy
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in busy):
        assert time.monotonic() < deadline
        time.sleep(0.05)
