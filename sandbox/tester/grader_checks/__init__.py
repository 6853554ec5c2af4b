"""What the author of a suite imports: assertions whose messages a learner may read, and the types of the fixtures.

Everything passed to `expect`, `fail` and `Reply.expect` is shown to the learner. A plain `assert` shows only the
check's title and hint.
"""

from grader_checks.app import App, ExecResult, Usage
from grader_checks.client import Api, Reply
from grader_checks.concurrency import together
from grader_checks.database import Database
from grader_checks.expectations import CheckFailed, expect, fail, that
from grader_checks.plans import Plan
from grader_checks.security import attempt, canary
from grader_checks.services import Service
from grader_checks.statements import Statements
from grader_checks.submission import Submission

__all__ = [
    "Api",
    "App",
    "CheckFailed",
    "Database",
    "ExecResult",
    "Plan",
    "Reply",
    "Service",
    "Statements",
    "Submission",
    "Usage",
    "attempt",
    "canary",
    "expect",
    "fail",
    "that",
    "together",
]
