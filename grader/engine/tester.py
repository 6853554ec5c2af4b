"""The container that runs the suite, whose streams only the host holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import docker

from grader.engine.channel import Channel, ChannelClosed
from grader.engine.client import docker_call
from grader.engine.streams import attach, ended_in_time, read_log
from grader.errors import SandboxError

# How the tester ends when it has sent everything, and when the host has hung up (grader_checks/runner.py).
DELIVERED, HOST_GONE = 40, 41
ENDING_S = 5.0


class TesterContainer:
    """The container that runs the suite; only the host holds its streams. A context manager that ends the channel."""

    channel: Channel

    def __init__(self, client: docker.APIClient, container: str) -> None:
        """`container` is created and not started."""
        self._client = client
        self._container = container

    def __enter__(self) -> Self:
        """Return the tester itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the container's streams: the Engine can then remove it at once."""
        self.channel.close()

    def start(self) -> None:
        """Start the container; from then on `channel` leads to it."""
        with docker_call("start the tester's container"):
            connection = attach(self._client, self._container, stdout=True)
            self.channel = Channel(connection)
            try:
                self._client.start(self._container)
            except BaseException:
                self.channel.close()
                raise

    def send_suite(self, settings: Mapping[str, object], archive: bytes) -> None:
        """Send the first message and the suite's files; raises `SandboxError` when it does not take them."""
        try:
            self.channel.send(dict(settings), archive)
        except BaseException as error:
            self.channel.close()
            if isinstance(error, ChannelClosed):
                raise SandboxError("Docker lost the connection to the tester", hint="grader doctor") from error
            raise

    def was_cut_off(self) -> bool:
        """Return whether the channel, now closed, was cut while the suite's process was well."""
        with docker_call("look at the tester's container"):
            if not ended_in_time(self._client, self._container, ENDING_S):
                return True
            status = self._client.inspect_container(self._container)["State"]["ExitCode"]
        return status in (DELIVERED, HOST_GONE)

    def log(self) -> str:
        """Return the end of what the suite printed, for instructors only; its stdout is the channel."""
        return read_log(self._client, self._container, "tester", stdout=False)
