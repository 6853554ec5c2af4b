"""The two containers of a run: the app, which nobody trusts, and the tester, which nobody else can reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import docker

from grader.engine.client import docker_call, send_signal
from grader.engine.commands import Ended, NotRunning, list_processes, run_command
from grader.engine.hardening import OWN_RUNTIME, Hardening, Tmpfs, host_config
from grader.engine.networks import RunNetwork
from grader.engine.runtimes import Runtime
from grader.engine.streams import attach, end_input, ended_in_time, hang_up, heard, read_log
from grader.engine.tester import TesterContainer
from grader.errors import SandboxError
from grader.models import AppState, AppUsage, Limits

APP_PORT = 8000
APP_USER = 10001
TESTER_USER = 10002
TESTER_MEMORY_BYTES = 512 * 1024**2
KILL_TIMEOUT_S = 20
RESTART_TIMEOUT_S = 5.0
SPARED = 2
# By its path: packages of the learner may come first where the image looks for programs.
LAUNCH = "/usr/local/bin/launch"
# What `launch` reads last, what it says when the submission has arrived, and its status when that does not fit.
END = b"end\n"
ARRIVED = b"\0"
ARRIVAL_TIMEOUT_S = 30.0
DOES_NOT_FIT = 125
ENDING_S = 5.0
MIB = 1024**2


class Containers:
    """Creates the containers of one run on its network, all with the run's labels."""

    def __init__(
        self,
        client: docker.APIClient,
        network: RunNetwork,
        labels: Mapping[str, str],
        *,
        apparmor: bool,
        runtime: Runtime = OWN_RUNTIME,
        services: Sequence[str] = (),
    ) -> None:
        """`network` exists, and `services` are the host names to give out there; who removes it is not decided here.

        Once `closed` is set, a container whose creation was under way is removed at once and refused, by `keep`.
        """
        self.client = client
        self.network = network
        self.service_hosts = dict(zip(services, network.addresses.services, strict=False))
        self.labels = dict(labels)
        self.apparmor = apparmor
        self.runtime = runtime
        self.closed = False

    def create_app(
        self, image: str, command: str, environment: Mapping[str, str], limits: Limits, submission: bytes
    ) -> AppContainer:
        """Return the app's container, created and not started; `submission` is the tar that `launch` unpacks."""
        hardening = Hardening(
            memory_bytes=limits.memory_bytes,
            cpus=limits.cpus,
            pids=limits.pids,
            network=self.network.name,
            hosts=self.service_hosts,
            tmpfs={
                "/app": Tmpfs(limits.disk_bytes, APP_USER, APP_USER, mode=0o755, executable=True),
                "/tmp": Tmpfs(16 * MIB, APP_USER, APP_USER, mode=0o1777),  # noqa: S108 - inside the container
            },
            file_bytes=limits.disk_bytes,
        )
        variables = {**environment, "PORT": str(APP_PORT)}
        address = self.network.addresses.app
        container = self.create(
            "app", image, [LAUNCH, str(len(submission)), command], APP_USER, hardening, variables, address
        )
        return AppContainer(self.client, container, submission)

    def create_tester(self, image: str) -> TesterContainer:
        """Return the tester's container, created and not started; it knows the app by the name `app`."""
        hardening = Hardening(
            memory_bytes=TESTER_MEMORY_BYTES,
            cpus=1.0,
            pids=128,
            network=self.network.name,
            hosts={"app": self.network.addresses.app, **self.service_hosts},
            tmpfs={
                "/suite": Tmpfs(16 * MIB, TESTER_USER, TESTER_USER, mode=0o755),
                "/tmp": Tmpfs(64 * MIB, TESTER_USER, TESTER_USER, mode=0o1777),  # noqa: S108 - inside the container
            },
        )
        address = self.network.addresses.tester
        return TesterContainer(self.client, self.create("tester", image, None, TESTER_USER, hardening, {}, address))

    def create(
        self,
        role: str,
        image: str,
        command: list[str] | None,
        user: int,
        hardening: Hardening,
        environment: Mapping[str, str],
        address: str,
    ) -> str:
        """Return the id of a new container, which is not started; `role` becomes its host name."""
        with docker_call(f"create the {role}'s container"):
            endpoint = self.client.create_endpoint_config(ipv4_address=address)
            created: str = self.client.create_container(
                image,
                command,
                name=f"{self.network.name}-{role}",
                hostname=role,
                user=f"{user}:{user}",
                stdin_open=True,
                use_config_proxy=False,  # an operator's proxy may hold credentials
                environment={**environment, "HOME": "/tmp"},  # noqa: S108 - inside the container
                labels=self.labels,
                host_config=host_config(hardening, apparmor=self.apparmor, runtime=self.runtime),
                networking_config={"EndpointsConfig": {self.network.name: endpoint}},
            )["Id"]
        return self.keep(created)

    def keep(self, container: str) -> str:
        """Return the new `container`; if the run has ended while it was made, remove it and raise `SandboxError`."""
        if self.closed:
            with docker_call("remove a container"):
                self.client.remove_container(container, force=True)
            raise SandboxError("the run ended while its containers were being created")
        return container


