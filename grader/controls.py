"""What a suite may ask the host to do to the app and its services while the checks run (sandbox/PROTOCOL.md)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, Protocol

from grader.engine.commands import Ended, NotRunning
from grader.files import FILE_LIMIT_BYTES, BadPath, NotRead, get_file, put_file
from grader.models import AppState, AppUsage

COMMAND_LIMIT_S = 30.0
OUTPUT_LIMIT_BYTES = 64 * 1024

Arguments = Mapping[str, Any]
Result = dict[str, Any]


class App(Protocol):
    """The app, as far as a suite's control requests need it."""

    def restart(self) -> None:
        """Kill and start it again, keeping its files."""

    def reset(self, when: Callable[[], object]) -> None:
        """Kill it and start it again as submitted, not before `when` returns."""

    def kill(self) -> None:
        """Kill it for good."""

    def wait(self, timeout_s: float) -> AppState:
        """Return its state when it has ended, or after `timeout_s`."""

    def state(self) -> AppState:
        """Return what is observed of it now."""

    def log(self) -> str:
        """Return the end of what it printed."""

    def exec(self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float, limit_bytes: int) -> Ended | None:
        """Run a command beside it; None when that did not end in time."""

    def usage(self) -> AppUsage:
        """Return what it has used."""


class Service(Protocol):
    """A service, as far as a suite's control requests need it."""

    def reset(self) -> None:
        """Kill it and start it again with fresh data."""

    def stop(self) -> None:
        """Have its server killed."""

    def resume(self) -> None:
        """Have its server started again with its data."""

    def pause(self) -> None:
        """Freeze it."""

    def unpause(self) -> None:
        """Let it go on."""


class Refused(Exception):
    """The request cannot be carried out; the text is for the suite's author."""


class Controls:
    """Carries out the control requests of one run."""

    def __init__(
        self, app: App, services: Mapping[str, Service], start_s: float, submitted: Mapping[str, bytes]
    ) -> None:
        """`services` are by host name, `submitted` files by path; `start_s` bounds the wait for an app that ends."""
        self.app = app
        self._services = services
        self._submitted = submitted
        self._start_s = start_s
        self._operations: dict[str, Callable[[Arguments], Result | None]] = {
            "app.restart": lambda _: self.app.restart(),
            "app.reset": lambda _: self.reset(),
            "app.state": lambda _: {"running": self.app.state().running},
            "app.wait": lambda _: self._wait(),
            "app.logs": lambda _: {"text": self.app.log()},
            "app.usage": lambda _: asdict(self.app.usage()),
            "app.exec": self._exec,
            "app.put": self._put,
            "app.get": self._get,
            "submission.files": lambda _: {"files": {name: len(content) for name, content in self._submitted.items()}},
            "submission.read": self._read,
            "service.stop": lambda arguments: self._service(arguments).stop(),
            "service.start": lambda arguments: self._service(arguments).resume(),
            "service.pause": lambda arguments: self._service(arguments).pause(),
            "service.unpause": lambda arguments: self._service(arguments).unpause(),
        }

    def carry_out(self, operation: str, arguments: Arguments) -> Result:
        """Return the result of one request; raises `Refused` for one that makes no sense.

        What needs a running app says so when there is none: `{"running": False}`.
        """
        if operation not in self._operations:
            raise Refused(f"there is no operation {operation!r}")
        try:
            return self._operations[operation](arguments) or {}
        except NotRunning:
            return {"running": False}
        except BadPath as bad:
            raise Refused(str(bad)) from bad

    def reset(self) -> None:
        """Start everything afresh: services with fresh data, then the app with the submitted files.

        The app is dead meanwhile: it could otherwise write into the fresh data what it remembers of the old.
        """
        self.app.reset(self._reset_services)

    def _reset_services(self) -> None:
        if self._services:
            with ThreadPoolExecutor(max_workers=len(self._services)) as pool:
                list(pool.map(lambda service: service.reset(), self._services.values()))

    def _wait(self) -> Result:
        state = self.app.wait(self._start_s)
        return {"running": state.running, "exit_code": state.exit_code}

    def _exec(self, arguments: Arguments) -> Result:
        argv, timeout_s = arguments.get("argv"), arguments.get("timeout_s")
        if not isinstance(argv, list) or not argv or not all(isinstance(word, str) for word in argv):
            raise Refused(f"{argv!r} is not a command: a list of texts")
        if not isinstance(timeout_s, int | float) or not 0 < timeout_s <= COMMAND_LIMIT_S:
            raise Refused(f"{timeout_s!r} is not a time limit from 0 to {COMMAND_LIMIT_S:g} s")
        ended = self.app.exec(argv, timeout_s=timeout_s, limit_bytes=OUTPUT_LIMIT_BYTES)
        if ended is None:
            return {"ended": False}
        return {"ended": True, "status": ended.status, "output": ended.output.decode("utf-8", "replace")}

    def _put(self, arguments: Arguments) -> Result:
        content = base64.b64decode(str(arguments.get("content", "")))
        return {"done": put_file(self.app, str(arguments.get("path", "")), content)}

    def _get(self, arguments: Arguments) -> Result:
        try:
            content = get_file(self.app, str(arguments.get("path", "")))
        except NotRead:
            return {"done": False}
        return {"done": True, "content": None if content is None else base64.b64encode(content).decode()}

    def _read(self, arguments: Arguments) -> Result:
        name = str(arguments.get("name", ""))
        if name not in self._submitted:
            raise Refused(f"there is no file {name!r} in the submission")
        return {"content": base64.b64encode(self._submitted[name][:FILE_LIMIT_BYTES]).decode()}

    def _service(self, arguments: Arguments) -> Service:
        name = str(arguments.get("name", ""))
        if name not in self._services:
            raise Refused(f"there is no service {name!r} in the manifest")
        return self._services[name]
