"""What every container of a run is created with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.engine.hardening import Hardening, Tmpfs, host_config, seccomp_profile
from grader.engine.runtimes import Runtime, chosen_runtime
from grader.errors import SandboxError

MIB = 1024**2
SCRATCH = Tmpfs(8 * MIB, 10001, 10002, mode=0o1777, inodes=500)
SPEC = Hardening(
    memory_bytes=256 * MIB,
    cpus=1.5,
    pids=64,
    tmpfs={"/tmp": SCRATCH},
    network="grader-1",
    hosts={"app": "10.213.0.2"},
    open_files=512,
    file_bytes=4 * MIB,
)


def test_runtime_is_asked_for_by_name_or_not_at_all() -> None:
    """Without one the Engine takes its own."""
    assert "Runtime" not in host_config(SPEC)
    assert host_config(SPEC, runtime=Runtime("kata")) == {**host_config(SPEC), "Runtime": "kata"}


def test_runtime_with_a_kernel_of_its_own_has_room_for_it() -> None:
    """gVisor, whatever it is called, runs inside the limits of the container; the program keeps what it may use."""
    info: dict[str, Any] = {"Runtimes": {"runc": {"path": "runc"}, "strong": {"path": "/usr/bin/runsc"}}}
    config = host_config(SPEC, runtime=chosen_runtime(info, {"GRADER_RUNTIME": "strong"}))
    assert config["Runtime"] == "strong"
    assert config["Memory"] == config["MemorySwap"] == SPEC.memory_bytes + 32 * MIB
    assert config["PidsLimit"] == 64 + 2 * SPEC.pids
    same = {name for name, value in host_config(SPEC).items() if config[name] == value}
    assert set(config) - same == {"Runtime", "Memory", "MemorySwap", "PidsLimit"}


def test_runtime_that_the_engine_does_not_have_is_refused_with_those_it_has() -> None:
    """Nothing is graded in a weaker sandbox than the operator chose."""
    info: dict[str, Any] = {"Runtimes": {"runc": {}, "kata": {}}}
    assert chosen_runtime(info, {}) == Runtime()
    assert chosen_runtime(info, {"GRADER_RUNTIME": "kata"}) == Runtime("kata")
    with pytest.raises(SandboxError, match=r"no runtime 'runsc', .* it has kata, runc") as caught:
        chosen_runtime(info, {"GRADER_RUNTIME": "runsc"})
    assert "unset GRADER_RUNTIME" in caught.value.hint


def rules(name: str) -> list[dict[str, Any]]:
    """Return the rules of our profile about one system call."""
    return [rule for rule in json.loads(seccomp_profile())["syscalls"] if name in rule["names"]]


def test_host_config_is_exactly_what_was_decided() -> None:
    """A container gets every control by name, and nothing that nobody decided."""
    assert host_config(SPEC) == {
        "Init": True,
        "Privileged": False,
        "ReadonlyRootfs": True,
        "CapAdd": [],
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true", f"seccomp={seccomp_profile()}"],
        "IpcMode": "private",
        "ShmSize": 16 * MIB,
        "Memory": 256 * MIB,
        "MemorySwap": 256 * MIB,
        "OomScoreAdj": 500,
        "CpuPeriod": 100_000,
        "CpuQuota": 150_000,
        "PidsLimit": 64,
        "Ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "fsize", "Soft": 4 * MIB, "Hard": 4 * MIB},
            {"Name": "nofile", "Soft": 512, "Hard": 512},
        ],
        "Tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,size=8388608,nr_inodes=500,mode=1777,uid=10001,gid=10002"},
        "Binds": [],
        "Mounts": [],
        "Devices": [],
        "NetworkMode": "grader-1",
        "PublishAllPorts": False,
        "PortBindings": {},
        "ExtraHosts": ["app:10.213.0.2"],
        "Dns": ["127.0.0.1"],
        "DnsOptions": ["timeout:1", "attempts:1"],
        "DnsSearch": ["."],
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1048576", "max-file": "2"}},
        "RestartPolicy": {"Name": "no"},
        "AutoRemove": False,
    }


def test_host_config_names_apparmor_only_where_the_engine_has_it() -> None:
    """An Engine with AppArmor is told its profile; one without would refuse the container."""
    assert "apparmor=docker-default" in host_config(SPEC, apparmor=True)["SecurityOpt"]
    assert not any("apparmor" in option for option in host_config(SPEC)["SecurityOpt"])


def test_container_has_no_network_unless_it_is_given_one() -> None:
    """Forgetting the network leaves a container with none, never with Docker's default bridge."""
    assert host_config(Hardening(memory_bytes=MIB, cpus=1, pids=1))["NetworkMode"] == "none"


def test_executable_tmpfs_allows_programs_and_still_no_setuid_nor_devices() -> None:
    """The app's own folder may hold programs; what makes them powerful stays off."""
    options = Tmpfs(MIB, 1, 1, executable=True).options().split(",")
    assert {"exec", "nosuid", "nodev"} <= set(options)
    assert "noexec" not in options


