"""The images of installed dependencies: bounded together, so that many submissions with packages fill no disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound

from grader.engine.client import docker_call

REPOSITORY = "grader/dependencies"
LABEL = "org.grader.dependencies"
KEEP_BYTES = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class Kept:
    """One image of dependencies: when it was made (epoch seconds), and what it takes beyond its stack's image."""

    reference: str
    made_at: int
    own_bytes: int


def trim(client: docker.APIClient, *, repository: str = REPOSITORY, keep_bytes: int = KEEP_BYTES) -> list[str]:
    """Remove the oldest images until the others take at most `keep_bytes`; return those that were removed.

    One that a container uses stays. Whoever needs a removed one again installs it again.
    """
    removed = []
    with docker_call("remove the oldest images of dependencies"):
        for kept in surplus(_kept(client, repository), keep_bytes):
            try:
                client.remove_image(kept.reference)
            except APIError as error:
                if error.status_code not in (404, 409):  # gone already; in use
                    raise
            else:
                removed.append(kept.reference)
    return removed


def surplus(images: Iterable[Kept], keep_bytes: int) -> list[Kept]:
    """Return the images that do not fit into `keep_bytes` beside all that are newer, the oldest last."""
    newest_first = sorted(images, key=lambda image: (image.made_at, image.reference), reverse=True)
    total, beyond = 0, []
    for image in newest_first:
        total += image.own_bytes
        if total > keep_bytes:
            beyond.append(image)
    return beyond


def _kept(client: docker.APIClient, repository: str) -> list[Kept]:
    found = []
    # all images, because one that is asked for by name shows no other names that it has
    for image in client.images():
        names = image["RepoTags"] or ()
        ours = [name for name in names if name.startswith(f"{repository}:")]
        # removing a second name of an image, or one of an image that a stack needs, would free nothing
        if ours and (own_bytes := _own_bytes(client, image, shared=len(ours) < len(names))):
            found.append(Kept(ours[0], int(image["Created"]), own_bytes))
    return found


def _own_bytes(client: docker.APIClient, image: Mapping[str, Any], *, shared: bool) -> int:
    """Return what would be free without the image: `shared` says that it is, at the same time, that of a stack."""
    if LABEL not in (image["Labels"] or {}):
        return 0 if shared else int(image["Size"])
    try:
        # what was installed is the newest layer
        return int(client.history(image["Id"])[0]["Size"])
    except ImageNotFound:
        return 0
