"""What a suite may ask the host to do to the app and its services while the checks run (sandbox/PROTOCOL.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from grader.models import AppState

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

    def running(self) -> bool:
        """Return whether it has not ended by itself."""


class Refused(Exception):
    """The request cannot be carried out; the text is for the suite's author."""


class Controls:
    """Carries out the control requests of one run."""

    def __init__(self, app: App, services: Mapping[str, Service], start_s: float) -> None:
        """`services` are by host name; `start_s` bounds the wait for an app that ends."""
        self.app = app
        self._services = services
        self._start_s = start_s
        self._operations: dict[str, Callable[[Arguments], Result | None]] = {
            "app.restart": lambda _: self.app.restart(),
            "app.reset": lambda _: self.reset(),
            "app.state": lambda _: {"running": self.app.state().running},
            "app.wait": lambda _: self._wait(),
            "service.stop": lambda arguments: self._service(arguments).stop(),
            "service.start": lambda arguments: self._service(arguments).resume(),
            "service.pause": lambda arguments: self._service(arguments).pause(),
            "service.unpause": lambda arguments: self._service(arguments).unpause(),
            "services.state": lambda _: {"running": all(service.running() for service in self._services.values())},
        }

    def carry_out(self, operation: str, arguments: Arguments) -> Result:
        """Return the result of one request; raises `Refused` for one that makes no sense."""
        if operation not in self._operations:
            raise Refused(f"there is no operation {operation!r}")
        return self._operations[operation](arguments) or {}

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

    def _service(self, arguments: Arguments) -> Service:
        name = str(arguments.get("name", ""))
        if name not in self._services:
            raise Refused(f"there is no service {name!r} in the manifest")
        return self._services[name]
