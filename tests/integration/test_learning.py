"""The way of a learner: start, check, watch; the public suite runs as the hidden one does."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from grader.submission import load_submission
from tests.running import Command, finish, wait_for_line, write_app, write_challenge

WRONG = "serve(first=lambda request: answer(request, 500))"
HANGS = "serve(first=lambda request: time.sleep(600))"
WAITING = "waiting for you to save"


@pytest.fixture
def begun(run_grader: Command, tmp_path: Path) -> Path:
    """Return the folder that `grader start` made for a challenge in a private repository."""
    challenge = write_challenge(tmp_path / "private" / "shelter")
    write_app(challenge / "starter" / "python")
    started = run_grader("start", "shelter", tmp_path / "mine", env={"GRADER_CHALLENGES": str(tmp_path / "private")})
    assert started.code == 0, started.err
    return tmp_path / "mine"


def steady(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what differs from run to run."""
    checks = [{key: value for key, value in check.items() if key != "duration_s"} for check in report["checks"]]
    return {**report, "checks": checks, "timings": []}


def test_check_is_what_grade_does_with_the_public_suite(run_grader: Command, begun: Path, tmp_path: Path) -> None:
    """From any folder below, without naming the challenge, `grader check` gives the report of `grader grade`."""
    (begun / "deep").mkdir()
    checked = run_grader("check", begun / "deep", "--format", "json", "--seed", "7")
    assert checked.code == 0, checked.err
    assert checked.outcomes == {"first": "passed"}
    assert checked.report["provenance"]["suite"] == "public"
    assert checked.report["provenance"]["submission_digest"].endswith(load_submission(begun).digest)
    assert checked.report["notes"] == ["left out of the submission: .grader.toml, checks"]
    graded = run_grader.grade(begun, "--public", "--seed", "7", challenge=tmp_path / "private" / "shelter")
    assert steady(graded.report) == steady(checked.report)
    write_app(begun, WRONG)
    failed = run_grader("check", begun)
    assert failed.code == 1
    assert "GET /first: expected status 200, got 500" in failed.out


def test_changing_the_copies_of_the_checks_changes_nothing(run_grader: Command, begun: Path) -> None:
    """What runs is the challenge's own suite: a learner's code never gets into the tester."""
    for path in (begun / "checks").iterdir():
        path.write_text("raise SystemExit('CANARY')\n")
    checked = run_grader("check", begun, "--format", "json")
    assert checked.outcomes == {"first": "passed"}, checked.err


def test_a_newer_version_of_the_challenge_is_told(run_grader: Command, begun: Path, tmp_path: Path) -> None:
    """Statement and checks in the folder are then those of before, and the learner knows how to get the new ones."""
    write_challenge(tmp_path / "private" / "shelter", version="1.1.0")
    checked = run_grader("check", begun, "--format", "json")
    assert checked.outcomes == {"first": "passed"}
    assert "shelter is at version 1.1.0 now, and this folder was started from 1.0.0" in checked.err
    assert "grader start shelter DIR --stack python" in checked.err


def test_a_challenge_that_is_away_is_told_to_programs_too(run_grader: Command, begun: Path, tmp_path: Path) -> None:
    """The document on standard output holds the error, and where the challenge is now can be said."""
    (tmp_path / "private").rename(tmp_path / "moved")
    checked = run_grader("check", begun, "--format", "json")
    assert checked.code == 4
    assert "is not there any more" in checked.error["message"]
    assert run_grader("check", begun, "--challenges", tmp_path / "moved").code == 0


@pytest.fixture
def watching(run_grader: Command, begun: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Return a function that starts `grader watch`, whose reports go to the file `reports`."""
    with (tmp_path / "reports").open("w") as reports:
        yield lambda: run_grader.start("watch", begun, stdout=reports)


def results(tmp_path: Path) -> list[str]:
    """Return verdict and points of every run so far, without the time of day."""
    lines = (tmp_path / "reports").read_text().splitlines()
    return [line.partition("  ")[2] for line in lines if line[2:3] == ":" and line[5:6] == ":"]


def test_every_save_is_checked(
    watching: Callable[[], subprocess.Popen[str]],
    run_grader: Command,
    engine: docker.APIClient,
    begun: Path,
    tmp_path: Path,
) -> None:
    """A run at once, one after each save, one for all that was saved during a run; Ctrl-C leaves nothing in Docker."""
    process = watching()
    wait_for_line(process, WAITING)
    assert results(tmp_path) == ["PASSED  1 of 1 point"]

    write_app(begun, WRONG)
    wait_for_line(process, "running the checks")
    write_app(begun)
    (begun / "notes.txt").write_text("half")
    wait_for_line(process, WAITING)
    wait_for_line(process, "  app.py, notes.txt, small.py")
    wait_for_line(process, WAITING)
    assert results(tmp_path)[1:] == ["FAILED  0 of 1 point (1 before)", "PASSED  1 of 1 point (0 before)"]

    (begun / "checks" / "test_public.py").write_text("")
    (begun / ".app.py.swp").write_text("")
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    ended = finish(process)
    assert ended.code == 130
    assert "reading the submission" not in ended.err
    assert ended.err.endswith("no longer waiting; nothing was running\n")
    assert len(results(tmp_path)) == 3
    assert run_grader.left_in(engine) == []


def test_what_cannot_be_graded_does_not_end_it(
    watching: Callable[[], subprocess.Popen[str]], begun: Path, tmp_path: Path
) -> None:
    """A submission that is broken for a moment is told, and the next save is checked as usual."""
    (begun / "app.py").unlink()
    process = watching()
    wait_for_line(process, "no runnable app")
    wait_for_line(process, WAITING)
    write_app(begun)
    wait_for_line(process, WAITING)
    assert results(tmp_path) == ["PASSED  1 of 1 point"]


def test_interrupted_in_the_midst_of_a_run(
    watching: Callable[[], subprocess.Popen[str]], run_grader: Command, engine: docker.APIClient, begun: Path
) -> None:
    """Ctrl-C does not wait for the checks, and removes what they need."""
    write_app(begun, HANGS)
    process = watching()
    wait_for_line(process, "running the checks")
    process.send_signal(signal.SIGINT)
    ended = finish(process)
    assert ended.code == 130
    assert ended.duration_s < 15
    assert run_grader.left_in(engine) == []
