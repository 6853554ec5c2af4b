"""The values that flow through one grading: frozen, without behaviour beyond small derived facts, no I/O.

Learner-safe data (`Grade`) and instructor-only data (`Detail`) are separate from the moment they are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How one check ended; only `passed` earns its points."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """How one attempt ended; every value here is about the submission, never about the grader's own trouble."""

    PASSED = "passed"
    FAILED = "failed"
    BUILD_FAILED = "build_failed"
    START_FAILED = "start_failed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    INVALID = "invalid"


class Audience(StrEnum):
    """Who reads a report: a learner sees the `Grade`, an instructor the `Detail` too."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"


class FeedbackLevel(StrEnum):
    """How much a learner is told of one check: each value includes what the ones below it show."""

    MESSAGE = "message"
    HINT = "hint"
    TITLE = "title"
    SILENT = "silent"


class Suite(StrEnum):
    """Which of a challenge's suites checks the submission."""

    PUBLIC = "public"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one attempt may use: seconds of wall time, bytes, CPUs, processes. Set by the challenge only."""

    build_s: float = 120.0
    start_s: float = 15.0
    check_s: float = 10.0
    total_s: float = 60.0
    memory_bytes: int = 512 * 1024**2
    cpus: float = 1.0
    pids: int = 128
    disk_bytes: int = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class SubmissionLimits:
    """How large a submission may be; bytes are counted while reading, never taken from a header."""

    total_bytes: int = 20 * 1024**2
    file_bytes: int = 10 * 1024**2
    entries: int = 2000
    depth: int = 16
    path_chars: int = 240


@dataclass(frozen=True, slots=True)
class Submission:
    """What a learner handed in: relative POSIX path -> content, sorted by path, and the SHA-256 of it all."""

    files: Mapping[str, bytes]
    executable: frozenset[str]
    digest: str
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One scored assertion of a suite, as its author declared it, or as its `feedback_level` shows it to a learner."""

    id: str
    title: str
    group: str
    points: int
    hint: str = ""
    cwe: str = ""
    feedback_level: FeedbackLevel = FeedbackLevel.MESSAGE


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check; `feedback` is worded by the suite's author for learners, or by the grader."""

    check: Check
    outcome: Outcome
    feedback: str = ""
    duration_s: float = 0.0

    @property
    def earned(self) -> int:
        """The points that this outcome earns."""
        return self.check.points if self.outcome is Outcome.PASSED else 0


@dataclass(frozen=True, slots=True)
class CheckDetail:
    """What only an instructor may see of one check: the traceback, captured output, the place in the suite."""

    id: str
    node: str
    text: str


@dataclass(frozen=True, slots=True)
class AppState:
    """What the Engine observed of the app's container; nothing in it comes from a learner's words."""

    running: bool
    exit_code: int
    out_of_memory: bool


@dataclass(frozen=True, slots=True)
class AppUsage:
    """What the kernel counted for the app's container: memory now, and CPU seconds since its last start."""

    memory_bytes: int
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Restart:
    """The app was started again during the suite: after which check, and why."""

    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What it takes to repeat an attempt and to explain a difference: versions, digests, seed, limits."""

    grader_version: str
    engine_version: str
    challenge: str
    challenge_version: str
    challenge_digest: str
    suite: Suite
    submission_digest: str
    stack: str
    images: Mapping[str, str]
    seed: int
    shuffled: bool
    limits: Limits


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of the run: seconds since grading began, and how long it took."""

    name: str
    start_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Grade:
    """Everything that a learner may see of one attempt; `pass_score` is in points."""

    title: str
    verdict: Verdict
    score: int
    max_score: int
    pass_score: int
    checks: tuple[CheckResult, ...]
    provenance: Provenance
    message: str = ""
    app_log: str = ""
    restarts: tuple[Restart, ...] = ()
    timings: tuple[Phase, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything about one attempt that only an instructor may see.

    `grade` is the grade before feedback levels took anything away; None where they took nothing.
    """

    grade: Grade | None = None
    checks: tuple[CheckDetail, ...] = ()
    app_log: str = ""
    tester_log: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One grading of one submission: the learner's document and the instructor's, kept apart."""

    grade: Grade
    detail: Detail = field(default_factory=Detail)

    def grade_for(self, audience: Audience) -> Grade:
        """The grade as that audience may see it: an instructor's has every check as it is."""
        return self.detail.grade or self.grade if audience is Audience.INSTRUCTOR else self.grade
