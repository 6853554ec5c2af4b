"""Which runtime makes the containers: the Engine's own, or a stronger one that the operator chose."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from grader.errors import SandboxError

RUNTIME_VARIABLE = "GRADER_RUNTIME"


def chosen_runtime(info: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> str:
    """Return the runtime that `GRADER_RUNTIME` names, "" for the Engine's own; `info` is what `docker info` says.

    Raises `SandboxError` with those that there are if the Engine does not have it (the operator acts).
    """
    name = environment.get(RUNTIME_VARIABLE, "")
    known = sorted(info.get("Runtimes") or ())
    if name and name not in known:
        raise SandboxError(
            f"this Docker Engine has no runtime {name!r}, which {RUNTIME_VARIABLE} asks for; it has {', '.join(known)}",
            hint=f"unset {RUNTIME_VARIABLE}   (or add it to /etc/docker/daemon.json, and restart the Engine)",
        )
    return name
