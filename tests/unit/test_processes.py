"""Whose processes a list of the Engine's is about."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from grader.engine import commands
from grader.engine.commands import Ended, list_processes


def engine(rows: list[list[str]], main: int) -> Any:
    """Return an Engine whose `top` says these rows of a container whose main process has this number."""
    return SimpleNamespace(
        top=lambda _container, ps_args: {"Processes": rows if ps_args else []},
        inspect_container=lambda _container: {"State": {"Pid": main}},
    )


def test_the_engines_list_is_taken_when_the_containers_main_process_is_in_it() -> None:
    """Numbers of processes, and of their parents."""
    assert list_processes(engine([["70", "1"], ["71", "70"]], main=70), "c") == {70: 1, 71: 70}


def test_list_of_strangers_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """In gVisor the Engine says who has these numbers on the host; then the container itself is asked."""
    said = Ended(0, b"/proc/1/status:PPid:\t0\n/proc/2/status:PPid:\t1\n", b"")
    monkeypatch.setattr(commands, "run_command", lambda *_, **__: said)
    assert list_processes(engine([["1", "0"], ["2", "0"]], main=4711), "c") == {1: 0, 2: 1}
