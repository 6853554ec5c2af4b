"""The Markdown report: for job summaries and comments on code hosts, which show GitHub's dialect.

Whatever a learner's program had a part in stands in a code block that it cannot end; titles and hints of authors are
escaped, so that they are words and nothing else. A report is smaller than what GitHub accepts as a step's summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grader.display import safe_line, safe_log, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Grade, Outcome, Verdict
from grader.reports import Report
from grader.reports import _facts as facts

LIMIT_BYTES = 1024 * 1024 - 4096
"""GitHub refuses a larger summary of one step altogether, and other steps add to the file before and after."""

_LOG_LINES = 30
_MARKS = {Outcome.PASSED: "✅", Outcome.FAILED: "❌", Outcome.ERRORED: "⚠️", Outcome.SKIPPED: "⏭️"}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#!|~&@$]|:(?=[/\w]))|(?<=www)\.")
_MENTION = re.compile(r"\\@(?=\w)")


class MarkdownReport:
    """Verdict, groups, what to look at, and the end of the app's log."""

    name = "markdown"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the report; sections at the end are left out where it would become too large, and it says so."""
        return _bounded(_attempt(attempt, audience))

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return what prevented the grading; there is no score to be read in it."""
        kind = facts.verdict_words(error.verdict)
        return _bounded([f"## ⛔ {facts.NOT_GRADED}: {kind}", fenced(facts.told(error, audience), "text")])


report: Report = MarkdownReport()


def escaped(text: str) -> str:
    """Return `text` as one line of words: no mark-up, link, mention or reference is made of it."""
    return _MENTION.sub("@<!-- -->", _MARKUP.sub(r"\\\g<0>", safe_line(text)))


def fenced(text: str, language: str = "") -> str:
    """Return `text` as a block of code that nothing in it can end."""
    safe = safe_log(text).strip("\n")
    longest = max((len(run) for run in re.findall(r"`+", safe)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{safe}\n{fence}"


def _bounded(sections: Iterable[str]) -> str:
    text, used = [], 0
    for section in sections:
        used += len(section.encode()) + 2
        if used > LIMIT_BYTES:
            text.append("_The rest is left out: the report would be too large._")
            break
        text.append(section)
    return "\n\n".join(text) + "\n"


def _attempt(attempt: Attempt, audience: Audience) -> Iterator[str]:
    grade, details = attempt.grade_for(audience), facts.details_for(attempt, audience)
    yield _headline(grade)
    yield f"{facts.counted(grade)}."
    if audience is Audience.INSTRUCTOR:
        yield "> **Instructor's edition:** it quotes the hidden suite and is not for learners."
    if grade.message:
        yield fenced(grade.message, "text")
    if grade.checks:
        yield _table(grade)
    to_do = [result for result in grade.checks if result.outcome is not Outcome.PASSED]
    if to_do:
        yield "### What to look at"
    for result in to_do:
        yield _check(result, with_id=audience is Audience.INSTRUCTOR)
        if text := facts.quoted(details.get(result.check.id, ())):
            yield fenced(text, "text")
    for heading, text in facts.logs_for(attempt, audience):
        shown = text if audience is Audience.INSTRUCTOR else facts.tail(text, _LOG_LINES)
        yield f"<details>\n<summary>{escaped(heading)}</summary>\n\n{fenced(shown, 'text')}\n\n</details>"
    yield from _remarks(grade)
    origin = grade.provenance
    yield (
        f"<sub>{escaped(origin.challenge)} {escaped(origin.challenge_version)} · {origin.suite} suite · "
        f"stack {escaped(origin.stack)} · {facts.took_s(grade):.1f} s</sub>"
    )
    yield fenced(facts.command_to_repeat(origin), "sh")


def _headline(grade: Grade) -> str:
    mark = _MARKS[Outcome.PASSED if grade.verdict is Verdict.PASSED else Outcome.FAILED]
    score = f" · {facts.scored(grade)}" if grade.max_score else ""
    return f"## {mark} {escaped(grade.title)}\n\n**{facts.verdict_words(grade.verdict).capitalize()}**{score}"


def _table(grade: Grade) -> str:
    rows = [
        f"| {_MARKS[Outcome.PASSED] if group.passed else _MARKS[Outcome.FAILED]} | {escaped(group.name)} "
        f"| {sum(result.outcome is Outcome.PASSED for result in group.results)}/{len(group.results)} "
        f"| {group.earned}/{group.points} |"
        for group in facts.groups(grade)
    ]
    return "\n".join(["| | group | checks | points |", "|---|---|---:|---:|", *rows])


def _check(result: CheckResult, *, with_id: bool) -> str:
    check = result.check
    lines = [f"#### {_MARKS[result.outcome]} {escaped(check.title)} ({result.earned}/{check.points})"]
    if with_id:
        lines.append(escaped(check.id))
    if said := result.feedback or ("skipped" if result.outcome is Outcome.SKIPPED else ""):
        lines.append(fenced(safe_prose(said), "text"))
    if check.hint:
        lines.append(f"**Hint:** {escaped(check.hint)}")
    if check.cwe:
        lines.append(f"**Weakness:** {escaped(check.cwe)}")
    return "\n\n".join(lines)


def _remarks(grade: Grade) -> Iterator[str]:
    titles = {result.check.id: result.check.title for result in grade.checks}
    restarts = [f'after "{titles.get(item.after, item.after)}": {item.reason}' for item in grade.restarts]
    for heading, items in (("The app was started again", restarts), ("Notes", grade.notes)):
        if items:
            yield "\n".join([f"**{heading}**", "", *(f"- {escaped(item)}" for item in items)])
