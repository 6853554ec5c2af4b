"""The values of an audit, and what is right for each attack: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.audit.battery import HONEST, Attack


@dataclass(frozen=True, slots=True)
class Twin:
    """An honest submission: one of the challenge's references or starters, and how it starts."""

    role: str
    folder: Path
    files: Mapping[str, bytes]
    executable: frozenset[str]
    stack: str
    command: str

    @property
    def name(self) -> str:
        """Its folder's name, below `starter/` where it is one."""
        return self.folder.name if self.role == "reference" else f"starter/{self.folder.name}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """How an honest submission was graded."""

    twin: Twin
    verdict: str
    score: int
    max_score: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one attack.

    `verdict` is that of the attempt, or of the error in its place, which has no score. `leaked` are hidden texts that a
    learner could read, `unsafe` what a terminal or a CI system would obey in a report, `breaches` what the attack says
    it has done though it must not, `visitors` who came to the port that nobody may reach, `leftovers` what is still
    there afterwards.
    """

    verdict: str
    score: int | None = None
    duration_s: float = 0.0
    leaked: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One attack with its honest twin and what came of it; `reasons` say why it was not contained."""

    attack: Attack
    honest: Baseline
    seen: Seen
    reasons: tuple[str, ...]

    @property
    def contained(self) -> bool:
        """Whether it achieved nothing."""
        return not self.reasons

    @property
    def leaked_bytes(self) -> int:
        """How much of the hidden suite a learner could read."""
        return sum(len(text.encode()) for text in self.seen.leaked)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """How an honest submission was graded after a class of attacks."""

    after: str
    honest: Baseline
    verdict: str
    score: int | None

    @property
    def right(self) -> bool:
        """Whether that was as before."""
        return (self.verdict, self.score) == (self.honest.verdict, self.honest.score)


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that came of one challenge; `left_out` says why attacks were: name -> reason."""

    challenge: str
    version: str
    seed: int
    cases: tuple[Case, ...]
    aftermaths: tuple[Aftermath, ...]
    left_out: Mapping[str, str]
    duration_s: float

    @property
    def contained(self) -> bool:
        """Whether every attack was, and every honest submission after them was graded right."""
        return all(case.contained for case in self.cases) and all(after.right for after in self.aftermaths)


def judge(attack: Attack, honest: Baseline, seen: Seen, bound_s: float) -> Case:
    """Return the case; `bound_s` is when the attempt must have ended, whatever the attack does."""
    return Case(attack, honest, seen, tuple(_reasons(attack, honest, seen, bound_s)))


def why_left_out(attack: Attack, stacks: frozenset[str], services: frozenset[str], ready: str) -> str:
    """Return why an attack does not apply to a challenge that has these; empty if it does."""
    if attack.stacks and not stacks & set(attack.stacks):
        return f"for the stack {' or '.join(attack.stacks)}"
    if missing := sorted(set(attack.services) - services):
        return f"for challenges with {', '.join(missing)}"
    if ready not in attack.ready:
        return "for apps that serve" if ready == "exit" else "for apps that end"
    return ""


def _reasons(attack: Attack, honest: Baseline, seen: Seen, bound_s: float) -> Iterator[str]:
    if seen.score is not None and seen.score > honest.score:
        yield f"it earned {seen.score} points, and its honest twin {honest.score}"
    right = [honest.verdict if word == HONEST else word for word in attack.expect]
    if seen.verdict not in right:
        yield f"it ended as {seen.verdict}, where {' or '.join(dict.fromkeys(right))} is right"
    if seen.leaked:
        yield f"a learner can read {_quoted(seen.leaked)} of the hidden suite"
    if seen.unsafe:
        yield f"a report holds {_quoted(seen.unsafe)}"
    if seen.breaches:
        yield f"it says that it {'; '.join(seen.breaches)}"
    if seen.visitors:
        yield f"it reached this machine: {'; '.join(seen.visitors)}"
    if seen.leftovers:
        yield f"it left {', '.join(seen.leftovers)}"
    if seen.duration_s > bound_s:
        yield f"it took {seen.duration_s:.0f} s, and {bound_s:.0f} s are the limit"


def _quoted(texts: tuple[str, ...], shown: int = 3) -> str:
    more = f" and {len(texts) - shown} more" if len(texts) > shown else ""
    return ", ".join(f"{text[:80]!r}" for text in texts[:shown]) + more
