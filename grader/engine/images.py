"""Builds the grader's own images from `sandbox/`, when they are missing; submissions never take part in a build."""

from __future__ import annotations

import io
import re
import tarfile
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import Any

import docker
import requests
import urllib3
from docker.errors import APIError, DockerException

from grader.engine.base_image import build_again, debian_image
from grader.engine.client import docker_call, find_image
from grader.engine.network_access import ca_bundle, proxy_settings
from grader.errors import SandboxError
from grader.recipes import Recipe, build_order, image_names, image_ref

__all__ = ["build_images", "image_names", "image_ref", "missing_images"]

LABEL = "org.grader.image"
STAGE_LABEL = "org.grader.stage"
"""What a Dockerfile labels the stages with that are of use to the next build only."""

CA_FILE = "ca.crt"
BUILD_S = 1200
SILENCE_S = 300
TAIL_LINES = 25
LINE_CHARS = 100
KEEP_S = 3600
"""Images and build stages younger than this are left alone: another checkout may be about to use them."""

_STEP = re.compile(r"Step (\d+/\d+) : (.+)")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_CHATTER = (" --->", "Removing intermediate container")
_MIB = 1024**2

# What the tools in our Dockerfiles say when something outside the image is wrong -> what the operator should look at.
_CAUSES = (
    (("no space left on device",), "the disk is full", "docker system df   (then free some space)"),
    (
        ("CERTIFICATE_VERIFY_FAILED", "SSLError", "certificate verification failed"),
        "a package registry's certificate is not trusted",
        "export SSL_CERT_FILE=/path/to/your/ca-bundle.pem   (a network that inspects TLS has its own authority)",
    ),
    (
        (
            *("Temporary failure resolving", "Could not resolve", "Temporary failure in name resolution"),
            *("Name or service not known", "no such host", "Could not connect", "Connection refused"),
            *("Failed to establish a new connection", "Network is unreachable", "timed out", "Unable to connect"),
        ),
        "the network did not answer",
        "check that this machine reaches the internet, or set HTTP_PROXY and HTTPS_PROXY",
    ),
)


def build_images(
    client: docker.APIClient,
    names: Sequence[str],
    progress: Callable[[str], None],
    sandbox: Path | None = None,
    *,
    jobs: int = 1,
) -> dict[str, str]:
    """Build those of `names`, and of what they stand on, that are missing; return name -> image id of all of these.

    Up to `jobs` at a time. `progress` gets one line a step, from any thread. Safe to repeat and to run several times at
    once: an image's tag follows from its sources. After a build, outdated tags of that image are removed if nothing
    uses them. Raises `UsageError` for an unknown name and `SandboxError` with the end of the build's output (the
    operator acts); builds that have begun are then given up when the process ends.
    """
    recipes = build_order(list(names), sandbox)
    images: dict[str, Future[str]] = {recipe.name: Future() for recipe in recipes}
    turns = BoundedSemaphore(jobs)

    def make(recipe: Recipe) -> None:
        image = images[recipe.name]
        try:
            if recipe.parent_name is not None:
                images[recipe.parent_name].result()
            with turns:
                image.set_result(_present(client, recipe, progress, sandbox))
        except BaseException as error:  # noqa: BLE001 - whoever waits for the image gets it
            image.set_exception(error)

    for recipe in recipes:
        # not a pool, which would wait for minutes of building before a failure or Ctrl-C is told
        Thread(target=make, args=[recipe], daemon=True).start()
    for done in as_completed(images.values()):
        done.result()
    return {name: image.result() for name, image in images.items()}


def _present(client: docker.APIClient, recipe: Recipe, progress: Callable[[str], None], sandbox: Path | None) -> str:
    """Return the id of an image, which is built if it is missing."""
    reference = image_ref(recipe.name, sandbox)
    found = find_image(client, reference)
    if found is not None:
        progress(f"{recipe.name}: present, {_size(found)}")
    else:
        found = _build(client, recipe, reference, progress, sandbox)
        remove_outdated(client, recipe, reference, time.time() - KEEP_S)
        _remove_stages(client)
    return str(found["Id"])


def missing_images(client: docker.APIClient, names: Sequence[str], sandbox: Path | None = None) -> list[str]:
    """Return those of `names` that have no image of the present sources."""
    return [name for name in names if find_image(client, image_ref(name, sandbox)) is None]


