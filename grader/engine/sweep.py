"""Removes what runs leave in Docker: a run's own objects at its end, and those of runs whose grader was killed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import docker
from docker.errors import APIError, NotFound

from grader.engine.client import docker_call
from grader.engine.ownership import RUN, is_abandoned

_BUSY = 409
_POLL_S = 0.05
_OTHERS_REMOVAL_S = 60.0


@dataclass(frozen=True, slots=True)
class Swept:
    """How many objects a sweep removed."""

    containers: int = 0
    networks: int = 0

    @property
    def total(self) -> int:
        """All objects together."""
        return self.containers + self.networks


def remove_run(client: docker.APIClient, run_id: str) -> Swept:
    """Remove every container and network of one run, found by label, so that nothing half-made is forgotten.

    Raises `SandboxError` when the Engine refuses (the operator acts; `grader prune` tries again).
    """
    return _remove(client, f"{RUN}={run_id}", lambda _: True)


def remove_abandoned(client: docker.APIClient) -> Swept:
    """Remove what belongs to runs whose grader is dead, or whose deadline is more than a minute past."""
    now = time.time()
    return _remove(client, RUN, lambda labels: is_abandoned(labels, now))


def remove_all(client: docker.APIClient) -> Swept:
    """Remove what belongs to any run, those of other graders that are still working included."""
    return _remove(client, RUN, lambda _: True)


def _remove(client: docker.APIClient, label: str, concerns: Callable[[Mapping[str, str]], bool]) -> Swept:
    with docker_call("remove what a run left"):
        found = [
            item for item in client.containers(all=True, filters={"label": label}) if concerns(item.get("Labels") or {})
        ]
        containers = [item["Id"] for item in found]
        for item in found:
            if item.get("State") == "paused":
                _unpause(client, item["Id"])
        # first the containers, then the networks: one that still has members cannot go
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(lambda id_: _remove_container(client, id_), containers))
        networks = [
            item["Id"] for item in client.networks(filters={"label": label}) if concerns(item.get("Labels") or {})
        ]
        for network in networks:
            try:
                client.remove_network(network)
            except NotFound:
                continue  # another process was first
    return Swept(containers=len(containers), networks=len(networks))


def _unpause(client: docker.APIClient, container: str) -> None:
    """Let a container go on, for gVisor does not kill what is paused within the Engine's patience."""
    try:
        client.unpause(container)
    except APIError:
        pass  # it has ended or is being removed; what is really wrong its removal will tell


def _remove_container(client: docker.APIClient, container: str) -> None:
    """Return when the container is gone; another process may have been first, or be at it."""
    deadline = time.monotonic() + _OTHERS_REMOVAL_S
    while True:
        try:
            client.remove_container(container, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            if error.status_code != _BUSY or "in progress" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S)
        else:
            return
