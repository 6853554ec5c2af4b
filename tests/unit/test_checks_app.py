"""What the tester sees of an app by asking it over the network."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest
from grader_checks import app as checks_app
from grader_checks.app import App
from grader_checks.channel import Channel

from tests.hostile.answers import RESET, served


class NoHost(Channel):
    """A channel on which nothing is asked."""

    def __init__(self) -> None:
        pass


def app_at(port: int) -> App:
    """Return an app that listens on a port of the loopback."""
    settings = {"base_url": f"http://127.0.0.1:{port}", "ready_path": "/", "start_s": 1, "ready": "http"}
    return App(NoHost(), settings)


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        ([b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"], True),
        ([b"220 mail\r\n"], True),
        ([], False),
        ([RESET], False),
    ],
    ids=["answers", "says what is no HTTP", "closes", "resets"],
)
def test_app_that_dies_is_not_there_though_it_still_listens(answer: list[bytes], *, there: bool) -> None:
    """What an app closes while it dies is the connection first: whoever asks at that moment can still connect."""

    def answers(_: str) -> Iterable[bytes]:
        return answer

    with served(answers) as port:
        assert app_at(port).is_usable() is there


def test_app_that_is_slow_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps its data; a check that waits for it in vain has it started again."""
    monkeypatch.setattr(checks_app, "PROBE_TIMEOUT_S", 0.05)

    def answers(_: str) -> Iterable[bytes]:
        release.wait()
        return []

    release = threading.Event()
    with served(answers) as port:
        assert app_at(port).is_usable()
        release.set()


def test_app_that_is_gone_is_not_there() -> None:
    """Nothing listens any more."""
    with served(lambda _: []) as port:
        pass
    assert not app_at(port).is_usable()
