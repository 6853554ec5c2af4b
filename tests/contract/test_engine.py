"""What a run needs of any Engine: every promise that the grader builds on, kept by the one that DOCKER_HOST names.

Limits of the kernel: `test_hardening.py`; networks: `test_networks.py`; services: `test_services.py`.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.engine.commands import Ended, NotRunning, list_processes, run_command
from grader.engine.containers import APP_USER, AppContainer, Containers
from grader.engine.engine import Engine
from grader.engine.hardening import Hardening, Tmpfs
from grader.engine.images import build_images
from grader.engine.ownership import RUN
from grader.engine.podman import is_podman
from grader.engine.streams import attach, ended_in_time, hang_up, heard
from grader.engine.sweep import remove_run
from grader.errors import SandboxError
from grader.files import BadPath, NotRead, get_file, put_file
from grader.models import Limits
from grader.recipes import image_ref
from tests.unit.packing import tar_of

MIB = 1024**2
LIMITS = Limits(memory_bytes=128 * MIB, disk_bytes=8 * MIB, pids=32)
IDLE = "sleep 600"
FLOOD = "while :; do printf %65536s; done"
FILL = """
import os, time
while True:
    try:
        if not os.fork():
            os.execlp("sleep", "sleep", "600")
    except BlockingIOError:
        time.sleep(0.01)
"""
PROMPT_S = 10.0

Start = Callable[..., AppContainer]


@pytest.fixture(scope="module")
def session() -> Iterator[Engine]:
    """The Engine, and the image of an app."""
    with Engine() as engine:
        build_images(engine.client, ["stack-python"], print)
        yield engine


@pytest.fixture
def containers(session: Engine) -> Iterator[Containers]:
    """A run; afterwards nothing of it is left, whatever state it is in."""
    with session.run(LIMITS) as containers:
        yield containers
    remove_run(session.client, containers.labels[RUN])
    assert containers.client.containers(all=True, filters={"label": f"{RUN}={containers.labels[RUN]}"}) == []
    assert containers.client.networks(filters={"label": f"{RUN}={containers.labels[RUN]}"}) == []


@pytest.fixture
def start(containers: Containers) -> Start:
    """A function that starts an app whose command is given in the shell's words, with some files."""

    def start(command: str = IDLE, **files: bytes) -> AppContainer:
        app = containers.create_app(image_ref("stack-python"), command, {}, LIMITS, tar_of(files))
        app.start()
        return app

    return start


def run(app: AppContainer, *argv: str, stdin: bytes = b"", timeout_s: float = 10, limit_bytes: int = 1024) -> Ended:
    """Run a command beside an app; it must end."""
    ended = app.exec(argv, stdin=stdin, timeout_s=timeout_s, limit_bytes=limit_bytes)
    assert ended is not None
    return ended


def small(containers: Containers, role: str, command: list[str]) -> str:
    """Return a container that is created and not started."""
    hardening = Hardening(
        memory_bytes=64 * MIB,
        cpus=1,
        pids=16,
        network=containers.network.name,
        tmpfs={"/tmp": Tmpfs(MIB, APP_USER, APP_USER, mode=0o1777)},
    )
    address = {"app": containers.network.addresses.app, "tester": containers.network.addresses.tester}[role]
    return containers.create(role, image_ref("stack-python"), command, APP_USER, hardening, {}, address)


# --- how it ends


@pytest.mark.parametrize(("command", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("no-such", 127)])
def test_exit_status_is_the_programs(start: Start, command: str, code: int) -> None:
    """Its own, or 128 and the signal that killed it; neither is a lack of memory."""
    state = start(command).wait(PROMPT_S)
    assert (state.running, state.exit_code, state.out_of_memory) == (False, code, False)


def test_wait_ends_at_its_deadline_and_says_that_the_program_runs(start: Start) -> None:
    """A deadline of ours ends in its time, and disturbs nothing."""
    app = start()
    began = time.monotonic()
    assert app.wait(1.0).running
    assert 0.9 < time.monotonic() - began < 4
    assert app.state().running


