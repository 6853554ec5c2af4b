"""How many submissions a learner has left, and from when on: what a manifest's `[attempts]` allows; pure.

Everything that was graded counts, whatever the verdict. What could not be graded was never recorded, so it does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.challenge import Challenge
from grader.display import number_of
from grader.errors import UsageError
from grader.records.store import Origin, Record


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often somebody may still submit (None: as often as they like), and not before when (None: now)."""

    left: int | None
    opens_at: datetime | None


def allowance(challenge: Challenge, history: Sequence[Record], now: datetime) -> Allowance:
    """Return what is left to somebody with this history, the newest first; what was regraded counts once."""
    table = challenge.manifest.attempts
    submitted = [record for record in history if record.origin is Origin.SUBMIT]
    left = max(0, table.limit - len(submitted)) if table.limit else None
    if not table.cooldown_min or not submitted:
        return Allowance(left, None)
    opens_at = submitted[0].recorded_at + timedelta(minutes=table.cooldown_min)
    return Allowance(left, opens_at if opens_at > now else None)


def require_open(challenge: Challenge, history: Sequence[Record], now: datetime) -> None:
    """Raise `UsageError` if nothing may be submitted now: all attempts are used up, or the last one was too recent."""
    allowed = allowance(challenge, history, now)
    if allowed.left == 0:
        count = challenge.manifest.attempts.limit
        raise UsageError(
            f"{'all ' if count > 1 else ''}your {number_of(count, 'attempt')} at {challenge.slug} "
            f"{'are' if count > 1 else 'is'} used up",
            hint=f"grader attempts {challenge.slug} shows them; grader check still runs the public checks",
        )
    if allowed.opens_at is not None:
        minutes = math.ceil((allowed.opens_at - now).total_seconds() / 60)
        raise UsageError(
            f"{challenge.slug} takes your next attempt in {number_of(minutes, 'minute')}, "
            f"at {allowed.opens_at.astimezone():%H:%M on %d %B}",
            hint="grader check runs the public checks meanwhile",
        )
