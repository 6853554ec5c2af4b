"""The HTML report: one page for people, which needs nothing but itself; its look stands in the templates beside it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.display import safe_log
from grader.errors import FOR_INSTRUCTORS, GraderError
from grader.feedback import NO_RESULT, is_silent
from grader.models import Attempt, Audience, CheckResult, Grade, Limits, Outcome, Verdict
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports.html.page import FOLDER, render_page, seconds

_SHOWN_LINES = 30
_PHASES = {  # what a reader takes the names of phases for
    "read": "Read the submission",
    "tester": "Start the tester",
    "service": "Start a service",
    "build": "Install dependencies",
    "app": "Start the app",
    "start": "Wait for an answer",
    "checks": "Run the checks",
}


class HtmlReport:
    """One page with everything in it: no script, and nothing that is fetched from anywhere."""

    name = "html"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the page; an instructor's edition says at its top that it quotes the hidden suite."""
        grade = attempt.grade_for(audience)
        details = facts.details_for(attempt, audience)
        return render_page(
            FOLDER / "attempt.html.j2",
            grade=grade,
            groups=facts.groups(grade),
            counted=facts.counted(grade),
            scored=facts.scored(grade),
            ran=any(result.outcome is not Outcome.ERRORED for result in grade.checks),
            to_do=[result for result in grade.checks if result.outcome is not Outcome.PASSED],
            no_result=NO_RESULT,
            details={check: facts.quoted(items) for check, items in details.items()},
            logs=[_log(heading, text) for heading, text in facts.logs_for(attempt, audience)],
            spans=_spans(grade),
            ticks=_ticks(facts.took_s(grade)),
            limits=_limits(grade),
            titles={result.check.id: result.check.title for result in grade.checks},
            took_s=facts.took_s(grade),
            again=facts.command_to_repeat(grade.provenance),
            is_instructors=audience is Audience.INSTRUCTOR,
            keeps_back=audience is Audience.LEARNER and any(is_silent(result.check) for result in grade.checks),
            passed=grade.verdict is Verdict.PASSED,
        )

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return a page without any score: what happened, all problems, whose turn it is, and what to do next."""
        is_instructors = audience is Audience.INSTRUCTOR
        return render_page(
            FOLDER / "error.html.j2",
            error=error,
            comfort=facts.NOBODYS_FAULT if facts.is_nobodys_fault(error) else "",
            hint="" if is_instructors and error.hint.startswith(FOR_INSTRUCTORS) else error.hint,
            detail=error.detail if is_instructors else "",
            is_instructors=is_instructors,
        )


report: Report = HtmlReport()


@dataclass(frozen=True, slots=True)
class _Log:
    """A log: what is shown of it, and the `whole`, which can be unfolded, where that is more."""

    heading: str
    shown: str
    whole: str = ""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A stretch of the timeline, in thousandths of it; a bar that would be too small to be seen is widened."""

    x: int
    width: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A row of the timeline."""

    label: str
    start_s: float
    duration_s: float
    bars: tuple[_Bar, ...]


@dataclass(frozen=True, slots=True)
class _Limit:
    """What an attempt was allowed; `share` in per cent of it was used where that is known."""

    label: str
    allowed: str
    used: str = ""
    share: int | None = None


def _log(heading: str, text: str) -> _Log:
    whole = safe_log(text).strip("\n")
    shown = facts.tail(whole, _SHOWN_LINES)
    return _Log(heading, shown, "" if shown == whole else whole)


def _spans(grade: Grade) -> tuple[_Span, ...]:
    whole_s = facts.took_s(grade)
    spans: list[_Span] = []
    for phase in grade.timings if whole_s else ():
        bars: tuple[_Bar, ...] = (_bar(phase.start_s, phase.duration_s, whole_s, "phase", ""),)
        if phase.name == "checks":
            # behind the checks the whole phase stays to be seen: what a suite does between two of them takes time too
            bars += _check_bars(grade.checks, phase.start_s, whole_s)
        spans.append(_Span(_PHASES.get(phase.name, phase.name), phase.start_s, phase.duration_s, bars))
    return tuple(spans)


def _check_bars(results: tuple[CheckResult, ...], start_s: float, whole_s: float) -> tuple[_Bar, ...]:
    """Return the checks one behind the other, in the order of the grade, each as long as it took.

    When each began is not known; and in a learner's edition, where silent ones have no time, no gap may tell of them.
    """
    bars = []
    for result in results:
        if result.duration_s:
            took = f"{result.check.title}: {result.outcome}, {result.duration_s:.2f} s"
            bars.append(_bar(start_s, result.duration_s, whole_s, result.outcome, took))
        start_s += result.duration_s
    return tuple(bars)


def _bar(start_s: float, duration_s: float, whole_s: float, kind: str, text: str) -> _Bar:
    x, end = round(1000 * start_s / whole_s), round(1000 * (start_s + duration_s) / whole_s)
    return _Bar(min(x, 997), min(max(end - x, 3), 1000 - min(x, 997)), kind, text)


def _ticks(whole_s: float) -> tuple[str, ...]:
    return tuple(f"{whole_s * part / 4:.1f} s" for part in range(5)) if whole_s else ()


def _limits(grade: Grade) -> tuple[_Limit, ...]:
    limits: Limits = grade.provenance.limits
    spent = {phase.name: phase.duration_s for phase in grade.timings}
    slowest_s = max((result.duration_s for result in grade.checks), default=0.0)
    times = (
        ("Install dependencies", spent.get("build"), limits.build_s),
        ("Until the app answers", spent.get("start"), limits.start_s),
        ("Slowest check", slowest_s or None, limits.check_s),
        ("All checks together", spent.get("checks"), limits.total_s),
    )
    return (
        *(
            _Limit(label, f"{allowed:g} s")
            if used is None
            else _Limit(label, f"{allowed:g} s", seconds(used), min(100, round(100 * used / allowed)))
            for label, used, allowed in times
        ),
        _Limit("Memory", f"{limits.memory_bytes // 1024**2} MiB"),
        _Limit("Disk", f"{limits.disk_bytes // 1024**2} MiB"),
        _Limit("CPUs", f"{limits.cpus:g}"),
        _Limit("Processes", f"{limits.pids}"),
    )
