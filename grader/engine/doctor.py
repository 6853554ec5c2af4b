"""`grader doctor`: what this machine has, what it lacks, and whether its containers really are confined."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import docker

from grader.display import number_of
from grader.engine.client import connect, docker_call, engine_command
from grader.engine.findings import LIMITS, PLACE, RUNTIME, SWAP, Report, Row, Status
from grader.engine.images import missing_images
from grader.engine.judging import judge
from grader.engine.networks import RUN_PREFIX, SUBNETS_VARIABLE, subnet_pool, used_subnets
from grader.engine.ownership import RUN, is_abandoned
from grader.engine.podman import is_podman
from grader.engine.probe import measure
from grader.engine.runtimes import RUNTIME_VARIABLE, chosen_runtime
from grader.errors import GraderError
from grader.recipes import image_names, image_ref

ALWAYS_NEEDED = frozenset({"base", "tester"})
PROBE_IMAGE = "tester"
GIB = 1024**3

# The first Engine whose seccomp profiles can answer ENOSYS to one call and EPERM to another.
_OLDEST_API = (1, 41)
# Older ones than were measured refuse a container as confined as ours: 4.3.1 does.
_OLDEST_PODMAN = (5, 4)
# CVE-2025-31133, -52565 and -52881 let a container out while it is made; fixed in these branches of runc, and later.
_RUNC_FIXED = {(1, 2): 8, (1, 3): 3}
_RUNC_NEXT = (1, 4)
_DISTRIBUTION = re.compile(r"\+ds|ubuntu|deb|\.el\d|\.fc\d|\.amzn")
_DISK_WARN_BYTES, _DISK_FAIL_BYTES = 5 * GIB, GIB
_MEMORY_WARN_BYTES = GIB
_LOCAL = "http+docker://localhost"  # what docker-py calls a Unix socket of this machine
_SUBNETS_WARN = 16


def examine() -> Report:
    """Return everything found; takes about five seconds, and removes what it started on every way out.

    Never raises for what is wrong with the machine: that is a finding.
    """
    try:
        client = connect()
    except GraderError as error:
        return Report((Row(PLACE, "Docker Engine", Status.FAIL, error.message, "one that answers", error.hint),))
    with closing(client):
        rows: list[Row] = []
        for group, name, examination in (
            (PLACE, "Docker Engine", _engine),
            (PLACE, "disk and memory", _space),
            (PLACE, "networks", _subnets),
            (PLACE, "leftovers", _leftovers),
            (PLACE, "images", _images),
            (LIMITS, "all of it", _probe),
        ):
            try:
                rows += examination(client)
            except GraderError as error:
                rows.append(Row(group, name, Status.FAIL, error.message, "", error.hint))
    return Report(tuple(rows))


def engine_rows(info: Mapping[str, Any], version: Mapping[str, Any]) -> list[Row]:
    """Judge what the Engine says of itself (`docker info`, `docker version`)."""
    api = tuple(int(part) for part in str(version["ApiVersion"]).split("."))
    new_enough = api >= _OLDEST_API
    swap = bool(info.get("SwapLimit", True))
    control = f"version {info.get('CgroupVersion', '1')}, driver {info['CgroupDriver']}"
    components = {item["Name"]: str(item["Version"]) for item in version.get("Components") or ()}
    podman = is_podman(version)
    return [
        _podman_row(version, str(info["Driver"]))
        if podman
        else Row(
            PLACE,
            "Docker Engine",
            Status.OK if new_enough else Status.FAIL,
            f"{version['Version']}, API {version['ApiVersion']}, storage {info['Driver']}",
            "20.10 (API 1.41) or later",
            "" if new_enough else engine_command(),
        ),
        Row(
            PLACE,
            SWAP,
            Status.OK if swap else Status.WARN,
            control + ("" if swap else ", no limit on swap: a program may use it beyond its memory"),
            "limits on memory and swap",
            "" if swap else "add swapaccount=1 to the kernel's command line, or: sudo swapoff -a",
        ),
        _podmans_runtime(components)
        if podman
        else runc_row(components.get("runc", "unknown"), sorted(info.get("Runtimes") or ())),
    ]


def _podman_row(version: Mapping[str, Any], driver: str) -> Row:
    """Judge Podman: one that is new enough grades, but less of it was tried (docs/operating.md)."""
    number = str(version["Version"])
    new_enough = tuple(int(part) for part in number.split(".")[:2]) >= _OLDEST_PODMAN
    return Row(
        PLACE,
        "Docker Engine",
        Status.WARN if new_enough else Status.FAIL,
        f"this is Podman {number}, API {version['ApiVersion']}, storage {driver}"
        + (", less tried than Docker" if new_enough else ""),
        "Docker Engine, or Podman 5.4 or later for a trial",
        f"unset DOCKER_HOST; {engine_command()}",
    )


def _podmans_runtime(components: Mapping[str, str]) -> Row:
    found = [version.partition("\n")[0] for name, version in components.items() if name.startswith("OCI Runtime")]
    return Row(PLACE, RUNTIME, Status.INFO, ", ".join(found) or "unknown")


def runc_row(version: str, runtimes: Iterable[str]) -> Row:
    """Judge the program that makes containers; a distribution's own build carries fixes under an old number."""
    others = [name for name in runtimes if name != "runc" and not name.startswith("io.containerd.")]
    found = f"runc {version}" + (f", also {', '.join(others)}" if others else "")
    number = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if number is None:
        return Row(PLACE, RUNTIME, Status.INFO, found)
    major, minor, patch = map(int, number.groups())
    if (major, minor) >= _RUNC_NEXT or patch >= _RUNC_FIXED.get((major, minor), patch + 1):
        return Row(PLACE, RUNTIME, Status.OK, found)
    if _DISTRIBUTION.search(version):
        return Row(PLACE, RUNTIME, Status.INFO, f"{found}, kept safe by the distribution's updates")
    return Row(
        PLACE,
        RUNTIME,
        Status.WARN,
        f"{found} has known ways out of a container (CVE-2025-31133)",
        "runc 1.2.8, 1.3.3 or later",
        "upgrade the package that brings runc (containerd.io or runc)",
    )


