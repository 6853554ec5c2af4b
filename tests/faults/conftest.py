"""The grader with a short patience for Docker, a challenge whose run makes every kind of call, and a proxy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import docker
import pytest

from tests.faults.proxy import EngineProxy, Rule
from tests.running import Command, Finished, write_app, write_challenge

CALL_TIMEOUT_S = 6
# The same program; only what takes half a minute in earnest is shorter.
PROGRAM = f"""
import grader.engine.client, grader.engine.containers, grader.engine.services, grader.engine.tester, grader.suite
grader.engine.client.CALL_TIMEOUT_S = {CALL_TIMEOUT_S}
grader.engine.containers.KILL_TIMEOUT_S = {CALL_TIMEOUT_S}
grader.engine.containers.ARRIVAL_TIMEOUT_S = {CALL_TIMEOUT_S}
grader.engine.containers.ENDING_S = {CALL_TIMEOUT_S}
grader.suite.COLLECT_TIMEOUT_S = {3 * CALL_TIMEOUT_S}
grader.engine.tester.ENDING_S = {CALL_TIMEOUT_S}
grader.engine.services.KILL_TIMEOUT_S = {CALL_TIMEOUT_S}
grader.engine.services.READY_TIMEOUT_S = {2 * CALL_TIMEOUT_S}
from grader.cli import main
main()
"""
CHECKS = '''
@pytest.mark.check(points=1, group="g")
def test_answers(api):
    """It answers."""
    api.get("/first").expect(200, {"name": "first"})


@pytest.mark.check(points=2, group="g")
def test_beside(app):
    """A program runs beside it, and files go in and come out."""
    app.put("/tmp/in", b"x" * 100_000)
    expect(app.get("/tmp/in") == b"x" * 100_000, "another file")
    expect(app.exec(["sh", "-c", "seq 20000 | tail -n 1"]).output == "20000\\n", "another output")
    expect(app.usage().memory_bytes > 0, "no memory")


@pytest.mark.check(points=4, group="g")
def test_restarts(api, app):
    """It starts again."""
    app.restart()
    api.get("/again").expect(200, {"name": "again"})


@pytest.mark.check(points=8, group="g")
def test_right(api):
    """It is right, which it is not: so the app is killed at the end, and looked at."""
    api.get("/wrong").expect(200, {"name": "right"})
'''
SCORE = 7
WORST_S = 85


@pytest.fixture(scope="session")
def challenge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A challenge whose run makes every kind of call to the Engine; the small app earns `SCORE` of its 15 points."""
    return write_challenge(tmp_path_factory.mktemp("challenges") / "faults", CHECKS, start_s=10, check_s=10)


@pytest.fixture
def impatient(engine: docker.APIClient) -> Iterator[Command]:
    """Yield the grader as a process that waits six seconds where it waits thirty."""
    command = Command(sys.executable, "-c", PROGRAM)
    yield command
    command.kill_all()
    assert command.left_in(engine) == []


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[Callable[..., EngineProxy]]:
    """Return a function that starts a proxy with these rules; all of them end with the test."""
    with ExitStack() as stack:

        def start(*rules: Rule) -> EngineProxy:
            folder = tmp_path / f"proxy-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(EngineProxy(folder, *rules))

        yield start


@pytest.fixture(scope="session")
def good_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A submission that answers every path with its name."""
    return write_app(tmp_path_factory.mktemp("submissions") / "good", "serve()")


@pytest.fixture
def graded(
    impatient: Command, proxied: Callable[..., EngineProxy], challenge: Path, good_app: Path, engine: docker.APIClient
) -> Callable[..., Finished]:
    """Return a function that grades under these rules and asserts what holds whatever they are."""

    def grade(*rules: Rule, environment: dict[str, str] | None = None, submission: Path = good_app) -> Finished:
        proxy = proxied(*rules)
        environment = {"DOCKER_HOST": proxy.host, **(environment or {})}
        done = impatient.grade(submission, challenge=challenge, env=environment)
        assert proxy.injected, f"no call was disturbed; these were made: {proxy.calls}"
        assert_right(done)
        assert impatient.left_after_prune(engine) == []
        return done

    return grade


def assert_right(done: Finished) -> None:
    """An attempt has the score that it deserves, or none, and then the operator knows what to type."""
    assert done.duration_s < WORST_S
    assert "Traceback" not in done.err
    if done.code == 1:
        assert (done.report["verdict"], done.report["score"]) == ("failed", SCORE), done.out
        return
    assert done.code == 5, done.err
    assert done.report["verdict"] == "sandbox_error"
    assert "score" not in done.report or done.report["score"] is None
    assert done.error["hint"], done.out
