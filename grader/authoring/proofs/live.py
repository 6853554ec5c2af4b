"""Live progress of a validation, on standard error, for whoever waits for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from grader.display import TextStyle, clip, is_terminal, safe_line, terminal_width
from grader.progress import CLEAR_LINE, Output


@dataclass(frozen=True, slots=True)
class Planned:
    """So many gradings are to be done for a challenge, those that have ended included; said again when it changes."""

    challenge: str
    count: int


@dataclass(frozen=True, slots=True)
class Began:
    """A grading began."""

    what: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A grading ended; unless `well`, there is something to look at, and `how` says what."""

    what: str
    how: str
    well: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """Something worth knowing, such as what is left out and why."""

    text: str


Event = Planned | Began | Ended | Remark
Watch = Callable[[Event], None]


def unwatched(_event: Event) -> None:
    """Show nothing."""


@contextmanager
def watched_on(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Iterator[Watch]:
    """Yield what shows progress on `stream`: one status line on a terminal, else a line for each grading.

    What is not well gets a lasting line on both. Leaves no status line behind, whatever ends the block.
    """
    live = is_terminal(stream, environ)
    watcher = _Watcher(stream, environ, live=live)
    try:
        yield watcher
    finally:
        watcher.clear()


class _Watcher:
    def __init__(self, stream: TextIO, environ: Mapping[str, str], *, live: bool) -> None:
        self._stream = stream
        self._out = Output(stream)
        self._style = TextStyle.of(stream, environ)
        self._live = live
        self._challenge = ""
        self._count = 0
        self._done = 0
        self._running: list[str] = []

    def __call__(self, event: Event) -> None:
        lasting = ""
        match event:
            case Planned(challenge=challenge, count=count):
                if challenge != self._challenge:
                    self._challenge, self._done = challenge, 0
                self._count = count
            case Began(what=what):
                self._running.append(what)
            case Ended(what=what, how=how, well=well):
                self._running.remove(what)
                self._done += 1
                if not well or not self._live:
                    text = f"{self._progress()} {what}: {how}" if how else f"{self._progress()} {what}"
                    lasting = self._line(text, fg=None if well else "red")
            case Remark(text=text):
                lasting = self._line(text, fg="yellow")
        if not self._live:
            self._out.write(lasting)
            return
        self._out.write(CLEAR_LINE + lasting + self._style.paint(self._status(), dim=True))

    def clear(self) -> None:
        """Remove the status line."""
        if self._live:
            self._out.write(CLEAR_LINE)

    def _progress(self) -> str:
        width = len(str(self._count))
        return f"{self._challenge} [{self._done:{width}}/{self._count}]"

    def _status(self) -> str:
        text = safe_line(f"{self._progress()} {', '.join(self._running)}")
        # One column stays free: a full line makes some terminals wrap, and then it cannot be drawn over.
        return clip(self._style.spell(text), terminal_width(self._stream) - 1)

    def _line(self, text: str, *, fg: str | None) -> str:
        return self._style.paint(self._style.spell(safe_line(text)), fg=fg) + "\n"
