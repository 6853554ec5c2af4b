"""What a suite may ask of the host: each request reaches the right thing, in the right order, or is refused."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from grader.controls import Controls, Refused
from grader.engine.commands import Ended, NotRunning
from grader.files import FILE_LIMIT_BYTES
from grader.models import AppState, AppUsage


@dataclass
class Calls:
    """What was called, in order."""

    made: list[str] = field(default_factory=list)


@dataclass
class CannedApp:
    """An app that records what is done to it."""

    calls: Calls
    ended: Ended | None = None
    runs: bool = True
    stdin: bytes = b""

    def restart(self) -> None:
        self.calls.made.append("app.restart")

    def reset(self, when: Callable[[], object]) -> None:
        self.calls.made.append("app.kill")
        when()
        self.calls.made.append("app.start")

    def kill(self) -> None:
        self.calls.made.append("app.kill")

    def wait(self, timeout_s: float) -> AppState:
        self.calls.made.append(f"app.wait {timeout_s:g}")
        return AppState(running=False, exit_code=3, out_of_memory=False)

    def state(self) -> AppState:
        return AppState(running=self.runs, exit_code=0, out_of_memory=False)

    def log(self) -> str:
        return "printed"

    def exec(self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float, limit_bytes: int) -> Ended | None:
        if not self.runs:
            raise NotRunning
        self.calls.made.append(f"app.exec {argv[0]} {argv[-2:]} {timeout_s:g} {limit_bytes}")
        self.stdin = stdin
        return self.ended

    def usage(self) -> AppUsage:
        return AppUsage(memory_bytes=7, cpu_s=0.5)


@dataclass
class CannedService:
    """A service that records what is done to it."""

    name: str
    calls: Calls
    meet: threading.Barrier | None = None

    def reset(self) -> None:
        if self.meet is not None:
            self.meet.wait(5)
        self.calls.made.append(f"{self.name}.reset")

    def stop(self) -> None:
        self.calls.made.append(f"{self.name}.stop")

    def resume(self) -> None:
        self.calls.made.append(f"{self.name}.resume")

    def pause(self) -> None:
        self.calls.made.append(f"{self.name}.pause")

    def unpause(self) -> None:
        self.calls.made.append(f"{self.name}.unpause")


def controls(app: CannedApp, **services: CannedService) -> Controls:
    """Return the controls of an app and its services."""
    return Controls(app, services, 5, {"app.py": b"\xff!", "data/big": bytes(FILE_LIMIT_BYTES + 1)})


@pytest.mark.parametrize("operation", ["stop", "start", "pause", "unpause"])
def test_service_is_found_by_its_name(operation: str) -> None:
    """Only the service that is named is touched."""
    calls = Calls()
    both = controls(CannedApp(calls), db=CannedService("db", calls), cache=CannedService("cache", calls))
    assert both.carry_out(f"service.{operation}", {"name": "cache"}) == {}
    assert calls.made == [f"cache.{operation.replace('start', 'resume')}"]


def test_service_that_has_ended_is_told() -> None:
    """A learner can bring one to that: it is no trouble of the Engine's."""

    class Dead(CannedService):
        def pause(self) -> None:
            raise NotRunning

    calls = Calls()
    assert controls(CannedApp(calls), db=Dead("db", calls)).carry_out("service.pause", {"name": "db"}) == {
        "running": False
    }


def test_reset_starts_services_together_while_the_app_is_dead() -> None:
    """The app could otherwise write what it remembers into the fresh data."""
    calls, meet = Calls(), threading.Barrier(2)
    both = controls(CannedApp(calls), db=CannedService("db", calls, meet), cache=CannedService("cache", calls, meet))
    both.carry_out("app.reset", {})
    assert (calls.made[0], sorted(calls.made[1:3]), calls.made[3]) == (
        "app.kill",
        ["cache.reset", "db.reset"],
        "app.start",
    )


def test_what_is_observed_is_told() -> None:
    """State, end, log and use of the app."""
    calls = Calls()
    of_app = controls(CannedApp(calls))
    assert of_app.carry_out("app.state", {}) == {"running": True}
    assert of_app.carry_out("app.wait", {}) == {"running": False, "exit_code": 3}
    assert of_app.carry_out("app.logs", {}) == {"text": "printed"}
    assert of_app.carry_out("app.usage", {}) == {"memory_bytes": 7, "cpu_s": 0.5}
    assert calls.made == ["app.wait 5"]


