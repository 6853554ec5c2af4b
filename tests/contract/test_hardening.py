"""Every control of a hardened container bites on the real Engine, and the measurement would notice if it did not."""

from __future__ import annotations

import json
import runpy
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import docker
import pytest

from grader.engine.client import connect
from grader.engine.findings import Status
from grader.engine.hardening import Hardening, Tmpfs, host_config
from grader.engine.images import build_images
from grader.engine.judging import judge
from grader.engine.listener import HostListener
from grader.engine.networks import RunNetwork, create_run_network
from grader.engine.ownership import labels
from grader.engine.probe import (
    EATER,
    PEER,
    PEER_PORT,
    PYTHON,
    USER,
    Measured,
    create_probe,
    everybody,
    measure,
    probe_program,
    report,
    small_container,
    start,
    wait,
)
from grader.engine.runtimes import Runtime, chosen_runtime
from grader.engine.sweep import remove_run
from grader.paths import sandbox_dir
from grader.recipes import image_ref

pytestmark = pytest.mark.alone

MIB = 1024**2
PROBE = runpy.run_path(str(sandbox_dir() / "probe" / "privileges.py"))

Create = Callable[..., str]


@dataclass(frozen=True)
class Ended:
    """How a container ended, and what it printed."""

    exit_code: int
    out_of_memory: bool
    output: str


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    """A client of the Engine, and the tester's image on it."""
    client = connect()
    build_images(client, ["tester"], print)
    yield client
    client.close()


@pytest.fixture(scope="module")
def run_id(client: docker.APIClient) -> Iterator[str]:
    """The id of a run whose objects are removed at the end."""
    run_id = f"contract-{secrets.token_hex(4)}"
    yield run_id
    remove_run(client, run_id)


@pytest.fixture(scope="module")
def marks(run_id: str) -> dict[str, str]:
    """The labels of everything that these tests make."""
    return labels(run_id, "1", time.time() + 600)


@pytest.fixture(scope="module")
def network(client: docker.APIClient, marks: dict[str, str]) -> RunNetwork:
    """A run's network."""
    return create_run_network(client, marks)


@pytest.fixture
def neighbour_run(client: docker.APIClient) -> Iterator[RunNetwork]:
    """The network of another run, in which an app listens."""
    run_id = f"contract-{secrets.token_hex(4)}"
    marks = labels(run_id, "1", time.time() + 600)
    try:
        network = create_run_network(client, marks)
        asked, command = small_container(network.name), [PYTHON, "-I", "-c", PEER]
        start(client, create_probe(client, image_ref("tester"), asked, marks, command, address=network.addresses.app))
        yield network
    finally:
        remove_run(client, run_id)


@pytest.fixture(scope="module")
def runtime(client: docker.APIClient) -> Runtime:
    """The runtime that `GRADER_RUNTIME` names, else the Engine's own."""
    return chosen_runtime(client.info())


@pytest.fixture(scope="module")
def measured(client: docker.APIClient, runtime: Runtime) -> Measured:
    """What `grader doctor` measures here."""
    return measure(client, image_ref("tester"), runtime=runtime)


@pytest.fixture
def create(client: docker.APIClient, marks: dict[str, str], runtime: Runtime) -> Create:
    """A function that creates a container for a Python program, hardened as asked."""

    def create(code: str, *arguments: str, asked: Hardening | None = None, address: str = "") -> str:
        command = [PYTHON, "-I", "-c", code, *arguments]
        hardening = asked or small_container("none")
        return create_probe(client, image_ref("tester"), hardening, marks, command, address=address, runtime=runtime)

    return create


@pytest.fixture
def run(client: docker.APIClient, create: Create) -> Callable[..., Ended]:
    """A function that runs a Python program to its end in a hardened container."""

    def run(code: str, asked: Hardening | None = None) -> Ended:
        container = create(code, asked=asked)
        start(client, container)
        state = wait(client, container)
        output: bytes = client.logs(container)
        return Ended(int(state["ExitCode"]), bool(state["OOMKilled"]), output.decode())

    return run


