"""The connection to the Docker Engine, and the one place that turns its troubles into `SandboxError`."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
import requests
import urllib3
from docker.errors import APIError, DockerException, ImageNotFound

from grader.engine.podman import PodmanClient, is_podman
from grader.errors import SandboxError
from grader.paths import is_checkout

CALL_TIMEOUT_S = 30
CONNECTIONS = 32
_NOT_RUNNING = 409


class _Client(docker.APIClient):
    """Docker's client, with a deadline for the calls too that it gives none (attach)."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", CALL_TIMEOUT_S)
        return super().request(*args, **kwargs)


class _PodmanClient(_Client, PodmanClient):
    """The same for Podman."""


def connect() -> docker.APIClient:
    """Return a client of the Engine that DOCKER_HOST names, else of the local socket; every call has 30 s.

    Raises `SandboxError` with the next command when none answers or this user may not talk to it (the operator acts).
    """
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    settings: dict[str, Any] = {"base_url": host, "timeout": CALL_TIMEOUT_S, "max_pool_size": CONNECTIONS}
    try:
        client = _Client(version="auto", **settings)
    except (DockerException, ValueError, TypeError) as error:  # the last two: of a version that is none
        raise _no_engine(host, str(error)) from error
    with docker_call("tell its version"):
        if is_podman(client.version()):
            return _PodmanClient(version=client.api_version, **settings)
    return client


def find_image(client: docker.APIClient, reference: str) -> dict[str, Any] | None:
    """Return what the Engine knows of an image, or None if it has none of that name or id."""
    with docker_call("look for an image"):
        try:
            return dict(client.inspect_image(reference))
        except ImageNotFound:
            return None


@contextmanager
def docker_call(action: str) -> Iterator[None]:
    """Turn any trouble of the Engine inside the block into `SandboxError`; `action` completes "Docker could not ...".

    No submission can cause one of these texts: they come from the Engine's API, never from a container's output.
    """
    try:
        yield
    except APIError as error:
        reason = str(error.explanation or error)
        raise SandboxError(f"Docker could not {action}: {reason}", hint=_hint(error, reason)) from error
    except (requests.Timeout, urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
        raise SandboxError(
            f"Docker could not {action}: no answer within {CALL_TIMEOUT_S} s", hint="grader doctor"
        ) from error
    except (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise SandboxError(
            f"Docker could not {action}: the connection to the Engine was lost ({type(error).__name__})",
            hint="grader doctor",
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError, struct.error) as error:
        # in these blocks that is an answer with something else in it than the Engine's API says
        raise SandboxError(
            f"Docker could not {action}: its answer makes no sense ({type(error).__name__})",
            hint="docker version   (is it a Docker Engine that answers?)",
        ) from error


def send_signal(client: docker.APIClient, container: str, name: str = "SIGKILL") -> None:
    """Send a signal to a container; one that has ended already is fine. Call it inside a `docker_call`."""
    try:
        client.kill(container, name)
    except APIError as error:
        if error.status_code != _NOT_RUNNING:
            raise


def engine_command() -> str:
    """Return the command that makes an Engine available here: a wheel has no Makefile."""
    return "make engine" if is_checkout() else "sudo apt-get install docker.io"


def _hint(error: APIError, reason: str) -> str:
    if isinstance(error, ImageNotFound):
        return "grader images build   (an image was removed)"
    if "no space left on device" in reason:
        return "docker system df   (then free some space)"
    return "grader doctor"


def _no_engine(host: str, reason: str) -> SandboxError:
    if "Permission denied" in reason or "PermissionError" in reason:
        return SandboxError(
            f"this user may not talk to the Docker Engine at {host}",
            hint="sudo usermod -aG docker $USER   (then log in again)",
        )
    if "No such file" in reason or "Connection refused" in reason:
        return SandboxError(
            f"no Docker Engine answers at {host}", hint=f"{engine_command()}   (installs or starts one)"
        )
    return SandboxError(f"the Docker Engine at {host} cannot be used: {reason}", hint="docker version")