def test_command_is_run_with_its_limits() -> None:
    """Output that is no text does not break the channel."""
    calls = Calls()
    app = CannedApp(calls, Ended(4, b"", b"\xff!"))
    result = controls(app).carry_out("app.exec", {"argv": ["id", "-u"], "timeout_s": 2})
    assert result == {"ended": True, "status": 4, "output": "\N{REPLACEMENT CHARACTER}!"}
    assert calls.made == ["app.exec id ['id', '-u'] 2 65536"]


def test_command_that_does_not_end_says_so() -> None:
    """The suite decides what to make of it."""
    result = controls(CannedApp(Calls())).carry_out("app.exec", {"argv": ["id"], "timeout_s": 2})
    assert result == {"ended": False}


def test_file_goes_in_as_it_is() -> None:
    """The bytes go through stdin, their number as an argument."""
    app = CannedApp(Calls(), Ended(0, b"", b""))
    content = b"\0\xff\n"
    put = controls(app).carry_out("app.put", {"path": "/app/x", "content": base64.b64encode(content).decode()})
    assert put == {"done": True}
    assert app.stdin.startswith(content)
    assert "['/app/x', '3']" in app.calls.made[0]


@pytest.mark.parametrize(
    ("ended", "got"),
    [
        (Ended(0, b"abc", b"abc"), {"done": True, "content": "YWJj"}),
        (Ended(3, b"", b""), {"done": True, "content": None}),
        (Ended(1, b"", b""), {"done": False}),
        (Ended(137, b"", b""), {"done": False}),
        (None, {"done": False}),
    ],
)
def test_file_comes_out(ended: Ended | None, got: dict[str, object]) -> None:
    """What is no regular file is none; that somebody could not look is not that there is none."""
    assert controls(CannedApp(Calls(), ended)).carry_out("app.get", {"path": "/tmp/x"}) == got


@pytest.mark.parametrize("operation", ["app.exec", "app.put", "app.get"])
def test_nothing_runs_in_an_app_that_has_ended(operation: str) -> None:
    """The answer is the learner's failure, not the suite's mistake."""
    arguments = {"argv": ["id"], "timeout_s": 1, "path": "/app/x", "content": ""}
    assert controls(CannedApp(Calls(), runs=False)).carry_out(operation, arguments) == {"running": False}


def test_submitted_files_are_told_and_read() -> None:
    """From what the host keeps, whatever runs; a file's first 512 KiB."""
    of_dead_app = controls(CannedApp(Calls(), runs=False))
    large = FILE_LIMIT_BYTES + 1
    assert of_dead_app.carry_out("submission.files", {}) == {"files": {"app.py": 2, "data/big": large}}
    assert of_dead_app.carry_out("submission.read", {"name": "app.py"}) == {"content": "/yE="}
    read = of_dead_app.carry_out("submission.read", {"name": "data/big"})["content"]
    assert len(base64.b64decode(read)) == FILE_LIMIT_BYTES


LARGE = base64.b64encode(bytes(FILE_LIMIT_BYTES + 1)).decode()


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("app.delete", {}),
        ("service.stop", {"name": "cache"}),
        ("service.stop", {}),
        ("submission.read", {}),
        ("submission.read", {"name": "../app.py"}),
        ("app.exec", {"argv": "id", "timeout_s": 1}),
        ("app.exec", {"argv": [], "timeout_s": 1}),
        ("app.exec", {"argv": ["id", 3], "timeout_s": 1}),
        ("app.exec", {"argv": ["id"], "timeout_s": 0}),
        ("app.exec", {"argv": ["id"], "timeout_s": 600}),
        ("app.exec", {"argv": ["id"]}),
        ("app.get", {"path": "/etc/passwd"}),
        ("app.get", {"path": "/app/../etc/passwd"}),
        ("app.get", {"path": "app.py"}),
        ("app.get", {"path": "/app/"}),
        ("app.put", {"path": "/usr/bin/x", "content": ""}),
        ("app.put", {"path": "/app/x", "content": LARGE}),
    ],
)
def test_request_without_sense_is_refused(operation: str, arguments: dict[str, Any]) -> None:
    """The suite's author reads why; nothing is done."""
    calls = Calls()
    with pytest.raises(Refused):
        controls(CannedApp(calls), db=CannedService("db", calls)).carry_out(operation, arguments)
    assert calls.made == []
