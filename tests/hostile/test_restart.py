"""Submissions that hold up their own restart, to pass for one that stores what it was told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import Command, write_challenge

Write = Callable[..., Path]

# Keeps its visits in memory only. `launch`, which kills and restarts it, runs as the same user.
FORGETFUL = """
import glob, signal

visits = 0

def visit(request):
    global visits
    visits += 1
    answer(request, body={"memory": visits})

def launchers():
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        with open(path, "rb") as file:
            if b"/launch\\0" in file.read() and path != "/proc/1/cmdline":
                yield int(path.split("/")[2])

"""

TRICKS = {
    "halts the launcher": "for pid in launchers(): os.kill(pid, signal.SIGSTOP)\nserve(visit=visit)",
    "and drops idle connections": (
        "for pid in launchers(): os.kill(pid, signal.SIGSTOP)\nimport small\n"
        "small.BaseHTTPRequestHandler.timeout = 0.05\nserve(visit=visit)"
    ),
}

CHECKS = """
@pytest.mark.check(points=1, group="g")
def test_restarts(api, app):
    '''It loses its memory.'''
    for _ in range(3):
        api.get("/visit").expect(200)
    app.restart()
    expect(api.get("/visit").json()["memory"] == 1, "it remembers")

@pytest.mark.check(points=1, group="g")
def test_answers(api):
    '''It answers.'''
    api.get("/answers").expect(200)
"""


@pytest.mark.parametrize("trick", TRICKS)
def test_memory_does_not_survive(run_grader: Command, app: Write, tmp_path: Path, trick: str) -> None:
    """An app that keeps `launch` from killing it is killed with its whole container."""
    challenge = write_challenge(tmp_path / "probe", CHECKS, check_s=20)
    done = run_grader.grade(app(FORGETFUL + TRICKS[trick]), challenge=challenge)
    assert done.outcomes == {"restarts": "passed", "answers": "passed"}, done.feedback
