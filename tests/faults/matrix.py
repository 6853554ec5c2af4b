"""Every fault at every call of a run, and the figures: `.venv/bin/python -m tests.faults.matrix`, about 20 minutes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from grader.engine.client import connect
from tests.faults.calls import CALLS, rule
from tests.faults.conftest import CHECKS, PROGRAM, assert_right
from tests.faults.proxy import EngineProxy, Fault
from tests.running import Command, write_app, write_challenge

# Where a kind of trouble needs a stream, `test_streams.py` has it.
KINDS = [fault for fault in Fault if fault is not Fault.INPUT_TRUNCATED]


def main() -> int:
    """Print each outcome that is wrong, then the figures; return 1 if there was one."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    engine = connect()
    injected = right = leftovers = 0
    worst_s = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        challenge = write_challenge(folder / "faults", CHECKS, start_s=10, check_s=10)
        submission = write_app(folder / "app")
        for call, fault in [(call, fault) for call in CALLS for fault in KINDS]:
            command = Command(sys.executable, "-c", PROGRAM)
            with EngineProxy(folder, rule(call, fault)) as proxy:
                done = command.grade(submission, challenge=challenge, env={"DOCKER_HOST": proxy.host})
            injected += proxy.injected
            worst_s = max(worst_s, done.duration_s)
            try:
                assert_right(done)
                right += proxy.injected
            except AssertionError as error:
                sys.stdout.write(f"{call}, {fault}: {str(error)[:300]}\n")
            command("prune")
            leftovers += len(command.left_in(engine))
    found = f"faults injected {injected}, right outcome {right}, leftovers {leftovers}"
    sys.stdout.write(f"{found}, worst time to an end {worst_s:.0f} s\n")
    return int(right != injected or leftovers > 0)


if __name__ == "__main__":
    sys.exit(main())