def space_rows(disk_free_bytes: int | None, memory_free_bytes: int | None, docker_root: str) -> list[Row]:
    """Judge free disk and memory; None: it cannot be told, for instance because the Engine is on another machine."""
    rows = []
    if disk_free_bytes is None:
        rows.append(Row(PLACE, "disk", Status.INFO, f"{docker_root} cannot be looked at from here"))
    else:
        scarce = Status.FAIL if disk_free_bytes < _DISK_FAIL_BYTES else Status.WARN
        enough = disk_free_bytes >= _DISK_WARN_BYTES
        rows.append(
            Row(
                PLACE,
                "disk",
                Status.OK if enough else scarce,
                f"{disk_free_bytes / GIB:.1f} GiB free at {docker_root}",
                f"{_DISK_WARN_BYTES / GIB:.0f} GiB",
                "" if enough else "docker system df   (then: docker system prune)",
            )
        )
    if memory_free_bytes is not None:
        enough = memory_free_bytes >= _MEMORY_WARN_BYTES
        rows.append(
            Row(
                PLACE,
                "memory",
                Status.OK if enough else Status.WARN,
                f"{memory_free_bytes / GIB:.1f} GiB available",
                f"{_MEMORY_WARN_BYTES / GIB:.0f} GiB for one run: the app, its services and the tester",
                "" if enough else "free -m   (grade fewer at a time)",
            )
        )
    return rows