def test_every_finding_of_the_doctor_is_good_here(measured: Measured) -> None:
    """The host that runs these tests confines containers as it should."""
    rows = [row for row in judge(measured) if row.status is not Status.OK and row.name != "CPU"]
    assert rows == []


@pytest.mark.parametrize("name", list(PROBE["SYSTEM_CALLS"]))
def test_dangerous_system_call_is_refused(measured: Measured, name: str) -> None:
    """EPERM, or ENOSYS where programs have an older way to do the same."""
    absent = name == "clone3" or name.startswith("io_uring")
    assert measured.facts["system_calls"][name] == ("ENOSYS" if absent else "EPERM")


@pytest.mark.parametrize("name", list(PROBE["SOCKETS"]))
def test_dangerous_socket_is_refused(measured: Measured, name: str) -> None:
    """Families and protocols that nobody's app needs cannot be opened, whatever the kernel has."""
    assert measured.facts["sockets"][name] == "EPERM"


def test_system_call_through_the_32_bit_gate_kills(measured: Measured) -> None:
    """The filter cannot be walked around by calling the kernel as an old program would."""
    if measured.facts["machine"] != "x86_64":
        pytest.skip("only Intel's processors have that gate")
    assert measured.facts["old_system_calls"] in {"SIGSYS", "SIGSEGV"}


