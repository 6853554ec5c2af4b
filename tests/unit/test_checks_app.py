"""What the tester sees of an app by asking it over the network."""

from __future__ import annotations

import socket
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
    "answer",
    [[b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"], [b"220 mail\r\n"], [], [RESET]],
    ids=["answers", "says what is no HTTP", "closes", "resets"],
)
def test_app_that_goes_on_listening_is_there(answer: list[bytes]) -> None:
    """Whatever it answers, even where a handler crashed: it keeps its data, and is judged by the next check."""

    def answers(_: str) -> Iterable[bytes]:
        return answer

    with served(answers) as port:
        assert app_at(port).is_usable()


def test_app_that_dies_is_not_there_though_it_still_listens() -> None:
    """What it closes first is the connection: whoever asks at that moment can still connect."""

    def die() -> None:
        listener.accept()[0].close()
        listener.close()

    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    dying = threading.Thread(target=die)
    dying.start()
    assert not app_at(port).is_usable()
    dying.join()


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