def test_wait_for_what_has_ended_returns_at_once(containers: Containers, start: Start) -> None:
    """Twice, too: the Engine remembers."""
    app = start("exit 3")
    for _ in range(2):
        assert app.wait(PROMPT_S).exit_code == 3
    began = time.monotonic()
    assert ended_in_time(containers.client, app._container, PROMPT_S)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("command", ["trap '' TERM HUP INT; sleep 600", "trap '' TERM; while :; do :; done", FLOOD])
def test_kill_does_not_wait_for_the_program(start: Start, command: str) -> None:
    """Signals that are ignored, a CPU that is busy and output without end delay nothing."""
    app = start(command)
    time.sleep(0.5)
    began = time.monotonic()
    app.kill()
    assert time.monotonic() - began < PROMPT_S
    assert not app.state().running
    app.kill()  # dead already is fine


def test_processes_that_detach_die_with_the_container(start: Start) -> None:
    """A daemon is no way to outlive the end of the main process."""
    app = start("setsid sh -c 'trap \"\" TERM HUP; sleep 600' & sleep 0.2; exit 0")
    assert not app.wait(PROMPT_S).running
    assert list_processes(app._client, app._container) is None


def test_orphans_are_reaped(start: Start) -> None:
    """Children whose parent is gone do not fill the limit of processes as zombies."""
    app = start("for n in 1 2 3 4 5; do (sh -c 'exit 0' &) ; done; sleep 600")
    time.sleep(0.5)
    until(lambda: b" Z" not in run(app, "sh", "-c", "cat /proc/[0-9]*/stat | cut -d' ' -f3 | sort | uniq -c").stdout)


def test_signal_reaches_the_program(start: Start) -> None:
    """HUP is how an app is started again with its files; the process has another number then."""
    app = start("echo $$ >>/app/seen; sleep 600")
    until(lambda: run(app, "cat", "/app/seen").stdout.count(b"\n") == 1)
    app.restart()
    until(lambda: run(app, "cat", "/app/seen").stdout.count(b"\n") == 2)


def test_programs_of_the_learner_do_not_run_the_submission(containers: Containers) -> None:
    """Where packages are installed may come first on the path, which is the command's alone."""
    names = ("launch", "sh", "tail", "tar", "find", "ipcrm")
    tools = {f"bin/{name}": b"#!/bin/sh\necho mine >>/app/seen\n" for name in names}
    path = "/app/bin:/usr/bin:/bin"
    app = containers.create_app(image_ref("stack-python"), f"echo $PATH; {IDLE}", {"PATH": path}, LIMITS, tar_of(tools))
    app.start()
    run(app, "chmod", "-R", "755", "/app/bin")
    app.restart()
    until(lambda: app.log().count(path) == 2)
    assert get_file(app, "/app/seen") is None


def test_memory_kill_is_remembered_over_a_fresh_start(start: Start) -> None:
    """The next start makes the Engine forget it, and us not."""
    app = start("python -c 'x = [bytearray(2**20) for _ in range(500)]'")
    assert app.wait(30).out_of_memory
    app.reset()
    assert app.state().out_of_memory


# --- files


def test_files_arrive_whole_and_belong_to_the_program(start: Start) -> None:
    """Binary ones too, with their folders."""
    content = bytes(range(256)) * 4096
    app = start(IDLE, **{"folder/data.bin": content, "empty": b""})
    assert run(app, "wc", "-c", "/app/folder/data.bin").stdout.split()[0] == str(len(content)).encode()
    assert get_file(app, "/app/folder/data.bin") == content[: 512 * 1024]
    assert run(app, "stat", "-c", "%U", "/app/folder").stdout == b"app\n"


def test_fresh_start_has_the_submitted_files_only(start: Start) -> None:
    """What was written is gone, what was deleted is back."""
    app = start(IDLE, kept=b"1")
    run(app, "sh", "-c", "rm kept; touch made /tmp/made")
    app.reset()
    assert run(app, "ls", "/app", "/tmp").stdout == b"/app:\nkept\n\n/tmp:\n"


