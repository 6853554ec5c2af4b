"""Runs get networks of their own from the real Engine, however many ask at once."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path

import docker
import pytest

from grader.authoring.audit.listener import listening
from grader.engine.client import connect
from grader.engine.networks import create_run_network, used_subnets
from grader.engine.ownership import labels
from grader.engine.podman import is_podman
from grader.engine.sweep import remove_run
from grader.errors import SandboxError
from grader.recipes import image_ref

CALLS = """
import socket, sys

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for host in ("224.0.0.1", "255.255.255.255", sys.argv[2]):
    try: udp.sendto(b"x", (host, int(sys.argv[1])))
    except OSError: pass  # no route leads there
"""
POOL = IPv4Network("10.214.77.64/26")  # room for four runs, outside the default range


@pytest.fixture
def client() -> Iterator[docker.APIClient]:
    """A client of the Engine."""
    client = connect()
    yield client
    client.close()


@pytest.fixture
def new_marks(client: docker.APIClient) -> Iterator[Callable[[], dict[str, str]]]:
    """A function that returns the labels of another run each time, whose networks are removed at the end."""
    runs: list[str] = []

    def new() -> dict[str, str]:
        runs.append(f"contract-{secrets.token_hex(4)}")
        return labels(runs[-1], "1", time.time() + 300)

    yield new
    for run_id in runs:
        remove_run(client, run_id)


@pytest.fixture
def marks(new_marks: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The labels of one run."""
    return new_marks()


def test_network_is_internal_small_labelled_and_has_no_ipv6(client: docker.APIClient, marks: dict[str, str]) -> None:
    """The Engine confirms what was asked for."""
    network = create_run_network(client, marks, POOL)
    found = client.inspect_network(network.id)
    assert (found["Internal"], found["EnableIPv6"], found["Attachable"]) == (True, False, False)
    assert found["Labels"] == marks
    assert [IPv4Network(config["Subnet"]) for config in found["IPAM"]["Config"]] == [network.subnet]
    assert network.subnet.subnet_of(POOL)
    assert network.subnet in used_subnets(client)


def test_graders_that_start_at_once_get_networks_that_do_not_overlap(
    client: docker.APIClient, new_marks: Callable[[], dict[str, str]]
) -> None:
    """Four threads, four places: the Engine arbitrates and the losers try again."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        networks = list(pool.map(lambda _: create_run_network(client, new_marks(), POOL), range(4)))
    assert {network.subnet for network in networks} == set(POOL.subnets(new_prefix=28))


def test_range_without_a_free_place_is_told_with_what_to_do(
    client: docker.APIClient, new_marks: Callable[[], dict[str, str]]
) -> None:
    """The fifth run in a range for four is the operator's to solve, and nothing else is tried."""
    for _ in range(4):
        create_run_network(client, new_marks(), POOL)
    with pytest.raises(SandboxError) as caught:
        create_run_network(client, new_marks(), POOL)
    assert str(POOL) in caught.value.message
    assert "grader prune" in caught.value.hint


@pytest.mark.parametrize("refused", [True, False], ids=["as it is", "without the check of sources"])
def test_broadcast_and_multicast_do_not_reach_this_machine(
    client: docker.APIClient, marks: dict[str, str], *, refused: bool
) -> None:
    """No datagram for everybody comes out of a run's network; the kernel is what stops it."""
    network = create_run_network(client, marks, POOL)
    setting = Path(f"/proc/sys/net/ipv4/conf/br-{network.id[:12]}/rp_filter")
    if not refused:
        if is_podman(client.version()):
            return  # it makes the bridge with the first container, and calls it otherwise
        setting.write_text("0")
        if Path("/proc/sys/net/ipv4/conf/all/rp_filter").read_text().strip() != "0":
            return  # this machine checks sources everywhere: nothing can be taken away
    with listening() as listener:
        created = client.create_container(
            image_ref("tester"),
            ["-c", CALLS, str(listener.port), str(network.subnet.broadcast_address)],
            entrypoint=["python3"],
            labels=marks,
            host_config=client.create_host_config(network_mode=network.name),
        )
        client.start(created["Id"])
        assert client.wait(created["Id"], timeout=30)["StatusCode"] == 0, client.logs(created["Id"])
        time.sleep(0.3)
    assert bool(listener.came) is not refused
