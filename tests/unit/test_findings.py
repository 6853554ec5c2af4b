"""How what a probe measured is judged: each control that does not bite is found, alone."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from grader.engine.findings import Report, Row, Status
from grader.engine.hardening import Hardening, Tmpfs
from grader.engine.judging import judge
from grader.engine.probe import Measured

MIB = 1024**2
GATEWAY, DOCKER0, HOST = "10.213.0.1:4000", "172.17.0.1:4000", "192.168.1.5:4000"

GOOD = Measured(
    asked=Hardening(
        memory_bytes=64 * MIB,
        cpus=0.5,
        pids=24,
        tmpfs={"/tmp": Tmpfs(4 * MIB, 10002, 10002, inodes=128)},
        open_files=128,
        file_bytes=MIB,
    ),
    facts={
        "uid": 10002,
        "gid": 10002,
        "groups": [10002],
        "capabilities": {"CapEff": "0000000000000000", "CapBnd": "0000000000000000"},
        "no_new_privileges": True,
        "seccomp_mode": 2,
        "root_read_only": True,
        "writable": ["/dev/mqueue", "/dev/shm", "/tmp"],
        "scratch": {
            "file_bytes": MIB,
            "file_bytes_error": "EFBIG",
            "bytes": 4 * MIB,
            "bytes_error": "ENOSPC",
            "inodes": 127,
            "inodes_error": "ENOSPC",
        },
        "execute_from_scratch": "EACCES",
        "open_files": 128,
        "core_dumped": False,
        "core_limit": 0,
        "system_calls": {
            "ptrace": "EPERM",
            "clone3": "ENOSYS",
            "io_uring_setup": "ENOSYS",
            "io_uring_enter": "ENOSYS",
            "io_uring_register": "ENOSYS",
        },
        "sockets": {"AF_ALG": "EPERM"},
        "old_system_calls": "SIGSYS",
        "cpus": 0.52,
        "throttled_periods": 5,
        "environment": ["HOME", "HOSTNAME", "LANG", "PATH"],
        "docker_sockets": [],
        "processes": 22,
        "processes_error": "EAGAIN",
        "ipv6_addresses": [],
        "connections": {
            GATEWAY: "no answer",
            DOCKER0: "EHOSTUNREACH",
            HOST: "no answer",
            "1.1.1.1:443": "no answer",
            "8.8.8.8:53": "ENETUNREACH",
            "169.254.169.254:80": "no answer",
        },
        "peer": "connected",
        "names": {"example.com": "no answer"},
    },
    image_variables=frozenset({"LANG", "PATH"}),
    memory_killed=True,
    host_answers=("172.17.0.1", "192.168.1.5"),
    host_contacts=(),
)


def with_fact(path: str, value: Any) -> Measured:
    """Return the good measurement with one fact, `a/b` for one inside another, replaced."""
    facts = deepcopy(dict(GOOD.facts))
    *outer, last = path.split("/")
    target = facts
    for key in outer:
        target = target[key]
    target[last] = value
    return replace(GOOD, facts=facts)


def bad_rows(measured: Measured) -> dict[str, Row]:
    """Return the rows that are not ok, by name."""
    return {row.name: row for row in judge(measured) if row.status is not Status.OK}


def test_container_that_is_confined_has_no_bad_finding() -> None:
    """Every rule agrees with what this project's containers are."""
    assert bad_rows(GOOD) == {}
    assert all(not row.next_command for row in judge(GOOD))


@pytest.mark.parametrize(
    ("path", "value", "name", "words"),
    [
        ("uid", 0, "user", "uid 0"),
        ("groups", [10002, 0], "user", "uid 10002"),
        ("capabilities/CapBnd", "00000000a80425fb", "user", "CapBnd"),
        ("no_new_privileges", False, "user", "no new privileges: no"),
        ("seccomp_mode", 0, "system calls", "no seccomp filter"),
        ("system_calls/ptrace", "allowed", "system calls", "ptrace"),
        ("system_calls/ptrace", "EFAULT", "system calls", "ptrace"),
        ("system_calls/clone3", "EPERM", "system calls", "clone3"),
        ("sockets/AF_ALG", "EAFNOSUPPORT", "system calls", "socket AF_ALG"),
        ("old_system_calls", "allowed", "system calls", "32-bit"),
        ("root_read_only", False, "files", "not read-only"),
        ("writable", ["/tmp", "/var/tmp"], "files", "/var/tmp"),
        ("writable", [], "files", "writable"),
        ("execute_from_scratch", "allowed", "files", "programs run from /tmp"),
        ("scratch/bytes", 5 * MIB, "disk", "5 MiB in all"),
        ("scratch/bytes", 0, "disk", "0 MiB in all"),
        ("scratch/bytes_error", "EIO", "disk", ""),
        ("scratch/inodes", 129, "disk", "129 files"),
        ("scratch/file_bytes", 2 * MIB, "disk", "2 MiB a file"),
        ("cpus", 1.9, "CPU", "1.90 CPUs"),
        ("cpus", 0.0, "CPU", "0.00 CPUs"),
        ("processes", 24, "processes", "24"),
        ("processes_error", "allowed", "processes", ""),
        ("open_files", 129, "open files", "129"),
        ("core_dumped", True, "open files", "core dumps: yes"),
        ("core_limit", -1, "open files", "core dumps: yes"),
        ("environment", ["AWS_SECRET_ACCESS_KEY", "HOME"], "secrets", "AWS_SECRET_ACCESS_KEY"),
        ("docker_sockets", ["/run/docker.sock"], "secrets", "/run/docker.sock"),
        ("peer", "ETIMEDOUT", "its neighbour", "ETIMEDOUT"),
        (f"connections/{GATEWAY}", "connected", "this host", f"{GATEWAY} (connected)"),
        (f"connections/{DOCKER0}", "ECONNREFUSED", "this host", f"{DOCKER0} (ECONNREFUSED)"),
        ("connections/169.254.169.254:80", "connected", "the internet", "169.254.169.254:80"),
        ("names/example.com", "93.184.216.34", "the internet", "93.184.216.34"),
        ("ipv6_addresses", ["fe80000000000000"], "the internet", "fe80"),
    ],
)
def test_control_that_does_not_bite_is_one_failure_with_the_next_command(
    path: str, value: Any, name: str, words: str
) -> None:
    """One wrong fact fails one row, which says what was found and what to type."""
    rows = bad_rows(with_fact(path, value))
    assert list(rows) == [name]
    assert rows[name].status is Status.FAIL
    assert words in rows[name].measured
    assert rows[name].next_command


