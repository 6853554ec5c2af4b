"""Every folder of sandbox/services keeps the promises of sandbox/PROTOCOL.md; a real client looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from grader.engine.commands import NotRunning, run_command
from grader.engine.containers import MIB, TESTER_USER, Containers
from grader.engine.engine import Engine
from grader.engine.hardening import Hardening, Tmpfs
from grader.engine.images import build_images
from grader.engine.ownership import RUN
from grader.engine.podman import is_podman
from grader.engine.probe import PYTHON
from grader.engine.services import SERVICE_USER, ServiceContainer
from grader.models import Limits
from grader.recipes import image_ref
from grader.services import Service, ServiceUse, load_services, use_services

CLIENTS = Path(__file__).parent / "clients"
HOST = "store"
SERVICES = load_services()

# Kills the server, which is whatever the service's program has started.
KILL_SERVER = """
for stat in /proc/[0-9]*/stat; do
    read -r pid name state parent rest <"$stat" && [ "$parent" -gt 1 ] && [ "$parent" -ne $$ ] && [ "$pid" -ne $$ ] &&
        kill -KILL "$pid"
done
"""


@dataclass(frozen=True)
class Running:
    """A service that serves, and a client at the app's and one at the tester's address."""

    containers: Containers
    use: ServiceUse
    service: ServiceContainer
    clients: dict[str, str]

    def ask(self, *words: str, url: str = "", place: str = "tester") -> tuple[int, str]:
        """Run the service's client; return its status and what it printed."""
        program = (CLIENTS / f"{self.use.service.name}.py").read_text()
        argv = [PYTHON, "-I", "-c", program, url or self.use.suite_url, *words]
        ended = run_command(self.containers.client, self.clients[place], argv, timeout_s=20, limit_bytes=64 * 1024)
        assert ended is not None
        return ended.status, ended.output.decode().strip()

    @property
    def container(self) -> str:
        """The id of the service's container."""
        return self.service._container

    def is_alive(self) -> bool:
        """Tell whether the service's container runs."""
        return bool(self.inspect()["State"]["Running"])

    def read(self, path: str) -> list[str]:
        """Return the lines of small files in the service's container; `path` may be a pattern."""
        words = ["sh", "-c", f"cat {path}"]
        ended = run_command(self.containers.client, self.container, words, timeout_s=10, limit_bytes=64 * 1024)
        assert ended is not None
        return ended.stdout.decode().splitlines()

    def inspect(self) -> dict[str, Any]:
        """Return what the Engine knows of the service's container."""
        description: dict[str, Any] = self.containers.client.inspect_container(self.container)
        return description


def until(seen: Callable[[], bool]) -> None:
    """Return once `seen` is true; fails after 10 s."""
    deadline = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def start_client(containers: Containers, role: str, address: str) -> str:
    """Start a container with a client's libraries and return its id."""
    hardening = Hardening(
        memory_bytes=256 * MIB,
        cpus=1,
        pids=64,
        network=containers.network.name,
        hosts=containers.service_hosts,
        tmpfs={"/tmp": Tmpfs(MIB, TESTER_USER, TESTER_USER), "/suite": Tmpfs(MIB, TESTER_USER, TESTER_USER)},
    )
    container = containers.create(role, image_ref("tester"), None, TESTER_USER, hardening, {}, address)
    containers.client.start(container)  # the tester waits for its first message
    return container


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """The Engine, with the images of all services."""
    with Engine() as engine:
        build_images(engine.client, ["tester", *(service.image for service in SERVICES.values())], print)
        yield engine


@pytest.fixture(scope="module", params=SERVICES.values(), ids=list(SERVICES))
def running(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Running]:
    """A run with one service."""
    service: Service = request.param
    with engine.run(Limits(), [HOST]) as containers:
        (use,) = use_services({HOST: service.name})
        addresses = containers.network.addresses
        clients = {
            "app": start_client(containers, "app", addresses.app),
            "tester": start_client(containers, "tester", addresses.tester),
        }
        container = ServiceContainer(containers, use)
        container.start()
        yield Running(containers, use, container, clients)


@pytest.fixture
def fresh(running: Running) -> Running:
    """The same with fresh data."""
    running.service.reset()
    return running


def test_every_service_has_a_client() -> None:
    """A new folder of sandbox/services needs a program here that uses it."""
    assert {path.stem for path in CLIENTS.glob("*.py")} == set(SERVICES)


def test_starts_hardened(running: Running) -> None:
    """Its container has no rights, no writable root and no more than its manifest says."""
    config, host = running.inspect()["Config"], running.inspect()["HostConfig"]
    assert config["User"] == f"{SERVICE_USER}:{SERVICE_USER}"
    assert (host["ReadonlyRootfs"], host["CapAdd"] or []) == (True, [])
    status, mounts = running.read("/proc/[0-9]*/status"), running.read("/proc/mounts")
    assert {line.split()[1] for line in status if line.startswith("Cap")} == {"0000000000000000"}
    assert {tuple(line.split()[1:]) for line in status if line.startswith("Uid")} == {(str(SERVICE_USER),) * 4}
    folders = {running.use.service.data_dir, "/tmp"}
    assert {line.split()[1] for line in mounts if "nr_inodes=" in line and " rw," in line} == folders
    if not is_podman(running.containers.client.version()):  # there they are volumes
        assert set(host["Tmpfs"]) == folders
    assert host["Memory"] == host["MemorySwap"] == running.use.service.memory_bytes
    assert {line.split()[1] for line in status if line.startswith("NoNewPrivs")} == {"1"}


