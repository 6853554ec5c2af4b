"""Whose fault it is that an Engine could not begin a command in an app's container."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from grader.engine.commands import Ended, run_command
from grader.errors import SandboxError

REFUSED = b"OCI runtime exec failed: read init-p: connection reset by peer"
NOT_BEGUN = 126
ROOM: Mapping[str, int] = {"current": 9, "limit": 100}
FULL: Mapping[str, int] = {"current": 95, "limit": 100}


@dataclass
class Engine:
    """One that cannot begin the first `failures` commands; each later one writes `said`, is heard, and ends well."""

    failures: int
    pids: Sequence[Mapping[str, int]] = (ROOM,)  # each time that they are asked for, then as the last time
    tried: int = 0
    asked: int = 0
    refusal: bytes = REFUSED

    def exec_create(self, _container: str, words: list[str], **_: object) -> dict[str, str]:
        """Take the word that tells the end from the shell's own words."""
        self.end = words[3].encode()
        return {"Id": "command"}

    def exec_start(self, _command: str, **_: object) -> socket.socket:
        """Have everything that is written be there at once."""
        ours, theirs = socket.socketpair()
        self.tried += 1
        content = self.refusal if self.tried <= self.failures else b"said" + self.end
        ours.sendall(b"\x01\0\0\0" + len(content).to_bytes(4, "big") + content)
        ours.shutdown(socket.SHUT_WR)
        self.kept = ours
        return theirs

    def exec_inspect(self, _command: str) -> dict[str, int]:
        """126 is also what a Docker Engine says of a command that it could not begin."""
        return {"ExitCode": NOT_BEGUN if self.tried <= self.failures else 0}

    def inspect_container(self, _container: str) -> dict[str, object]:
        """It runs."""
        return {"State": {"Running": True}}

    def stats(self, _container: str, **_: object) -> dict[str, object]:
        """Only its processes are asked for."""
        self.asked += 1
        return {"pids_stats": self.pids[min(self.asked, len(self.pids)) - 1]}


def run(engine: Engine) -> Ended | None:
    """Run a command there."""
    return run_command(engine, "c", ["true"], timeout_s=5, limit_bytes=1000)  # type: ignore[arg-type]


def test_command_that_a_full_container_keeps_from_beginning_has_failed() -> None:
    """The app used up its processes; what the Engine said of it is no output of the command."""
    engine = Engine(failures=1, pids=[FULL])
    assert run(engine) == Ended(NOT_BEGUN, b"", b"")
    assert engine.tried == 1


@pytest.mark.parametrize("pids", [ROOM, {}])
def test_command_that_did_not_begin_is_begun_again(pids: Mapping[str, int]) -> None:
    """Nothing of it has run."""
    assert run(Engine(failures=2, pids=[pids])) == Ended(0, b"said", b"said")


def test_app_that_makes_room_only_to_be_asked_gains_nothing() -> None:
    """It is asked once more at a moment that it cannot know."""
    engine = Engine(failures=99, pids=[ROOM, FULL])
    assert run(engine) == Ended(NOT_BEGUN, b"", b"")
    assert engine.tried == 1


@pytest.mark.parametrize(("current", "room"), [(6, True), (7, False)])
def test_a_small_limit_is_not_always_full(current: int, *, room: bool) -> None:
    """With eight processes, two that are left are room."""
    engine = Engine(failures=1, pids=[{"current": current, "limit": 8}])
    assert run(engine) == (Ended(0, b"said", b"said") if room else Ended(NOT_BEGUN, b"", b""))


def test_command_that_never_begins_where_there_is_room_is_trouble_of_the_engines() -> None:
    """Nobody is judged."""
    with pytest.raises(SandboxError, match="could not begin"):
        run(Engine(failures=99))


def test_command_whose_streams_were_cut_is_not_begun_again() -> None:
    """It has the same status then, and what it did cannot be undone."""
    engine = Engine(failures=99, refusal=b"the beginning of its output")
    with pytest.raises(SandboxError, match="lost the output"):
        run(engine)
    assert engine.tried == 1
