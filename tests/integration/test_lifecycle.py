"""However a run ends, nothing of it stays in Docker; and runs do not disturb each other."""

from __future__ import annotations

import itertools
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from grader.engine.ownership import OWNER
from tests.running import PROBE, Command, finish, wait_for_line, write_app

Write = Callable[..., Path]
HANGS = "serve(second=lambda request: time.sleep(600))"
NEVER_LISTENS = "time.sleep(600)"
REQUIREMENTS = "six==1.16.0\n"


def until_network(process: subprocess.Popen[str], engine: docker.APIClient) -> None:
    """Return once the Engine knows a network of the process."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        owners = [network["Labels"].get(OWNER, "") for network in engine.networks(filters={"label": OWNER})]
        if any(f"/{process.pid}/" in owner for owner in owners):
            return
    raise AssertionError("no network was made")


def until_line(text: str) -> Callable[[subprocess.Popen[str], docker.APIClient], None]:
    """Return a function that waits until the process says `text`."""
    return lambda process, _: wait_for_line(process, text)


PHASES = {
    "reading": (HANGS, until_line("reading the submission")),
    "network": (HANGS, until_network),
    "tester": (HANGS, until_line("starting the tester")),
    "start": (NEVER_LISTENS, until_line("4 checks")),
    "checks": (HANGS, until_line("[1/4]")),
}
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize(("phase", "sign"), list(zip(PHASES, itertools.cycle(SIGNALS), strict=False)))
def test_interrupted(
    run_grader: Command, app: Write, engine: docker.APIClient, phase: str, sign: signal.Signals
) -> None:
    """Ctrl-C and SIGTERM, even when another follows, remove everything before the process ends with 130."""
    code, until = PHASES[phase]
    process = run_grader.start("grade", PROBE, app(code))
    until(process, engine)
    process.send_signal(sign)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert run_grader.left_in(engine) == []
    assert done.code == 130
    assert "interrupted; what was started is removed" in done.err
    assert "Traceback" not in done.err
    assert done.duration_s < 15


def test_killed(run_grader: Command, engine: docker.APIClient, tmp_path: Path) -> None:
    """What a killed grader leaves is removed by `grader prune`, and by whoever grades next; running graders stay."""
    fine = write_app(tmp_path / "fine")
    running = run_grader.start("grade", PROBE, write_app(tmp_path / "hangs", HANGS), "--format", "json")
    for phase in ("checks", "start", "network"):
        code, until = PHASES[phase]
        victim = Command()
        process = victim.start("grade", PROBE, write_app(tmp_path / phase, code))
        until(process, engine)
        process.kill()
        process.communicate()
        if phase == "start":
            assert run_grader.grade(fine).code == 0
            assert victim.left_in(engine) == []
        else:
            assert victim.left_after_prune(engine) == []
    survived = finish(running)
    assert (survived.code, survived.report["score"]) == (1, 8), survived.err


def test_two_sweeps_of_the_same(run_grader: Command, app: Write, engine: docker.APIClient) -> None:
    """Several graders that start after a kill all sweep, and none of them is disturbed by the others."""
    victim = Command()
    process = victim.start("grade", PROBE, app(HANGS))
    wait_for_line(process, "[1/4]")
    app()
    process.kill()
    process.communicate()
    graders = [run_grader.start("grade", PROBE, app()) for _ in range(2)]
    graders.append(run_grader.start("prune"))
    for each in graders:
        done = finish(each)
        assert done.code == 0, done.err
        assert "could not clean up" not in done.err
    assert victim.left_in(engine) == []


def test_two_graders_at_once(run_grader: Command, tmp_path: Path) -> None:
    """Graders at work at the same time each judge their own app."""
    good = write_app(tmp_path / "good", "serve(last=lambda request: (time.sleep(0.5), answer(request)))")
    bad = write_app(tmp_path / "bad", "serve(second=lambda request: (time.sleep(0.5), answer(request, 500)))")
    processes = [run_grader.start("grade", PROBE, folder, "--format", "json") for folder in (good, bad, good)]
    graded = [finish(process) for process in processes]
    assert [done.report["score"] for done in graded] == [10, 8, 10]
    assert [done.report["restarts"] for done in graded] == [[], [], []]


def test_hang_up(run_grader: Command, app: Write, engine: docker.APIClient) -> None:
    """A terminal that goes away ends a run as Ctrl-C does; one that nohup protects goes on."""
    process = run_grader.start("grade", PROBE, app(HANGS))
    wait_for_line(process, "[1/4]")
    process.send_signal(signal.SIGHUP)
    assert finish(process).code == 130
    assert run_grader.left_in(engine) == []
    protected = run_grader.start("grade", PROBE, app(), preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wait_for_line(protected, "starting the tester")
    protected.send_signal(signal.SIGHUP)
    assert finish(protected).code == 0