def test_is_ready_when_it_says_so(fresh: Running) -> None:
    """The first call of the first client is answered."""
    assert fresh.ask("read") == (0, "")


@pytest.mark.parametrize("place", ["app", "tester"])
def test_create_read_update_delete(fresh: Running, place: str) -> None:
    """A real client works with the app's URL from the app's address, and with the suite's from the tester's."""
    url = fresh.use.app_url if place == "app" else fresh.use.suite_url
    assert fresh.ask("crud", url=url, place=place) == (0, "two")


def test_suite_sees_what_the_app_stores(fresh: Running) -> None:
    """Both URLs lead to the same data."""
    assert fresh.ask("write", "apple", url=fresh.use.app_url, place="app")[0] == 0
    assert fresh.ask("read") == (0, "apple")


def test_password_of_another_run_is_refused(fresh: Running) -> None:
    """A password is good in its own run only."""
    (other,) = use_services({HOST: fresh.use.service.name})
    assert other.app_password != fresh.use.app_password
    assert fresh.ask("read", url=other.app_url, place="app")[0] != 0
    assert fresh.ask("read", url=other.suite_url)[0] != 0


def test_suites_password_is_of_no_use_to_the_app(fresh: Running) -> None:
    """From the app's address nobody gets in with the suite's credentials."""
    assert fresh.ask("read", place="app")[0] != 0
    assert fresh.ask("read", place="tester")[0] == 0


def test_start_is_fresh(fresh: Running) -> None:
    """What one run of its container stored is not in the next."""
    fresh.ask("write", "apple")
    assert fresh.ask("read") == (0, "apple")
    fresh.service.reset()
    assert fresh.ask("read") == (0, "")


def test_stop_refuses_and_start_keeps_the_data(fresh: Running) -> None:
    """A killed server's port refuses; what it had accepted is there when it runs again, three times in a row."""
    for word in ("apple", "banana", "cherry"):
        assert fresh.ask("write", word)[0] == 0
        fresh.service.stop()
        until(lambda: "refused" in fresh.ask("read")[1])
        assert fresh.is_alive()
        fresh.service.resume()
        until(lambda: fresh.ask("read")[0] == 0)
    assert fresh.ask("read") == (0, "apple banana cherry")


def test_signals_close_together(fresh: Running) -> None:
    """Stop and start without a pause between them end with a server that serves."""
    fresh.ask("write", "apple")
    for _ in range(3):
        fresh.service.stop()
        fresh.service.resume()
    until(lambda: fresh.ask("read") == (0, "apple"))
    assert fresh.is_alive()


def test_pause_hangs_and_unpause_goes_on(fresh: Running) -> None:
    """A paused service answers nobody, and remembers."""
    fresh.ask("write", "apple")
    fresh.service.pause()
    fresh.service.pause()
    status, text = fresh.ask("read")
    assert status != 0
    assert "timeout" in text or "timed out" in text
    fresh.service.unpause()
    fresh.service.unpause()
    assert fresh.ask("read") == (0, "apple")


def test_reset_brings_back_what_is_stopped_or_paused(fresh: Running) -> None:
    """Whatever a check left behind, the next one has a fresh service."""
    for leave in (fresh.service.stop, fresh.service.pause):
        fresh.ask("write", "apple")
        leave()
        fresh.service.reset()
        assert fresh.ask("read") == (0, "")


def test_ends_when_its_server_dies(fresh: Running) -> None:
    """A server that ended by itself is seen from outside, and a reset brings it back."""
    assert fresh.is_alive()
    run_command(fresh.containers.client, fresh.container, ["/bin/sh", "-c", KILL_SERVER], timeout_s=5, limit_bytes=1024)
    until(lambda: not fresh.is_alive())
    fresh.service.stop()  # nobody there: no error
    with pytest.raises(NotRunning):
        fresh.service.pause()
    fresh.service.reset()
    assert fresh.ask("read") == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_is_removed_in_any_state(service: str) -> None:
    """Stopped or paused, nothing of it is left when the run ends."""
    with Engine() as engine, engine.run(Limits(), ["one", "two"]) as containers:
        one, two = (ServiceContainer(containers, use_services({host: service})[0]) for host in ("one", "two"))
        one.start()
        two.start()
        one.pause()
        two.stop()
        label = f"{RUN}={containers.labels[RUN]}"
    assert engine.leftovers == ()
    with Engine() as engine:
        assert engine.client.containers(all=True, filters={"label": label}) == []
        assert engine.client.networks(filters={"label": label}) == []
