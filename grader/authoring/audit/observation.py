"""Hands in one attack and observes everything that comes of it."""

from __future__ import annotations

import re
import secrets
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from grader.authoring.audit.battery import Attack
from grader.authoring.audit.canaries import Canaries, text_of
from grader.authoring.audit.exposure import Screen, shown_to_learner, unsafe_in
from grader.authoring.audit.judgement import Seen, Twin
from grader.authoring.audit.leftovers import files_named, processes_with
from grader.authoring.audit.listener import Listener, listening
from grader.authoring.audit.overlay import MARKER, files_of, hand_in
from grader.challenge import Challenge
from grader.display import safe_line
from grader.engine.census import objects_of
from grader.engine.engine import Engine
from grader.engine.listener import local_addresses
from grader.errors import GraderError
from grader.grading import grade
from grader.models import Attempt, Audience
from grader.progress import Event, Progress

# Starting and removing containers on a busy machine is none of the attack's doing.
BOUND_SPARE_S = 60.0
_HOSTS = 8


class Abandoned(Exception):
    """Nobody waits for this grading any more."""


class Observer:
    """Observes attacks on one challenge, from several threads at a time."""

    def __init__(self, challenge: Challenge, canaries: Canaries, seed: int, scratch: Path, go_on: Progress) -> None:
        """Work in `scratch`; `go_on` is called at every event and may raise to end a grading."""
        self._challenge = challenge
        self._canaries = canaries
        self._seed = seed
        self._scratch = scratch
        self._go_on = go_on

    @property
    def bound_s(self) -> float:
        """When any attempt must have ended."""
        limits = self._challenge.limits
        return limits.build_s + limits.start_s + limits.total_s + BOUND_SPARE_S

    def observe(self, attack: Attack, twin: Twin) -> Seen:
        """Return what came of the attack, laid over its honest twin."""
        marker = f"audit{secrets.token_hex(6)}"
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder, listening() as listener:
            environment = self._environment(marker, listener)
            submission = hand_in(attack, twin, environment, Path(folder))
            screen, began = Screen(), time.monotonic()
            with Engine() as engine:
                outcome = self._outcome(submission, engine, screen)
                duration_s = time.monotonic() - began
            left = [*engine.leftovers, *objects_of(engine.runs), *processes_with(marker)]
            places = [
                Path.cwd(),
                Path("/"),
                Path(tempfile.gettempdir()),
                self._scratch,
                Path(folder),
                submission.parent,
            ]
            left += files_named(marker, places)
        shown = shown_to_learner(outcome, screen)
        known = text_of(files_of(attack, twin, environment).values())
        log = outcome.detail.app_log + outcome.grade.app_log if isinstance(outcome, Attempt) else ""
        score = outcome.grade_for(Audience.INSTRUCTOR).score if isinstance(outcome, Attempt) else None
        return Seen(
            verdict=outcome.grade.verdict if isinstance(outcome, Attempt) else outcome.verdict,
            score=score,
            duration_s=duration_s,
            leaked=(*self._canaries.unknown_to(known).found_in("\n".join(shown)), *self._seen(marker, shown)),
            unsafe=unsafe_in(outcome, screen),
            breaches=tuple(safe_line(found) for found in dict.fromkeys(re.findall(rf"breach-{marker} ?(.*)", log))),
            visitors=tuple(listener.came),
            leftovers=tuple(left),
        )

    def _outcome(self, submission: Path, engine: Engine, screen: Screen) -> Attempt | GraderError:
        def progress(event: Event, /) -> None:
            self._go_on(event)
            screen(event)

        try:
            return grade(self._challenge, submission, engine, seed=self._seed, progress=progress)
        except GraderError as error:
            return error

    def _environment(self, marker: str, listener: Listener) -> Mapping[str, str]:
        return {
            MARKER: marker,
            "AUDIT_PORT": str(listener.port),
            "AUDIT_HOSTS": ",".join(local_addresses()[:_HOSTS]),
            "AUDIT_READY": self._challenge.manifest.app.ready_path,
        }

    def _seen(self, marker: str, shown: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the app says it saw of the suite, where a learner could read it and the manifest hides it."""
        if self._challenge.manifest.app_log == "full":
            return ()
        return tuple(dict.fromkeys(re.findall(rf"seen-{marker}.*", "\n".join(shown))))[:3]
