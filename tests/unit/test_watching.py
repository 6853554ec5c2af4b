"""When a save counts; on a real file system."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from grader.watching import saves

LATER_S = 0.3
TIMEOUT_S = 20
Saves = Generator[tuple[str, ...], None, None]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Saves]:
    """Yield the saves in `tmp_path`, which are noticed from now on."""
    (tmp_path / ".graderignore").write_text("/checks/\n*.log\n")
    for folder in ("checks", "src", "__pycache__"):
        (tmp_path / folder).mkdir()
    found = saves(tmp_path)
    assert following(found) == ()
    yield found
    found.close()


def following(found: Saves) -> tuple[str, ...]:
    """Return what is saved next; fails when nothing is noticed in time."""
    noticed: queue.Queue[tuple[str, ...]] = queue.Queue()
    threading.Thread(target=lambda: noticed.put(next(found)), daemon=True).start()
    return noticed.get(timeout=TIMEOUT_S)


def later(action: Callable[[], object]) -> None:
    """Do something while somebody waits."""
    threading.Timer(LATER_S, action).start()


def test_a_burst_of_saves_is_one(watched: Saves, tmp_path: Path) -> None:
    """An editor that saves several files at once causes one check, which names them."""

    def save() -> None:
        for name in ("b.py", "a.py", "src/c.py"):
            (tmp_path / name).write_text("x")

    later(save)
    assert following(watched) == ("a.py", "b.py", "src/c.py")


def test_what_is_saved_meanwhile_comes_next(watched: Saves, tmp_path: Path) -> None:
    """A save during a check is not lost."""
    (tmp_path / "a.py").write_text("x")
    assert following(watched) == ("a.py",)
    (tmp_path / "b.py").write_text("x")
    (tmp_path / "c.py").write_text("x")
    assert following(watched) == ("b.py", "c.py")


@pytest.mark.parametrize(
    "name",
    [
        *("checks/test_public.py", "src/debug.log", "__pycache__/a.pyc", ".grader.toml"),
        *(".app.py.swp", "app.py~", "#app.py#", ".#app.py"),
    ],
)
def test_what_no_submission_holds_does_not_count(watched: Saves, tmp_path: Path, name: str) -> None:
    """Left out: what a submission leaves out, and what editors keep beside an open file."""
    (tmp_path / name).write_text("x")
    later(lambda: (tmp_path / "app.py").write_text("x"))
    assert following(watched) == ("app.py",)


def test_a_draft_that_came_and_went_does_not_count(watched: Saves, tmp_path: Path) -> None:
    """Many programs write a new file and give it the old one's name: that is one save, of one file."""
    (tmp_path / "gone.py").write_text("x")
    assert following(watched) == ("gone.py",)

    def save() -> None:
        (tmp_path / "sedAbCdEf").write_text("x")
        (tmp_path / "sedAbCdEf").rename(tmp_path / "app.py")
        (tmp_path / "gone.py").unlink()

    later(save)
    assert following(watched) == ("app.py", "gone.py")


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """Make SIGINT what it is in a terminal: a process that was started in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_while_nobody_saves_is_the_end(tmp_path: Path) -> None:
    """The caller is told by the end of the loop, and so knows that nothing was under way."""
    found = saves(tmp_path)
    assert following(found) == ()
    later(lambda: os.kill(os.getpid(), signal.SIGINT))
    assert list(found) == []


def test_rules_count_as_soon_as_they_are_saved(watched: Saves, tmp_path: Path) -> None:
    """`.graderignore` is read anew; one that is not understood leaves nothing out."""
    (tmp_path / ".graderignore").write_text("*.txt\n")
    assert following(watched) == (".graderignore",)
    (tmp_path / "notes.txt").write_text("x")
    later(lambda: (tmp_path / "app.log").write_text("x"))
    assert following(watched) == ("app.log",)
    (tmp_path / ".graderignore").write_text("[")
    (tmp_path / "notes.txt").write_text("y")
    assert following(watched) == (".graderignore", "notes.txt")


def test_removals_and_new_names_count(watched: Saves, tmp_path: Path) -> None:
    """A file that is gone, or called otherwise, is another submission."""
    (tmp_path / "a.py").write_text("x")
    assert following(watched) == ("a.py",)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert following(watched) == ("a.py", "b.py")
    (tmp_path / "b.py").unlink()
    assert following(watched) == ("b.py",)


def test_polling_counts_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system tells nothing, a new file that does not count is no change of its folder either."""
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    found = saves(tmp_path)
    assert following(found) == ()
    (tmp_path / ".app.py.swp").write_text("x")
    later(lambda: (tmp_path / "app.py").write_text("x"))
    assert following(found) == ("app.py",)
    found.close()
