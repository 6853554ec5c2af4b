"""Docker misbehaves at one call of a run: no score or the right one, in bounded time, and nothing is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.proxy import Fault, Rule
from tests.running import Finished

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
    ("attach-app", Fault.HANGS),
    ("attach-tester", Fault.CONFLICT),
    ("attach-tester", Fault.WRONG_JSON),
    ("start-app", Fault.ANSWER_HANGS),
    ("start-tester", Fault.ERROR),
    ("inspect", Fault.WRONG_JSON),
    ("logs", Fault.TRUNCATED),
    ("top", Fault.HANGS),
    ("signal", Fault.CONFLICT),
    ("exec-create", Fault.SLOW),
    ("exec-create", Fault.CONFLICT),
    ("exec-start", Fault.REFUSED),
    ("exec-inspect", Fault.NOT_JSON),
    ("stats", Fault.WRONG_JSON),
    ("wait", Fault.ANSWER_LOST),
    ("remove", Fault.ERROR),
    ("remove-network", Fault.REFUSED),
]


def rule(call: str, fault: Fault, **more: int) -> Rule:
    """Return the rule that the first such call meets this fault."""
    return Rule(fault, *CALLS[call], **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("call", "fault"), CORE, ids=lambda each: getattr(each, "name", each))
def test_one_call_is_disturbed(graded: Callable[..., Finished], call: str, fault: Fault) -> None:
    """Whatever happens to one call, the submission does not pay for it."""
    graded(rule(call, fault))
