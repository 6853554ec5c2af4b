"""Reports: one module a format, found by its file name; adding a format is adding one file here, or one folder.

A format's module or package holds one constant, `report: Report`. Reports are pure: they read an attempt and return
text; who writes it, and where, is the caller's business.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from typing import Protocol

from grader.errors import GraderError, UsageError
from grader.models import Attempt, Audience


class Report(Protocol):
    """One format in which an attempt, or the error that prevented it, is written down."""

    @property
    def name(self) -> str:
        """The format's name: the name of its file."""

    def render(self, attempt: Attempt, audience: Audience) -> str:
        """Return the whole report, ending with a newline.

        Both are made from `attempt.grade_for(audience)`; only an instructor's may read `attempt.detail`.
        """

    def render_error(self, error: GraderError, audience: Audience) -> str:
        """Return the report of an attempt that was not graded: it holds no score, so that nobody can add it up as zero.

        Only an instructor's edition may read `error.detail`, which may quote the hidden suite.
        """


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted, without importing any; what begins with `_` is what formats share."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


def get_format(name: str) -> Report:
    """Return the format called `name`.

    Raises `UsageError` for a name that is not one of `formats()`.
    """
    known = formats()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise UsageError(
            f'unknown report format "{name}" (known: {", ".join(known)})',
            hint=f"--format {near[0] if near else 'text'}",
        )
    report: Report = importlib.import_module(f"{__name__}.{name}").report
    return report
