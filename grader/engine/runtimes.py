"""Which runtime makes the containers: the Engine's own, or a stronger one that the operator chose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.errors import SandboxError

RUNTIME_VARIABLE = "GRADER_RUNTIME"


@dataclass(frozen=True, slots=True)
class Runtime:
    """An OCI runtime and its overhead; `name` "" is the Engine's own.

    One with a kernel of its own (gVisor) runs inside the container's control group: `pids` and `memory_bytes` are added
    to the program's limits, and each process of the program counts as `tasks` tasks of the host.
    """

    name: str = ""
    tasks: int = 1
    pids: int = 0
    memory_bytes: int = 0

    def host_pids(self, pids: int) -> int:
        """Return the limit of the control group in which a program may have so many processes."""
        return self.pids + self.tasks * pids

    def host_memory_bytes(self, memory_bytes: int) -> int:
        """Return the limit of the control group in which a program may take so much memory."""
        return self.memory_bytes + memory_bytes


# gVisor at rest has 33 tasks and 17 MB, and two tasks for each process of the program: measured with 0.0~20240729.
_GVISOR = {"tasks": 2, "pids": 64, "memory_bytes": 32 * 1024**2}


def chosen_runtime(info: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Runtime:
    """Return the runtime that `GRADER_RUNTIME` names, else the Engine's own; `info` is what `docker info` says.

    Raises `SandboxError` with those that there are if the Engine does not have it (the operator acts).
    """
    name = environment.get(RUNTIME_VARIABLE, "")
    known: Mapping[str, Any] = info.get("Runtimes") or {}
    if name and name not in known:
        raise SandboxError(
            f"this Docker Engine has no runtime {name!r}, which {RUNTIME_VARIABLE} asks for; it has "
            + ", ".join(sorted(known)),
            hint=f"unset {RUNTIME_VARIABLE}   (or add it to /etc/docker/daemon.json, and restart the Engine)",
        )
    # by its program or shim: the name is whatever the operator calls it
    return Runtime(name, **_GVISOR) if "runsc" in f"{name} {known.get(name)}" else Runtime(name)
