"""What a class's results say of the class and of each check; pure.

Difficulty is the share of submissions that pass a check (1 is easiest). Discrimination is the corrected point-biserial
correlation: between passing the check and the points earned on all *other* checks, so that a check does not correlate
with itself (Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28, 1963). How it is
judged follows Ebel and Frisbie, "Essentials of Educational Measurement", 5th edition, 1991, chapter 13.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.batch.summary import CheckFacts, Result

FEW = 30
"""With fewer submissions than this, a discrimination is mostly chance."""

_GOOD, _FAIR, _MARGINAL = 0.4, 0.3, 0.2
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """How many submissions earned from `low` to `high` per cent of the points, both included."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class CheckStatistics:
    """One check: how many of those whose checks ran passed it, and how well it tells the strong from the weak.

    `discrimination` is None where nothing can be told: all passed or all failed it, or all are equal in the rest.
    """

    check: CheckFacts
    passed: int
    ran: int
    discrimination: float | None

    @property
    def difficulty(self) -> float:
        """The share that passed it."""
        return self.passed / self.ran if self.ran else 0.0

    @property
    def never_failed(self) -> bool:
        """Whether everybody passed it: it tells nobody apart here."""
        return self.ran > 0 and self.passed == self.ran

    @property
    def never_passed(self) -> bool:
        """Whether nobody passed it: too hard, or wrong."""
        return self.ran > 0 and self.passed == 0

    @property
    def quality(self) -> str:
        """Its discrimination in a word: good, fair, marginal, poor, or reversed; "unknown" where it is None."""
        if self.discrimination is None:
            return "unknown"
        if self.discrimination < 0:
            return "reversed"
        steps = ((_GOOD, "good"), (_FAIR, "fair"), (_MARGINAL, "marginal"))
        return next((word for least, word in steps if self.discrimination >= least), "poor")


@dataclass(frozen=True, slots=True)
class ClassStatistics:
    """All graded submissions together; `mean` and `median` in per cent, None if nothing was graded."""

    graded: int
    ran: int
    passed: int
    mean: float | None
    median: float | None
    distribution: tuple[Bin, ...]
    checks: tuple[CheckStatistics, ...]


def class_statistics(results: Sequence[Result], checks: Sequence[CheckFacts], passed: int) -> ClassStatistics:
    """Return what `results` say, of which `passed` passed the challenge; `checks` are those of the suite."""
    graded = [result for result in results if result.is_graded]
    shares = [100 * (result.score or 0) / (result.max_score or 1) for result in graded]
    ran = [result.passed for result in graded if result.passed]
    return ClassStatistics(
        graded=len(graded),
        ran=len(ran),
        passed=passed,
        mean=statistics.fmean(shares) if shares else None,
        median=statistics.median(shares) if shares else None,
        distribution=_distribution([result.percent or 0 for result in graded]),
        checks=tuple(_check(check, checks, ran) for check in checks),
    )


def _distribution(percents: Sequence[int]) -> tuple[Bin, ...]:
    """Return ten equal bins, and one more for those who earned everything."""
    width = 100 // _BINS
    bins = [(low, low + width - 1) for low in range(0, 100, width)] + [(100, 100)]
    return tuple(Bin(low, high, sum(low <= percent <= high for percent in percents)) for low, high in bins)


def _check(check: CheckFacts, checks: Sequence[CheckFacts], ran: Sequence[Mapping[str, bool]]) -> CheckStatistics:
    having = [passed for passed in ran if check.id in passed]
    items = [passed[check.id] for passed in having]
    others = [other for other in checks if other.id != check.id]
    rest = [sum(other.points for other in others if passed.get(other.id)) for passed in having]
    return CheckStatistics(check, sum(items), len(items), _correlation(items, rest))


def _correlation(items: Sequence[bool], rest: Sequence[int]) -> float | None:
    if len(set(items)) < 2 or len(set(rest)) < 2:
        return None
    return statistics.correlation([float(item) for item in items], [float(points) for points in rest])
