"""What a graded class ends as: the gradebook, the overview, and everybody's own page, in the folder of results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.batch.entries import Class
from grader.batch.gradebook import render_gradebook
from grader.batch.overview import render_overview
from grader.batch.results import REPORTS, Results, page_name
from grader.batch.summary import CheckFacts, Result, checks_of
from grader.models import Audience
from grader.reports import get_format

GRADEBOOK, OVERVIEW = "gradebook.csv", "overview.html"


def write_documents(class_: Class, results: Results, graded: Sequence[Result]) -> dict[str, Path]:
    """Write the gradebook, everybody's own page and the overview; return what is where.

    Attempts are read from disk one at a time. Raises `SandboxError` if the disk refuses a file (the operator acts).
    """
    html = get_format("html")
    checks: dict[str, CheckFacts] = {}
    pages: dict[str, str] = {}
    for result in graded:
        if result.file is None or (attempt := results.load(result.file)) is None:
            continue
        checks |= {check.id: check for check in checks_of(attempt)}
        page = page_name(result.entry.name, pages.values())
        results.write(f"{REPORTS}/{page}", html.render(attempt, Audience.LEARNER))
        pages[result.entry.name] = page
    overview = render_overview(results.challenge, results.settings, class_, graded, list(checks.values()), pages)
    return {
        "gradebook": results.write(GRADEBOOK, render_gradebook(graded, class_.absent, class_.columns)),
        "overview": results.write(OVERVIEW, overview),
        "reports": results.folder / REPORTS,
    }
