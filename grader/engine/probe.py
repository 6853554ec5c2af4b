"""Measures in real containers whether the limits and the isolation of `hardening` and `networks` bite on this host."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import docker

from grader.engine.client import docker_call
from grader.engine.hardening import OWN_RUNTIME, Hardening, Tmpfs, host_config
from grader.engine.listener import CALL, HostListener
from grader.engine.networks import RunNetwork, create_run_network
from grader.engine.ownership import labels
from grader.engine.runtimes import Runtime
from grader.engine.sweep import remove_run
from grader.errors import SandboxError
from grader.paths import sandbox_dir

PYTHON = "/opt/venv/bin/python3"
"""The interpreter in the tester's image, which the probe borrows."""

USER = 10002
PEER_PORT = 8000
SCRATCH = "/tmp"  # noqa: S108 - inside the container
RUN_S = 20
OUTSIDE = (("1.1.1.1", 443), ("8.8.8.8", 53), ("169.254.169.254", 80))
"""Two public addresses, and where clouds keep a machine's credentials."""
OUTSIDE_NAME = "example.com"

PEER = f"import socket\ns = socket.create_server(('', {PEER_PORT}))\nwhile True: s.accept()[0].close()"
# Four times the limit, not without end: where nothing limits it, this machine survives. A child takes it, and its
# parent stays for a moment: an Engine that hears of the end first forgets what it was killed for.
EATER = """
import os, time
child = os.fork()
if child == 0:
    kept = [b'x' * 2**20 for _ in range(256)]
    os._exit(0)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
time.sleep(0.5)
os._exit(status if status >= 0 else 128 - status)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found: `facts` from inside (see sandbox/probe/), the rest from outside.

    `image_variables`: the environment that the image itself sets. `host_answers`: the addresses at which the host
    reaches its own listener. `host_contacts`: who reached it from a container. `host_heard`: whose broadcast it heard.
    """

    asked: Hardening
    facts: Mapping[str, Any]
    image_variables: frozenset[str]
    memory_killed: bool
    host_answers: tuple[str, ...]
    host_contacts: tuple[str, ...]
    host_heard: tuple[str, ...] = ()


def probe_program(name: str) -> str:
    """Return the text of a program that measures from inside: "privileges", "limits" or "reach"."""
    return (sandbox_dir() / "probe" / f"{name}.py").read_text(encoding="utf-8")


def small_container(network: str, **changes: Any) -> Hardening:
    """Return limits that a probe reaches in a moment; `changes` replace single ones."""
    limits: dict[str, Any] = {
        "memory_bytes": 64 * 1024**2,
        "cpus": 0.5,
        "pids": 24,
        "tmpfs": {SCRATCH: Tmpfs(4 * 1024**2, USER, USER, inodes=128)},
        "network": network,
        "open_files": 128,
        "file_bytes": 1024**2,
    }
    return Hardening(**(limits | changes))


def measure(
    client: docker.APIClient, image: str, *, apparmor: bool = False, runtime: Runtime = OWN_RUNTIME
) -> Measured:
    """Run the three probes, a neighbour to be reached and a program that takes too much memory; remove all and return.

    `image` is one with Python, the tester's. Takes about four seconds. Raises SandboxError if a container cannot be
    started or a probe does not report (the operator acts).
    """
    run_id = f"probe-{secrets.token_hex(4)}"
    marks = labels(run_id, "probe", time.time() + 3 * RUN_S)
    try:
        network = create_run_network(client, marks)
        asked = small_container(network.name)

        def create(code: str, *arguments: str, address: str) -> str:
            command = [PYTHON, "-I", "-c", code, *arguments]
            return create_probe(
                client, image, asked, marks, command, address=address, apparmor=apparmor, runtime=runtime
            )

        with HostListener() as host, ThreadPoolExecutor(max_workers=5) as pool:
            addresses = network.addresses
            targets = json.dumps(_targets(network, host))
            peer = create(PEER, address=addresses.app)
            reach = create(probe_program("reach"), targets, address=addresses.tester)
            privileges = create(probe_program("privileges"), SCRATCH, address=addresses.services[0])
            limits = create(probe_program("limits"), SCRATCH, address=addresses.services[1])
            eater = create(EATER, address=addresses.services[2])
            list(pool.map(lambda container: start(client, container), (peer, reach, privileges, limits, eater)))
            probes = (reach, privileges, limits)
            *states, end = pool.map(lambda container: wait(client, container), (*probes, eater))
            facts: dict[str, Any] = {}
            for probe, state in zip(probes, states, strict=True):
                facts |= report(client, probe, state)
            contacts, heard = host.contacts(), host.heard()
            return Measured(
                asked=asked,
                facts=facts,
                image_variables=_variables(client, image),
                memory_killed=bool(end["OOMKilled"]),
                host_answers=tuple(address for address in host.addresses if host.answers(address)),
                host_contacts=contacts,
                host_heard=heard,
            )
    finally:
        remove_run(client, run_id)