def test_program_that_the_kernel_lets_exceed_its_memory_is_found() -> None:
    """The Engine, not the program, says whether it was killed."""
    assert list(bad_rows(replace(GOOD, memory_killed=False))) == ["memory"]


def test_contact_that_only_the_host_saw_is_found() -> None:
    """A datagram leaves no trace in the probe; the listener on the host has it."""
    rows = bad_rows(replace(GOOD, host_contacts=("UDP from 10.213.0.3",)))
    assert "UDP from 10.213.0.3" in rows["this host"].measured


def test_call_to_everybody_that_the_host_heard_is_a_warning_and_fails_a_strict_doctor() -> None:
    """Only an administrator can have the kernel refuse it, so it is told with the command for that."""
    row = bad_rows(replace(GOOD, host_heard=("10.213.0.3",)))["broadcasts"]
    assert (row.status, row.measured) == (Status.WARN, "heard by this host from 10.213.0.3")
    assert "rp_filter" in row.next_command
    assert Report((row,)).strict().broken_controls == ("broadcasts",)


def test_listener_that_the_host_itself_cannot_reach_proves_nothing() -> None:
    """Without a witness "no answer" is a warning, not a success."""
    assert bad_rows(replace(GOOD, host_answers=()))["this host"].status is Status.WARN


def test_busy_machine_is_not_mistaken_for_a_missing_quota() -> None:
    """Processes that got less than their quota cannot tell whether there is one: a warning."""
    measured = replace(GOOD, facts={**GOOD.facts, "cpus": 0.3, "throttled_periods": 0})
    assert bad_rows(measured)["CPU"].status is Status.WARN


def test_quota_that_never_held_anything_back_is_a_failure() -> None:
    """As much as was asked for, and not once held back: nothing limits it."""
    measured = replace(GOOD, facts={**GOOD.facts, "cpus": 0.6, "throttled_periods": 0})
    assert bad_rows(measured)["CPU"].status is Status.FAIL


@pytest.mark.parametrize(
    ("measured", "name"),
    [
        (replace(GOOD, host_answers=()), "this host"),
        (replace(GOOD, facts={**GOOD.facts, "cpus": 0.3, "throttled_periods": 0}), "CPU"),
        (replace(GOOD, memory_killed=False), "memory"),
        (with_fact("processes_error", "allowed"), "processes"),
        (with_fact("connections/169.254.169.254:80", "connected"), "the internet"),
    ],
)
def test_strictly_a_control_that_was_not_seen_to_bite_is_refused_by_name(measured: Measured, name: str) -> None:
    """Where a witness is missing, a warning becomes a refusal; it names the control and the command."""
    report = Report(judge(measured)).strict()
    assert report.broken_controls == (name,)
    assert report.exit_code == 5
    assert [row.next_command for row in report.rows if row.status is Status.FAIL] != [""]


def test_container_that_ends_when_it_is_full_is_a_warning() -> None:
    """A kernel in between that dies of too many processes confines them; a program would rather be told."""
    facts = {name: value for name, value in GOOD.facts.items() if not name.startswith("processes")}
    row = bad_rows(replace(GOOD, facts=facts))["processes"]
    assert (row.status, row.next_command != "") == (Status.WARN, True)
    assert "ended when it was full" in row.measured


def test_strictly_what_confines_nothing_is_still_a_warning() -> None:
    """Little room, leftovers and missing stacks keep nobody from grading; unlimited swap and an old runc do."""
    rows = [Row("This machine", name, Status.WARN, "") for name in ("disk", "leftovers", "images", "networks")]
    assert Report(tuple(rows)).strict().exit_code == 0
    for name in ("control groups", "runtime"):
        report = Report((*rows, Row("This machine", name, Status.WARN, "", "", "do it"))).strict()
        assert (report.exit_code, report.broken_controls) == (5, (name,))


def test_a_good_host_passes_strictly() -> None:
    """Every control was seen to bite."""
    assert Report(judge(GOOD)).strict() == Report(judge(GOOD))


def test_report_fails_only_for_what_must_be_put_right() -> None:
    """Warnings let grading begin; one failure does not."""
    rows = tuple(Row("g", status, status, "") for status in (Status.OK, Status.INFO, Status.WARN))
    assert (Report(rows).failed, Report(rows).exit_code) == (False, 0)
    failed = Report((*rows, Row("g", "x", Status.FAIL, "")))
    assert (failed.failed, failed.exit_code) == (True, 5)
