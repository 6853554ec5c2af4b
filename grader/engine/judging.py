"""How what the probe measured is judged: one rule a control. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.engine.findings import LIMITS, REACH, Row, Status
from grader.engine.hardening import Tmpfs
from grader.engine.probe import OUTSIDE, SCRATCH, USER, Measured

# A quota is kept on average over periods of 100 ms: half a second of spinning may begin with one period for free.
CPU_TOLERANCE = 1.4

# Docker sets the first two, Python the third, Podman the last.
_ORDINARY_VARIABLES = frozenset({"HOME", "HOSTNAME", "LC_CTYPE", "container"})
# In memory and limited like the rest of it; private to the container.
_KERNEL_FOLDERS = frozenset({"/dev/mqueue", "/dev/shm"})  # noqa: S108 - inside the container
_REFUSED = frozenset({"EPERM", "ENOSYS"})
_ABSENT_CALLS = ("clone3", "io_uring_enter", "io_uring_register", "io_uring_setup")

_KERNEL_HINT = "docker info   (its WARNING lines name what this kernel does not limit)"
_SECURITY_HINT = "docker info --format '{{.SecurityOptions}}'   (seccomp must be among them)"
_NETWORK_HINT = "upgrade Docker Engine, and look for rules of your own in: sudo iptables -S DOCKER-USER"


def judge(measured: Measured) -> tuple[Row, ...]:
    """Return one row for each control: ok if it bites, fail if it does not."""
    return tuple(rule(measured) for rule in _RULES)


def _row(
    group: str,
    name: str,
    good: bool,  # noqa: FBT001 - each rule's own condition, in the order in which a row reads
    measured: str,
    required: str,
    next_command: str,
) -> Row:
    return Row(group, name, Status.OK if good else Status.FAIL, measured, required, "" if good else next_command)


def _user(measured: Measured) -> Row:
    facts = measured.facts
    powers = sorted(name for name, bits in facts["capabilities"].items() if int(bits, 16))
    good = facts["uid"] == facts["gid"] == USER and set(facts["groups"]) <= {USER} and not powers
    return _row(
        LIMITS,
        "user",
        good and facts["no_new_privileges"],
        f"uid {facts['uid']}, capabilities in {', '.join(powers) or 'no set'}, "
        f"no new privileges: {'yes' if facts['no_new_privileges'] else 'no'}",
        f"uid {USER}, no capability, no way to get one",
        _SECURITY_HINT,
    )


def _system_calls(measured: Measured) -> Row:
    facts = measured.facts
    calls: Mapping[str, str] = facts["system_calls"]
    sockets: Mapping[str, str] = facts["sockets"]
    open_doors = [name for name, answer in calls.items() if answer not in _REFUSED]
    open_doors += [name for name in _ABSENT_CALLS if calls[name] != "ENOSYS" and name not in open_doors]
    open_doors += [f"socket {name}" for name, answer in sockets.items() if answer != "EPERM"]
    if facts.get("old_system_calls") == "allowed":
        open_doors.append("32-bit system calls")
    if facts["seccomp_mode"] != 2:
        open_doors.append("everything: no seccomp filter")
    count = len(calls) + len(sockets) + ("old_system_calls" in facts)
    return _row(
        LIMITS,
        "system calls",
        not open_doors,
        f"not refused: {', '.join(open_doors)}" if open_doors else f"all {count} dangerous ones refused",
        "all refused by our seccomp profile",
        _SECURITY_HINT,
    )


def _files(measured: Measured) -> Row:
    places, read_only = measured.facts["writable"], measured.facts["root_read_only"]
    executable = measured.facts["execute_from_scratch"] != "EACCES"
    wanted = f"read-only but for {', '.join(sorted({SCRATCH, *_KERNEL_FOLDERS}))}, where no program runs"
    return _row(
        LIMITS,
        "files",
        read_only and SCRATCH in places and set(places) <= {SCRATCH, *_KERNEL_FOLDERS} and not executable,
        f"{'read-only' if read_only else 'not read-only'}, writable: {', '.join(places)}"
        + (f"; programs run from {SCRATCH}" if executable else ""),
        wanted,
        _KERNEL_HINT,
    )


def _disk(measured: Measured) -> Row:
    folder: Tmpfs = measured.asked.tmpfs[SCRATCH]
    found = measured.facts["scratch"]
    good = (
        (found["bytes_error"], found["inodes_error"], found["file_bytes_error"]) == ("ENOSPC", "ENOSPC", "EFBIG")
        and 0 < found["bytes"] <= folder.size_bytes
        and 0 < found["inodes"] <= folder.inodes
        and 0 < found["file_bytes"] <= measured.asked.file_bytes
    )
    return _row(
        LIMITS,
        "disk",
        good,
        f"{_mib(found['bytes'])} in all, {_mib(found['file_bytes'])} a file, {found['inodes']} files",
        f"at most {_mib(folder.size_bytes)}, {_mib(measured.asked.file_bytes)} a file, {folder.inodes} files",
        _KERNEL_HINT,
    )


def _memory(measured: Measured) -> Row:
    limit = _mib(measured.asked.memory_bytes)
    return _row(
        LIMITS,
        "memory",
        measured.memory_killed,
        f"a program that takes more than {limit} " + ("was killed" if measured.memory_killed else "was not killed"),
        "killed by the kernel, and reported by the Engine",
        _KERNEL_HINT,
    )


def _cpus(measured: Measured) -> Row:
    asked, used = measured.asked.cpus, float(measured.facts["cpus"])
    held_back = int(measured.facts["throttled_periods"])
    found = f"{used:.2f} CPUs for two spinning processes, held back {max(held_back, 0)} times"
    if held_back == 0 and used < asked:
        return Row(
            LIMITS, "CPU", Status.WARN, f"{found}: others keep this machine busy", f"{asked:g} CPUs", "grader doctor"
        )
    return _row(
        LIMITS, "CPU", 0 < used <= asked * CPU_TOLERANCE and held_back != 0, found, f"{asked:g} CPUs", _KERNEL_HINT
    )


def _processes(measured: Measured) -> Row:
    limit = measured.asked.pids
    if "processes" not in measured.facts:
        found = "the container ended when it was full, and refused nothing before"
        return Row(LIMITS, "processes", Status.WARN, found, f"fewer than {limit}, and more refused", _KERNEL_HINT)
    count = measured.facts["processes"]
    return _row(
        LIMITS,
        "processes",
        measured.facts["processes_error"] == "EAGAIN" and 0 < count < limit,
        f"{count} beside its own",
        f"fewer than {limit}",
        _KERNEL_HINT,
    )


def _handles(measured: Measured) -> Row:
    count, limit = measured.facts["open_files"], measured.asked.open_files
    core = measured.facts["core_dumped"] or measured.facts["core_limit"] != 0
    return _row(
        LIMITS,
        "open files",
        0 < count <= limit and not core,
        f"{count}, core dumps: {'yes' if core else 'none'}",
        f"at most {limit}, no core dumps",
        _KERNEL_HINT,
    )


def _secrets(measured: Measured) -> Row:
    foreign = sorted(set(measured.facts["environment"]) - _ORDINARY_VARIABLES - measured.image_variables)
    found = [*foreign, *measured.facts["docker_sockets"]]
    return _row(
        LIMITS,
        "secrets",
        not found,
        f"found: {', '.join(found)}" if found else "none of the host's variables, no socket of Docker",
        "nothing of the host",
        "docker info   (and look for containers' defaults in ~/.docker/config.json)",
    )


def _peer(measured: Measured) -> Row:
    return _row(
        REACH,
        "its neighbour",
        measured.facts["peer"] == "connected",
        "connected" if measured.facts["peer"] == "connected" else f"not reached: {measured.facts['peer']}",
        "reachable, else the rows below say nothing",
        "sudo iptables -S FORWARD   (a firewall on this host stops traffic within a bridge)",
    )


def _host(measured: Measured) -> Row:
    connections: Mapping[str, str] = measured.facts["connections"]
    outside = set(_outside(connections))
    answered = [f"{name} ({result})" for name, result in connections.items() if name not in outside and _answer(result)]
    tried = len(connections) - len(outside)
    if answered or measured.host_contacts:
        found = f"reached: {', '.join([*answered, *measured.host_contacts])}"
    else:
        found = f"no answer at {tried} addresses, of which {len(measured.host_answers)} answer the host itself"
    row = _row(
        REACH, "this host", not answered and not measured.host_contacts, found, "no address of it", _NETWORK_HINT
    )
    if row.status is Status.OK and not measured.host_answers:
        return Row(
            REACH, row.name, Status.WARN, found, "a listener that the host reaches", "run doctor on the Engine's host"
        )
    return row


def _everybody(measured: Measured) -> Row:
    """Judge what only the kernel of the Engine's machine can refuse: an ordinary user may not tell it to."""
    found = f"heard by this host from {', '.join(measured.host_heard)}" if measured.host_heard else "not heard here"
    return Row(
        REACH,
        "broadcasts",
        Status.WARN if measured.host_heard else Status.OK,
        found,
        "not heard by programs of this host",
        "sudo sysctl -w net.ipv4.conf.all.rp_filter=2" if measured.host_heard else "",
    )