def test_containers_share_no_files(containers: Containers) -> None:
    """What one writes in a folder that both have, the other does not see."""
    ids = [small(containers, role, ["sleep", "600"]) for role in ("app", "tester")]
    for container in ids:
        containers.client.start(container)

    def said(number: int, *argv: str) -> bytes:
        ended = run_command(containers.client, ids[number], argv, timeout_s=10, limit_bytes=100)
        assert ended is not None
        return ended.stdout

    for folder in ("/tmp", "/dev/shm"):
        said(0, "touch", f"{folder}/mark")
        assert said(0, "ls", folder) == b"mark\n"
        assert said(1, "ls", folder) == b""


def test_file_is_put_and_got(start: Start) -> None:
    """Byte for byte, an empty one too; a file that is too large comes back as its beginning."""
    app = start()
    for content in (b"", b"\0\xff\r\n" * 1000, b"x" * 512 * 1024):
        assert put_file(app, "/tmp/new/file", content)
        assert get_file(app, "/tmp/new/file") == content
    run(app, "sh", "-c", "head -c 600000 /dev/zero >/tmp/big")
    assert get_file(app, "/tmp/big") == bytes(512 * 1024)


@pytest.mark.parametrize(
    "trap",
    [
        "ln -s /etc/passwd /tmp/x",
        "ln -s /app/other /tmp/x",
        "mkfifo /tmp/x",
        "mkdir /tmp/x",
        "python -c 'import socket; socket.socket(1).bind(\"/tmp/x\")'",
        "ln -s /nowhere /tmp/x",
    ],
)
def test_neither_put_nor_get_follows_a_trap(start: Start, trap: str) -> None:
    """A link, a pipe, a socket or a folder in the place of a file is no file, and is not waited for."""
    app = start(IDLE, other=b"untouched")
    assert run(app, "sh", "-c", trap).status == 0
    began = time.monotonic()
    assert get_file(app, "/tmp/x") is None
    assert not put_file(app, "/tmp/x", b"new")
    assert time.monotonic() - began < PROMPT_S
    assert get_file(app, "/app/other") == b"untouched"


def test_neither_put_nor_get_goes_through_a_linked_folder(start: Start) -> None:
    """Nor leaves the folders that are the app's."""
    app = start()
    run(app, "sh", "-c", "ln -s /etc /tmp/folder; ln -s /app /tmp/mine")
    assert get_file(app, "/tmp/folder/passwd") is None
    assert not put_file(app, "/tmp/mine/x", b"")
    for path in ("/etc/passwd", "/tmp/../etc/passwd", "/proc/1/environ", "tmp/x"):
        with pytest.raises(BadPath):
            get_file(app, path)


# --- commands beside the app


def test_command_has_status_streams_and_input_of_its_own(start: Start) -> None:
    """Standard output is told from both together."""
    ended = run(start(), "sh", "-c", "head -c 2; echo err >&2; exit 9", stdin=b"in+")
    assert (ended.status, ended.stdout) == (9, b"in")
    assert ended.output in {b"inerr\n", b"err\nin"}


def test_command_is_run_without_a_shell_in_between(start: Start) -> None:
    """Words are words, a builtin of the shell is the program of that name, and what is not there is status 127."""
    app = start()
    assert run(app, "printf", "%s.", "a b", "$HOME", "'", "").stdout == b"a b.$HOME.'.."
    assert run(app, "echo", r"a\nb").stdout == b"a\\nb\n"
    assert run(app, "no-such-program").status == 127


def test_command_that_does_not_end_is_given_up(start: Start, containers: Containers) -> None:
    """One that is silent, one that floods, and one that leaves its streams to a daemon."""
    app = start()
    podman = is_podman(containers.client.version())
    for script in ("sleep 600", FLOOD, "sleep 600 & exit 0"):
        began = time.monotonic()
        ended = app.exec(["sh", "-c", script], timeout_s=1, limit_bytes=1024)
        if podman and script.endswith("exit 0"):  # it does not wait for the daemon: the command itself has ended well
            assert ended is not None
            assert ended.status == 0
        else:
            assert ended is None
        assert time.monotonic() - began < PROMPT_S


def test_command_that_closes_its_streams_is_waited_for(start: Start) -> None:
    """Silence is not the end."""
    assert run(start(), "sh", "-c", "echo said; exec >&- 2>&-; sleep 1; exit 4") == Ended(4, b"said\n", b"said\n")


