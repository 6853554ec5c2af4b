"""Why PostgreSQL refused a statement, in words: its SQLSTATE codes (PostgreSQL documentation, appendix A)."""

from __future__ import annotations

from typing import Any

from grader_checks.expectations import CheckFailed, NoAnswer

REASONS = {
    "unique": "23505",
    "foreign_key": "23503",
    "check": "23514",
    "not_null": "23502",
    "exclusion": "23P01",
    "restrict": "23001",
    "privilege": "42501",
    "too_long": "22001",
    "invalid": "22",
}
"""What an author may say instead of a code; two characters are a whole class of codes."""

_WORDS = {
    **{code: name.replace("_", " ") for name, code in REASONS.items()},
    "3F000": "a schema that is not there",
    "42P01": "a table or view that is not there",
    "42703": "a column that is not there",
    "42883": "a function or operator that is not there",
    "42804": "a value of another type",
    "428C9": "a generated value that may not be given",
    "55P03": "a lock that somebody else holds",
    "57014": "it took too long",
    "P0001": "raised by a trigger or function",
    "53": "the database is out of space, memory or connections",
    "54": "too complex",
    "57": "the database was stopped",
    "58": "the database is out of space",
}
UNREADABLE = "the database holds a value that cannot be read"
_SYNTAX_ERROR = "42601"
# Names that a function does not find when the path is not the one that its author wrote it for.
_UNKNOWN_NAME = frozenset({"3F000", "42P01", "42703", "42704", "42883"})


class NotAnswering(NoAnswer):
    """The database cannot be reached, or the connection to it was lost."""


class Refused(CheckFailed):
    """The database refused a statement; `state` is the SQLSTATE, `nested` whether code of the learner raised it."""

    def __init__(self, message: str, state: str, *, nested: bool) -> None:
        """The message is shown to the learner: it names the reason and quotes nothing."""
        super().__init__(message)
        self.state = state
        self.nested = nested

    @property
    def lost_its_path(self) -> bool:
        """Whether a function of the learner does not find a name, which may be for the suite's own search path."""
        return self.nested and self.state in _UNKNOWN_NAME


def words(state: str) -> str:
    """Return what a SQLSTATE means, for a learner; the code itself where there is no word for it."""
    return _WORDS.get(state) or _WORDS.get(state[:2]) or f"SQLSTATE {state}"


def is_because(state: str, because: str | tuple[str, ...]) -> bool:
    """Tell whether a SQLSTATE is one of the reasons: names of `REASONS`, codes, or classes of codes."""
    reasons = (because,) if isinstance(because, str) else because
    return any(state.startswith(REASONS.get(reason, reason)) for reason in reasons)


def names(because: str | tuple[str, ...]) -> str:
    """Return the reasons as a learner reads them: "unique or exclusion"."""
    reasons = (because,) if isinstance(because, str) else because
    return " or ".join(reason.replace("_", " ") if reason in REASONS else words(reason) for reason in reasons)


def as_failure(error: BaseException) -> CheckFailed | None:
    """Return what an error of psycopg or SQLAlchemy means for the check; None for a mistake of the suite itself.

    A database is the learner's: one that refuses, is slow or away fails the check. What fails before a statement is
    sent, and a syntax error outside of the learner's functions, are the author's.
    """
    if type(error).__module__.partition(".")[0] not in ("psycopg", "sqlalchemy"):
        return None
    import psycopg  # noqa: PLC0415 - loaded already by whatever raised this

    origin: Any = getattr(error, "orig", None) or error
    if not isinstance(origin, psycopg.Error):
        return None
    state = origin.sqlstate
    if state is None:
        if isinstance(origin, psycopg.DataError):
            return CheckFailed(UNREADABLE)
        lost = isinstance(origin, psycopg.OperationalError | psycopg.InterfaceError)
        return NotAnswering("the database does not answer") if lost else None
    nested = bool(origin.diag.context)
    if state == _SYNTAX_ERROR and not nested:
        return None
    return Refused(f"the database refused a statement of this check ({words(state)})", state, nested=nested)
