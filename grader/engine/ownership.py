"""Labels that say which process made a Docker object, so that a sweep can tell what nobody will remove any more."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

RUN = "org.grader.run"
ATTEMPT = "org.grader.attempt"
DEADLINE = "org.grader.deadline"
OWNER = "org.grader.owner"

# The Engine may need this long to remove what its owner has told it to remove.
GRACE_S = 60

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PID_NAMESPACE = Path("/proc/self/ns/pid")


def labels(run_id: str, attempt: str, deadline_epoch: float, owner: str | None = None) -> dict[str, str]:
    """Return the labels of every container, network and volume of one run.

    `deadline_epoch` is in seconds since 1970; after it a sweep may remove the object whoever owns it. `owner` is this
    process unless said otherwise.
    """
    return {
        RUN: run_id,
        ATTEMPT: attempt,
        DEADLINE: str(int(deadline_epoch)),
        OWNER: owner if owner is not None else this_owner(),
    }


def this_owner() -> str:
    """Return `<boot id>/<pid namespace inode>/<pid>/<start time in clock ticks>` of the calling process.

    A pid alone comes back after a reboot, in another container and when the numbers wrap around; the four together
    do not. Linux only (proc_pid_stat(5), pid_namespaces(7)).
    """
    pid = os.getpid()
    return f"{_boot_id()}/{_pid_namespace()}/{pid}/{_start_ticks(pid)}"


def owner_is_alive(owner: str) -> bool | None:
    """Return whether the process of an owner label still runs; None if that cannot be told from here.

    None: another host or boot of it, another pid namespace, a label that does not have the four parts, or a process
    whose start time this user may not read. Go by the deadline label then.
    """
    parts = owner.split("/")
    if len(parts) != 4 or not (parts[2].isdigit() and parts[3].isdigit()):
        return None
    boot_id, namespace, pid, ticks = parts[0], parts[1], int(parts[2]), int(parts[3])
    if (boot_id, namespace) != (_boot_id(), str(_pid_namespace())) or pid == 0:
        return None
    try:
        # Signal 0 before /proc: with hidepid a living process of another user has no folder there.
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    try:
        return _start_ticks(pid) == ticks
    except OSError:
        return None


def is_abandoned(labels_of_object: Mapping[str, str], now_epoch: float) -> bool:
    """Return whether nobody will remove this object any more: its owner is dead, or its deadline is a minute past.

    One whose run's label is empty belongs to no run: containers inherit such labels from images of dependencies.
    """
    if not labels_of_object.get(RUN):
        return False
    if owner_is_alive(labels_of_object.get(OWNER, "")) is False:
        return True
    deadline = labels_of_object.get(DEADLINE, "")
    return not deadline.isdigit() or int(deadline) + GRACE_S < now_epoch


def _boot_id() -> str:
    return _BOOT_ID.read_text(encoding="ascii").strip()


def _pid_namespace() -> int:
    return _PID_NAMESPACE.stat().st_ino


def _start_ticks(pid: int) -> int:
    """Return field 22 of /proc/PID/stat; 0 for a zombie, which owns nothing any more."""
    # The command name, field 2, may hold spaces and brackets: count from the last bracket.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return 0 if fields[0] in ("Z", "X") else int(fields[19])