def test_output_beyond_the_limit_is_dropped(start: Start) -> None:
    """The beginning is kept, and the status is still the command's."""
    ended = run(start(), "sh", "-c", "head -c 3000000 /dev/zero; exit 5", limit_bytes=1000)
    assert (ended.status, ended.stdout, ended.output) == (5, bytes(1000), bytes(1000))


@pytest.mark.parametrize("limit", [1, 31, 32, 33, 64])
def test_output_of_about_the_limit_is_the_commands_alone(start: Start, limit: int) -> None:
    """Nothing of how its end is told gets into it."""
    assert run(start(), "printf", "%040d", "7", limit_bytes=limit).stdout == (b"0" * 39 + b"7")[:limit]


def test_command_that_kills_everything_has_ended(start: Start) -> None:
    """A program that kills its own shell blames nobody else."""
    ended = start().exec(["sh", "-c", "kill -KILL $PPID; sleep 600"], timeout_s=2, limit_bytes=100)
    assert ended is None or ended.status > 128


def test_command_for_which_there_is_no_room_has_failed(start: Start) -> None:
    """An app that has used up its processes is no trouble of the Engine's."""
    app = start("python fill.py", **{"fill.py": FILL.encode()})
    until(lambda: len(list_processes(app._client, app._container) or ()) == LIMITS.pids)
    assert run(app, "true").status != 0
    assert not put_file(app, "/tmp/file", b"x")
    with pytest.raises(NotRead):
        get_file(app, "/app/file")


def test_command_that_leaves_its_input_unread_ends_like_any_other(start: Start) -> None:
    """A command without input reads its end; what one with input leaves is taken for no answer of ours."""
    app = start(IDLE)
    for stdin in (b"", b"one\ntwo\n" * 1000, b"no newline"):
        ended = app.exec(["sh", "-c", "echo out; exit 3"], stdin=stdin, timeout_s=PROMPT_S, limit_bytes=100)
        assert ended is not None
        assert (ended.status, ended.stdout) == (3, b"out\n")
    silent = app.exec(["cat"], timeout_s=PROMPT_S, limit_bytes=100)
    assert silent is not None
    assert (silent.status, silent.output) == (0, b"")


def test_command_in_a_container_that_does_not_run_is_refused(containers: Containers, start: Start) -> None:
    """Neither in one that has ended nor in one that was never started."""
    app = start("exit 0")
    app.wait(PROMPT_S)
    with pytest.raises(NotRunning):
        app.exec(["true"], timeout_s=5, limit_bytes=10)
    with pytest.raises(NotRunning):
        app.usage()
    created = small(containers, "tester", ["true"])
    with pytest.raises(NotRunning):
        run_command(containers.client, created, ["true"], timeout_s=5, limit_bytes=10)
    assert list_processes(containers.client, created) is None


def test_usage_is_measured(start: Start) -> None:
    """Memory in bytes, files included, and CPU time in seconds."""
    app = start()
    before = app.usage()
    run(app, "sh", "-c", "head -c 4000000 /dev/zero >/tmp/file; n=0; while [ $n -lt 200000 ]; do n=$((n+1)); done")
    after = app.usage()
    assert after.memory_bytes - before.memory_bytes > 3_000_000
    assert 0.01 < after.cpu_s - before.cpu_s < 10


def test_app_that_is_killed_for_its_memory_is_known(start: Start) -> None:
    """`launch` waits for the Engine to hear of it: one that hears of the end first forgets what it was killed for."""
    ended = start("head -c 300000000 /dev/zero | tail").wait(PROMPT_S)
    assert (ended.running, ended.exit_code, ended.out_of_memory) == (False, 137, True)


HOLD_UP = """
import glob, os, signal, time
if os.fork():
    os.kill(os.getpid(), signal.SIGKILL)
while True:
    for path in glob.glob("/proc/[0-9]*/comm"):
        try:
            if open(path).read() == "sleep\\n":
                os.kill(int(path.split("/")[2]), signal.SIGSTOP)
        except OSError:
            pass
"""