def subnet_row(pool: IPv4Network, used: Iterable[IPv4Network]) -> Row:
    """Judge how many runs can still have a network of their own at the same time."""
    total = 2 ** (RUN_PREFIX - pool.prefixlen)
    run_size = 2 ** (pool.max_prefixlen - RUN_PREFIX)
    taken = {
        index
        for network in used
        if network.overlaps(pool)
        for index in range(
            max(int(network.network_address) - int(pool.network_address), 0) // run_size,
            min(int(network.broadcast_address) - int(pool.network_address), pool.num_addresses - 1) // run_size + 1,
        )
    }
    free = total - len(taken)
    status = Status.FAIL if free == 0 else Status.WARN if free < min(_SUBNETS_WARN, total) else Status.OK
    return Row(
        PLACE,
        "networks",
        status,
        f"{free} of {total} free in {pool}",
        "one for each run at the same time",
        "" if status is Status.OK else f"grader prune   (or set {SUBNETS_VARIABLE} to a larger private range)",
    )


def leftover_row(containers: int, networks: int) -> Row:
    """Judge what killed runs have left; the next run removes it too."""
    clean = containers + networks == 0
    found = f"{number_of(containers, 'container')} and {number_of(networks, 'network')} of runs that were killed"
    return Row(
        PLACE,
        "leftovers",
        Status.OK if clean else Status.WARN,
        "none" if clean else found,
        "none",
        "" if clean else "grader prune",
    )


def image_row(names: Sequence[str], missing: Sequence[str]) -> Row:
    """Judge which images there are of the present sources: without those of every run, nothing can be graded."""
    worst = Status.FAIL if set(missing) & ALWAYS_NEEDED else Status.WARN
    return Row(
        PLACE,
        "images",
        worst if missing else Status.OK,
        f"missing: {', '.join(missing)}" if missing else ", ".join(names),
        "built from the present sources",
        f"grader images build {' '.join(missing)}" if missing else "",
    )


def _engine(client: docker.APIClient) -> list[Row]:
    with docker_call("describe itself"):
        return engine_rows(client.info(), client.version())


def _space(client: docker.APIClient) -> list[Row]:
    with docker_call("describe itself"):
        root = str(client.info()["DockerRootDir"])
    if client.base_url != _LOCAL:
        return space_rows(None, None, root)
    try:
        disk: int | None = shutil.disk_usage(root).free
    except OSError:
        disk = None
    return space_rows(disk, _available_memory(), root)


def _available_memory() -> int | None:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else None


def _subnets(client: docker.APIClient) -> list[Row]:
    with docker_call("list its networks"):
        return [subnet_row(subnet_pool(), used_subnets(client))]


def _leftovers(client: docker.APIClient) -> list[Row]:
    now = time.time()

    def count(objects: Iterable[Mapping[str, Any]]) -> int:
        return sum(is_abandoned(item.get("Labels") or {}, now) for item in objects)

    with docker_call("list containers and networks"):
        containers = client.containers(all=True, filters={"label": RUN})
        networks = client.networks(filters={"label": RUN})
    return [leftover_row(count(containers), count(networks))]


def _images(client: docker.APIClient) -> list[Row]:
    names = image_names()
    return [image_row(names, missing_images(client, names))]


def _probe(client: docker.APIClient) -> list[Row]:
    if missing_images(client, [PROBE_IMAGE]):
        hint = f"grader images build {PROBE_IMAGE}"
        return [Row(LIMITS, "all of it", Status.FAIL, "not measured: there is no image to do it in", "", hint)]
    with docker_call("describe itself"):
        info = client.info()
        apparmor = any("apparmor" in option for option in info.get("SecurityOptions") or ())
    runtime = chosen_runtime(info)
    rows = [Row(LIMITS, RUNTIME, Status.OK, f"{runtime.name}, as {RUNTIME_VARIABLE} asks")] if runtime.name else []
    return [*rows, *judge(measure(client, image_ref(PROBE_IMAGE), apparmor=apparmor, runtime=runtime))]
