"""Podman behind its Docker-compatible socket: the Engine's calls, in the words that Podman takes.

What that socket refuses or ignores is asked for in another way that binds as much; nothing is left out. Which promises
it keeps then is measured by tests/contract, and told in docs/operating.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import docker
from docker.errors import APIError, NotFound, create_api_error_from_http_exception
from requests import HTTPError

from grader.engine.hardening import seccomp_profile
from grader.paths import sandbox_dir

COMPONENT = "Podman Engine"
_OWN_API = "v4.0.0/libpod"
# Folders that Podman makes writable in memory, without a limit, where the root file system is read-only; with control
# groups of version 1 the last one too.
_FREE_FOLDERS = ("/run", "/var/tmp", "/sys/fs/cgroup")  # noqa: S108 - inside the container
_CLOSED = "ro,nosuid,nodev,noexec,size=4096,mode=0555,notmpcopyup"
# It covers a volume that is mounted here, and no other mount, with such a folder. So the volume is mounted read-only at
# the second place, and its directory of the host is bound to the first.
_COVERED, _VIEW = "/tmp", "/mnt"  # noqa: S108 - inside the container
# It writes the host's address into /etc/hosts, under names that are not given there already.
_NO_HOST = ("host.containers.internal:127.0.0.1", "host.docker.internal:127.0.0.1")
_NO_IPV6 = {"net.ipv6.conf.all.disable_ipv6": "1", "net.ipv6.conf.default.disable_ipv6": "1"}
# The registries that it puts before the name of an image that came without one: loaded, or built by Docker's API.
_REGISTRIES = ("localhost/", "docker.io/")
# A container that has ended keeps its folders in memory until Podman has cleaned up after it.
_ENDED_STATES = frozenset({"stopping", "stopped", "exited"})
_CLEANING_S = 20.0
# What it says when a process took longer to die than it waits, on a busy machine; then it is dead a moment later.
_STUBBORN = "could not be stopped"
_ENDED = "container is stopped"
_POLL_S = 0.02


def is_podman(version: Mapping[str, Any]) -> bool:
    """Return whether what answers is Podman; `version` is what `docker version` says."""
    return any(component.get("Name") == COMPONENT for component in version.get("Components") or ())


def host_config_for_podman(config: Mapping[str, Any], volumes: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the `HostConfig` that asks Podman for what `config` asks Docker for; `volumes`: folder -> its volume.

    The seccomp profile goes as the path of a file, so Podman must see this installation of the grader.
    """
    profile = f"seccomp={seccomp_profile()}"
    path = f"seccomp={sandbox_dir() / 'seccomp.json'}"
    folders: Mapping[str, str] = config.get("Tmpfs") or {}
    return {
        **config,
        "SecurityOpt": [path if option == profile else option for option in config.get("SecurityOpt") or ()],
        "Tmpfs": dict.fromkeys(_FREE_FOLDERS, _CLOSED) if config.get("ReadonlyRootfs") else {},
        "Binds": [bind for at, options in folders.items() for bind in _binds(at, options, volumes[at])],
        "ExtraHosts": [*(config.get("ExtraHosts") or ()), *_NO_HOST],
        "Sysctls": {} if config.get("NetworkMode") == "host" else _NO_IPV6,
    }


def _binds(at: str, options: str, volume: Mapping[str, str]) -> list[str]:
    flags = f"nosuid,nodev,{'noexec' if 'noexec' in options.split(',') else 'exec'}"
    if at != _COVERED:
        return [f"{volume['Name']}:{at}:rw,nocopy,{flags}"]
    return [f"{volume['Name']}:{_VIEW}:ro,nocopy,{flags}", f"{volume['Mountpoint']}:{at}:rw,{flags}"]


def images_named_by_us(images: Iterable[Mapping[str, Any]], repository: str | None = None) -> list[dict[str, Any]]:
    """Return images under the names that we gave them, and of those asked for by name the names they have there alone.

    Podman shows each with a registry before it, and all names of an image with one that was asked for.
    """
    return [{**image, "RepoTags": _our_names(image["RepoTags"] or (), repository)} for image in images]


def _our_names(names: Iterable[str], repository: str | None) -> list[str]:
    for registry in _REGISTRIES:
        names = [name.removeprefix(registry) for name in names]
    return [name for name in dict.fromkeys(names) if repository is None or name.rpartition(":")[0] == repository]


