"""The services of a run as a suite controls them: what does the app do while its database is away?"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from grader_checks.channel import Channel
from grader_checks.database import Database
from grader_checks.expectations import CheckFailed, NoAnswer, fail

POLL_INTERVAL_S = 0.02
PROBE_TIMEOUT_S = 1.0
EFFECT_S = 8.0


class Service:
    """One service; what a check stopped or paused is brought back at its end."""

    def __init__(self, channel: Channel, name: str, url: str, port: int) -> None:
        """`name` is its host name, `url` leads to it with the suite's credentials."""
        self.name = name
        self._channel = channel
        self._url = url
        self._port = port
        self._stopped = False
        self._paused = False

    def stop(self) -> None:
        """Kill its server (SIGKILL, as a power cut would); returns when its port refuses connections."""
        __tracebackhide__ = True
        self._stopped = True
        self._ask("stop")
        self._wait(self._refuses, "did not stop")

    def start(self) -> None:
        """Start a stopped server again, with its data; returns when it answers."""
        __tracebackhide__ = True
        self._ask("start")
        self._wait(self.answers, "did not come back")
        self._stopped = False

    def restart(self) -> None:
        """Kill its server and start it again, with its data; returns when it answers."""
        __tracebackhide__ = True
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and new ones are accepted, but nothing answers."""
        __tracebackhide__ = True
        self._paused = True
        self._ask("pause")

    def unpause(self) -> None:
        """Let it go on; returns when it answers, at once if its server is stopped."""
        __tracebackhide__ = True
        self._ask("unpause")
        self._paused = False
        if not self._stopped:
            self._wait(self.answers, "did not come back")

    def restore(self) -> None:
        """Bring it back if this check stopped or paused it."""
        __tracebackhide__ = True
        if self._paused:
            self.unpause()
        if self._stopped:
            self.start()

    def answers(self) -> bool:
        """Tell whether a new connection gets an answer."""
        if not urlsplit(self._url).scheme.startswith("postgresql"):
            return not self._refuses()
        database = Database(self._url)
        try:
            database.ping()
        except CheckFailed:
            return False
        finally:
            database.forget()
        return True

    def _ask(self, operation: str) -> None:
        __tracebackhide__ = True
        if self._channel.request(f"service.{operation}", name=self.name).get("running") is False:
            fail(f"the service {self.name} has stopped")

    def _wait(self, seen: Callable[[], bool], otherwise: str) -> None:
        __tracebackhide__ = True
        deadline = time.monotonic() + EFFECT_S
        while not seen():
            if time.monotonic() > deadline:
                raise NoAnswer(f"the service {self.name} {otherwise} within {EFFECT_S:g} s")
            time.sleep(POLL_INTERVAL_S)

    def _refuses(self) -> bool:
        try:
            socket.create_connection((self.name, self._port), timeout=PROBE_TIMEOUT_S).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False
