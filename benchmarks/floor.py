"""The floor: what the Engine alone needs to create, start, reach and remove one app container on a ready network."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

import docker
from docker.types import IPAMConfig, IPAMPool

from grader.catalogue import find_challenge
from grader.engine.containers import APP_PORT, Containers
from grader.engine.networks import RunNetwork, address_plan, free_subnet, subnet_pool, used_subnets
from grader.engine.ownership import labels
from grader.engine.sweep import remove_run
from grader.stacks import detect_stack, start_command
from grader.submission import load_submission, to_tar

RUN_ID = "benchmark-floor"


def floor(client: docker.APIClient, path: Path) -> float:
    """Return the seconds for one container with the app at `path`, hardened as in a run, until it is gone again.

    The network is an ordinary bridge, so that this process can reach the app itself; it is not counted.
    """
    network = benchmark_network(client, RUN_ID)
    submission = load_submission(path)
    stack = detect_stack(submission, ["python"])
    containers = Containers(client, network, labels(RUN_ID, "1", time.time() + 300), apparmor=False)
    limits = find_challenge("todo-api").limits
    content, command = to_tar(submission), start_command(submission, stack)
    try:
        began = time.perf_counter()
        app = containers.create_app(stack.image_ref, command, stack.environment, limits, content)
        app.start()
        reach(f"http://{network.addresses.app}:{APP_PORT}/")
        client.remove_container(f"{network.name}-app", force=True)
        return time.perf_counter() - began
    finally:
        remove_run(client, RUN_ID)


def benchmark_network(client: docker.APIClient, run_id: str) -> RunNetwork:
    """Return a new network with the labels of a run, over which this process reaches the containers itself."""
    subnet = free_subnet(subnet_pool(), used_subnets(client))
    if subnet is None:
        raise SystemExit("no free network; grader prune")
    name = f"grader-{run_id}"
    created = client.create_network(
        name,
        driver="bridge",
        ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet))]),
        labels=labels(run_id, "1", time.time() + 300),
    )
    return RunNetwork(id=created["Id"], name=name, subnet=subnet, addresses=address_plan(subnet))


def reach(url: str, limit_s: float = 30) -> None:
    """Return when there is an answer of any kind; ends the program when there is none in time."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - an address of ours
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise SystemExit(f"the app did not answer at {url}")
