"""What people do today: an image a submission, compose-like up with a published port, wait, pytest, down.

The same app, the same suite, no isolation to speak of. Written with Docker's SDK in the way that a compose file and
three lines of shell would do it, with the wait polled every tenth of a second.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import docker

from grader.challenge import Challenge
from grader.engine.containers import APP_PORT
from grader.stacks import detect_stack, start_command
from grader.submission import load_submission, to_tar

HERE = Path(__file__).resolve().parent
IMAGE = "grader/benchmark-by-hand"
POLL_S = 0.1


class ByHand:
    """Grades one submission with a Dockerfile, a published port and pytest on the host."""

    def __init__(self, client: docker.APIClient, challenge: Challenge, path: Path) -> None:
        """`path` is the folder of the submission."""
        self._client = client
        self._suite = challenge.folder / "checks" / "hidden"
        submission = load_submission(path)
        stack = detect_stack(submission, ["python"])
        command = start_command(submission, stack)
        self._dockerfile = (
            f"FROM {stack.image_ref}\nCOPY --chown=app:app app.tar /tmp/\nRUN tar -xf /tmp/app.tar -C /app\n"
            f"ENV PORT={APP_PORT}\nCMD {command}\n"
        )
        self._content = to_tar(submission)

    def run(self) -> tuple[float, float]:
        """Return the seconds until pytest's verdict, and until everything is down again."""
        began = time.perf_counter()
        self._build()
        port = _free_port()  # a compose file names one; one that Docker picks changes with each restart
        network = self._client.create_network("benchmark-by-hand")["Id"]
        container = self._client.create_container(
            IMAGE,
            name="benchmark-by-hand",
            ports=[APP_PORT],
            host_config=self._client.create_host_config(
                port_bindings={APP_PORT: ("127.0.0.1", port)}, network_mode="benchmark-by-hand"
            ),
        )["Id"]
        try:
            self._client.start(container)
            _wait(f"http://127.0.0.1:{port}/")
            self._pytest(container, port)
            verdict_s = time.perf_counter() - began
        finally:
            self._client.stop(container, timeout=10)
            self._client.remove_container(container, force=True, v=True)
            self._client.remove_network(network)
        return verdict_s, time.perf_counter() - began

    def close(self) -> None:
        """Remove the image."""
        self._client.remove_image(IMAGE, force=True)

    def _build(self) -> None:
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as tar:
            for name, content in (("Dockerfile", self._dockerfile.encode()), ("app.tar", self._content)):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        context.seek(0)
        for event in self._client.build(fileobj=context, custom_context=True, tag=IMAGE, rm=True, decode=True):
            if "error" in event:
                raise SystemExit(event["error"])

    def _pytest(self, container: str, port: int) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (HERE.parent / "sandbox" / "tester", HERE.parent))),
            "BENCHMARK_URL": f"http://127.0.0.1:{port}",
            "BENCHMARK_CONTAINER": container,
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "benchmarks.fixtures", "-p", "no:cacheprovider"]
        done = subprocess.run(  # noqa: S603
            [*command, "-c", os.devnull, "--rootdir", str(self._suite), str(self._suite)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit((done.stdout + done.stderr)[-3000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - a loopback address
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(POLL_S)
        else:
            return
    raise SystemExit(f"the app did not answer at {url}")
