"""The dependency step: what a submission asks for beyond its stack's image, installed once and kept as an image.

A container with limits runs the stack's own `install-dependencies`, which gets the dependency files and nothing else
of the submission. Its result depends on these files alone, so it is kept under their digest for whoever asks for the
same. The exit statuses are those of sandbox/stacks/python/install-dependencies.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import docker

from grader.engine.client import docker_call, find_image, send_signal
from grader.engine.containers import APP_USER, MIB, Containers
from grader.engine.dependency_cache import LABEL, REPOSITORY, trim
from grader.engine.hardening import Hardening, Tmpfs, host_config
from grader.engine.network_access import ca_bundle, client_proxies, without_logins
from grader.engine.streams import attach, ended_in_time, hang_up, read_log
from grader.errors import SandboxError, Stopped
from grader.models import Verdict

MEMORY_BYTES = 1024 * MIB
STAGING_BYTES = 640 * MIB
FILE_BYTES = 256 * MIB

# Not as the container's variables or words: an image made of it would have them, and so every app that runs in it.
_WITH_SETTINGS = 'while IFS= read -r line && [ -n "$line" ]; do export "$line"; done; exec install-dependencies "$@"'

INSTALLED, NOTHING_TO_INSTALL, WRONG, UNREACHABLE, CUT_OFF = 0, 10, 20, 30, 40


def with_dependencies(
    containers: Containers,
    image: str,
    files: Mapping[str, bytes],
    *,
    online: bool,
    registry: Mapping[str, str],
    timeout_s: float,
) -> str:
    """Return the reference of an image that has what `files` (name -> content) ask for, on top of `image`.

    `online`: whether packages may be fetched. `registry`: variables that say from where, unless it is the package
    manager's own place; they are neither in the image nor in what it is kept under, and passwords in them in no log.
    Raises `Stopped` (build_failed, with the package manager's own words) when the files cannot be satisfied or it takes
    longer than `timeout_s`, `SandboxError` when no registry answers.
    """
    client = containers.client
    reference = f"{REPOSITORY}:{_key(image, files, online=online)}"
    if find_image(client, reference):
        return reference
    settings = {**client_proxies(), **registry} if online else {}
    container = _create(containers, image, online=online)
    ended = _run(client, container, _lines(settings) + _tar(files), timeout_s)
    log = without_logins(read_log(client, container, "dependency step"), settings)
    if not ended:
        raise Stopped(Verdict.BUILD_FAILED, f"installing the dependencies took longer than {timeout_s:g} s", log=log)
    with docker_call("see how the dependency step ended"):
        state = client.inspect_container(container)["State"]
    status = int(state["ExitCode"])
    if status == UNREACHABLE:
        raise SandboxError(
            f"{_wanted(files)} beyond what is installed cannot be fetched: no package registry answers",
            hint="check this machine's network, proxy and CA settings, then grade again (docs/operating.md)",
            detail=log,
        )
    if status == CUT_OFF:
        raise SandboxError("Docker could not bring the dependency files into their container", hint="grader doctor")
    if status not in (INSTALLED, NOTHING_TO_INSTALL):
        raise Stopped(Verdict.BUILD_FAILED, _reason(state, files), log=log)
    with docker_call("keep the installed dependencies"):
        repository, _, tag = reference.partition(":")
        if status == NOTHING_TO_INSTALL:
            client.tag(image, repository, tag)
        else:
            config = client.inspect_image(image)["Config"]
            # the Engine adds the container's own labels, which name a run and a process, unless they are given here
            config["Labels"] = {**dict.fromkeys(containers.labels, ""), **(config.get("Labels") or {}), LABEL: tag}
            client.commit(container, repository, tag, conf=config)
            trim(client)
    return reference


def _create(containers: Containers, image: str, *, online: bool) -> str:
    hardening = Hardening(
        memory_bytes=MEMORY_BYTES,
        cpus=1.0,
        pids=64,
        network="bridge" if online else "none",
        file_bytes=FILE_BYTES,
        tmpfs={"/tmp": Tmpfs(STAGING_BYTES, APP_USER, APP_USER, mode=0o1777, inodes=65536)},  # noqa: S108
    )
    # the packages are kept by committing the container, so its root is writable; names must resolve to fetch them
    config = {
        **host_config(hardening, apparmor=containers.apparmor, runtime=containers.runtime),
        "ReadonlyRootfs": False,
        "Dns": [],
        "DnsOptions": [],
        "DnsSearch": [],
    }
    with docker_call("create the container of the dependency step"):
        created: str = containers.client.create_container(
            image,
            ["/bin/sh", "-c", _WITH_SETTINGS, "sh", *([] if online else ["--offline"])],
            user=f"{APP_USER}:{APP_USER}",
            stdin_open=True,
            use_config_proxy=False,
            labels=containers.labels,
            host_config=config,
        )["Id"]
    return containers.keep(created)


def _run(client: docker.APIClient, container: str, content: bytes, timeout_s: float) -> bool:
    """Return whether the container ended in time; else it is killed."""
    with docker_call("run the dependency step"):
        connection = attach(client, container, stdout=False)
        try:
            client.start(container)
            connection.sendall(content)
        finally:
            hang_up(connection)
        if ended_in_time(client, container, timeout_s):
            return True
        send_signal(client, container)
        return False


def _reason(state: Mapping[str, Any], files: Iterable[str]) -> str:
    if state["OOMKilled"]:
        return f"installing {_wanted(files)} took more than its {MEMORY_BYTES // 1024**2} MiB of memory"
    if state["ExitCode"] == WRONG:
        return f"{_wanted(files)} cannot be installed"
    return f"installing {_wanted(files)} ended with status {state['ExitCode']}"


def _wanted(files: Iterable[str]) -> str:
    names = sorted(files)
    return f"what {' and '.join(names)} {'asks' if len(names) == 1 else 'ask'} for"


def _lines(settings: Mapping[str, str]) -> bytes:
    """Return the variables as `_WITH_SETTINGS` reads them: a line for each, its own lines joined, and an empty one."""
    return "".join(f"{name}={' '.join(value.split())}\n" for name, value in settings.items()).encode() + b"\n"


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    bundle = ca_bundle()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in {**files, **({"ca.pem": bundle} if bundle else {}), "complete": b""}.items():
            member = tarfile.TarInfo(Path(name).name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _key(image: str, files: Mapping[str, bytes], *, online: bool) -> str:
    total = hashlib.sha256(f"{image} {online}".encode())
    for name, content in sorted(files.items()):
        total.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return total.hexdigest()
