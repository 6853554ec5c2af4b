"""Measures from inside which privileges a container has, and prints them as one JSON object on standard output.

Standard library only: `grader doctor` passes this text to an interpreter as `python3 -I -c TEXT FOLDER`; FOLDER is a
small tmpfs. Nothing is judged here; the host compares what it reads with what it asked for. Every experiment that
could end or change the process runs in a child.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import platform
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

# Anybody may write there if the root file system is not read-only.
FREE_FOLDER = "/var/tmp"  # noqa: S108
SOCKETS_OF_DOCKER = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock")

CLONE_FS = 0x200
CLONE_SIGHAND = 0x800
CLONE_PARENT = 0x8000
CLONE_NEWUSER = 0x10000000
PR_GET_NO_NEW_PRIVS = 39

# Name -> its number on x86_64 and on aarch64, and arguments that do no harm and succeed, or fail otherwise than with
# EPERM, where the kernel allows the call to an unprivileged process.
SYSTEM_CALLS: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "add_key": (248, 217, ()),
    "bpf": (321, 280, ()),
    "clone(CLONE_NEWUSER)": (56, 220, (CLONE_NEWUSER | CLONE_FS,)),
    "clone(CLONE_PARENT)": (56, 220, (CLONE_PARENT | CLONE_SIGHAND,)),
    "clone3": (435, 435, ()),
    "fanotify_init": (300, 262, ()),
    "finit_module": (313, 273, ()),
    "fsopen": (430, 430, ()),
    "init_module": (175, 105, ()),
    "io_uring_enter": (426, 426, ()),
    "io_uring_register": (427, 427, ()),
    "io_uring_setup": (425, 425, ()),
    "kcmp": (312, 272, ()),
    "kexec_load": (246, 104, ()),
    "keyctl": (250, 219, ()),
    "mount": (165, 40, ()),
    "mount_setattr": (442, 442, ()),
    "move_mount": (429, 429, ()),
    "name_to_handle_at": (303, 264, ()),
    "open_by_handle_at": (304, 265, ()),
    "open_tree": (428, 428, ()),
    "perf_event_open": (298, 241, ()),
    "personality(ADDR_NO_RANDOMIZE)": (135, 92, (0x0040000,)),
    "pidfd_getfd": (438, 438, ()),
    "pivot_root": (155, 41, ()),
    "process_vm_readv": (310, 270, ()),
    "process_vm_writev": (311, 271, ()),
    "ptrace": (101, 117, ()),
    "quotactl": (179, 60, ()),
    "request_key": (249, 218, ()),
    "setns": (308, 268, (0xFFFFFFFF,)),
    "swapon": (167, 224, ()),
    "syslog": (103, 116, ()),
    "umount2": (166, 39, ()),
    "unshare": (272, 97, (0,)),
    "userfaultfd": (323, 282, ()),
    "vmsplice": (278, 75, (0xFFFFFFFF,)),
}

# Name -> family, type, protocol.
SOCKETS: dict[str, tuple[int, int, int]] = {
    "AF_ALG": (38, socket.SOCK_SEQPACKET, 0),
    "AF_INET raw": (socket.AF_INET, socket.SOCK_RAW, 1),
    "AF_INET SCTP": (socket.AF_INET, socket.SOCK_STREAM, 132),
    "AF_NETLINK netfilter": (16, socket.SOCK_RAW, 12),
    "AF_PACKET": (17, socket.SOCK_RAW, 0),
    "AF_TIPC": (30, socket.SOCK_STREAM, 0),
    "AF_VSOCK": (40, socket.SOCK_STREAM, 0),
}

libc = ctypes.CDLL(None, use_errno=True)


def error_name(number: int) -> str:
    """Return `EPERM` for 1 and so on; `allowed` for 0."""
    return errno.errorcode.get(number, str(number)) if number else "allowed"


def in_child(experiment: Callable[[], int]) -> int:
    """Run `experiment` in a child; return the status it returned, or minus the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        status = 255
        try:
            status = experiment()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def system_call(number: int, arguments: tuple[int, ...]) -> int:
    """Make one system call and return its errno, 0 if it was allowed."""
    padded = [ctypes.c_long(value) for value in (*arguments, *[0] * 6)[:6]]
    return ctypes.get_errno() if libc.syscall(ctypes.c_long(number), *padded) == -1 else 0


def open_socket(family: int, kind: int, protocol: int) -> int:
    """Open one socket and return the errno, 0 if it was allowed."""
    try:
        socket.socket(family, kind, protocol).close()
    except OSError as error:
        return error.errno or 0
    return 0


def old_system_call() -> int:
    """Call getpid through the 32-bit gate (int 0x80), which a filter for 64-bit calls may have forgotten."""
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return 0


def signal_or_allowed(status: int) -> str:
    """Return the name of the signal that a child ended with, else `allowed`."""
    return signal.Signals(-status).name if status < 0 else "allowed"


def status_fields() -> dict[str, str]:
    """Return /proc/self/status as name -> text (proc_pid_status(5))."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def writable(folder: str) -> bool:
    """Return whether a file can be made in `folder`."""
    path = Path(folder) / f"probe-{os.getpid()}"
    try:
        path.touch()
        path.unlink()
    except OSError:
        return False
    return True


def mount_points() -> list[str]:
    """Return where file systems are mounted, as proc_pid_mounts(5) lists them."""
    return [line.split()[1] for line in Path("/proc/self/mounts").read_text(encoding="ascii").splitlines()]


def execute_from(folder: Path) -> str:
    """Try to run a program that lies in `folder`; return the error's name or `allowed`."""
    program = folder / "program"
    program.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    program.chmod(0o700)

    def run() -> int:
        try:
            os.execv(program, [str(program)])  # noqa: S606 - no shell is the point
        except OSError as error:
            return error.errno or 255

    status = in_child(run)
    program.unlink()
    return error_name(status)


def main() -> None:
    """Measure everything and print it."""
    machine = platform.machine()
    status = status_fields()
    facts: dict[str, object] = {
        "machine": machine,
        "uid": os.getuid(),
        "gid": os.getgid(),
        "groups": os.getgroups(),
        # a kernel that leaves one of these out, as gVisor's does, has no such set
        "capabilities": {name: status.get(name, "0") for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")},
        "no_new_privileges": libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        "seccomp_mode": int(status["Seccomp"]),
        "root_read_only": bool(os.statvfs("/").f_flag & os.ST_RDONLY),
        "writable": [place for place in sorted({FREE_FOLDER, *mount_points()}) if writable(place)],
        "execute_from_scratch": execute_from(Path(sys.argv[1])),
        "system_calls": {
            name: error_name(in_child(partial(system_call, on_x86 if machine == "x86_64" else on_arm, values)))
            for name, (on_x86, on_arm, values) in SYSTEM_CALLS.items()
        },
        "sockets": {name: error_name(open_socket(*kind)) for name, kind in SOCKETS.items()},
        "environment": sorted(os.environ),
        "docker_sockets": [path for path in SOCKETS_OF_DOCKER if Path(path).exists()],
    }
    if machine == "x86_64":
        facts["old_system_calls"] = signal_or_allowed(in_child(old_system_call))
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
