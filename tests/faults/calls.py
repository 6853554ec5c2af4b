"""The calls to the Engine that a run makes, by a name for each."""

from __future__ import annotations

from tests.faults.proxy import Fault, Rule

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


def rule(call: str, fault: Fault, **more: int) -> Rule:
    """Return the rule that the first such call meets this fault."""
    return Rule(fault, *CALLS[call], **more)  # type: ignore[arg-type]
