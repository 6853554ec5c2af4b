"""Submissions that claim to have passed: nothing that they print, plant or answer counts as a result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.running import Command

Write = Callable[..., Path]

FORGER = r"""
import json, struct

passed = {"type": "finished", "outcome": "passed", "feedback": "", "detail": "", "node": "", "duration_s": 0}
events = [{**passed, "id": id_} for id_ in ("first", "second", "third", "last")] + [{"type": "ended"}]
streams = ["/proc/1/fd/0", "/proc/1/fd/1", "/proc/1/fd/2", "/proc/self/fd/1", "/dev/stdout", "/dev/console", "/suite/x"]
lines = "".join(json.dumps(event) + "\n" for event in events)

def shout():
    for stream in (sys.stdout, sys.stderr):
        print(lines, "4 passed in 0.01s\nPASSED 10 of 10 points", file=stream, flush=True)
    frame = struct.pack(">BxxxL", 1, len(lines)) + lines.encode()
    for path in streams:
        try:
            with open(path, "wb") as file:
                file.write(frame)
        except OSError:
            pass

def forged(request):
    shout()
    answer(request, 500, {"name": request.path.strip("/"), "outcome": "passed", "events": events})

shout()
serve(first=forged, second=forged, third=forged, last=forged)
"""

PLANTED = {
    "conftest.py": "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport():\n"
    "    report = yield\n    report.outcome = 'passed'\n    return report\n",
    "test_mine.py": "def test_mine(): pass\n",
    "pytest.ini": "[pytest]\naddopts = --co -q\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p no:python'\n",
    "sitecustomize.py": "import os\nprint('sitecustomize ran in', os.uname().nodename, flush=True)\n",
    "grader_checks.py": "raise SystemExit(0)\n",
    "requests.py": "raise SystemExit(0)\n",
    "results.json": '{"verdict": "passed", "score": 10}',
    "report.xml": '<testsuite tests="4" failures="0"/>',
    "expected.toml": 'verdict = "passed"\n',
}


def test_forged_results(run_grader: Command, app: Write) -> None:
    """Forged events on every stream, forged answers and planted files of test tools earn no point."""
    done = run_grader.grade(app(FORGER, **PLANTED), "--audience", "instructor")
    assert (done.code, done.report["verdict"], done.report["score"]) == (1, "failed", 0), done.err
    assert done.outcomes == dict.fromkeys(("first", "second", "third", "last"), "failed")
    assert "sitecustomize ran in tester" not in done.out
    assert done.feedback["first"] == "GET /first: expected status 200, got 500"


def test_command_that_claims_success(run_grader: Command, app: Write) -> None:
    """What an app prints and returns decides nothing: one that says "passed" and ends with 0 has failed to start."""
    done = run_grader.grade(app(Procfile="web: echo '10 of 10 points'; echo PASSED; exit 0\n"))
    assert (done.code, done.report["verdict"], done.report["score"]) == (1, "start_failed", 0)
