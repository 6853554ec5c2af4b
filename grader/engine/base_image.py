"""The Debian that every image stands on: pulled where a container registry answers, else made with debootstrap."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import docker
import requests
import urllib3
from docker.errors import DockerException

from grader.engine.client import docker_call, find_image
from grader.errors import SandboxError
from grader.recipes import TAG_CHARS

ROOTFS_SCRIPT = "rootfs.sh"
REPOSITORY = "grader/debian"

PULL_SILENCE_S = 20
PULL_S = 300
DEBOOTSTRAP_S = 600
IMPORT_S = 120
TAIL_LINES = 20

_DOCKERFILE = b"FROM scratch\nADD rootfs.tar /\n"


def debian_image(client: docker.APIClient, published: str, folder: Path, progress: Callable[[str], None]) -> str:
    """Return the reference of a Debian image that the Engine has: `published` ("debian:SUITE-slim"), or one made here.

    `folder` holds the script that makes the root file system. Takes a minute where no registry answers; that needs
    root and debootstrap, and the network. Raises `SandboxError` with the next command otherwise (the operator acts).
    """
    if find_image(client, published):
        return published
    suite = published.partition(":")[2].removesuffix("-slim")
    script = folder / ROOTFS_SCRIPT
    made = f"{REPOSITORY}:{suite}-{hashlib.sha256(script.read_bytes()).hexdigest()[:TAG_CHARS]}"
    if find_image(client, made):
        return made
    progress(f"debian: pulling {published}")
    reason = _pull(client, published)
    if not reason:
        return published
    progress(f"debian: no registry has it for this machine ({reason}); making it with debootstrap, about a minute")
    with _root_filesystem(script, suite, progress) as rootfs:
        _import(client, made, rootfs)
    progress(f"debian: made {made}")
    return made


def _pull(client: docker.APIClient, reference: str) -> str:
    """Pull `reference`; return "", or why it did not work. Never waits long: often there is no registry at all."""
    repository, _, tag = reference.partition(":")
    # docker-py's own `pull` has no deadline (POST /images/create, https://docs.docker.com/reference/api/engine/).
    url = f"{client.base_url}/v{client.api_version}/images/create"
    end = time.monotonic() + PULL_S
    try:
        with client.post(
            url, params={"fromImage": repository, "tag": tag}, stream=True, timeout=PULL_SILENCE_S
        ) as response:
            for line in response.iter_lines():
                event = json.loads(line)
                if problem := event.get("error") or event.get("message"):
                    return str(problem)
                if time.monotonic() > end:
                    return f"not complete after {PULL_S} s"
    except (requests.RequestException, urllib3.exceptions.HTTPError, DockerException, OSError, ValueError) as error:
        return f"no answer ({type(error).__name__})"
    return "" if find_image(client, reference) else "the Engine does not have it after the pull"


@contextmanager
def _root_filesystem(script: Path, suite: str, progress: Callable[[str], None]) -> Iterator[IO[bytes]]:
    """Yield a Debian root file system as an open tar file."""
    _check_tools()
    # A mount namespace of its own: what debootstrap mounts is gone when it ends, however it ends.
    command = ["unshare", "--mount", "sh", str(script), suite]
    with tempfile.TemporaryFile() as rootfs:
        process = subprocess.Popen(  # noqa: S603 - a script of our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=rootfs,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=_path(),
        )
        began = time.monotonic()
        timer = threading.Timer(DEBOOTSTRAP_S, _stop, [process])
        timer.start()
        try:
            tail = _follow(process, progress)
            status = process.wait()
        finally:
            timer.cancel()
            _stop(process)
        if status != 0:
            late = f" within {DEBOOTSTRAP_S} s" if time.monotonic() - began >= DEBOOTSTRAP_S else ""
            raise SandboxError(
                f"debootstrap could not make a Debian root file system{late} (status {status})\n" + "\n".join(tail),
                hint="check this machine's network and free disk space, then: " + build_again("base"),
            )
        rootfs.seek(0)
        yield rootfs


def build_again(*names: str) -> str:
    """Return the command that builds images with this very installation."""
    return shlex.join([sys.executable, "-m", "grader", "images", "build", *names])


def _check_tools() -> None:
    if os.geteuid() != 0:
        raise SandboxError(
            "no registry answers, and making the base image without one needs root",
            hint="sudo " + build_again("base"),
        )
    if missing := [tool for tool in ("debootstrap", "unshare") if shutil.which(tool, path=_path()["PATH"]) is None]:
        raise SandboxError(
            f"no registry answers, and making the base image without one needs {' and '.join(missing)}",
            hint="apt-get update && apt-get install -y --no-install-recommends debootstrap debian-archive-keyring",
        )


def _path() -> dict[str, str]:
    # `su` keeps a user's PATH, in which the system's own programs are missing.
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"}


def _follow(process: subprocess.Popen[bytes], progress: Callable[[str], None]) -> deque[str]:
    """Report each new kind of step that debootstrap takes, and return the end of what it said."""
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    seen: set[str] = set()
    for raw in process.stderr or ():
        line = raw.decode("utf-8", "replace").rstrip()
        tail.append(line)
        words = line.split()
        if words[:1] == ["I:"] and len(words) > 1 and words[1] not in seen:
            seen.add(words[1])
            progress(f"debian: {' '.join(words[1:]).lower()}")
    return tail


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the script and all that it started; it removes its own folder on the way."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue


def _import(client: docker.APIClient, reference: str, rootfs: IO[bytes]) -> None:
    """Make an image of one layer from a tar. By a build, because docker-py's import has no deadline."""
    with tempfile.TemporaryFile() as context:
        with tarfile.open(fileobj=context, mode="w") as tar:
            dockerfile, layer = tarfile.TarInfo("Dockerfile"), tarfile.TarInfo("rootfs.tar")
            dockerfile.size, layer.size = len(_DOCKERFILE), os.fstat(rootfs.fileno()).st_size
            tar.addfile(dockerfile, io.BytesIO(_DOCKERFILE))
            tar.addfile(layer, rootfs)
        context.seek(0)
        with docker_call("import the Debian root file system"):
            for event in client.build(
                fileobj=context, custom_context=True, tag=reference, rm=True, decode=True, timeout=IMPORT_S
            ):
                if problem := event.get("error"):
                    raise SandboxError(f"Docker could not import the Debian root file system: {problem}")
