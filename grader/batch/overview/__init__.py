"""The class overview: one HTML page for instructors, in the look of the reports, which needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.batch.entries import Class
from grader.batch.results import REPORTS, Settings
from grader.batch.statistics import FEW, Bin, CheckStatistics, ClassStatistics, class_statistics
from grader.batch.summary import CheckFacts, Result, passed_count, tally
from grader.challenge import Challenge
from grader.reports.html.page import render_page

_TEMPLATE = Path(__file__).parent / "overview.html.j2"
_CHART_HEIGHT = 100


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the histogram: heights in units of the chart."""

    label: str
    count: int
    height: int
    passes: bool


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    checks: tuple[CheckStatistics, ...]


def render_overview(
    challenge: Challenge,
    settings: Settings,
    class_: Class,
    results: Sequence[Result],
    checks: Sequence[CheckFacts],
    reports: dict[str, str],
) -> str:
    """Return the page; `reports` has the name of a submission -> its own page's file name, beside this one."""
    figures = class_statistics(results, checks, passed_count(results))
    by_strength = sorted(results, key=lambda result: (not result.is_graded, result.entry.label.casefold()))
    return render_page(
        _TEMPLATE,
        challenge=challenge,
        pass_score=challenge.manifest.pass_score,
        settings=settings,
        figures=figures,
        columns=_columns(figures, challenge.manifest.pass_score),
        tally=tally(len(class_.entries), results),
        groups=_groups(figures.checks),
        never_failed=[item for item in figures.checks if item.never_failed],
        never_passed=[item for item in figures.checks if item.never_passed],
        reversed_checks=[item for item in figures.checks if item.quality == "reversed"],
        results=by_strength,
        reports={name: f"{REPORTS}/{quote(file)}" for name, file in reports.items()},
        absent=class_.absent,
        few=figures.ran < FEW,
    )


def _columns(figures: ClassStatistics, pass_score: int) -> tuple[_Column, ...]:
    most = max((bin_.count for bin_ in figures.distribution), default=0)
    return tuple(
        _Column(_label(bin_), bin_.count, _height(bin_.count, most), bin_.low >= pass_score)
        for bin_ in figures.distribution
    )


def _label(bin_: Bin) -> str:
    return str(bin_.low) if bin_.low == bin_.high else f"{bin_.low}–{bin_.high}"


def _height(count: int, most: int) -> int:
    return max(2, round(_CHART_HEIGHT * count / most)) if count else 0


def _groups(checks: Sequence[CheckStatistics]) -> tuple[_Group, ...]:
    names = dict.fromkeys(item.check.group for item in checks)
    return tuple(_Group(name, tuple(item for item in checks if item.check.group == name)) for name in names)