class PodmanClient(docker.APIClient):
    """Docker's client, where Podman wants to be asked otherwise."""

    def create_container_from_config(self, config: Any, name: str | None = None, platform: str | None = None) -> Any:
        """Create a container; each folder in memory is a volume, whose mount options Podman passes to the kernel."""
        host = config.get("HostConfig") or {}
        volumes: dict[str, dict[str, str]] = {}
        try:
            for at, options in (host.get("Tmpfs") or {}).items():
                mount = {"type": "tmpfs", "device": "tmpfs", "o": options}
                volumes[at] = self.create_volume(driver_opts=mount, labels=config.get("Labels"))
            changed = {**config, "HostConfig": host_config_for_podman(host, volumes)}
            return super().create_container_from_config(changed, name, platform)  # type: ignore[no-untyped-call]
        except BaseException:
            self._remove_volumes(volume["Name"] for volume in volumes.values())
            raise

    def images(self, name: str | None = None, *args: Any, **options: Any) -> list[dict[str, Any]]:
        """List images, named as Docker names them."""
        return images_named_by_us(super().images(name, *args, **options), name)

    def attach_socket(self, container: Any, *args: Any, **options: Any) -> Any:
        """Attach to a container, which Podman prepares for its start by that; raises as `start` does."""
        self._wait_until_clean(container)
        return super().attach_socket(container, *args, **options)

    def start(self, container: Any, *args: Any, **options: Any) -> None:
        """Start a container with empty folders; raises TimeoutError when those of its last run do not go."""
        self._wait_until_clean(container)
        super().start(container, *args, **options)

    def remove_container(self, container: Any, *args: Any, **options: Any) -> None:
        """Remove a container with its volumes, which nobody else has; raises `NotFound` if another was first."""
        with _absence():
            volumes = self._volumes(container)
            try:
                super().remove_container(container, *args, **options)
            except APIError as error:
                if _STUBBORN not in str(error):
                    raise
                super().remove_container(container, *args, **options)
        self._remove_volumes(volumes)

    def create_network(self, name: str, *_: Any, **asked: Any) -> Any:
        """Create a network by Podman's own API: the other one gives the host an address in it, internal or not."""
        network = {
            "name": name,
            "driver": asked["driver"],
            "internal": asked["internal"],
            "dns_enabled": False,
            "ipv6_enabled": asked["enable_ipv6"],
            "labels": asked["labels"],
            "subnets": [{"subnet": pool["Subnet"]} for pool in asked["ipam"]["Config"]],
        }
        return {"Id": self._own("POST", "networks/create", network)["id"]}

    def top(self, container: Any, ps_args: str | None = None) -> Any:
        """Return what `ps -eo pid,ppid` says on the host, whatever `ps_args`: Podman lets it run in the container."""
        del ps_args
        rows = super().top(container, ps_args="hpid,pid,ppid")["Processes"]
        host = {inside: outside for outside, inside, _ in rows}
        alive = [[outside, host.get(parent, "0")] for outside, _, parent in rows if outside.isdigit()]
        return {"Titles": ["PID", "PPID"], "Processes": alive}

    def stats(self, container: Any, *args: Any, **options: Any) -> Any:
        """Return what a container uses: Podman does not say which memory is idle, nor anything of what has ended."""
        answer = super().stats(container, *args, **options)
        if answer.get("cause") == _ENDED:
            return {"memory_stats": {}}
        answer["memory_stats"].setdefault("stats", {})
        return answer

    def _wait_until_clean(self, container: str) -> None:
        if self._own("GET", f"containers/{container}/json")["State"]["Status"] not in _ENDED_STATES:
            return
        deadline = time.monotonic() + _CLEANING_S
        while any(self._own("GET", f"volumes/{name}/json")["MountCount"] for name in self._volumes(container)):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(_POLL_S)

    def _volumes(self, container: str) -> list[str]:
        return [mount["Name"] for mount in self.inspect_container(container)["Mounts"] if mount["Type"] == "volume"]

    def _own(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Call Podman's own API; raises `APIError` as the other calls do."""
        answer = self.request(method, f"{self.base_url}/{_OWN_API}/{path}", json=content)
        try:
            answer.raise_for_status()
        except HTTPError as error:
            create_api_error_from_http_exception(error)
        return answer.json()

    def _remove_volumes(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                with _absence():
                    self.remove_volume(name, force=True)
            except NotFound:
                continue


@contextmanager
def _absence() -> Iterator[None]:
    """Say `NotFound` where Podman says status 500 about what another process removed meanwhile."""
    try:
        yield
    except APIError as error:
        if "no such" in str(error):
            raise NotFound(str(error), response=error.response, explanation=error.explanation) from error
        raise
