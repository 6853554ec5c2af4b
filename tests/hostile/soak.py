"""Honest submissions graded beside attacks, and `grader prune` meanwhile: `.venv/bin/python -m tests.hostile.soak 20`.

So many gradings, two at a time, half of them attacks of the shipped battery drawn by a seed, which may follow
the number. Prints what was wrong, then the figures. Some five seconds a grading.
"""

from __future__ import annotations

import random
import secrets
import statistics
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.authoring.audit.battery import HONEST, Attack, load_battery
from grader.authoring.audit.overlay import MARKER, hand_in, twin_for, twins_of
from grader.challenge import load_challenge
from grader.engine.client import connect
from tests.running import PROBE, Command, Finished

CLASSES = frozenset({"forgery", "network", "report", "runtime", "tester"})
PASSED = "passed"


def main(gradings: int, seed: int) -> int:
    """Grade so many submissions and return 1 if anything was wrong."""
    rng = random.Random(seed)
    command, wrong, honest_s, attacks_s = Command(), [], [], []
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        for number, attack in enumerate(rng.choices(usable(), k=max(1, gradings // 2))):
            submission = write(attack, Path(name) / str(number))
            beside = pool.submit(command.grade, submission)
            honest = pool.submit(command.grade, PROBE / "solutions" / "reference-python")
            pruned = command("prune")
            done, fair = beside.result(), honest.result()
            honest_s.append(fair.duration_s)
            attacks_s.append(done.duration_s)
            wrong += problems(attack, done, fair, pruned)
    left = command.left_in(connect())
    sys.stdout.writelines(f"{problem}\n" for problem in wrong)
    sys.stdout.write(
        f"seed {seed}: {len(attacks_s)} attacks, {len(honest_s)} honest submissions beside them, {len(wrong)} wrong, "
        f"{len(left)} leftovers\n"
        f"honest: median {statistics.median(honest_s):.1f} s, worst {max(honest_s):.1f} s; "
        f"attacks: median {statistics.median(attacks_s):.1f} s, worst {max(attacks_s):.1f} s\n"
    )
    return 1 if wrong or left else 0


def usable() -> list[Attack]:
    """Return the attacks that an HTTP API in Python can be, without a database."""
    return [attack for attack in load_battery() if attack.class_ in CLASSES and not attack.services]


def write(attack: Attack, folder: Path) -> Path:
    """Write an attack as a submission and return its path."""
    folder.mkdir()
    nowhere = {MARKER: "soak", "AUDIT_PORT": "9", "AUDIT_HOSTS": "198.51.100.1", "AUDIT_READY": "/"}
    return hand_in(attack, twin_for(attack, twins_of(load_challenge(PROBE))), nowhere, folder)


def problems(attack: Attack, done: Finished, fair: Finished, pruned: Finished) -> list[str]:
    """Return what was not as it should be."""
    allowed = {PASSED if word == HONEST else word for word in attack.expect} | (
        {"failed"} if attack.twin != "reference" else set()
    )
    found = []
    if (verdict := done.report["verdict"]) not in allowed:
        found.append(f"{attack.name} ended as {verdict}: {done.err[-300:]}")
    if "breach-soak" in done.out:
        found.append(f"{attack.name} got through: {done.out[done.out.index('breach-soak') :][:200]}")
    if fair.report["verdict"] != PASSED:
        found.append(f"an honest submission beside {attack.name} ended as {fair.report['verdict']}: {fair.err[-300:]}")
    if pruned.code != 0:
        found.append(f"grader prune beside {attack.name}: {pruned.err[-300:]}")
    return found


if __name__ == "__main__":
    numbers = [*map(int, sys.argv[1:])]
    sys.exit(main(*numbers, *(20, secrets.randbits(32))[len(numbers) :]))
