"""Grades several submissions at a time on one Engine: the part of a validation that has effects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Self, TypeVar

from grader.authoring.proofs.live import Began, Ended, Watch
from grader.authoring.proofs.mutants import Mutant
from grader.authoring.proofs.pressure import cpu_pressure
from grader.authoring.proofs.stubs import impatient
from grader.authoring.proofs.trials import Finding, MutantResult, Role, Subject, Trial, TrialResult
from grader.challenge import Challenge
from grader.display import number_of
from grader.engine.engine import Engine
from grader.errors import ChallengeError, SubmissionError
from grader.grading import grade
from grader.models import Audience, Outcome, Submission, Verdict
from grader.progress import CheckFinished, Event
from grader.submission import submission_of

T = TypeVar("T")
R = TypeVar("R")
Look = Callable[[TrialResult], Sequence[Finding]]


class _Killed(Exception):
    """A mutant failed a check: the others need not be asked."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


class _Abandoned(Exception):
    """Nobody waits for this grading any more."""


class Bench:
    """A context manager; leaving it early ends the gradings under way at their next event."""

    def __init__(self, challenge: Challenge, engine: Engine, jobs: int, look: Look, watch: Watch) -> None:
        """Grade at most `jobs` submissions at a time; `look` says what is wrong with a result on its own."""
        self._challenge = challenge
        self._look = look
        self._engine = engine
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="bench")
        self._watch = watch
        self._watching = threading.Lock()
        self._abandoned = threading.Event()

    def __enter__(self) -> Self:
        """Return the bench itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until what was started has been removed; begin nothing more."""
        self._abandoned.set()
        self._pool.shutdown(cancel_futures=True)

    def grade(self, trials: Sequence[Trial]) -> list[TrialResult]:
        """Return the result of each trial, in order; raises `SandboxError` as soon as one grading does."""
        return self._all(self._grade, trials)

    def grade_under_pressure(self, trials: Sequence[Trial]) -> list[TrialResult]:
        """Return the same while every processor of this machine is busy with something else."""
        if not trials:
            return []
        with cpu_pressure():
            return self.grade(trials)

    def kill(self, references: Sequence[tuple[Subject, Mutant]]) -> list[MutantResult]:
        """Return for each mutant of a reference what noticed it; raises `SandboxError`."""
        return self._all(self._kill, references)

    def _all(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        futures = [self._pool.submit(work, item) for item in items]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        _raise_first(done)
        return [future.result() for future in futures]

    def _grade(self, trial: Trial) -> TrialResult:
        began, label = time.monotonic(), label_of(trial)
        self._say(Began(label))
        challenge = impatient(self._challenge) if trial.subject.role is Role.STUB else self._challenge
        try:
            attempt = grade(
                challenge,
                trial.subject.submission,
                self._engine,
                suite=trial.suite,
                seed=trial.seed,
                shuffled=trial.shuffled,
                progress=self._go_on,
            )
        except (ChallengeError, SubmissionError) as error:
            result = TrialResult(trial, error=error, duration_s=time.monotonic() - began)
        else:
            result = TrialResult(trial, attempt, duration_s=time.monotonic() - began)
        problems = [finding.message for finding in self._look(result) if finding.is_error]
        self._say(Ended(label, "; ".join(problems) or _score(result), well=not problems))
        return result

    def _kill(self, item: tuple[Subject, Mutant]) -> MutantResult:
        reference, mutant = item
        label = f"{reference.name}, mutant of {mutant.file}:{mutant.line} ({mutant.operator})"
        self._say(Began(label))
        files = {**reference.submission.files, mutant.file: mutant.content.encode()}
        killed_by = self._killed_by(submission_of(files, reference.submission.executable, reference.name))
        result = MutantResult(reference.name, mutant, killed_by)
        how = "survived" if result.survived else f"killed by {killed_by}"
        self._say(Ended(label, how, well=not result.survived))
        return result

    def _killed_by(self, mutated: Submission) -> str:
        try:
            attempt = grade(self._challenge, mutated, self._engine, seed=0, progress=self._until_killed)
        except _Killed as killed:
            return killed.check
        except (ChallengeError, SubmissionError) as error:
            return error.verdict
        graded = attempt.grade_for(Audience.INSTRUCTOR)  # who is told how silent checks ended, if only now
        if graded.score == graded.max_score:
            return ""
        failed = [result.check.id for result in graded.checks if result.outcome is not Outcome.PASSED]
        return failed[0] if graded.verdict is Verdict.FAILED else str(graded.verdict)

    def _go_on(self, _event: Event) -> None:
        if self._abandoned.is_set():
            raise _Abandoned

    def _until_killed(self, event: Event) -> None:
        self._go_on(event)
        if isinstance(event, CheckFinished) and event.result.outcome is not Outcome.PASSED:
            raise _Killed(event.result.check.id)

    def _say(self, event: Began | Ended) -> None:
        with self._watching:
            self._watch(event)


def label_of(trial: Trial) -> str:
    """Return what a trial is, in a few words."""
    words = [trial.subject.name]
    words += [f"({trial.suite} suite)"] if trial.subject.role is Role.REFERENCE and not trial.pressed else []
    words += [f"(seed {trial.seed}, shuffled, busy machine)"] if trial.pressed else []
    return " ".join(words)


def _score(result: TrialResult) -> str:
    return "" if result.attempt is None else f"{result.grade.score} of {number_of(result.grade.max_score, 'point')}"


def _raise_first(futures: Iterable[Future[R]]) -> None:
    for future in futures:
        if error := future.exception():
            raise error
