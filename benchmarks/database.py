"""A database of its own for each run: the prepared data of our service beside what an image does that starts plain."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import docker

from grader.engine.containers import MIB, Containers
from grader.engine.hardening import Hardening, Tmpfs, host_config
from grader.engine.networks import create_run_network
from grader.engine.ownership import labels
from grader.engine.services import READY, READY_TIMEOUT_S, SERVICE_USER, ServiceContainer
from grader.engine.streams import attach, hang_up, heard
from grader.engine.sweep import remove_run
from grader.services import ServiceUse, load_services

RUN_ID = "benchmark-database"

# The usual entry point: make the data, serve it to nobody while the user and the database are made, then serve.
PLAIN = """
initdb --pgdata=/data --username=postgres --auth=trust >&2 || exit
pg_ctl --pgdata=/data --wait --options='-c listen_addresses= -k /tmp' start >&2
psql --quiet --host=/tmp --username=postgres --command="CREATE ROLE app LOGIN PASSWORD 'app'" \
    --command="CREATE DATABASE app OWNER app" >&2
pg_ctl --pgdata=/data --wait --mode=fast stop >&2
postgres -D /data -k /tmp >&2 &
until psql --quiet --host=/tmp --username=app --command="SELECT 1" app >/dev/null 2>&1; do sleep 0.1; done
echo ready
wait
"""


def engine_alone(client: docker.APIClient) -> float:
    """Return the seconds that the Engine takes to create and start such a container, with nothing to do in it."""
    return _script(client, "echo ready; exec sleep 60")


def prepared(client: docker.APIClient) -> float:
    """Return the seconds until our service serves: a copy of the data that its image holds."""
    with _containers(client) as containers:
        began = time.perf_counter()
        ServiceContainer(containers, ServiceUse("db", load_services()["postgres"], "app", "suite")).start()
        return time.perf_counter() - began


def plain(client: docker.APIClient) -> float:
    """Return the seconds until the same server serves that makes its data first."""
    return _script(client, PLAIN)


def _script(client: docker.APIClient, script: str) -> float:
    """Return the seconds to create and start the service's container with a script of its own that says `ready`."""
    service = load_services()["postgres"]
    with _containers(client) as containers:
        hardening = Hardening(
            memory_bytes=service.memory_bytes,
            cpus=1.0,
            pids=128,
            network=containers.network.name,
            tmpfs={
                service.data_dir: Tmpfs(service.data_bytes, SERVICE_USER, SERVICE_USER, inodes=16_384),
                "/tmp": Tmpfs(16 * MIB, SERVICE_USER, SERVICE_USER, mode=0o1777),  # noqa: S108 - in the container
            },
            file_bytes=service.data_bytes,
        )
        began = time.perf_counter()
        container = client.create_container(
            service.image_ref,
            ["-c", script],
            entrypoint=["/bin/sh"],
            user=f"{SERVICE_USER}:{SERVICE_USER}",
            labels=containers.labels,
            host_config=host_config(hardening),
        )["Id"]
        connection = attach(client, container, stdin=False, stdout=True)
        try:
            client.start(container)
            if not heard(connection, READY, READY_TIMEOUT_S):
                raise SystemExit(f"it did not start: {client.logs(container).decode()}")
            return time.perf_counter() - began
        finally:
            hang_up(connection)


@contextmanager
def _containers(client: docker.APIClient) -> Iterator[Containers]:
    run_labels = labels(RUN_ID, "1", time.time() + 300)
    try:
        network = create_run_network(client, run_labels)
        yield Containers(client, network, run_labels, apparmor=False, services=["db"])
    finally:
        remove_run(client, RUN_ID)