class AppContainer:
    """The container that runs the submission. Its streams are not attached then: an unread one blocks the Engine."""

    def __init__(self, client: docker.APIClient, container: str, submission: bytes) -> None:
        """`submission` is sent again at each fresh start, because the app's folder lives in memory."""
        self._client = client
        self._container = container
        self._submission = submission
        self._was_out_of_memory = False

    def start(self, when: Callable[[], object] = lambda: None) -> None:
        """Start the container and, once `when` returns, send it the submission; returns before the app answers.

        Raises `SandboxError` unless all of it arrived. That it does not fit is the submission's own trouble, which the
        container's state and log tell.
        """
        with docker_call("start the app's container"):
            connection = attach(self._client, self._container, stdout=True)
            try:
                self._client.start(self._container)
                when()
                connection.sendall(self._submission + END)
                end_input(connection)
                arrived = heard(connection, ARRIVED, ARRIVAL_TIMEOUT_S)
            except (BrokenPipeError, ConnectionResetError):
                arrived = False
            finally:
                hang_up(connection)
        if not arrived and not self._did_not_fit():
            raise SandboxError("Docker could not bring the submission into its container", hint="grader doctor")

    def _did_not_fit(self) -> bool:
        """Return whether `launch` gave up; nothing of the submission has run then, so its status is its own."""
        state = self.wait(ENDING_S)
        return not state.running and (state.exit_code == DOES_NOT_FIT or state.out_of_memory)

    def restart(self) -> None:
        """Have every process of the app killed and its command run again, with the files it wrote.

        Returns when they are dead and it runs. An app that has stopped starts afresh instead: its files went with it.
        So does one that is not seen to die and to start again, because `launch` runs as the same user and a submission
        can halt it.
        """
        before = list_processes(self._client, self._container)
        if before is None or not self._hang_up_on(before):
            self.reset()

    def _hang_up_on(self, processes: Mapping[int, int]) -> bool:
        """Have `launch` kill these processes and run the command again; return whether it was seen to do both.

        A restart leaves two processes alive: init, and `launch`, its child. That every other number is gone proves
        nothing, because a process can fork and go on under a new one. A new child of `launch` does: only `launch` can
        make one (clone with CLONE_PARENT is refused), and it does so when no other process is left.
        """
        try:
            with docker_call("signal the app's container"):
                self._client.kill(self._container, "HUP")
        except SandboxError:
            return False  # it has just ended; if Docker is in trouble, what comes next meets it too
        deadline = time.monotonic() + RESTART_TIMEOUT_S
        while (alive := list_processes(self._client, self._container)) is not None:
            spared = processes.keys() & alive.keys()
            new = alive.keys() - spared
            launchers = {pid for pid in spared if alive[pid] in spared}
            if len(spared) == SPARED and any(alive[pid] in launchers for pid in new):
                return True
            if time.monotonic() > deadline:
                return False
        return False

    def reset(self, when: Callable[[], object] = lambda: None) -> None:
        """Kill the container and start it again with nothing but the submitted files, sent once `when` returns."""
        self.kill()
        self.start(when)

    def wait(self, timeout_s: float) -> AppState:
        """Return what is known of the container when it has ended, or after `timeout_s`."""
        with docker_call("wait for the app's container"):
            ended_in_time(self._client, self._container, timeout_s)
        return self.state()

    def kill(self) -> None:
        """Kill every process of the container and wait until it is dead; one that is dead already is fine."""
        with docker_call("kill the app's container"):
            send_signal(self._client, self._container)
            self._client.wait(self._container, timeout=KILL_TIMEOUT_S)
        self.state()  # the next start makes the Engine forget what this one died of

    def state(self) -> AppState:
        """Return what the Engine knows of the container now; an OOM kill, once seen, is remembered over restarts.

        That of a child shows only when the container has ended.
        """
        with docker_call("look at the app's container"):
            state = self._client.inspect_container(self._container)["State"]
            self._was_out_of_memory |= bool(state["OOMKilled"])
            return AppState(
                running=bool(state["Running"]),
                exit_code=int(state["ExitCode"]),
                out_of_memory=self._was_out_of_memory,
            )

    def exec(self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float, limit_bytes: int) -> Ended | None:
        """Run a command beside the app, as its user; None when it did not end in time. Raises `NotRunning`."""
        return run_command(
            self._client, self._container, argv, stdin=stdin, timeout_s=timeout_s, limit_bytes=limit_bytes
        )

    def usage(self) -> AppUsage:
        """Return what the app has used: its memory now, files in /app and /tmp included, and CPU time since its start.

        Raises `NotRunning`.
        """
        with docker_call("measure the app's container"):
            stats = self._client.stats(self._container, stream=False, one_shot=True)
            memory = stats["memory_stats"]
            if "usage" not in memory:
                raise NotRunning
            # pages of files that the kernel would give back at once: cgroup v1, then v2
            idle = memory["stats"].get("total_inactive_file", memory["stats"].get("inactive_file", 0))
            return AppUsage(
                memory_bytes=int(memory["usage"]) - int(idle),
                cpu_s=int(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9,
            )

    def log(self) -> str:
        """Return the end of what the app printed: at most 400 lines and 64 KiB, undecodable bytes replaced."""
        return read_log(self._client, self._container, "app")
