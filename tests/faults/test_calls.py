"""Docker misbehaves at one call of a run: no score or the right one, in bounded time, and nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from tests.faults.conftest import SCORE
from tests.faults.proxy import EngineProxy, Fault, Rule
from tests.running import Command, Finished

WORST_S = 60

CALLS = {
    "version": ("GET", "/version"),
    "info": ("GET", "/info"),
    "sweep": ("GET", "/containers/json"),
    "image": ("GET", "/images/grader/tester:.*/json"),
    "network": ("POST", "/networks/create"),
    "create-app": ("POST", "/containers/create/app"),
    "create-tester": ("POST", "/containers/create/tester"),
    "attach-app": ("POST", "/containers/app/attach"),
    "attach-tester": ("POST", "/containers/tester/attach"),
    "start-app": ("POST", "/containers/app/start"),
    "start-tester": ("POST", "/containers/tester/start"),
    "inspect": ("GET", "/containers/app/json"),
    "logs": ("GET", "/containers/app/logs"),
    "top": ("GET", "/containers/app/top"),
    "signal": ("POST", "/containers/app/kill"),
    "exec-create": ("POST", "/containers/app/exec"),
    "exec-start": ("POST", "/exec/.*/start"),
    "exec-inspect": ("GET", "/exec/.*/json"),
    "stats": ("GET", "/containers/app/stats"),
    "wait": ("POST", "/containers/app/wait"),
    "remove": ("DELETE", "/containers/app"),
    "remove-network": ("DELETE", "/networks/.*"),
}
# Each kind of trouble at some calls, each call with some kinds: the fast part.
CORE = [
    ("version", Fault.HANGS),
    ("version", Fault.NOT_HTTP),
    ("info", Fault.NOT_JSON),
    ("sweep", Fault.ERROR),
    ("image", Fault.WRONG_JSON),
    ("network", Fault.ANSWER_LOST),
    ("create-app", Fault.ANSWER_LOST),
    ("create-tester", Fault.DISK_FULL),
    ("attach-app", Fault.REFUSED),
    ("attach-tester", Fault.CONFLICT),
    ("start-app", Fault.ANSWER_HANGS),
    ("start-tester", Fault.ERROR),
    ("inspect", Fault.WRONG_JSON),
    ("logs", Fault.TRUNCATED),
    ("top", Fault.HANGS),
    ("signal", Fault.CONFLICT),
    ("exec-create", Fault.SLOW),
    ("exec-start", Fault.REFUSED),
    ("exec-inspect", Fault.NOT_JSON),
    ("stats", Fault.WRONG_JSON),
    ("wait", Fault.ANSWER_LOST),
    ("remove", Fault.ERROR),
    ("remove-network", Fault.REFUSED),
]
KINDS = [fault for fault in Fault if fault not in {Fault.INPUT_TRUNCATED, Fault.ENGINE_GONE}]
REST = [(call, fault) for call in CALLS for fault in KINDS if (call, fault) not in CORE]


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
        assert impatient("prune").code == 0
        assert impatient.left_in(engine) == []
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


def rule(call: str, fault: Fault, **more: int) -> Rule:
    """Return the rule that the first such call meets this fault."""
    return Rule(fault, *CALLS[call], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("call", "fault"), CORE, ids=lambda each: getattr(each, "name", each))
def test_one_call_is_disturbed(graded: Callable[..., Finished], call: str, fault: Fault) -> None:
    """Whatever happens to one call, the submission does not pay for it."""
    graded(rule(call, fault))