def _internet(measured: Measured) -> Row:
    connections: Mapping[str, str] = measured.facts["connections"]
    answered = [f"{name} ({connections[name]})" for name in _outside(connections) if _answer(connections[name])]
    names = [f"{name} is {address}" for name, address in measured.facts["names"].items() if address != "no answer"]
    found = [*answered, *names, *measured.facts["ipv6_addresses"]]
    return _row(
        REACH,
        "the internet",
        not found,
        f"found: {', '.join(found)}" if found else "no address, no name, no cloud metadata, no IPv6",
        "nothing outside its network",
        _NETWORK_HINT,
    )


def _outside(connections: Mapping[str, str]) -> list[str]:
    return [name for name in connections if name in {f"{address}:{port}" for address, port in OUTSIDE}]


def _answer(result: str) -> bool:
    # A refused connection is an answer of somebody's.
    return result in {"connected", "ECONNREFUSED", "ECONNRESET"}


def _mib(count: Any) -> str:
    return f"{count / 1024**2:g} MiB"


_RULES: tuple[Callable[[Measured], Row], ...] = (
    _user,
    _system_calls,
    _files,
    _disk,
    _memory,
    _cpus,
    _processes,
    _handles,
    _secrets,
    _peer,
    _host,
    _everybody,
    _internet,
)
