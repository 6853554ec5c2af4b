"""The figures of an audit: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.authoring.audit.judgement import Audit


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of all attacks together; `longest` is the attack that took the longest time to its verdict."""

    attacks: int
    contained: int
    leaked_bytes: int
    leftovers: int
    honest: int
    honest_right: int
    longest_s: float
    longest: str


def summarize(audits: Sequence[Audit]) -> Summary:
    """Return the figures of these audits together."""
    cases = [case for audit in audits for case in audit.cases]
    aftermaths = [after for audit in audits for after in audit.aftermaths]
    longest = max(cases, key=lambda case: case.seen.duration_s, default=None)
    return Summary(
        attacks=len(cases),
        contained=sum(case.contained for case in cases),
        leaked_bytes=sum(case.leaked_bytes for case in cases),
        leftovers=sum(len(case.seen.leftovers) for case in cases),
        honest=len(aftermaths),
        honest_right=sum(after.right for after in aftermaths),
        longest_s=longest.seen.duration_s if longest else 0.0,
        longest=longest.attack.name if longest else "",
    )
