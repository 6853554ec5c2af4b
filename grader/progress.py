"""Live progress: what happens right now, on standard error, for whoever waits for a grade.

`grade()` calls its `progress` with the events below, one call at a time. All of them may be shown to a learner: they
carry titles and phases, never what a check found beyond its outcome, and of a silent check not even that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TextIO

from grader.display import TextStyle, clip, is_terminal, number_of, safe_line, terminal_width, wrap
from grader.models import Check, CheckResult, Outcome

CLEAR_LINE = "\r\x1b[K"


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase began; phases may overlap, also of one name. `text` says what it does, as in "starting the app"."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """The phase called `name`, of which there is only one, goes on with something else: `text`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    """A phase called `name` ended, well or not."""

    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing that is not an error, as in "installing requirements for the first time"."""

    text: str


@dataclass(frozen=True, slots=True)
class ChecksCollected:
    """The suite announced its checks, in the order in which they will run."""

    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class CheckStarted:
    """A check began."""

    check: Check


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """A check ended."""

    result: CheckResult


@dataclass(frozen=True, slots=True)
class SilentCheckFinished:
    """A check ended whose outcome its learner may not tell from that of others."""

    check: Check


Event = (
    PhaseStarted | PhaseStep | PhaseEnded | Note | ChecksCollected | CheckStarted | CheckFinished | SilentCheckFinished
)


class Progress(Protocol):
    """Whoever wants to know how a grading goes; must return soon, since the grading waits for it."""

    def __call__(self, event: Event, /) -> None:
        """Take note of `event`."""


def quiet(_event: Event, /) -> None:
    """Show nothing."""


@contextmanager
def shown_on(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Iterator[Progress]:
    """Yield the progress that fits `stream`: one status line on a terminal, else a line an event.

    Leaves no status line behind, whatever ends the block.
    """
    if not is_terminal(stream, environ):
        yield LineProgress(stream)
        return
    live = LiveProgress(stream, environ)
    try:
        yield live
    finally:
        live.clear()


class LineProgress:
    """One line for every phase, note and result: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`, without colour or cursor movement."""
        self._out = Output(stream)
        self._style = TextStyle.of(stream, {})
        self._count = _Count()

    def __call__(self, event: Event, /) -> None:
        """Write the line of `event`, if it has one."""
        self._count.add(event)
        match event:
            case PhaseStarted(text=text) | PhaseStep(text=text) | Note(text=text):
                self._line(text)
            case ChecksCollected(checks=checks):
                self._line(number_of(len(checks), "check"))
            case CheckFinished(result=result):
                self._line(f"[{self._count}] {result.outcome:7} {result.check.title}")
            case SilentCheckFinished(check=check):
                self._line(f"[{self._count}] {'ended':7} {check.title}")
            case _:
                pass

    def _line(self, text: str) -> None:
        self._out.write(self._style.spell(safe_line(text)) + "\n")


class LiveProgress:
    """One status line that is drawn over itself, and a lasting line for every note and every check not passed."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str] = os.environ) -> None:
        """Draw on the terminal behind `stream`, whose width is asked at every drawing, since people resize."""
        self._stream = stream
        self._out = Output(stream)
        self._style = TextStyle.of(stream, environ)
        self._count = _Count()
        self._phases: list[tuple[str, str]] = []
        self._check = ""
        self._lasting = False

    def __call__(self, event: Event, /) -> None:
        """Draw what `event` changed."""
        self._count.add(event)
        lasting = ""
        match event:
            case PhaseStarted(name=name, text=text):
                self._phases.append((name, text))
            case PhaseStep(name=name, text=text):
                self._phases = [(phase, text if phase == name else before) for phase, before in self._phases]
            case PhaseEnded(name=name):
                self._phases.remove(next(phase for phase in self._phases if phase[0] == name))
            case Note(text=text):
                lasting = self._wrapped(text)
            case CheckStarted(check=check):
                self._check = check.title
            case CheckFinished(result=result):
                self._check = ""
                lasting = self._finished(result)
            case SilentCheckFinished():
                self._check = ""
            case ChecksCollected():
                pass
        self._lasting = self._lasting or bool(lasting)
        self._out.write(CLEAR_LINE + lasting + self._style.paint(self._status(), dim=True))

    def clear(self) -> None:
        """Remove the status line; lasting lines stay, set apart from the report that follows."""
        self._out.write(CLEAR_LINE + ("\n" if self._lasting else ""))

    def _finished(self, result: CheckResult) -> str:
        if result.outcome is Outcome.PASSED:
            return ""
        colour = "red" if result.outcome is Outcome.FAILED else "yellow"
        return self._wrapped(f"{result.outcome}: {result.check.title}", fg=colour)

    def _status(self) -> str:
        doing = self._check or next((text for _, text in reversed(self._phases)), "")
        dot = " · " if self._style.unicode else " - "
        status = dot.join(part for part in (str(self._count), doing) if part)
        # One column stays free: a full line makes some terminals wrap, and then it cannot be drawn over.
        return clip(self._style.spell(safe_line(status)), terminal_width(self._stream) - 1)

    def _wrapped(self, text: str, *, fg: str | None = None) -> str:
        lines = wrap(self._style.spell(safe_line(text)), self._style.width)
        return "".join(self._style.paint(line, fg=fg) + "\n" for line in lines)


class _Count:
    """How many of the collected checks have ended: "12/26", or nothing before they are known."""

    def __init__(self) -> None:
        self._total = 0
        self._done = 0

    def add(self, event: Event) -> None:
        if isinstance(event, ChecksCollected):
            self._total = len(event.checks)
        elif isinstance(event, CheckFinished | SilentCheckFinished):
            self._done += 1

    def __str__(self) -> str:
        width = len(str(self._total))
        return f"{self._done:{width}}/{self._total}" if self._total else ""


class Output:
    """A stream whose reader may go away: that ends the display, not the grading."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream` as long as somebody reads it."""
        self._stream = stream
        self._gone = False

    def write(self, text: str) -> None:
        """Write and flush, or do nothing when the reader has gone."""
        if self._gone:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._gone = True
