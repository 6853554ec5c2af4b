"""A class for pages that show one: all verdicts, every kind of check, and names that somebody made up to harm."""

from __future__ import annotations

from pathlib import Path

from grader.batch.entries import Class, Entry
from grader.batch.overview import render_overview
from grader.batch.results import Settings
from grader.batch.summary import CheckFacts, Result, error_result
from grader.challenge import load_challenge
from grader.errors import SandboxError, SubmissionError
from grader.models import Suite
from tests.running import PROBE

EVIL = '=HYPERLINK("http://x")<script>alert(1)</script>\u202e\x1b[2J'

# a column a check: always passed, never passed, passed by the weak, and two that tell strong from weak
_OUTCOMES = {
    "Ada Vance": "10011",
    "Grace Okafor": "10011",
    "Alan Lindqvist": "10010",
    "Linus Moreau": "10100",
    EVIL: "10100",
}
_TITLES = ("GET /todos answers 200.", EVIL, "W" * 80, "POST /todos stores a to-do.", "DELETE answers 204.")


def class_overview() -> str:
    """Return the overview of the class."""
    checks = [
        CheckFacts(f"check-{number}", title, "list" if number < 2 else "write", 2)
        for number, title in enumerate(_TITLES)
    ]
    results = [_graded(number, name, outcomes) for number, (name, outcomes) in enumerate(_OUTCOMES.items())]
    results += [
        Result(Entry("s10", Path("s10"), "Ken Novak"), "start_failed", "the app ended", 0, 10),
        error_result(Entry("s11", Path("s11"), "Joan Costa"), SubmissionError(f"{EVIL} cannot be read")),
        error_result(Entry("a-name-of-a-file-" * 6, Path("x")), SandboxError("the Engine is away")),
    ]
    class_ = Class(tuple(result.entry for result in results), (Entry("s12", Path(), "Absent Person"),))
    settings = Settings("probe", Suite.HIDDEN, 7, shuffled=True)
    return render_overview(load_challenge(PROBE), settings, class_, results, checks, {"s0": "s0.html"})


def _graded(number: int, name: str, outcomes: str) -> Result:
    passed = {f"check-{check}": outcome == "1" for check, outcome in enumerate(outcomes)}
    score = 2 * sum(passed.values())
    return Result(
        Entry(f"s{number}", Path(f"s{number}"), name),
        "failed" if score < 6 else "passed",
        score=score,
        max_score=10,
        passed=passed,
    )