def create_probe(
    client: docker.APIClient,
    image: str,
    hardening: Hardening,
    marks: Mapping[str, str],
    command: list[str],
    *,
    address: str = "",
    apparmor: bool = False,
    runtime: Runtime = OWN_RUNTIME,
) -> str:
    """Create a container as hardened as a run's own and return its id; `address` is its own in the network."""
    endpoint = {"IPAMConfig": {"IPv4Address": address}} if address else {}
    with docker_call("create a probe container"):
        created: str = client.create_container(
            image,
            entrypoint=command,
            user=f"{USER}:{USER}",
            labels=dict(marks),
            host_config=host_config(hardening, apparmor=apparmor, runtime=runtime),
            networking_config={"EndpointsConfig": {hardening.network: endpoint}},
            use_config_proxy=False,
        )["Id"]
    return created


def start(client: docker.APIClient, container: str) -> None:
    """Start a container."""
    with docker_call("start a probe container"):
        client.start(container)


def wait(client: docker.APIClient, container: str) -> dict[str, Any]:
    """Wait until a container has ended and return its state; raises SandboxError after 20 s."""
    with docker_call("wait for a probe container"):
        client.wait(container, timeout=RUN_S)
    return inspect(client, container)


def inspect(client: docker.APIClient, container: str) -> dict[str, Any]:
    """Return the `State` object of a container."""
    with docker_call("look at a probe container"):
        state: dict[str, Any] = client.inspect_container(container)["State"]
    return state


def report(client: docker.APIClient, container: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a probe printed, all lines in one; raises SandboxError if they are not its JSON objects."""
    with docker_call("read the probe's report"):
        output: bytes = client.logs(container, stdout=True, stderr=False)
        errors: bytes = client.logs(container, stdout=False, stderr=True, tail=3)
    try:
        first, *others = map(json.loads, output.splitlines())
        facts: dict[str, Any] = first.copy()
        for other in others:
            facts |= other
    except (ValueError, TypeError, AttributeError) as error:
        raise SandboxError(
            f"the probe container ended with status {state['ExitCode']} and without a report: "
            f"{errors.decode('utf-8', 'replace').strip()[-500:] or 'it printed nothing'}",
            hint="grader images build",
        ) from error
    return facts


def everybody(port: int, *addresses: str) -> tuple[list[str], int, str]:
    """Return what the probe needs to call all who listen at the port: by multicast, broadcast and other `addresses`."""
    return ["224.0.0.1", "255.255.255.255", *addresses], port, CALL


def _targets(network: RunNetwork, host: HostListener) -> dict[str, object]:
    inside = dict.fromkeys((network.addresses.gateway, *host.addresses))
    return {
        "targets": [*((address, host.port) for address in inside), *OUTSIDE],
        "everybody": everybody(host.port, str(network.subnet.broadcast_address)),
        "peer": (network.addresses.app, PEER_PORT),
        "names": [OUTSIDE_NAME],
    }


def _variables(client: docker.APIClient, image: str) -> frozenset[str]:
    with docker_call(f"look at the image {image}"):
        description: dict[str, Any] = client.inspect_image(image)
    return frozenset(variable.partition("=")[0] for variable in description["Config"]["Env"] or ())