def test_container_ends_with_an_app_that_is_killed(start: Start) -> None:
    """What it left behind cannot halt what waits for the Engine to hear of it: `launch` would seem to begin anew."""
    ended = start("python hold.py", **{"hold.py": HOLD_UP.encode()}).wait(PROMPT_S)
    assert (ended.running, ended.exit_code) == (False, 137)


# --- streams and logs


def test_attached_streams_lose_nothing_of_a_program_that_ends_at_once(containers: Containers) -> None:
    """Attached before the start, the first bytes are heard, and what was sent arrives whole."""
    container = small(containers, "app", ["sh", "-c", "cat | wc -c; echo done"])
    connection = attach(containers.client, container, stdout=True)
    containers.client.start(container)
    connection.sendall(b"x" * 300_000)
    connection.shutdown(socket.SHUT_WR)
    assert heard(connection, b"300000\ndone\n", PROMPT_S)
    hang_up(connection)


def test_attached_stream_that_is_hung_up_blocks_nothing(containers: Containers) -> None:
    """A program that floods a reader who has gone can be looked at and removed in a moment."""
    container = small(containers, "app", ["sh", "-c", FLOOD])
    connection = attach(containers.client, container, stdout=True)
    containers.client.start(container)
    time.sleep(0.5)
    hang_up(connection)
    began = time.monotonic()
    containers.client.inspect_container(container)
    containers.client.remove_container(container, force=True)
    assert time.monotonic() - began < PROMPT_S


def test_log_is_the_end_of_both_streams_and_bounded(start: Start) -> None:
    """A flood leaves 64 KiB of it; a program that has ended leaves all it said."""
    app = start("echo out; echo err >&2")
    app.wait(PROMPT_S)
    assert sorted(app.log().split()) == ["err", "out"]
    assert "\0" not in app.log()


def test_log_of_a_flood_is_bounded(start: Start) -> None:
    """Read while it goes on, too."""
    app = start(FLOOD)
    time.sleep(1)
    began = time.monotonic()
    assert len(app.log()) <= 64 * 1024
    assert time.monotonic() - began < PROMPT_S


# --- making and removing


@pytest.mark.parametrize("state", ["created", "running", "busy", "paused", "ended", "attached"])
def test_whatever_state_it_is_in_a_run_is_removed(containers: Containers, state: str) -> None:
    """With its network, in a moment, and twice at the same time."""
    container = small(containers, "app", ["sh", "-c", {"busy": FLOOD, "ended": "exit 0"}.get(state, IDLE)])
    connection = attach(containers.client, container, stdout=True) if state == "attached" else None
    if state != "created":
        containers.client.start(container)
    if state == "ended":
        assert ended_in_time(containers.client, container, PROMPT_S)
    if state == "paused":
        containers.client.pause(container)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: remove_run(containers.client, containers.labels[RUN]), range(2)))
    assert time.monotonic() - began < 2 * PROMPT_S
    assert containers.client.containers(all=True, filters={"id": container}) == []
    if connection:
        hang_up(connection)


def test_start_of_what_runs_is_harmless(containers: Containers, start: Start) -> None:
    """An answer that was lost may be asked for again."""
    app = start()
    containers.client.start(app._container)
    assert app.state().running


def test_two_containers_of_one_role_are_refused(containers: Containers) -> None:
    """A name belongs to one container."""
    small(containers, "app", ["true"])
    with pytest.raises(SandboxError, match="create the app's container"):
        small(containers, "app", ["true"])


def test_container_that_is_made_too_late_is_removed(containers: Containers) -> None:
    """What is created after the end of its run does not stay."""
    containers.closed = True
    with pytest.raises(SandboxError, match="the run ended"):
        small(containers, "app", ["true"])


def test_image_that_is_not_there_is_told_with_what_builds_it(containers: Containers) -> None:
    """The operator knows what to type."""
    with pytest.raises(SandboxError) as caught:
        containers.create_app("grader/none:0", IDLE, {}, LIMITS, b"")
    assert caught.value.hint.startswith("grader images build")


def until(seen: Callable[[], bool]) -> None:
    """Return once `seen` is true; fails after 10 s."""
    deadline = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.05)