@pytest.mark.parametrize("name", ["memory_bytes", "cpus", "pids", "open_files", "file_bytes"])
@pytest.mark.parametrize("value", [0, -1])
def test_limit_that_docker_reads_as_unlimited_is_refused(name: str, value: int) -> None:
    """Docker takes 0 and -1 for "no limit", so neither can be asked for."""
    limits: dict[str, Any] = {"memory_bytes": MIB, "cpus": 1.0, "pids": 8, name: value}
    with pytest.raises(ValueError, match="must be positive"):
        Hardening(**limits)


@pytest.mark.parametrize("sizes", [(64,), (32, 32), (0,)])
def test_tmpfs_that_could_fill_the_memory_or_has_no_size_is_refused(sizes: tuple[int, ...]) -> None:
    """A full folder has to answer "no space left" before the kernel kills for memory; size 0 means unlimited."""
    folders = {f"/{index}": Tmpfs(size * MIB, 1, 1) for index, size in enumerate(sizes)}
    with pytest.raises(ValueError, match="tmpfs"):
        Hardening(memory_bytes=64 * MIB, cpus=1, pids=8, tmpfs=folders)


def test_seccomp_profile_denies_what_it_does_not_name() -> None:
    """The profile is a list of what is allowed, on 64-bit Intel and ARM only."""
    profile = json.loads(seccomp_profile())
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert {entry["architecture"]: entry["subArchitectures"] for entry in profile["archMap"]} == {
        "SCMP_ARCH_X86_64": [],
        "SCMP_ARCH_AARCH64": [],
    }


def test_seccomp_profile_names_no_system_call_twice_without_condition() -> None:
    """An unconditional rule would silently defeat the conditions of another."""
    plain = [
        name for rule in json.loads(seccomp_profile())["syscalls"] if not rule.get("args") for name in rule["names"]
    ]
    conditional = {
        name for rule in json.loads(seccomp_profile())["syscalls"] if rule.get("args") for name in rule["names"]
    }
    assert len(plain) == len(set(plain))
    assert conditional == {"socket", "socketpair", "clone", "personality"}
    assert not conditional & set(plain)


@pytest.mark.parametrize(
    "name",
    [
        "acct",
        "add_key",
        "adjtimex",
        "bpf",
        "chroot",
        "clock_settime",
        "delete_module",
        "fanotify_init",
        "finit_module",
        "fsconfig",
        "fsmount",
        "fsopen",
        "fspick",
        "get_mempolicy",
        "init_module",
        "iopl",
        "ioperm",
        "kcmp",
        "kexec_file_load",
        "kexec_load",
        "keyctl",
        "lookup_dcookie",
        "mbind",
        "memfd_secret",
        "migrate_pages",
        "modify_ldt",
        "mount",
        "mount_setattr",
        "move_mount",
        "move_pages",
        "name_to_handle_at",
        "nfsservctl",
        "open_by_handle_at",
        "open_tree",
        "perf_event_open",
        "pidfd_getfd",
        "pivot_root",
        "process_madvise",
        "process_vm_readv",
        "process_vm_writev",
        "ptrace",
        "quotactl",
        "reboot",
        "remap_file_pages",
        "request_key",
        "setdomainname",
        "sethostname",
        "setns",
        "settimeofday",
        "swapoff",
        "swapon",
        "syslog",
        "umount2",
        "unshare",
        "uselib",
        "userfaultfd",
        "vhangup",
        "vm86",
        "vmsplice",
    ],
)
def test_seccomp_profile_allows_nothing_that_reaches_beyond_the_container(name: str) -> None:
    """None of the calls that other sandboxes were left by is named at all."""
    assert rules(name) == []


@pytest.mark.parametrize("name", ["clone3", "io_uring_enter", "io_uring_register", "io_uring_setup"])
def test_seccomp_profile_says_that_calls_with_an_older_way_do_not_exist(name: str) -> None:
    """ENOSYS, not EPERM: libraries then use clone and epoll instead of giving up."""
    assert [(rule["action"], rule["errnoRet"]) for rule in rules(name)] == [("SCMP_ACT_ERRNO", 38)]


def test_seccomp_profile_allows_sockets_of_four_families_only() -> None:
    """AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK; of the last one only what lists addresses."""
    found = [{condition["index"]: condition["value"] for condition in rule["args"]} for rule in rules("socket")]
    assert {conditions[0] for conditions in found} == {1, 2, 10, 16}
    assert [conditions for conditions in found if conditions[0] == 16] == [{0: 16, 2: 0}]
    assert {conditions[2] for conditions in found if conditions[0] in {2, 10}} == {0, 6, 17, 262}


def test_seccomp_profile_allows_clone_without_namespaces_only() -> None:
    """Every CLONE_NEW* flag of clone(2) is in the mask that must be zero, and CLONE_PARENT."""
    namespaces = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
    parent = 0x00008000
    assert [rule["args"] for rule in rules("clone")] == [
        [{"index": 0, "value": namespaces | parent, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]
    ]
