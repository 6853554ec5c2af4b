"""When each phase of an attempt began and how long it took; tells the progress display as it happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from grader.models import Phase
from grader.progress import Event, PhaseEnded, PhaseStarted, Progress


class Timeline:
    """Measures phases, which may overlap and run in different threads; reports events one at a time."""

    def __init__(self, progress: Progress) -> None:
        """The attempt begins now."""
        self._progress = progress
        self._began = time.monotonic()
        self._phases: list[Phase] = []
        self._lock = threading.Lock()

    @contextmanager
    def phase(self, name: str, text: str) -> Iterator[None]:
        """Measure the block as the phase `name`; `text` tells a waiting person what is being done."""
        began = time.monotonic()
        self.report(PhaseStarted(name, text))
        try:
            yield
        finally:
            phase = Phase(name, round(began - self._began, 4), round(time.monotonic() - began, 4))
            with self._lock:
                self._phases.append(phase)
                self._progress(PhaseEnded(name))

    def report(self, event: Event) -> None:
        """Hand one event to the progress display."""
        with self._lock:
            self._progress(event)

    def phases(self) -> tuple[Phase, ...]:
        """Return the phases that have ended, in the order in which they began."""
        with self._lock:
            return tuple(sorted(self._phases, key=lambda phase: phase.start_s))
