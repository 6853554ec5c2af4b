"""The learner's app as a suite controls it: wait until it answers, kill it and start it again."""

from __future__ import annotations

import base64
import http.client
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader_checks.channel import Channel, Message
from grader_checks.exchange import Exchange
from grader_checks.expectations import NoAnswer, fail

COMMAND_S = 5.0
POLL_INTERVAL_S = 0.01
LISTENING = " (listen on 0.0.0.0, not on localhost, and on the port in PORT)"
PROBE_TIMEOUT_S = 2.0
DYING_S = 0.05


class NotReady(Exception):
    """The app was not ready before its start deadline; the text says what was seen instead."""


@dataclass(frozen=True, slots=True)
class ExecResult:
    """How a command ended: its status, and what it wrote to stdout and stderr (64 KiB at most)."""

    status: int
    output: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Memory that the app's container uses now, its files included, and CPU seconds since its last start."""

    memory_bytes: int
    cpu_s: float


class App:
    """The container that runs the submission; the fixture `app`."""

    def __init__(self, channel: Channel, settings: Message) -> None:
        """`settings` is the host's `run` message; its `start_s` bounds every start, those after a restart too."""
        self._channel = channel
        self._base_url = str(settings["base_url"])
        self._ready_path = str(settings["ready_path"])
        self._start_s = float(settings["start_s"])
        self._ends = settings["ready"] == "exit"

    def restart(self) -> None:
        """Kill every process of the app (SIGKILL, as a power cut would), start it again, and wait until it answers.

        Files in the app's working directory survive; memory does not. Fails the check when it does not come back. An
        app that is ready when it has ended runs once more, from its submitted files, and must succeed again.
        """
        __tracebackhide__ = True
        self._channel.request("app.restart")
        try:
            self.wait_until_ready()
        except NotReady as error:
            failure = str(error)
        else:
            return
        fail(f"the app did not come back after it was killed and started again: {failure}")

    def reset(self, reason: str) -> None:
        """Start the app again with the files it was submitted with; raises `NotReady` when it does not come back."""
        self._channel.request("app.reset", reason=reason)
        self.wait_until_ready()

    def is_running(self) -> bool:
        """Tell whether the app's main process is alive, as the host sees it."""
        return bool(self._channel.request("app.state")["running"])

    def exec(self, argv: list[str], timeout_s: float = COMMAND_S) -> ExecResult:
        """Run a command in the app's container, beside the app, as its user and in its folder; without a shell.

        What it returns is the learner's word: use it to look for what the suite planted itself. Fails the check when
        it does not end within `timeout_s` (30 at most), or when no app runs.
        """
        __tracebackhide__ = True
        result = self._ask_running("app.exec", argv=argv, timeout_s=timeout_s)
        if not result["ended"]:
            raise NoAnswer(f"a command in the app's container did not end within {timeout_s:g} s")
        return ExecResult(int(result["status"]), str(result["output"]))

    def logs(self) -> str:
        """Return the end of what the app printed: at most 400 lines and 64 KiB."""
        return str(self._channel.request("app.logs")["text"])

    def usage(self) -> Usage:
        """Return what the app uses, as the kernel counts it; fails the check when it does not run."""
        __tracebackhide__ = True
        result = self._ask_running("app.usage")
        return Usage(int(result["memory_bytes"]), float(result["cpu_s"]))

    def put(self, path: str, content: bytes) -> None:
        """Write a file below /app or /tmp of the app's container: a canary, at most 512 KiB; never through a link.

        Fails the check when the app does not run or has put something else than a file there.
        """
        __tracebackhide__ = True
        result = self._ask_running("app.put", path=path, content=base64.b64encode(content).decode())
        if not result["done"]:
            fail("a file could not be written into the app's container")

    def get(self, path: str) -> bytes | None:
        """Return a regular file below /app or /tmp of the app's container, its first 512 KiB; None if there is none.

        A link is never followed: it counts as none. What it holds is the learner's word. Fails the check when the app
        does not run, or keeps anybody from looking.
        """
        __tracebackhide__ = True
        result = self._ask_running("app.get", path=path)
        if not result["done"]:
            fail("a file could not be looked for in the app's container")
        content = result["content"]
        return None if content is None else base64.b64decode(content)

    def _ask_running(self, operation: str, **arguments: object) -> Message:
        __tracebackhide__ = True
        result = self._channel.request(operation, **arguments)
        if result.get("running") is False:
            fail("the app is not running")
        return result

    def is_usable(self) -> bool:
        """Tell whether it can be checked: it is there to answer, unless it has to end."""
        return self._ends or self.is_there()

    def is_there(self) -> bool:
        """Tell whether the app takes requests; unlike `is_running`, false from the moment on in which it dies.

        A connection alone does not tell: an app that dies closes one that failed a check before it ceases to listen.
        """
        try:
            self._probe(PROBE_TIMEOUT_S)
        except TimeoutError:  # slow, but there
            return True
        except OSError:  # closed without an answer: a handler may have crashed, and the app live on
            time.sleep(DYING_S)
            return self._listens()
        except http.client.HTTPException:
            return True
        return True

    def _listens(self) -> bool:
        try:
            socket.create_connection(_address(self._base_url), timeout=PROBE_TIMEOUT_S).close()
        except OSError:
            return False
        return True

    def wait_until_first_ready(self) -> float:
        """Return the seconds until the app was ready; an app that has to end had ended before the host said go."""
        return 0.0 if self._ends else self.wait_until_ready()

    def wait_until_ready(self) -> float:
        """Return the seconds until the app first answered HTTP, whatever the status, or has ended well.

        Raises `NotReady`.
        """
        began = time.monotonic()
        if self._ends:
            self._wait_until_ended()
        else:
            self._wait_until_answering()
        return time.monotonic() - began

    def _wait_until_ended(self) -> None:
        state = self._channel.request("app.wait")
        if state["running"]:
            raise NotReady(f"it did not end within {self._start_s:g} s")
        if state["exit_code"] != 0:
            raise NotReady(f"it ended with exit code {state['exit_code']}; expected 0")

    def _wait_until_answering(self) -> None:
        began = time.monotonic()
        deadline = began + self._start_s
        unheard = f"nothing listened on port {_address(self._base_url)[1]}"
        seen = unheard
        while (now := time.monotonic()) < deadline:
            limit_s = min(PROBE_TIMEOUT_S, deadline - now)
            try:
                self._probe(limit_s)
            except ConnectionRefusedError:
                seen = unheard
            except TimeoutError:
                if seen != unheard and limit_s < PROBE_TIMEOUT_S:
                    continue  # time was up before it could answer; what was seen before tells more
                seen = f"it accepted a connection, but did not answer GET {self._ready_path}"
            except http.client.HTTPException:
                seen = f"its answer to GET {self._ready_path} was not HTTP"
            except OSError:
                seen = f"it closed the connection instead of answering GET {self._ready_path}"
            else:
                return
            time.sleep(POLL_INTERVAL_S)
        advice = LISTENING if seen == unheard else ""
        raise NotReady(f"{seen} within {self._start_s:g} s{advice}")

    def _probe(self, timeout_s: float) -> None:
        """Return when the app has answered; raises `TimeoutError` when that takes longer, drop by drop too.

        Raises `ConnectionRefusedError` where nobody listens, nor is there a container to say so.
        """
        host, port = _address(self._base_url)
        exchange = Exchange(timeout_s)
        connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
        try:
            connection.connect()
        except TimeoutError as error:
            raise ConnectionRefusedError from error
        try:
            with exchange:
                exchange.socket = connection.sock
                connection.request("GET", self._ready_path, headers={"Connection": "close"})
                connection.getresponse()
        except (OSError, http.client.HTTPException):
            if not exchange.expired:
                raise
        finally:
            connection.close()
        if exchange.expired:  # a head that is cut off there can look like a whole one
            raise TimeoutError


def _address(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    return parts.hostname or "", parts.port or 80
