"""What a learner can read of a hidden suite: titles, hints and the messages that its author wrote, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import PROBE, Command, write_challenge

Write = Callable[..., Path]

# Prints whatever it is asked, and fails each check in another way.
SPY = """
def spy(status=200, wait_s=0):
    def handle(request):
        print("asked for", request.path, dict(request.headers), flush=True)
        time.sleep(wait_s)
        answer(request, status)
    return handle

print("booted", flush=True)
serve(first=spy(), second=spy(500), third=spy(404), last=spy(wait_s=600), secret=spy(), canary=spy())
"""

ERRORS = """
CANARY = "CANARY"

@pytest.fixture
def broken():
    raise RuntimeError("CANARY in a fixture")

@pytest.mark.check(points=1, group="g")
def test_setup(broken):
    '''A fixture breaks.'''

@pytest.mark.check(points=1, group="g")
def test_call(api):
    '''The check breaks.'''
    api.get("/secret")
    raise KeyError("CANARY in a check")

@pytest.mark.check(points=1, group="g")
@pytest.mark.xfail(reason="CANARY")
def test_expected():
    '''It was expected to fail.'''
    assert CANARY == ""

@pytest.mark.check(points=1, group="g")
@pytest.mark.xfail(reason="CANARY")
def test_unexpected():
    '''It was expected to fail and does not.'''

@pytest.mark.check(points=1, group="g")
def test_skipped():
    '''It is skipped.'''
    pytest.skip("CANARY")

@pytest.mark.check(points=1, group="g")
def test_failed():
    '''It fails.'''
    pytest.fail("CANARY")
"""


@pytest.mark.parametrize("format_", ["text", "json"])
def test_nothing_hidden_is_shown(run_grader: Command, app: Write, tmp_path: Path, format_: str) -> None:
    """No report for a learner holds a byte of the suite's code, values, output or requests; an instructor's does."""
    submission = app(SPY)
    for challenge in (PROBE, write_challenge(tmp_path / "probe", ERRORS)):
        done = run_grader("grade", challenge, submission, "--format", format_)
        assert done.code == 1, done.err
        for hidden in ("CANARY", "asked for", "Traceback", "test_paths", "api.get", "/suite", "RuntimeError"):
            assert hidden not in done.out + done.err
        assert "booted" in done.out
    told = run_grader("grade", tmp_path / "probe", submission, "--format", format_, "--audience", "instructor")
    for shown in ("CANARY in a check", "asked for /secret", "test_paths.py", "booted"):
        assert shown in told.out


def test_outcomes_that_earn_nothing(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A check that breaks, is skipped or expected to fail earns nothing, and only a failure is the learner's."""
    done = run_grader.grade(app(), challenge=write_challenge(tmp_path / "probe", ERRORS))
    assert done.report["score"] == 0
    assert done.outcomes == {
        "setup": "errored",
        "call": "errored",
        "expected": "failed",
        "unexpected": "skipped",
        "skipped": "skipped",
        "failed": "failed",
    }
