"""The network of one run: internal, small, its own, and without the host in it."""

from __future__ import annotations

import ipaddress
import os
import random
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

import docker
from docker.errors import APIError
from docker.types import IPAMConfig, IPAMPool

from grader.engine.client import docker_call
from grader.engine.ownership import RUN
from grader.errors import SandboxError, UsageError

SUBNETS_VARIABLE = "GRADER_SUBNETS"
DEFAULT_SUBNETS = IPv4Network("10.213.0.0/16")
RUN_PREFIX = 28
"""A run's network holds the gateway's address, the app, the tester and eleven services."""

# From this Engine on, `gateway_mode_ipv4=isolated` leaves the bridge without an address of the host. Older ones take
# that option and do nothing; there `inhibit_ipv4` does it. See tests/contract/test_hardening.py.
_ISOLATED_SINCE = 28
_RACES = 16
_PAUSE_S = 0.03
_TAKEN = ("overlap", "already used on the host")  # as Docker and as Podman say it
_INTERFACES = Path("/proc/sys/net/ipv4/conf")
_LOOSE_SOURCE_CHECK = "2"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Who has which address in a run's network; `gateway` is nobody's: nothing may answer there."""

    gateway: str
    app: str
    tester: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunNetwork:
    """One run's network as Docker knows it, and its address plan."""

    id: str
    name: str
    subnet: IPv4Network
    addresses: Addresses


def address_plan(subnet: IPv4Network) -> Addresses:
    """Return the addresses of a run's network: .1 gateway, .2 app, .3 tester, then the services."""
    gateway, app, tester, *services = (str(address) for address in subnet.hosts())
    return Addresses(gateway=gateway, app=app, tester=tester, services=tuple(services))


def subnet_pool(environment: Mapping[str, str] = os.environ) -> IPv4Network:
    """Return the range that runs take their networks from: `GRADER_SUBNETS`, else 10.213.0.0/16.

    Raises UsageError if it is not a private IPv4 network in CIDR notation that has room for a /28 (RFC 1918, 4632).
    """
    text = environment.get(SUBNETS_VARIABLE) or str(DEFAULT_SUBNETS)
    try:
        pool = IPv4Network(text)
    except ValueError as error:
        raise _bad_pool(text, str(error)) from error
    if pool.prefixlen > RUN_PREFIX:
        raise _bad_pool(text, f"a run needs a /{RUN_PREFIX}, and this is smaller")
    if not pool.is_private or pool.is_loopback or pool.is_link_local:
        raise _bad_pool(text, "these are not private addresses")
    return pool


def create_run_network(
    client: docker.APIClient, labels: Mapping[str, str], base: IPv4Network | None = None
) -> RunNetwork:
    """Create a run's internal network on a free /28 of `base` (None: `subnet_pool()`) and return it.

    Several graders may do this at once: each starts at a random place and the Engine arbitrates. The host is given no
    address on the bridge, because "internal" alone leaves its services reachable from the containers. Raises
    SandboxError if every /28 is taken or the Engine refuses (the operator acts).
    """
    pool = subnet_pool() if base is None else base
    name = f"grader-{labels[RUN]}"
    with docker_call("tell its version"):
        options = bridge_options(str(client.version()["Version"]))
    taken: list[IPv4Network] = []
    for race in range(_RACES):
        subnet = free_subnet(pool, taken)
        if subnet is None:
            raise SandboxError(
                f"every /{RUN_PREFIX} of {pool} is in use by a network of this Docker Engine",
                hint=f"grader prune   (or set {SUBNETS_VARIABLE} to a larger private range)",
            )
        with docker_call(f"create the network {name}"):
            network_id = _create(client, name, subnet, options, labels)
            if network_id is not None:
                refuse_broadcasts(network_id)
                return RunNetwork(id=network_id, name=name, subnet=subnet, addresses=address_plan(subnet))
        # Whoever got the place is listed only when its bridge is made, which takes a busy Engine a while.
        time.sleep(random.uniform(0, (race + 1) * _PAUSE_S))  # noqa: S311 - to be spread, not to be unguessable
        with docker_call("list its networks"):
            taken = used_subnets(client)
    raise SandboxError(
        f"no free network found in {pool}: {_RACES} times another process took the one that was free",
        hint="grade again, with fewer runs at a time",
    )


def bridge_options(engine_version: str) -> dict[str, str]:
    """Return the bridge driver's options for a run's network on this Engine: no address of the host on the bridge."""
    options = {"com.docker.network.bridge.enable_icc": "true"}
    major = re.match(r"\d+", engine_version)
    if major and int(major.group()) >= _ISOLATED_SINCE:
        options["com.docker.network.bridge.gateway_mode_ipv4"] = "isolated"
    else:
        options["com.docker.network.bridge.inhibit_ipv4"] = "true"
    return options


def refuse_broadcasts(network_id: str, interfaces: Path = _INTERFACES) -> bool:
    """Have this machine's kernel drop what comes to it from a run's network; return whether it does.

    Without an address on the bridge the machine cannot be called, but multicast and broadcast would still reach every
    program of it that listens to UDP. Any check of source addresses drops them, because no route leads back. Where the
    grader may not set it (another user, a remote Engine) the setting for all interfaces decides: see docs/operating.md.
    """
    try:
        for interface in ("all", f"br-{network_id[:12]}"):
            if (interfaces / interface / "rp_filter").read_text(encoding="ascii").strip() != "0":
                return True
        (interfaces / f"br-{network_id[:12]}" / "rp_filter").write_text(_LOOSE_SOURCE_CHECK, encoding="ascii")
    except OSError:
        return False
    return True


def used_subnets(client: docker.APIClient) -> list[IPv4Network]:
    """Return the IPv4 subnets of all networks that the Engine has, whoever made them."""
    configs = (config for network in client.networks() for config in (network["IPAM"]["Config"] or ()))
    subnets = (ipaddress.ip_network(config["Subnet"], strict=False) for config in configs if config.get("Subnet"))
    return [subnet for subnet in subnets if isinstance(subnet, IPv4Network)]


def free_subnet(pool: IPv4Network, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """Return a /28 of `pool` that overlaps none of `taken`: the first one from a random place on; None if all are."""
    taken = tuple(subnet for subnet in taken if subnet.overlaps(pool))
    slots = 2 ** (RUN_PREFIX - pool.prefixlen)
    start = random.randrange(slots)  # noqa: S311 - to be spread, not to be unguessable
    for slot in range(start, start + slots):
        offset = (slot % slots) * 2 ** (pool.max_prefixlen - RUN_PREFIX)
        subnet = IPv4Network((int(pool.network_address) + offset, RUN_PREFIX))
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    return None


def _create(
    client: docker.APIClient, name: str, subnet: IPv4Network, options: dict[str, str], labels: Mapping[str, str]
) -> str | None:
    """Create one network and return its id; None if another network has some of these addresses."""
    try:
        created = client.create_network(
            name,
            driver="bridge",
            internal=True,
            enable_ipv6=False,
            attachable=False,
            options=options,
            ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet))]),
            labels=dict(labels),
        )
    except APIError as error:
        if not any(words in str(error.explanation).lower() for words in _TAKEN):
            raise
        return None
    network_id: str = created["Id"]
    return network_id


def _bad_pool(text: str, what: str) -> UsageError:
    return UsageError(
        f"{SUBNETS_VARIABLE}={text!r} cannot be used: {what}",
        hint=f"export {SUBNETS_VARIABLE}={DEFAULT_SUBNETS}   (a private IPv4 network, /{RUN_PREFIX} or larger)",
    )
