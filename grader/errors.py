"""One error tree: each class has its own exit code, and names who must act.

What a submission did (did not build, did not start, failed) is never an exception that leaves `grade()`: it is a
`Grade`. These exceptions mean that nothing was learned about the submission.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.models import Verdict

FOR_INSTRUCTORS = "instructors: "
"""How a hint begins that tells whoever reads a learner's report how to see the detail."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: where, what, and what was expected."""

    where: str
    what: str
    expected: str = ""

    def __str__(self) -> str:
        """Return the problem on one line."""
        return f"{self.where}: {self.what}" + (f" (expected {self.expected})" if self.expected else "")


class GraderError(Exception):
    """The base of every error that a user can meet: a message, all problems found, and the next command (`hint`).

    `detail` is for instructors only: it may quote a hidden suite.
    """

    exit_code = 70
    verdict = "error"

    def __init__(self, message: str, *, problems: Sequence[Problem] = (), hint: str = "", detail: str = "") -> None:
        """Keep the parts apart, so that a text and a JSON report can each show them in its own way."""
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)
        self.hint = hint
        self.detail = detail


class UsageError(GraderError):
    """The command line cannot be carried out as typed; whoever typed it acts."""

    exit_code = 2
    verdict = "usage_error"


class SubmissionError(GraderError):
    """The submission cannot be read; the learner acts. Lists every problem found."""

    exit_code = 3
    verdict = "invalid"


class ChallengeError(GraderError):
    """The challenge is at fault: manifest, suite or images it names; the instructor acts. Carries no score."""

    exit_code = 4
    verdict = "challenge_error"


class UnknownChallenge(ChallengeError):
    """No challenge is called that; whoever typed it acts, and there is nothing to grade."""

    exit_code = UsageError.exit_code
    verdict = UsageError.verdict


class SandboxError(GraderError):
    """Docker, the disk or an image is at fault; the operator acts. Carries no score; the same call may be repeated."""

    exit_code = 5
    verdict = "sandbox_error"


class Stopped(Exception):
    """The submission stopped the run before its checks could end: becomes a `Grade`, never leaves `grade()`."""

    def __init__(self, verdict: Verdict, message: str, *, log: str = "") -> None:
        """`message` and `log` (bounded, of the learner's own program or build) are shown to the learner."""
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.log = log
