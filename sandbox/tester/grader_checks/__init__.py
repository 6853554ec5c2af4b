"""What the author of a suite imports: assertions whose messages a learner may read, and the types of the fixtures.

Everything passed to `expect`, `fail` and `Reply.expect` is shown to the learner. A plain `assert` shows only the
check's title and hint.
"""

from grader_checks.app import App
from grader_checks.client import Api, Reply
from grader_checks.concurrency import together
from grader_checks.expectations import CheckFailed, expect, fail, that

__all__ = ["Api", "App", "CheckFailed", "Reply", "expect", "fail", "that", "together"]
