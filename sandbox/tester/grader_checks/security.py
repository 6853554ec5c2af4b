"""The oracle of security checks: a hole is closed when the attack does no harm and everything else still works.

An app that crashes, hangs or refuses everybody is not secure, it is broken: each attack stands between two witnesses
that the feature under attack works.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from grader_checks.expectations import CheckFailed, fail

Step = Callable[[], object]


def attempt(*, benign: Step, exploit: Step, harm: Callable[[], object]) -> None:
    """Fail the check unless the attack does no harm and the app works before and after it.

    `benign` uses the feature as it is meant and fails the check when it does not work. `exploit` attacks: any complete
    HTTP answer is fine, an error status too; none, or one that its own expectations refuse, is not. `harm` looks for
    what the attack was after (the row, the file, the canary in the answer) and returns something true if it is there;
    a text is what the learner reads, and should not tell the payload.
    """
    __tracebackhide__ = True
    _step(benign, "before the attack")
    _step(exploit, "under attack")
    if done := harm():
        fail(done if isinstance(done, str) else "the attack did what it was meant to do")
    _step(benign, "after the attack")


def canary(rng: random.Random) -> str:
    """Return a marker that no other run has and that nobody can guess: to be planted, and looked for afterwards."""
    return f"canary{rng.getrandbits(64):016x}"


def _step(step: Step, when: str) -> None:
    __tracebackhide__ = True
    try:
        step()
    except CheckFailed as failure:
        failure.args = (f"{when}: {failure}",)
        raise