def test_probe_would_notice_a_missing_seccomp_profile(client: docker.APIClient, marks: dict[str, str]) -> None:
    """Without the profile the same probe gets through, so its "refused" means something."""
    config = host_config(small_container("none")) | {"SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]}
    created = client.create_container(
        image_ref("tester"),
        entrypoint=[PYTHON, "-I", "-c", probe_program("privileges"), "/tmp"],
        user=f"{USER}:{USER}",
        labels=marks,
        host_config=config,
    )
    start(client, created["Id"])
    facts = report(client, created["Id"], wait(client, created["Id"]))
    assert facts["seccomp_mode"] == 0
    assert {facts["system_calls"][name] for name in ("ptrace", "unshare", "process_vm_readv")} == {"allowed"}
    assert facts["system_calls"]["clone3"] == "EINVAL"


def test_program_that_takes_too_much_memory_is_killed_and_the_engine_knows(run: Callable[..., Ended]) -> None:
    """The verdict "out of memory" rests on the Engine's own word."""
    ended = run(EATER)
    assert (ended.exit_code, ended.out_of_memory) == (137, True)


def test_child_that_takes_too_much_memory_is_known_though_its_parent_ends_well(run: Callable[..., Ended]) -> None:
    """A process manager that survives its worker does not hide why the worker died."""
    ended = run(f"import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', {EATER!r}]).returncode)")
    assert (ended.exit_code, ended.output.strip(), ended.out_of_memory) == (0, "137", True)


def test_exit_status_137_alone_is_no_lack_of_memory(run: Callable[..., Ended]) -> None:
    """A program cannot blame the memory limit for its own end."""
    ended = run("import os; os._exit(137)")
    assert (ended.exit_code, ended.out_of_memory) == (137, False)


def test_full_shared_memory_is_an_error_of_the_program_not_of_the_container(run: Callable[..., Ended]) -> None:
    """/dev/shm holds 16 MiB; what does not fit is refused, and nobody is killed."""
    code = (
        "file = open('/dev/shm/x', 'wb', buffering=0)\n"
        "try:\n"
        "    while True: file.write(bytes(2**20))\n"
        "except OSError as error: print(error.errno, file.tell())"
    )
    ended = run(code, replace(small_container("none"), file_bytes=64 * MIB))
    assert (ended.output.split(), ended.out_of_memory) == (["28", str(16 * MIB)], False)


def test_cpu_quota_holds_spinning_processes_back(client: docker.APIClient, create: Create) -> None:
    """A fifth of a CPU is what two greedy processes get, however many CPUs there are."""
    container = create(probe_program("limits"), "/tmp", asked=replace(small_container("none"), cpus=0.2))
    start(client, container)
    facts = report(client, container, wait(client, container))
    assert 0 < facts["cpus"] <= 0.35
    assert facts["throttled_periods"] != 0


def test_fork_bomb_is_contained_and_can_be_killed(client: docker.APIClient, create: Create) -> None:
    """Processes that multiply fill their own container only, and the Engine ends it in a moment."""
    container = create("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    start(client, container)
    time.sleep(0.5)
    count = len(client.top(container)["Processes"])
    began = time.monotonic()
    client.kill(container)
    wait(client, container)
    assert 8 < count <= 24
    assert time.monotonic() - began < 10


def test_executable_folder_runs_programs_and_keeps_no_setuid_right(run: Callable[..., Ended]) -> None:
    """The app's folder may hold programs; a file that claims its owner's rights does not get them."""
    code = (
        "import os, subprocess\n"
        "open('/app/p', 'w').write('#!/bin/sh\\necho ran')\n"
        "os.chmod('/app/p', 0o4755)\n"
        "print(subprocess.run(['/app/p'], capture_output=True, text=True).stdout.strip())\n"
        "print([line.split()[3] for line in open('/proc/mounts') if line.split()[1] == '/app'][0])"
    )
    folder = {"/app": Tmpfs(4 * MIB, USER, USER, executable=True)}
    said, options = run(code, replace(small_container("none"), tmpfs=folder)).output.split()
    assert said == "ran"
    assert {"nosuid", "nodev"} <= set(options.split(","))


def test_probe_would_notice_a_reachable_host(client: docker.APIClient, marks: dict[str, str]) -> None:
    """In the host's own network the same probe reaches the same listener, so its "no answer" means something."""
    with HostListener() as host:
        arguments = {
            "targets": [["127.0.0.1", host.port]],
            "everybody": everybody(host.port, "127.255.255.255"),
            "peer": ["127.0.0.1", host.port],
            "names": [],
        }
        container = create_probe(
            client,
            image_ref("tester"),
            small_container("host"),
            marks,
            [PYTHON, "-I", "-c", probe_program("reach"), json.dumps(arguments)],
        )
        start(client, container)
        facts = report(client, container, wait(client, container))
        contacts, heard = set(host.contacts()), host.heard()
    assert facts["connections"] == {f"127.0.0.1:{host.port}": "connected"}
    assert contacts == {"TCP from 127.0.0.1", "UDP from 127.0.0.1"}
    assert heard


def test_one_run_does_not_reach_another(
    client: docker.APIClient, network: RunNetwork, neighbour_run: RunNetwork, create: Create
) -> None:
    """A container sees its neighbour and not the app of the run beside it."""
    here = small_container(network.name)
    arguments: dict[str, Any] = {
        "targets": [[neighbour_run.addresses.app, PEER_PORT], [neighbour_run.addresses.gateway, PEER_PORT]],
        "everybody": everybody(PEER_PORT),
        "peer": [network.addresses.app, PEER_PORT],
        "names": [],
    }
    containers = [
        create(PEER, asked=here, address=network.addresses.app),
        create(probe_program("reach"), json.dumps(arguments), asked=here, address=network.addresses.tester),
    ]
    for container in containers:
        start(client, container)
    facts = report(client, containers[-1], wait(client, containers[-1]))
    assert facts["peer"] == "connected"
    assert not {"connected", "ECONNREFUSED"} & set(facts["connections"].values())


def test_name_from_the_hosts_file_is_known_and_others_are_not(run: Callable[..., Ended], network: RunNetwork) -> None:
    """The tester finds the app by name, without anybody's name server."""
    asked = replace(small_container(network.name), hosts={"app": network.addresses.app})
    code = (
        "import socket\n"
        "print(socket.gethostbyname('app'))\n"
        "try: print(socket.gethostbyname('example.com'))\n"
        "except OSError: print('unknown')"
    )
    assert run(code, asked).output.split() == [network.addresses.app, "unknown"]
