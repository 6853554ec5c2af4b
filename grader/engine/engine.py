"""A session with the Docker Engine, and one run on it: the network, the two containers, and their removal."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from grader.engine.client import connect, docker_call, find_image
from grader.engine.containers import Containers
from grader.engine.images import build_images, missing_images
from grader.engine.networks import RunNetwork, create_run_network
from grader.engine.ownership import labels
from grader.engine.runtimes import Runtime, chosen_runtime
from grader.engine.sweep import Swept, remove_abandoned, remove_run
from grader.errors import SandboxError
from grader.models import Limits
from grader.recipes import image_ref

# A run's objects may be swept this long after everything that it is allowed to do must have ended.
DEADLINE_MARGIN_S = 120


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What this Engine is: its version, whether it has AppArmor, and which runtime to ask it for."""

    version: str
    apparmor: bool
    runtime: Runtime


class Engine:
    """The Docker Engine for the length of one program; a context manager that ends when everything is removed."""

    def __init__(self) -> None:
        """Connect; raises `SandboxError` when there is no Engine (the operator acts). `runs` lists every run's id."""
        self.client = connect()
        with docker_call("tell its version"):
            info = self.client.info()
            options = " ".join(info.get("SecurityOptions") or ())
            self.facts = EngineFacts(str(info["ServerVersion"]), "apparmor" in options, chosen_runtime(info))
        self.leftovers: tuple[str, ...] = ()
        self.runs: list[str] = []
        self._building = threading.Lock()
        self._background = ThreadPoolExecutor(max_workers=4, thread_name_prefix="engine")
        self._creating: dict[str, Future[RunNetwork]] = {}
        self._removals: list[Future[Swept]] = [self._background.submit(remove_abandoned, self.client)]

    def __enter__(self) -> Self:
        """Return the engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until what ended runs left is removed; what could not be is told in `leftovers`, not raised.

        A verdict that was reached stands, whatever becomes of its containers.
        """
        self._background.shutdown(wait=True)
        failures = [removal.exception() for removal in self._removals]
        self.leftovers = tuple(str(failure) for failure in failures if failure is not None)
        self.client.close()

    @contextmanager
    def run(self, limits: Limits, services: Sequence[str] = ()) -> Iterator[Containers]:
        """Yield the containers of a new run with these services (host names); on every way out all of it is removed.

        Removal takes longer than the rest of a short run: it happens in the background and is awaited by `__exit__`.
        """
        run_id = secrets.token_hex(6)
        self.runs.append(run_id)
        deadline = time.time() + limits.build_s + limits.start_s + limits.total_s + DEADLINE_MARGIN_S
        run_labels = labels(run_id, "1", deadline)
        # In the background: if Ctrl-C comes while the Engine makes the network, it is removed all the same.
        creating = self._background.submit(create_run_network, self.client, run_labels)
        self._creating[run_id] = creating
        containers: Containers | None = None
        try:
            containers = Containers(
                self.client,
                creating.result(),
                run_labels,
                apparmor=self.facts.apparmor,
                runtime=self.facts.runtime,
                services=services,
            )
            yield containers
        finally:
            if containers is not None:
                containers.closed = True
            self._creating.pop(run_id, None)
            self._removals.append(self._background.submit(self._remove_run, run_id, creating))

    def end_runs(self) -> None:
        """Remove what belongs to the runs that are going on, so that nobody waits for them; their results mean nothing.

        Whoever is waiting for one of its containers gets an error, or what looks like a verdict: throw either away.
        """
        for run_id, creating in list(self._creating.items()):
            self._removals.append(self._background.submit(self._remove_run, run_id, creating))

    def _remove_run(self, run_id: str, creating: Future[RunNetwork]) -> Swept:
        wait([creating])
        return remove_run(self.client, run_id)

    def has(self, image: str) -> bool:
        """Return whether the image called so is built from the present sources."""
        return not missing_images(self.client, [image])

    def build(self, image: str, progress: Callable[[str], None]) -> str:
        """Build an image and what it stands on, one build at a time; return what there is to say about it in the end.

        `progress` gets one line a step. Raises `SandboxError` with the end of the output (the operator acts).
        """
        last = ""

        def tell(line: str) -> None:
            nonlocal last
            last = line
            progress(line)

        with self._building:
            build_images(self.client, [image], tell)
        return last

    def image_ids(self, *names: str) -> dict[str, str]:
        """Return name -> image id of these images; raises `SandboxError` naming those that are missing."""
        ids: dict[str, str] = {}
        for name in names:
            with docker_call("look for an image"):
                if found := find_image(self.client, image_ref(name)):
                    ids[name] = str(found["Id"])
        if missing := [name for name in names if name not in ids]:
            raise SandboxError(
                f"image{'s' if len(missing) > 1 else ''} not built from the present sources: {', '.join(missing)}",
                hint=f"grader images build {' '.join(missing)}",
            )
        return ids
