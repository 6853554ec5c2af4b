"""The `HostConfig` of every container that the grader starts: what it may use, and everything that it may not do.

The names are those of the Engine API (https://docs.docker.com/reference/api/engine/, POST /containers/create).
`grader doctor` and tests/contract/test_hardening.py measure that each of them bites.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from grader.engine.runtimes import Runtime
from grader.errors import SandboxError
from grader.paths import sandbox_dir

CPU_PERIOD_US = 100_000
SHM_BYTES = 16 * 1024**2
LOG_FILE_BYTES = 1024**2
OWN_RUNTIME = Runtime()

# Names outside the run's network are asked of the container's own loopback, where nobody listens. An address that
# swallows the question instead keeps an Engine 20.10 from ending the container for three seconds.
NO_NAME_SERVER = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Tmpfs:
    """A writable folder in memory: size, owner and rights; its pages count as memory of the container."""

    size_bytes: int
    uid: int
    gid: int
    mode: int = 0o700
    inodes: int = 4096
    executable: bool = False

    def options(self) -> str:
        """Return the mount options as Docker and tmpfs(5) read them; never setuid files, never devices."""
        execute = "exec" if self.executable else "noexec"
        return (
            f"rw,nosuid,nodev,{execute},size={self.size_bytes},nr_inodes={self.inodes},"
            f"mode={self.mode:04o},uid={self.uid},gid={self.gid}"
        )


@dataclass(frozen=True, slots=True)
class Hardening:
    """What one container may use. Bytes, CPUs (1.5 = one and a half), processes and threads, open files a process.

    `file_bytes` is the largest single file. `network` is a network's name or id, or "none". `hosts` are lines for
    /etc/hosts: name -> address. Raises ValueError if a limit is not positive, or if the tmpfs folders could fill the
    whole memory: the program would be killed instead of reading "no space left on device".
    """

    memory_bytes: int
    cpus: float
    pids: int
    tmpfs: Mapping[str, Tmpfs] = field(default_factory=dict)
    network: str = "none"
    hosts: Mapping[str, str] = field(default_factory=dict)
    open_files: int = 1024
    file_bytes: int = 64 * 1024**2

    def __post_init__(self) -> None:
        """Refuse a container without a limit: Docker reads 0 and negative numbers as "unlimited"."""
        limits = (self.memory_bytes, self.cpus, self.pids, self.open_files, self.file_bytes)
        if min(limits) <= 0:
            raise ValueError(f"every limit of a container must be positive: {self}")
        writable = sum(folder.size_bytes for folder in self.tmpfs.values())
        if min((folder.size_bytes for folder in self.tmpfs.values()), default=1) <= 0 or writable >= self.memory_bytes:
            raise ValueError(f"the tmpfs folders ({writable} bytes) must be smaller than the memory: {self}")


def host_config(spec: Hardening, *, apparmor: bool = False, runtime: Runtime = OWN_RUNTIME) -> dict[str, Any]:
    """Return the `host_config` argument of `APIClient.create_container`: a JSON object in the Engine API's spelling.

    `apparmor`: whether the Engine reports AppArmor among its security options; naming a profile to one without it
    fails. `runtime` makes the container. Raises SandboxError if the seccomp profile cannot be read
    (the operator's installation is incomplete).
    """
    security = ["no-new-privileges:true", f"seccomp={seccomp_profile()}"]
    if apparmor:
        security.append("apparmor=docker-default")
    memory_bytes = runtime.host_memory_bytes(spec.memory_bytes)
    return {
        **({"Runtime": runtime.name} if runtime.name else {}),
        "Init": True,
        "Privileged": False,
        "ReadonlyRootfs": True,
        "CapAdd": [],
        "CapDrop": ["ALL"],
        "SecurityOpt": security,
        "IpcMode": "private",
        "ShmSize": SHM_BYTES,
        "Memory": memory_bytes,
        "MemorySwap": memory_bytes,
        "OomScoreAdj": 500,
        "CpuPeriod": CPU_PERIOD_US,
        "CpuQuota": round(spec.cpus * CPU_PERIOD_US),
        "PidsLimit": runtime.host_pids(spec.pids),
        "Ulimits": [
            _ulimit("core", 0),
            _ulimit("fsize", spec.file_bytes),
            _ulimit("nofile", spec.open_files),
        ],
        "Tmpfs": {path: folder.options() for path, folder in spec.tmpfs.items()},
        "Binds": [],
        "Mounts": [],
        "Devices": [],
        "NetworkMode": spec.network,
        "PublishAllPorts": False,
        "PortBindings": {},
        "ExtraHosts": [f"{name}:{address}" for name, address in spec.hosts.items()],
        # Without these a name outside the run's network costs 10 s on Engine 20.10, and the host's search domain leaks.
        "Dns": [NO_NAME_SERVER],
        "DnsOptions": ["timeout:1", "attempts:1"],
        "DnsSearch": ["."],
        "LogConfig": {
            "Type": "json-file",
            "Config": {"max-size": str(LOG_FILE_BYTES), "max-file": "2"},
        },
        "RestartPolicy": {"Name": "no"},
        "AutoRemove": False,
    }


@cache
def seccomp_profile() -> str:
    """Return our default-deny seccomp profile as JSON text, which is what the Engine API takes; a path is refused.

    Every system call that sandbox/seccomp.json does not name answers EPERM. Raises SandboxError if it is unreadable.
    """
    path = sandbox_dir() / "seccomp.json"
    try:
        return json.dumps(json.loads(path.read_text(encoding="utf-8")), separators=(",", ":"))
    except (OSError, ValueError) as error:
        raise SandboxError(
            f"{path}: the seccomp profile cannot be read: {error}",
            hint="install grader again, or in a checkout: git checkout -- sandbox/seccomp.json",
        ) from error


def _ulimit(name: str, value: int) -> dict[str, str | int]:
    return {"Name": name, "Soft": value, "Hard": value}
