"""The text report: what a learner reads in a terminal, top to bottom, most important first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from grader.display import TextStyle, cells, number_of, safe_line, safe_log, safe_prose, wrap
from grader.errors import FOR_INSTRUCTORS, GraderError, UnknownChallenge, UsageError
from grader.feedback import NO_RESULT
from grader.models import Attempt, Audience, CheckResult, Detail, Grade, Outcome, Provenance, Verdict
from grader.reports import Report
from grader.reports import _facts as facts

_LONG_LOG_LINES = 30
_SHORT_LOG_LINES = 15
_BAR_CELLS = 40
_DIGEST_CHARS = 12
_INDENT = "      "

_MARKS = {  # outcome: sign, sign in ASCII, colour
    Outcome.PASSED: ("✓", "+", "green"),
    Outcome.FAILED: ("✗", "x", "red"),
    Outcome.ERRORED: ("!", "!", "yellow"),
    Outcome.SKIPPED: ("-", "-", "yellow"),
}


@dataclass(frozen=True, slots=True)
class TextReport:
    """A report for people, drawn for one screen: by default 80 columns without colour, which suits files and pipes.

    `command` is what was typed, as far as it repeats the run; by default `grader grade` with the challenge. `verbose`
    shows logs as a whole, the app's where it passed too, and phases, versions and limits.
    """

    name: ClassVar[str] = "text"
    style: TextStyle = field(default_factory=TextStyle)
    command: str = ""
    verbose: bool = False

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the report; an instructor's edition adds what only instructors may see, each under its check."""
        detail = attempt.detail if audience is Audience.INSTRUCTOR else None
        return _joined(_Page(self.style, self.command, self.verbose).attempt(attempt.grade_for(audience), detail))

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return what prevented the grading, all problems found, and what to do next."""
        return _joined(_Page(self.style).error(error, show_detail=audience is Audience.INSTRUCTOR))


report: Report = TextReport()


@dataclass(frozen=True, slots=True)
class _Page:
    """Yields finished lines; a text is made safe, then spelled, then wrapped, then painted, in this order."""

    style: TextStyle
    command: str = ""
    verbose: bool = False

    def attempt(self, grade: Grade, detail: Detail | None) -> Iterator[str]:
        yield from self.headline(grade)
        if grade.message:
            yield ""
            yield from self.prose(grade.message)
        ran = grade.verdict is Verdict.FAILED or any(result.outcome is not Outcome.ERRORED for result in grade.checks)
        if ran:
            yield from self.checks(grade, detail)
        elif grade.checks:
            yield ""
            many = len(grade.checks) > 1
            yield from self.prose(
                f"None of the {len(grade.checks)} checks could run." if many else "The check could not run."
            )
        if grade.verdict is not Verdict.PASSED or self.verbose:
            heading = "The end of the build" if grade.verdict is Verdict.BUILD_FAILED else "What the app printed"
            lines = _SHORT_LOG_LINES if ran else _LONG_LOG_LINES
            yield from self.block(heading, grade.app_log, None if self.verbose else lines)
        titles = {result.check.id: result.check.title for result in grade.checks}
        restarts = [f'after "{titles.get(item.after, item.after)}": {item.reason}' for item in grade.restarts]
        yield from self.bullets("The app was started again", restarts)
        yield from self.bullets("Notes", grade.notes)
        if detail is not None:
            yield from self.instructor(grade, detail)
        if detail is not None or self.verbose:
            yield from self.origin(grade)
        yield ""
        yield from self.footer(grade)

    def error(self, error: GraderError, *, show_detail: bool) -> Iterator[str]:
        if not isinstance(error, UsageError | UnknownChallenge):  # nobody asked for a grade yet
            yield f"{self.style.paint('NOT GRADED', fg='yellow', bold=True)}  {facts.verdict_words(error.verdict)}"
            yield ""
        yield from self.prose(error.message)
        for number, problem in enumerate(error.problems):
            if number == 0:
                yield ""
            yield from self.prose(str(problem), lead="  - ")
        if facts.is_nobodys_fault(error):
            yield ""
            yield from self.prose(facts.NOBODYS_FAULT)
        if show_detail:
            yield from self.block("Detail (instructors only)", error.detail)
        if error.hint and not (show_detail and error.hint.startswith(FOR_INSTRUCTORS)):
            yield ""
            yield from self.prose(error.hint, lead="Next: ", fold_words=False)  # often a command with a path

    def headline(self, grade: Grade) -> Iterator[str]:
        for line in self.wrapped(safe_line(grade.title), 0):
            yield self.style.paint(line, bold=True)
        yield ""
        colour = "green" if grade.verdict is Verdict.PASSED else "red"
        verdict = self.style.paint(facts.verdict_words(grade.verdict).upper(), fg=colour, bold=True)
        if not grade.max_score:
            yield verdict
            return
        yield f"{verdict}  {facts.scored(grade)}"
        share = f"{facts.percent(grade.score, grade.max_score)} %"
        room = min(_BAR_CELLS, self.style.width - len(share) - 2)
        full, empty = ("█", "░") if self.style.unicode else ("#", "-")
        filled = room * grade.score // grade.max_score
        yield f"{self.style.paint(full * filled, fg=colour)}{empty * (room - filled)}  {share}"

    def checks(self, grade: Grade, detail: Detail | None) -> Iterator[str]:
        errored = [result for result in grade.checks if result.outcome is Outcome.ERRORED]
        missing = sum(result.feedback == NO_RESULT for result in errored)
        of_all = f"of {number_of(len(grade.checks), 'check')}"
        if missing:
            yield ""
            have = "has" if missing == 1 else "have"
            yield from self.prose(f"{missing} {of_all} {have} no result, marked with !")
        if broken := len(errored) - missing:
            yield ""
            yield from self.prose(
                f"{broken} {of_all} broke, marked with !: the suite met something that its author did not "
                "think of. Tell whoever gave you this challenge."
            )
        said: set[str] = set()
        for group in facts.groups(grade):
            yield ""
            yield from self.row("", group.name, f"{group.earned}/{group.points}", bold=True)
            for result in group.results:
                yield from self.check(result, repeats=result.feedback in said, with_id=detail is not None)
                if result.outcome is Outcome.ERRORED:
                    said.add(result.feedback)
                if detail is not None:
                    yield from self.details(result, detail)

    def check(self, result: CheckResult, *, repeats: bool, with_id: bool) -> Iterator[str]:
        """Yield one check; `repeats` leaves out feedback that was just said of another check without a result."""
        sign, ascii_sign, colour = _MARKS[result.outcome]
        lead = f"  {sign if self.style.unicode else ascii_sign} "
        title = f"{result.check.title} ({result.check.id})" if with_id else result.check.title
        yield from self.row(lead, title, f"{result.earned}/{result.check.points}", fg=colour)
        if result.outcome is Outcome.PASSED:
            return
        if not repeats:
            skipped = "skipped" if result.outcome is Outcome.SKIPPED else ""
            yield from self.prose(result.feedback or skipped, indent=_INDENT)
        if result.outcome is Outcome.FAILED:
            yield from self.prose(result.check.hint, indent=_INDENT, lead="Hint: ")
            yield from self.prose(result.check.cwe, indent=_INDENT, lead="Weakness: ")

    def details(self, result: CheckResult, detail: Detail) -> Iterator[str]:
        for item in detail.checks:
            if item.id == result.check.id and (item.text or result.outcome is not Outcome.PASSED):
                yield from self.quoted(f"{item.node}\n{item.text}".rstrip(), indent=_INDENT)

    def instructor(self, grade: Grade, detail: Detail) -> Iterator[str]:
        if detail.app_log != grade.app_log:
            yield from self.block("All that the app printed (instructors only)", detail.app_log)
        yield from self.block("All that the tester printed (instructors only)", detail.tester_log)

    def origin(self, grade: Grade) -> Iterator[str]:
        phases = [f"{phase.name}: {phase.duration_s:.2f} s, from {phase.start_s:.2f} s" for phase in grade.timings]
        yield from self.bullets("Phases", phases)
        yield from self.bullets("Provenance", _facts(grade.provenance))

    def footer(self, grade: Grade) -> Iterator[str]:
        origin = grade.provenance
        parts = [
            f"{origin.challenge} {origin.challenge_version}",
            f"{origin.suite} suite",
            f"stack {origin.stack}",
            f"submission {origin.submission_digest.removeprefix('sha256:')[:_DIGEST_CHARS]}",
            f"{facts.took_s(grade):.1f} s",
        ]
        again = f"To repeat: {facts.command_to_repeat(origin, self.command)}"
        dot = " · " if self.style.unicode else " - "
        for line in [*self.wrapped(safe_line(dot.join(parts)), 0), *self.wrapped(safe_line(again), 0)]:
            yield self.style.paint(line, dim=True)

    def row(self, lead: str, text: str, points: str, *, fg: str | None = None, bold: bool = False) -> Iterator[str]:
        """Yield `text` after `lead`, with `points` at the right edge of its first line."""
        first, *rest = self.wrapped(safe_line(text), len(lead) + len(points) + 2)
        gap = " " * (self.style.width - len(lead) - cells(first) - len(points))
        paint = self.style.paint
        yield paint(lead, fg=fg, bold=bold) + paint(first, bold=bold) + gap + paint(points, fg=fg, bold=bold)
        yield from (" " * len(lead) + paint(line, bold=bold) for line in rest)

    def prose(self, text: str, *, indent: str = "", lead: str = "", fold_words: bool = True) -> Iterator[str]:
        """Yield `text`, if there is any, after `lead`; further lines hang under its first word."""
        room = len(indent) + len(lead)
        for line in self.wrapped(safe_prose(text), room, fold_words=fold_words) if text else ():
            yield f"{indent}{lead}{line}".rstrip()
            lead = " " * len(lead)

    def bullets(self, heading: str, items: Iterable[str]) -> Iterator[str]:
        for number, item in enumerate(items):
            if number == 0:
                yield ""
                yield from self.prose(heading)
            yield from self.prose(item, lead="  - ")

    def block(self, heading: str, text: str, last_lines: int | None = None) -> Iterator[str]:
        """Yield `text`, if there is any, as a quotation under `heading`; of one too long its end."""
        if not text.strip():
            return
        whole = safe_log(text).strip("\n")
        shown = facts.tail(whole, last_lines) if last_lines else whole
        left_out = shown.count("\n") + 1 == last_lines and shown != whole
        yield ""
        yield from self.prose(f"{heading} (its last {last_lines} lines)" if left_out else heading)
        yield from self.quoted(shown)

    def quoted(self, text: str, *, indent: str = "  ") -> Iterator[str]:
        edge = indent + ("│ " if self.style.unicode else "| ")
        for line in self.wrapped(safe_log(text), len(edge)):
            yield self.style.paint((edge + line).rstrip(), dim=True)

    def wrapped(self, text: str, taken: int, *, fold_words: bool = True) -> list[str]:
        return wrap(self.style.spell(text), self.style.width - taken, fold_words=fold_words)


def _facts(origin: Provenance) -> Sequence[str]:
    limits = origin.limits
    memory_mib, disk_mib = limits.memory_bytes // 1024**2, limits.disk_bytes // 1024**2
    times = (
        f"build {limits.build_s:g} s, start {limits.start_s:g} s, check {limits.check_s:g} s, all {limits.total_s:g} s"
    )
    sizes = f"memory {memory_mib} MiB, disk {disk_mib} MiB, CPUs {limits.cpus:g}, processes {limits.pids}"
    return [
        f"grader {origin.grader_version}, Docker Engine {origin.engine_version}",
        f"challenge {origin.challenge} {origin.challenge_version}, {origin.challenge_digest}",
        f"submission {origin.submission_digest}",
        f"time limits: {times}",
        f"other limits: {sizes}",
        *(f"image {name}: {image}" for name, image in sorted(origin.images.items())),
    ]


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