def _build(
    client: docker.APIClient, recipe: Recipe, reference: str, progress: Callable[[str], None], sandbox: Path | None
) -> dict[str, Any]:
    began = time.monotonic()
    if recipe.parent_name is None:
        parent = debian_image(client, recipe.parent, recipe.folder, progress)
    else:
        parent = image_ref(recipe.parent_name, sandbox)
    bundle = ca_bundle()
    context = _context({**recipe.files(), **({CA_FILE: bundle} if bundle else {})})
    arguments = {"PARENT": parent, **proxy_settings()}
    output = _Output(recipe.name, progress)
    tail = output.tail
    try:
        events = client.build(
            fileobj=context,
            custom_context=True,
            tag=reference,
            buildargs=arguments,
            labels={LABEL: recipe.name},
            rm=True,
            forcerm=True,
            decode=True,
            timeout=SILENCE_S,
        )
        for event in events:
            output.take(event)
            if time.monotonic() - began > BUILD_S:
                raise _failure(recipe, f"not complete after {BUILD_S} s", tail)
    except (requests.Timeout, urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
        raise _failure(recipe, f"no output for {SILENCE_S} s", tail) from error
    except APIError as error:
        raise _failure(recipe, str(error.explanation or error), tail) from error
    except (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _failure(recipe, f"the connection to the Engine was lost ({type(error).__name__})", tail) from error
    built = find_image(client, reference)
    if built is None:
        raise _failure(recipe, tail.pop() if tail else "the Engine does not say why", tail)
    progress(f"{recipe.name}: built in {time.monotonic() - began:.0f} s, {_size(built)}, {reference}")
    return built


def _context(files: Mapping[str, bytes]) -> io.BytesIO:
    """Return a build context in which nothing but names and contents counts."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    buffer.seek(0)
    return buffer


class _Output:
    """What a builder says: each step is reported, and the end is kept for an error message."""

    def __init__(self, name: str, progress: Callable[[str], None]) -> None:
        """`name` is the image's; `progress` gets one line a step."""
        self._name = name
        self._progress = progress
        self._unfinished = ""
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)

    def take(self, event: Mapping[str, Any]) -> None:
        """Take one event of the Engine's build stream; a line may come in several, coloured if it is an error's."""
        text = _COLOUR.sub("", str(event.get("stream") or ""))
        *lines, self._unfinished = (self._unfinished + text).split("\n")
        if error := event.get("error"):
            lines += [self._unfinished, str(error)]
            self._unfinished = ""
        for line in lines:
            if step := _STEP.match(line):
                self._progress(f"{self._name}: {step[1]} {' '.join(step[2].split())}"[:LINE_CHARS])
            if line.strip() and not line.startswith(_CHATTER):
                self.tail.append(line.rstrip())


def _failure(recipe: Recipe, reason: str, tail: Sequence[str]) -> SandboxError:
    output = "\n".join(tail)
    told = f"{reason}\n{output}"
    hint = f"read the output above and {recipe.folder / 'Dockerfile'}"
    for signs, cause, advice in _CAUSES:
        if any(sign in told for sign in signs):
            reason, hint = f"{cause}: {reason}", advice
            break
    return SandboxError(
        f"the image {recipe.name} could not be built: {reason}" + (f"\n{output}" if output else ""),
        hint=f"{hint}, then: {build_again(recipe.name)}",
    )


def _size(image: Mapping[str, Any]) -> str:
    return f"{image['Size'] / _MIB:.0f} MiB"


def remove_outdated(client: docker.APIClient, recipe: Recipe, current: str, before: float) -> None:
    """Remove the tags of `recipe` but `current` that were made before a time (epoch seconds) and that nothing uses."""
    with docker_call("remove outdated images"):
        for image in client.images(name=recipe.repository):
            for reference in image["RepoTags"] or ():
                if reference != current and image["Created"] < before:
                    try:
                        client.remove_image(reference)
                    except APIError as error:
                        if error.status_code not in (404, 409):  # gone already; in use
                            raise


def _remove_stages(client: docker.APIClient) -> None:
    """Remove the stages that earlier builds left; the young ones make the next build quick."""
    with docker_call("remove the stages of earlier builds"):
        try:
            client.prune_images({"dangling": True, "label": STAGE_LABEL, "until": f"{KEEP_S}s"})
        except APIError as error:
            if error.status_code != 409:  # somebody else is pruning at this moment
                raise
