"""Measures from inside how much a container may take, and prints it as JSON objects on standard output, one a line.

Standard library only: `grader doctor` passes this text to an interpreter as `python3 -I -c TEXT FOLDER`; FOLDER is a
small tmpfs. Nothing is judged here; the host compares what it reads with what it asked for.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

SPIN_S = 0.5
CHUNK = bytes(64 * 1024)

# Where nothing bites, stop at several times of what the host asks for, before the memory is full.
MAX_BYTES = 16 * 1024**2
MAX_FILES = 1024
MAX_PROCESSES = 64


def error_name(number: int) -> str:
    """Return `EPERM` for 1 and so on; `allowed` for 0."""
    return errno.errorcode.get(number, str(number)) if number else "allowed"


def fill_one_file(path: Path) -> tuple[int, str]:
    """Write one file until the kernel refuses; return its bytes and why."""
    size = 0
    with path.open("wb", buffering=0) as file:
        while size < MAX_BYTES:
            try:
                size += file.write(CHUNK)
            except OSError as error:
                return size, error_name(error.errno or 0)
    return size, "allowed"


def fill_bytes(folder: Path) -> tuple[int, str]:
    """Write files until the folder is full; return their bytes and why it ended."""
    total, why, count = 0, "EFBIG", 0
    while why == "EFBIG" and total < MAX_BYTES:
        size, why = fill_one_file(folder / f"full-{count}")
        total, count = total + size, count + 1
    return total, why


def fill_inodes(folder: Path) -> tuple[int, str]:
    """Make empty files until the folder takes no more; return how many and why it ended."""
    for count in range(MAX_FILES):
        try:
            (folder / f"empty-{count}").touch()
        except OSError as error:
            return count, error_name(error.errno or 0)
    return MAX_FILES, "allowed"


def fill(folder: Path) -> dict[str, object]:
    """Fill the folder in three ways and empty it after each."""
    facts: dict[str, object] = {}
    for name, (count, why) in (
        ("file_bytes", emptied(folder, lambda: fill_one_file(folder / "full"))),
        ("bytes", emptied(folder, lambda: fill_bytes(folder))),
        ("inodes", emptied(folder, lambda: fill_inodes(folder))),
    ):
        facts[name], facts[f"{name}_error"] = count, why
    return facts


def emptied(folder: Path, experiment: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """Return what `experiment` returns, without the files that it made."""
    result = experiment()
    for path in folder.iterdir():
        path.unlink()
    return result


def open_files(folder: Path) -> int:
    """Open files until the process may have no more; return how many it had then, standard streams included."""
    opened: list[int] = []
    try:
        while True:
            opened.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
    except OSError:
        return max(opened, default=-1) + 1
    finally:
        for number in opened:
            os.close(number)


def dump_core() -> bool:
    """Let a child crash; return whether the kernel wrote its memory to a file."""
    pid = os.fork()
    if pid == 0:
        os.abort()
    return os.WCOREDUMP(os.waitpid(pid, 0)[1])


def processes() -> tuple[int, str]:
    """Fork sleeping children until the kernel refuses; return how many there were and why it stopped."""
    children: list[int] = []
    why = "allowed"
    while why == "allowed" and len(children) < MAX_PROCESSES:
        try:
            pid = os.fork()
        except OSError as error:
            why = error_name(error.errno or 0)
            continue
        if pid == 0:
            signal.pause()
        children.append(pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    for pid in children:
        os.waitpid(pid, 0)
    return len(children), why


def cpus() -> float:
    """Let two children spin for half a second; return how many CPUs they had on average."""
    began, before = time.monotonic(), os.times()
    children = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            while time.monotonic() - began < SPIN_S:
                pass
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return round(used / (time.monotonic() - began), 2)


def throttled_periods() -> int:
    """Return in how many periods the kernel held this container back; -1 if it does not say."""
    for path in ("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat", "/sys/fs/cgroup/cpu,cpuacct/cpu.stat"):
        try:
            words = Path(path).read_text(encoding="ascii").split()
        except OSError:
            continue
        if "nr_throttled" in words:
            return int(words[words.index("nr_throttled") + 1])
    return -1


def tell(facts: dict[str, object]) -> None:
    """Print a line of the report at once."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure everything and print it."""
    scratch = Path(sys.argv[1])
    tell(
        {
            "scratch": fill(scratch),
            "open_files": open_files(scratch),
            "core_dumped": dump_core(),
            "core_limit": resource.getrlimit(resource.RLIMIT_CORE)[1],
            "cpus": cpus(),
            "throttled_periods": throttled_periods(),
        }
    )
    # Last, and in a line of its own: nothing else can start while the container is full of processes, and a kernel in
    # between may end with all of them.
    count, why = processes()
    tell({"processes": count, "processes_error": why})


if __name__ == "__main__":
    main()
