"""What differs between two attempts: verdict, points, each check, and what they were made with; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from grader.models import Attempt, Audience, CheckResult, Grade, Provenance, Verdict


@dataclass(frozen=True, slots=True)
class CheckChange:
    """One check before and after; None where the suite did not have it."""

    id: str
    title: str
    old: str | None
    new: str | None
    old_earned: int
    new_earned: int

    @property
    def differs(self) -> bool:
        """Whether outcome or points are other ones."""
        return (self.old, self.old_earned) != (self.new, self.new_earned)


@dataclass(frozen=True, slots=True)
class FactChange:
    """One thing that an attempt was made with, such as an image, and its two values."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two grades, every check of either in the new suite's order, and the facts that differ."""

    old: Grade
    new: Grade
    checks: tuple[CheckChange, ...]
    facts: tuple[FactChange, ...]

    @property
    def lowers(self) -> bool:
        """Whether the new grade is worth less: passed no more, or a smaller part of all points."""
        if (self.old.verdict is Verdict.PASSED) != (self.new.verdict is Verdict.PASSED):
            return self.old.verdict is Verdict.PASSED
        return self.new.score * max(1, self.old.max_score) < self.old.score * max(1, self.new.max_score)


def compare(old: Attempt, new: Attempt, audience: Audience = Audience.LEARNER) -> Comparison:
    """Return what differs between two attempts, as that audience may see them."""
    before, after = old.grade_for(audience), new.grade_for(audience)
    return Comparison(
        before,
        after,
        tuple(_checks(before, after)),
        tuple(_facts(before.provenance, after.provenance)),
    )


def _checks(old: Grade, new: Grade) -> Iterator[CheckChange]:
    before = {result.check.id: result for result in old.checks}
    after = {result.check.id: result for result in new.checks}
    for id_ in {**after, **before}:
        was, is_ = before.get(id_), after.get(id_)
        known = is_ or was
        if known is not None:
            yield CheckChange(id_, known.check.title, _outcome(was), _outcome(is_), _earned(was), _earned(is_))


def _outcome(result: CheckResult | None) -> str | None:
    return None if result is None else result.outcome.value


def _earned(result: CheckResult | None) -> int:
    return 0 if result is None else result.earned


def _facts(old: Provenance, new: Provenance) -> Iterator[FactChange]:
    before, after = dict(_flat(old)), dict(_flat(new))
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield FactChange(name, before.get(name, "none"), after.get(name, "none"))


def _flat(provenance: Provenance) -> Iterator[tuple[str, str]]:
    for name, value in asdict(provenance).items():
        if isinstance(value, dict):
            for inner, content in value.items():
                # a limit may be 120 or 120.0
                yield f"{name}.{inner}", f"{content:g}" if isinstance(content, float) else str(content)
        else:
            yield name, str(value)
