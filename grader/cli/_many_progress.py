"""How far a class is, and how long it will still take: a bar on a terminal, else a line for each submission."""

from __future__ import annotations

import time
from typing import Self, TextIO

from grader.display import TextStyle, safe_line
from grader.progress import Output


class Remaining:
    """Estimates how long the rest takes, from those that were graded in this call."""

    def __init__(self, count: int) -> None:
        """Nothing of `count` is done."""
        self._began = time.monotonic()
        self._left = count
        self._graded = 0

    def ended(self, *, before: bool) -> None:
        """Take note of one; those that an earlier call had graded took no time."""
        self._left -= 1
        self._graded += not before

    def __str__(self) -> str:
        """Return it in words, or nothing as long as there is nothing to go by."""
        if not self._graded or not self._left:
            return ""
        left_s = (time.monotonic() - self._began) / self._graded * self._left
        minutes, seconds = divmod(round(left_s), 60)
        if minutes >= 60:
            return f"about {minutes // 60} h {minutes % 60} min left"
        return f"about {minutes} min left" if minutes >= 2 else f"about {60 * minutes + seconds} s left"


class Lines:
    """A line for each submission that ended, for logs and pipes; a context manager."""

    def __init__(self, count: int, stream: TextIO) -> None:
        """Write to `stream`."""
        self._out, self._style = Output(stream), TextStyle.of(stream, {})
        self._count, self._done = count, 0
        self._remaining = Remaining(count)

    def __enter__(self) -> Self:
        """Return the display itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the lines as they are."""

    def began(self, name: str) -> None:
        """Say nothing: a line comes when it has ended."""

    def ended(self, name: str, how: str, *, before: bool, well: bool) -> None:  # noqa: ARG002 - as Bar has it
        """Write the line."""
        self._done += 1
        self._remaining.ended(before=before)
        left = f"  ({self._remaining})" if str(self._remaining) else ""
        earlier = " (before)" if before else ""
        line = f"[{self._done:{len(str(self._count))}}/{self._count}] {name}: {how}{earlier}{left}"
        self._out.write(self._style.spell(safe_line(line)) + "\n")


class Bar:
    """A bar, what is being graded and the time left; lines stay only of what went wrong. A context manager."""

    def __init__(self, count: int) -> None:
        """Draw on standard error."""
        from rich.console import Console  # noqa: PLC0415 - takes long to load
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            TextColumn("{task.description}", markup=False, style="dim"),
            console=Console(stderr=True, highlight=False),
            transient=True,
        )
        self._task = self._progress.add_task("", total=count, left="")
        self._remaining = Remaining(count)
        self._running: list[str] = []

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the bar."""
        self._progress.stop()

    def began(self, name: str) -> None:
        """Name it beside the bar."""
        self._running.append(name)
        self._draw(0)

    def ended(self, name: str, how: str, *, before: bool, well: bool) -> None:
        """Move the bar on."""
        if name in self._running:
            self._running.remove(name)
        self._remaining.ended(before=before)
        if not well:
            self._progress.console.print(safe_line(f"{name}: {how}"), markup=False, style="yellow")
        self._draw(1)

    def _draw(self, advance: int) -> None:
        running = safe_line(", ".join(self._running))
        self._progress.update(self._task, advance=advance, description=running, left=str(self._remaining))
