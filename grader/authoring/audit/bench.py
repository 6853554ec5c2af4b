"""Grades honest submissions and attacks, several at a time: the part of an audit that has effects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Self, TypeVar

from grader.authoring.audit.battery import Attack
from grader.authoring.audit.canaries import Canaries
from grader.authoring.audit.judgement import Aftermath, Baseline, Case, Twin, judge
from grader.authoring.audit.observation import Abandoned, Observer
from grader.authoring.audit.overlay import twin_for
from grader.challenge import Challenge
from grader.engine.engine import Engine
from grader.errors import ChallengeError, GraderError, SandboxError
from grader.grading import grade
from grader.models import Audience, Grade, Verdict
from grader.progress import Event

T = TypeVar("T")
R = TypeVar("R")

# An attack may hold up every check. It gets some more time than its honest twin took, so that an audit ends today.
SPARE_S, TIMES_HONEST = 4.0, 2.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is told while an audit runs: which of how many attacks ended, and how."""

    number: int
    count: int
    name: str
    how: str
    well: bool


Watch = Callable[[Told], None]


class Bench:
    """A context manager; leaving it early ends the gradings under way at their next event."""

    def __init__(
        self, challenge: Challenge, canaries: Canaries, seed: int, jobs: int, watch: Watch, scratch: Path
    ) -> None:
        """Grade with `challenge`, which holds the planted canaries, at most `jobs` submissions at a time."""
        self._challenge = challenge
        self._canaries = canaries
        self._seed = seed
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="audit")
        self._watch = watch
        self._scratch = scratch
        self._abandoned = threading.Event()
        self._telling = threading.Lock()
        self._ended = 0

    def __enter__(self) -> Self:
        """Return the bench itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until what was started has been removed; begin nothing more."""
        self._abandoned.set()
        self._pool.shutdown(cancel_futures=True)

    def try_all(self, attacks: Sequence[Attack], twins: tuple[Twin, ...]) -> tuple[list[Case], list[Aftermath]]:
        """Try one class after the other, and after each grade an honest submission again.

        Raises `ChallengeError` when a reference does not pass, and `SandboxError` as soon as Docker is at fault.
        """
        pairs = [(attack, twin_for(attack, twins)) for attack in attacks]
        needed = list({twin.name: twin for _, twin in pairs}.values())
        honest = dict(zip((twin.name for twin in needed), self._all(self._baseline, needed), strict=True))
        longest_s = max((baseline.duration_s for baseline in honest.values()), default=0.0)
        observer = Observer(hurried(self._challenge, longest_s), self._canaries, self._seed, self._scratch, self._go_on)
        cases: list[Case] = []
        aftermaths: list[Aftermath] = []

        def attempt(item: tuple[Attack, Baseline]) -> Case:
            case = self._try(*item, observer)
            self._tell(case, len(pairs))
            return case

        for class_, group in groupby(pairs, key=lambda pair: pair[0].class_):
            todo = [(attack, honest[twin.name]) for attack, twin in group]
            cases += self._all(attempt, todo)
            aftermaths.append(self._after(class_, todo[0][1]))
        return cases, aftermaths

    def _try(self, attack: Attack, honest: Baseline, observer: Observer) -> Case:
        seen = observer.observe(attack, honest.twin)
        if seen.verdict == SandboxError.verdict:
            self._grade(honest.twin)  # raises if it is Docker that is in trouble: then the attack is not to blame
        return judge(attack, honest, seen, observer.bound_s)

    def _baseline(self, twin: Twin) -> Baseline:
        began = time.monotonic()
        graded = self._grade(twin)
        if twin.role == "reference" and graded.verdict is not Verdict.PASSED:
            graded = self._grade(twin)  # a busy machine may have been at fault
        if twin.role == "reference" and graded.verdict is not Verdict.PASSED:
            raise ChallengeError(
                f"{twin.name} of {self._challenge.slug} does not pass, so it is nothing to compare with",
                hint=f"grader grade {self._challenge.slug} --solution {twin.name} --seed {self._seed}",
            )
        return Baseline(twin, graded.verdict, graded.score, graded.max_score, time.monotonic() - began)

    def _after(self, class_: str, honest: Baseline) -> Aftermath:
        try:
            graded = self._grade(honest.twin)
            if (graded.verdict, graded.score) != (honest.verdict, honest.score):
                graded = self._grade(honest.twin)  # as above
        except SandboxError:
            raise
        except GraderError as error:
            return Aftermath(class_, honest, error.verdict, None)
        return Aftermath(class_, honest, graded.verdict, graded.score)

    def _grade(self, twin: Twin) -> Grade:
        with Engine() as engine:
            attempt = grade(self._challenge, twin.folder, engine, seed=self._seed, progress=self._go_on)
        return attempt.grade_for(Audience.INSTRUCTOR)

    def _all(self, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
        futures: list[Future[R]] = [self._pool.submit(work, item) for item in items]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            if error := future.exception():
                raise error
        return [future.result() for future in futures]

    def _go_on(self, _event: Event) -> None:
        if self._abandoned.is_set():
            raise Abandoned

    def _tell(self, case: Case, count: int) -> None:
        with self._telling:
            self._ended += 1
            took = f"{case.seen.verdict}, {case.seen.duration_s:.1f} s"
            self._watch(Told(self._ended, count, case.attack.name, "; ".join(case.reasons) or took, case.contained))


def hurried(challenge: Challenge, honest_s: float) -> Challenge:
    """Return the challenge with less time for all checks, but twice what the honest ones took and some to spare."""
    limits = challenge.manifest.limits
    total_s = min(limits.total_s, SPARE_S + TIMES_HONEST * honest_s)
    manifest = challenge.manifest.model_copy(update={"limits": limits.model_copy(update={"total_s": total_s})})
    return replace(challenge, manifest=manifest)
