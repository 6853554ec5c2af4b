"""The Engine goes away, its images or its networks do, or nobody is left to clean up: at every phase of a run."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path

import docker
import pytest

from grader.engine.client import connect
from grader.engine.networks import create_run_network
from grader.engine.ownership import labels
from grader.engine.sweep import remove_run
from tests.faults.proxy import EngineProxy, Fault, Rule
from tests.running import PROBE, Command, Finished, finish, wait_for_line, write_app

HANGS = "serve(second=lambda request: time.sleep(600))"
NEVER_LISTENS = "time.sleep(600)"
# Phase -> the app, and the line of progress with which it begins.
PHASES = {
    "reading": (HANGS, "reading the submission"),
    "tester": (HANGS, "starting the tester"),
    "app": (HANGS, "starting the app"),
    "start": (NEVER_LISTENS, "4 checks"),
    "first check": (HANGS, "[1/4]"),
    "second check": (HANGS, "[2/4]"),
}
POOL = IPv4Network("10.214.78.0/28")  # room for one run, outside the default range


@pytest.mark.parametrize("phase", PHASES)
def test_engine_that_goes_away(
    impatient: Command, proxied: Callable[..., EngineProxy], tmp_path: Path, engine: docker.APIClient, phase: str
) -> None:
    """An Engine that stops is the operator's: no score, the next command, and `prune` removes what it kept."""
    code, line = PHASES[phase]
    proxy = proxied()
    submission = write_app(tmp_path / "app", code)
    process = impatient.start("grade", PROBE, submission, "--format", "json", env={"DOCKER_HOST": proxy.host})
    wait_for_line(process, line)
    proxy.vanish()
    done = finish(process)
    assert done.code == 5, done.err
    assert done.error["hint"]
    assert "Traceback" not in done.err
    assert impatient.left_after_prune(engine) == []


@pytest.mark.parametrize("call", ["create/tester", "app/start", "app/kill"])
def test_engine_that_goes_away_at_a_call(graded: Callable[..., Finished], call: str) -> None:
    """The same in the middle of what it was asked for."""
    assert graded(Rule(Fault.ENGINE_GONE, "POST", f"/containers/{call}")).code == 5


@pytest.mark.parametrize("phase", ["reading", "tester", "app", "second check"])
def test_grader_that_is_killed(tmp_path: Path, engine: docker.APIClient, phase: str) -> None:
    """Whenever `kill -9` comes, `grader prune` finds everything that was made."""
    code, line = PHASES[phase]
    victim = Command()
    process = victim.start("grade", PROBE, write_app(tmp_path / "app", code))
    wait_for_line(process, line)
    process.kill()
    process.communicate()
    assert victim.left_after_prune(engine) == []


@pytest.mark.parametrize(("phase", "sign"), [("app", signal.SIGTERM), ("second check", signal.SIGINT)])
def test_grader_that_is_interrupted_while_docker_is_slow(
    impatient: Command,
    proxied: Callable[..., EngineProxy],
    tmp_path: Path,
    engine: docker.APIClient,
    phase: str,
    sign: signal.Signals,
) -> None:
    """Ctrl-C waits for the calls that are under way, and then for the removal, however slow they are."""
    code, line = PHASES[phase]
    proxy = proxied(Rule(Fault.SLOW, ".*", "/containers/(create/)?app.*", times=None))
    process = impatient.start("grade", PROBE, write_app(tmp_path / "app", code), env={"DOCKER_HOST": proxy.host})
    wait_for_line(process, line)
    process.send_signal(sign)
    done = finish(process)
    assert done.code == 130
    assert impatient.left_in(engine) == []


def test_image_that_is_removed_after_it_was_looked_up(graded: Callable[..., Finished]) -> None:
    """The next command is the one that builds it again."""
    done = graded(Rule(Fault.NO_IMAGE, "POST", "/containers/create/app"))
    assert done.error["hint"].startswith("grader images build")


def test_disk_of_the_engine_that_is_full(graded: Callable[..., Finished]) -> None:
    """The next command shows what takes the room."""
    done = graded(Rule(Fault.DISK_FULL, "POST", "/containers/create/app"))
    assert done.error["hint"].startswith("docker system df")


def test_range_of_networks_that_is_used_up(run_grader: Command, tmp_path: Path, engine: docker.APIClient) -> None:
    """A run without a network of its own does not begin, and what to do is told."""
    create_run_network(engine, labels("occupied", "1", time.time() + 300), POOL)
    try:
        done = run_grader.grade(write_app(tmp_path / "app"), env={"GRADER_SUBNETS": str(POOL)})
    finally:
        remove_run(engine, "occupied")
    assert done.code == 5
    assert done.error["message"] == f"every /28 of {POOL} is in use by a network of this Docker Engine"
    assert "grader prune" in done.error["hint"]
    assert run_grader.grade(write_app(tmp_path / "app"), env={"GRADER_SUBNETS": str(POOL)}).code == 0


def test_verdict_stands_when_nothing_can_be_removed(
    impatient: Command,
    proxied: Callable[..., EngineProxy],
    challenge: Path,
    good_app: Path,
    engine: docker.APIClient,
    tmp_path: Path,
) -> None:
    """The score is told, of a regrading too, and what was left behind; `prune` removes it when Docker is well again."""
    proxy = proxied(Rule(Fault.ERROR, "DELETE", ".*", times=None))
    env = {"DOCKER_HOST": proxy.host, "GRADER_DATABASE_URL": f"sqlite:///{tmp_path}/attempts.sqlite3"}
    done = impatient.grade(good_app, challenge=challenge, env=env)
    again = impatient("regrade", "1", "--challenges", challenge.parent, env=env)
    assert (done.code, done.report["score"]) == (1, 7)
    assert again.code == 0, again.err
    for told in (done.err, again.err):
        assert "could not clean up" in told
        assert "grader prune" in told
    assert impatient.left_in(engine) != []
    assert impatient("prune").code == 0


def test_no_call_is_without_a_deadline(proxied: Callable[..., EngineProxy], monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection to the Engine bounds those calls too that Docker's own client would wait for without end."""
    proxy = proxied(Rule(Fault.HANGS, "POST", "/containers/x/attach"))
    monkeypatch.setenv("DOCKER_HOST", proxy.host)
    client = connect()
    monkeypatch.setattr("grader.engine.client.CALL_TIMEOUT_S", 1)
    ended: list[Exception] = []

    def attach() -> None:
        try:
            client.attach_socket("x")
        except Exception as error:  # noqa: BLE001 - which one is docker's choice
            ended.append(error)

    thread = threading.Thread(target=attach, daemon=True)
    thread.start()
    thread.join(10)
    assert ended
