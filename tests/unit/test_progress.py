"""Live progress: what a waiting person sees on a terminal, and what a log keeps."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from grader.models import Outcome
from grader.progress import (
    CheckFinished,
    ChecksCollected,
    CheckStarted,
    Event,
    LineProgress,
    LiveProgress,
    Note,
    PhaseEnded,
    PhaseStarted,
    PhaseStep,
    SilentCheckFinished,
    quiet,
    shown_on,
)
from tests.builders import make_check, make_result

FIRST = make_check("first", title="GET / answers 200")
SECOND = make_check("second", title="GET /\x1b[2Jnone answers 404")
RUN: Sequence[Event] = (
    PhaseStarted("start", "starting the app"),
    Note("installing requirements.txt"),
    PhaseEnded("start"),
    ChecksCollected((FIRST, SECOND)),
    CheckStarted(FIRST),
    CheckFinished(make_result(FIRST)),
    CheckStarted(SECOND),
    CheckFinished(make_result(SECOND, Outcome.FAILED, feedback="expected 404, got 200")),
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and draws carriage return and erase-line as one does."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say that it is one."""
        return True

    def screen(self) -> list[str]:
        """Return the lines as they look in the end."""
        return [line.split("\r\x1b[K")[-1] for line in self.getvalue().split("\n")]


def test_quiet_takes_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever wants no progress passes `quiet`, and sees none."""
    for event in RUN:
        quiet(event)
    assert capsys.readouterr() == ("", "")


def test_a_log_gets_one_line_for_each_phase_note_and_result() -> None:
    """A pipe gets plain lines, titles made safe, and nothing that moves a cursor."""
    stream = io.StringIO()
    with shown_on(stream, {}) as progress:
        for event in RUN:
            progress(event)
    assert stream.getvalue().splitlines() == [
        "starting the app",
        "installing requirements.txt",
        "2 checks",
        "[1/2] passed  GET / answers 200",
        "[2/2] failed  GET /none answers 404",
    ]


def test_a_terminal_shows_one_status_line_drawn_over_itself() -> None:
    """After every event the status says what goes on now, behind how many checks have ended."""
    stream = Terminal()
    live = LiveProgress(stream, {"NO_COLOR": "1"})
    seen = []
    for event in RUN:
        live(event)
        seen.append(stream.screen()[-1])
    assert seen == [
        "starting the app",
        "starting the app",
        "",
        "0/2",
        "0/2 · GET / answers 200",
        "1/2",
        "1/2 · GET /none answers 404",
        "2/2",
    ]


def test_a_terminal_keeps_notes_and_failures_and_no_status_line() -> None:
    """In the end there are lasting lines only, then an empty one before the report."""
    stream = Terminal()
    with shown_on(stream, {"NO_COLOR": "1"}) as progress:
        for event in RUN:
            progress(event)
    assert stream.screen() == ["installing requirements.txt", "failed: GET /none answers 404", "", ""]


def test_the_status_line_vanishes_when_grading_is_interrupted() -> None:
    """Ctrl-C leaves no half-drawn line behind."""
    stream = Terminal()

    def interrupted() -> None:
        with shown_on(stream, {}) as progress:
            progress(RUN[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.screen() == [""]


def test_overlapping_phases_show_the_latest_that_still_runs() -> None:
    """When the newer of two phases ends, the older one is shown again."""
    stream = Terminal()
    live = LiveProgress(stream, {"NO_COLOR": "1"})
    live(PhaseStarted("a", "doing a"))
    live(PhaseStarted("b", "doing b"))
    assert stream.screen() == ["doing b"]
    live(PhaseEnded("b"))
    assert stream.screen() == ["doing a"]


def test_of_two_phases_of_one_name_one_may_end_first() -> None:
    """Services start beside each other: the first that serves does not hide that others do not yet."""
    stream = Terminal()
    live = LiveProgress(stream, {"NO_COLOR": "1"})
    live(PhaseStarted("service", "starting a service"))
    live(PhaseStarted("service", "starting a service"))
    live(PhaseEnded("service"))
    assert stream.screen() == ["starting a service"]
    live(PhaseEnded("service"))
    assert stream.screen() == [""]


def test_a_phase_may_say_what_it_does_now() -> None:
    """It stays one phase, with one end."""
    log, stream = io.StringIO(), Terminal()
    lines, live = LineProgress(log), LiveProgress(stream, {"NO_COLOR": "1"})
    for event in (PhaseStarted("image", "building the image"), PhaseStep("image", "step 2 of 5")):
        lines(event)
        live(event)
    assert log.getvalue() == "building the image\nstep 2 of 5\n"
    assert stream.screen() == ["step 2 of 5"]
    live(PhaseEnded("image"))
    assert stream.screen() == [""]


def test_a_status_never_fills_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """On any width the status leaves the last column free, or the terminal would wrap it."""
    for columns in (1, 4, 20, 80):
        monkeypatch.setattr("grader.progress.terminal_width", lambda _stream, columns=columns: columns)
        stream = Terminal()
        LiveProgress(stream, {"NO_COLOR": "1"})(PhaseStarted("a", "x" * 200))
        assert len(stream.screen()[-1]) <= max(0, columns - 1)


def test_a_reader_who_goes_away_does_not_stop_the_grading() -> None:
    """A broken pipe ends the display silently."""
    attempts: list[str] = []

    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            attempts.append(text)
            raise BrokenPipeError

    progress = LineProgress(Broken())
    for event in RUN:
        progress(event)
    assert len(attempts) == 1


def test_titles_survive_a_stream_without_unicode() -> None:
    """A Latin-1 log gets escapes instead of an exception."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, "latin-1")
    LineProgress(stream)(Note("買い物"))
    assert raw.getvalue() == b"\\u8cb7\\u3044\\u7269\n"


def test_a_silent_check_is_counted_and_no_more() -> None:
    """A line says that it has ended; on a terminal nothing of it stays."""
    events = (
        ChecksCollected((FIRST, SECOND)),
        CheckFinished(make_result(FIRST)),
        CheckStarted(SECOND),
        SilentCheckFinished(SECOND),
    )
    log, terminal = io.StringIO(), Terminal()
    lines, live = LineProgress(log), LiveProgress(terminal, {})
    for event in events:
        lines(event)
        live(event)
    assert log.getvalue().endswith("[2/2] ended   GET /none answers 404\n")
    assert terminal.screen() == ["\x1b[2m2/2\x1b[0m"]
