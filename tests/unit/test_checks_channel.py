"""The tester's end of the channel, with a check's deadline that strikes in the middle of it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from grader_checks.channel import Channel, Message

YES = b'{"type": "reply", "ok": true, "result": {"number": 1}}\n'
NO = b'{"type": "reply", "ok": false, "error": "no"}\n'


class Struck(BaseException):
    """The deadline."""


@pytest.fixture
def deadline() -> Iterator[None]:
    """A signal strikes; beside the check's own thread there is another that it may reach."""

    def expire(*_: object) -> None:
        raise Struck

    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    before = signal.signal(signal.SIGALRM, expire)
    yield
    signal.signal(signal.SIGALRM, before)
    done.set()
    other.join()


@contextmanager
def channel_to(host: Callable[[int, int], None]) -> Iterator[Channel]:
    """Yield a channel to a host that reads questions from a file descriptor and writes answers to another."""
    incoming, answers = os.pipe()
    questions, outgoing = os.pipe()
    thread = threading.Thread(target=host, args=(questions, answers))
    thread.start()
    channel = Channel(incoming, outgoing)
    try:
        yield channel
    finally:
        thread.join(5)
        channel._incoming.close()
        channel._outgoing.close()
        os.close(questions)
        os.close(answers)


@pytest.mark.usefixtures("deadline")
@pytest.mark.parametrize("first", [YES, NO])
def test_deadline_waits_for_the_answer_to_a_request(first: bytes) -> None:
    """Otherwise every later request would get the answer to the one before it."""

    def host(questions: int, answers: int) -> None:
        os.read(questions, 65536)
        os.kill(os.getpid(), signal.SIGALRM)
        os.write(answers, first)
        os.read(questions, 65536)
        os.write(answers, b'{"type": "reply", "ok": true, "result": {"number": 2}}\n')

    with channel_to(host) as channel:
        with pytest.raises(Struck):
            channel.request("app.state")
        assert channel.request("app.state") == {"number": 2}


def test_request_of_another_thread_is_answered() -> None:
    """Only the main thread can be struck, and only it may change what a signal does."""

    def host(questions: int, answers: int) -> None:
        os.read(questions, 65536)
        os.write(answers, YES)

    found: list[Message] = []
    with channel_to(host) as channel:
        thread = threading.Thread(target=lambda: found.append(channel.request("app.state")))
        thread.start()
        thread.join(5)
    assert found == [{"number": 1}]
