"""GitHub's workflow commands, to be printed by a step of a job: annotations, and the text report in the step's log.

The text report may quote what a learner's program said. While it is printed the runner obeys no command, until a word
comes that nobody can know beforehand. For the summary of a job there is the format `markdown`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from grader.display import TextStyle, safe_line, safe_prose
from grader.errors import GraderError
from grader.models import Attempt, Audience, CheckResult, Grade, Outcome, Verdict
from grader.reports import Report
from grader.reports import _facts as facts
from grader.reports.text import TextReport

ANNOTATIONS = 10
"""How many annotations of a kind GitHub takes from one step; it drops the others without a word."""

_WIDTH = 100
_KINDS = {Outcome.FAILED: "error", Outcome.ERRORED: "warning", Outcome.SKIPPED: "notice"}


class GithubReport:
    """Lines for standard output, which a runner reads."""

    name = "github"

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the text report within a group, and annotations: the verdict, and each check that did not pass."""
        grade = attempt.grade_for(audience)
        text = TextReport(TextStyle(width=_WIDTH)).render(attempt, audience)
        title = f"{facts.verdict_words(grade.verdict)}: {grade.title}"
        return _joined(_quoted(title, text), _annotations(grade))

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return an annotation that says that nothing was graded, and why."""
        text = TextReport(TextStyle(width=_WIDTH)).render_error(error, audience)
        title = f"{facts.NOT_GRADED}: {facts.verdict_words(error.verdict)}"
        said = "\n".join([error.message, *map(str, error.problems), error.hint])
        return _joined(_quoted(title, text), [_annotation("error", title, said)])


report: Report = GithubReport()


def _joined(*parts: Iterable[str]) -> str:
    return "\n".join(line for part in parts for line in part) + "\n"


def _quoted(title: str, text: str) -> Iterator[str]:
    """Yield the text in a group that can be unfolded, with all commands off.

    The word that turns them on again is a digest of the whole text: whatever it quotes cannot hold it.
    """
    word = hashlib.sha256(text.encode()).hexdigest()
    yield f"::group::{_data(safe_line(title))}"
    yield f"::stop-commands::{word}"
    yield text.rstrip("\n")
    yield f"::{word}::"
    yield "::endgroup::"


def _annotations(grade: Grade) -> Iterator[str]:
    early = grade.verdict not in (Verdict.PASSED, Verdict.FAILED)
    said = f"{facts.scored(grade)}. {facts.counted(grade)}." if grade.max_score else ""
    kind = "error" if early else "notice"
    title = f"{facts.verdict_words(grade.verdict).capitalize()}: {grade.title}"
    yield _annotation(kind, title, " ".join(part for part in (grade.message, said) if part) or title)
    for outcome, its_kind in _KINDS.items():
        results = [result for result in grade.checks if result.outcome is outcome]
        # the first annotation is one of its kind, and one may have to say how many are missing
        room = ANNOTATIONS - (its_kind == kind)
        shown = results if len(results) <= room else results[: room - 1]
        yield from (_of_check(its_kind, result) for result in shown)
        if missing := len(results) - len(shown):
            yield _annotation(its_kind, f"{missing} more {outcome}", "The log of this step has them all.")


def _of_check(kind: str, result: CheckResult) -> str:
    check = result.check
    return _annotation(kind, f"{check.title} ({result.earned}/{check.points})", facts.said(result) or result.outcome)


def _annotation(kind: str, title: str, message: str) -> str:
    return f"::{kind} title={_property(safe_line(title))}::{_data(safe_prose(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
