"""The container of one service of a run: starts with fresh data, and can be stopped, paused and brought back."""

from __future__ import annotations

import time

from docker.errors import APIError

from grader.engine.client import docker_call, send_signal
from grader.engine.commands import NotRunning
from grader.engine.containers import KILL_TIMEOUT_S, MIB, Containers
from grader.engine.hardening import Hardening, Tmpfs
from grader.engine.streams import attach, hang_up, heard
from grader.errors import SandboxError
from grader.services import ServiceUse

SERVICE_USER = 10003
READY = b"ready\n"
READY_TIMEOUT_S = 30.0
PAUSE_ATTEMPTS = 10
PAUSE_INTERVAL_S = 0.1


class ServiceContainer:
    """What an image below `sandbox/services/` promises: it serves fresh data at each start of its container.

    It writes a line `ready` to stdout once it does; on SIGUSR1 it kills its server, on SIGUSR2 it starts that again
    with the data as it was (sandbox/PROTOCOL.md).
    """

    def __init__(self, containers: Containers, use: ServiceUse) -> None:
        """The container is made by the first `start`."""
        self._containers = containers
        self._client = containers.client
        self._use = use
        self._container = ""

    def start(self) -> None:
        """Start it with fresh data and return when it serves; raises `SandboxError` when it does not within 30 s."""
        if not self._container:
            self._container = self._create()
        with docker_call(f"start the service {self._use.host}"):
            connection = attach(self._client, self._container, stdin=False, stdout=True)
            try:
                self._client.start(self._container)
                ready = heard(connection, READY, READY_TIMEOUT_S)
            finally:
                hang_up(connection)
        if not ready:
            raise SandboxError(
                f"the service {self._use.host} ({self._use.service.title}) did not start within {READY_TIMEOUT_S:g} s",
                hint="grader doctor",
            )

    def reset(self) -> None:
        """Kill it, whatever it is doing, and start it again with fresh data."""
        with docker_call(f"kill the service {self._use.host}"):
            self.unpause()
            self._tolerate_ended("KILL")
            self._client.wait(self._container, timeout=KILL_TIMEOUT_S)
        self.start()

    def stop(self) -> None:
        """Have its server killed, as a power cut would; returns when the signal is sent."""
        self._tolerate_ended("USR1")

    def resume(self) -> None:
        """Have its server started again with its data; returns when the signal is sent."""
        self._tolerate_ended("USR2")

    def pause(self) -> None:
        """Freeze all its processes: connections stay open, and nothing answers. Paused already is fine.

        Raises `NotRunning` when it has ended: an app that fills its disk brings a database to that.
        """
        attempts = PAUSE_ATTEMPTS
        while not (state := self._state())["Paused"]:
            if not state["Running"]:
                raise NotRunning
            attempts -= 1
            with docker_call(f"pause the service {self._use.host}"):
                try:
                    self._client.pause(self._container)
                except APIError as error:
                    # the freezer of cgroup v1 gives up on processes that fork at that moment; or it has just ended
                    passing = "unable to freeze" in str(error) or "is not running" in str(error)
                    if not passing or not attempts:
                        raise
                    time.sleep(PAUSE_INTERVAL_S)

    def unpause(self) -> None:
        """Let a paused service go on; one that is not paused is fine."""
        if self._state()["Paused"]:
            with docker_call(f"unpause the service {self._use.host}"):
                self._client.unpause(self._container)

    def _create(self) -> str:
        use, service = self._use, self._use.service
        hardening = Hardening(
            memory_bytes=service.memory_bytes,
            cpus=1.0,
            pids=128,
            network=self._containers.network.name,
            tmpfs={
                service.data_dir: Tmpfs(service.data_bytes, SERVICE_USER, SERVICE_USER, inodes=16_384),
                "/tmp": Tmpfs(16 * MIB, SERVICE_USER, SERVICE_USER, mode=0o1777),  # noqa: S108 - in the container
            },
            file_bytes=service.data_bytes,
        )
        environment = {
            "APP_PASSWORD": use.app_password,
            "SUITE_PASSWORD": use.suite_password,
            "SUITE_ADDRESS": self._containers.network.addresses.tester,
        }
        address = self._containers.service_hosts[use.host]
        return self._containers.create(use.host, service.image_ref, None, SERVICE_USER, hardening, environment, address)

    def _tolerate_ended(self, signal: str) -> None:
        with docker_call(f"signal the service {self._use.host}"):
            send_signal(self._client, self._container, signal)

    def _state(self) -> dict[str, object]:
        with docker_call(f"look at the service {self._use.host}"):
            state: dict[str, object] = self._client.inspect_container(self._container)["State"]
        return state
