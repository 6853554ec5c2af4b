"""The runtime that an operator chose makes every container of a run, or nothing is graded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docker

from grader.engine.ownership import OWNER
from tests.running import PROBE, Command, finish, wait_for_line

Write = Callable[..., Path]
# Every Engine since 20.10 knows its default, runc, by this name too.
RUNTIME = "io.containerd.runc.v2"


def test_every_container_of_a_run_has_it(run_grader: Command, app: Write, engine: docker.APIClient) -> None:
    """App and tester are made by the runtime of that name, and the verdict is the same."""
    code = "serve(second=lambda request: (time.sleep(1), answer(request)))"
    process = run_grader.start("grade", PROBE, app(code), "--format", "json", env={"GRADER_RUNTIME": RUNTIME})
    wait_for_line(process, "[1/4]")
    mine = [
        item["Id"]
        for item in engine.containers(filters={"label": OWNER})
        if f"/{process.pid}/" in item["Labels"][OWNER]
    ]
    runtimes = [engine.inspect_container(container)["HostConfig"]["Runtime"] for container in mine]
    done = finish(process)
    assert runtimes == [RUNTIME, RUNTIME]
    assert (done.code, done.report["verdict"]) == (0, "passed")


def test_runtime_that_is_not_there(run_grader: Command, app: Write) -> None:
    """Whoever asked for a stronger sandbox does not get a weaker one: no verdict, and the names that there are."""
    done = run_grader.grade(app(), env={"GRADER_RUNTIME": "no-such-runtime"})
    assert done.code == 5
    assert "no runtime 'no-such-runtime'" in done.error["message"]
    assert "runc" in done.error["message"]
    assert "unset GRADER_RUNTIME" in done.error["hint"]
