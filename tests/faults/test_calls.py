"""Docker misbehaves at one call of a run: no score or the right one, in bounded time, and nothing is left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.calls import rule
from tests.faults.proxy import Fault
from tests.running import Finished

# Each kind of trouble at some calls, each call with some kinds; `python -m tests.faults.matrix` tries all of them.
CORE = [
    ("version", Fault.HANGS),
    ("version", Fault.NOT_HTTP),
    ("info", Fault.NOT_JSON),
    ("sweep", Fault.ERROR),
    ("image", Fault.WRONG_JSON),
    ("network", Fault.ANSWER_LOST),
    ("create-app", Fault.ANSWER_LOST),
    ("create-app", Fault.WRONG_JSON),
    ("attach-app", Fault.REFUSED),
    ("attach-app", Fault.HANGS),
    ("attach-tester", Fault.CONFLICT),
    ("attach-tester", Fault.WRONG_JSON),
    ("start-app", Fault.ANSWER_HANGS),
    ("inspect", Fault.WRONG_JSON),
    ("logs", Fault.TRUNCATED),
    ("top", Fault.HANGS),
    ("signal", Fault.CONFLICT),
    ("exec-create", Fault.CONFLICT),
    ("exec-start", Fault.REFUSED),
    ("exec-inspect", Fault.NOT_JSON),
    ("stats", Fault.WRONG_JSON),
    ("wait", Fault.ANSWER_LOST),
    ("remove", Fault.ERROR),
    ("remove-network", Fault.REFUSED),
]


@pytest.mark.parametrize(("call", "fault"), CORE, ids=lambda each: getattr(each, "name", each))
def test_one_call_is_disturbed(graded: Callable[..., Finished], call: str, fault: Fault) -> None:
    """Whatever happens to one call, the submission does not pay for it."""
    graded(rule(call, fault))
