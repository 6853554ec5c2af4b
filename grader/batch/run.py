"""Grades the submissions of a class with several at a time; the part that has effects.

Each attempt goes to disk when it is made and nothing of it stays in memory, so a class may be of any size.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from grader.batch.entries import Entry
from grader.batch.results import Results
from grader.batch.summary import Result, error_result, graded_result
from grader.challenge import Challenge
from grader.engine.engine import Engine
from grader.errors import ChallengeError, SandboxError, SubmissionError, UsageError
from grader.grading import grade
from grader.models import Attempt, Submission
from grader.progress import Event
from grader.submission import load_submission
from grader.workspace import remembered_stack


@dataclass(frozen=True, slots=True)
class Began:
    """A grading began."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a submission; `before` if an earlier call had graded it."""

    result: Result
    before: bool
    duration_s: float


Watch = Callable[[Began | Ended], None]
Keep = Callable[[Entry, Attempt, Submission], None]


class _Abandoned(Exception):
    """Nobody waits for this grading any more."""


def grade_all(
    entries: Sequence[Entry], results: Results, engine: Engine, *, jobs: int, watch: Watch, keep: Keep
) -> list[Result]:
    """Grade what has no result yet, `jobs` at a time, and return what is known of each entry, in order.

    Calls of `watch` and `keep` come one at a time. What cannot be read, what Docker is at fault for and what a bug of
    ours ends becomes a result too. Raises `ChallengeError` at the first submission whose challenge cannot be graded,
    and `UsageError` where what was typed or set cannot be: it would be the same for all. On that, and when interrupted,
    the gradings under way are removed and their results thrown away; what is on disk stays.
    """
    grader = _Grader(results, engine, watch, keep)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="batch")
    try:
        futures: dict[Future[Result], Entry] = {pool.submit(grader, entry): entry for entry in entries}
        done = {futures[future].name: future.result() for future in as_completed(futures)}
    except BaseException:
        grader.abandoned.set()
        engine.end_runs()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return [done[entry.name] for entry in entries]


class _Grader:
    def __init__(self, results: Results, engine: Engine, watch: Watch, keep: Keep) -> None:
        self._results = results
        self._engine = engine
        self._watch = watch
        self._keep = keep
        self._one_at_a_time = threading.Lock()
        self.abandoned = threading.Event()

    def __call__(self, entry: Entry) -> Result:
        began = time.monotonic()
        before = False
        try:
            submission = load_submission(entry.path)
            path = self._results.file_of(entry.name, submission)
            attempt = self._results.load(path)
            before = attempt is not None
            if attempt is None:
                self._say(Began(entry))
                attempt = self._graded(entry, submission)
                self._results.save(path, attempt)
                with self._one_at_a_time:
                    self._keep(entry, attempt, submission)
            result = graded_result(entry, attempt, path)
        except (SubmissionError, SandboxError) as error:
            # what is being given up looks as if Docker had failed
            self._go_on()
            result = error_result(entry, error)
        except (ChallengeError, UsageError):
            self.abandoned.set()
            raise
        except _Abandoned:
            raise
        except Exception as error:  # noqa: BLE001 - one learner's submission must not keep a class from its grades
            self._go_on()
            result = error_result(entry, SandboxError(f"a bug in the grader: {type(error).__name__}: {error}"))
        self._say(Ended(result, before, time.monotonic() - began))
        return result

    def _graded(self, entry: Entry, submission: Submission) -> Attempt:
        settings = self._results.settings
        attempt = grade(
            self._results.challenge,
            submission,
            self._engine,
            suite=settings.suite,
            stack=settings.stack or _begun_in(entry, self._results.challenge),
            seed=settings.seed,
            shuffled=settings.shuffled,
            progress=self._go_on,
        )
        self._go_on()  # what lost its containers may look like a verdict
        return attempt

    def _go_on(self, _event: Event | None = None) -> None:
        if self.abandoned.is_set():
            raise _Abandoned

    def _say(self, event: Began | Ended) -> None:
        with self._one_at_a_time:
            self._watch(event)


def _begun_in(entry: Entry, challenge: Challenge) -> str | None:
    """Return the stack that `grader start` was asked for; where its file is damaged or has another one, files tell."""
    try:
        stack = remembered_stack(entry.path, challenge)
    except UsageError:
        return None
    return stack if stack in challenge.manifest.stacks else None
