"""What the tests of the dependency step share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import docker
import pytest

from grader.engine.dependency_cache import REPOSITORY


@pytest.fixture
def images(engine: docker.APIClient) -> Iterator[Callable[[], set[str]]]:
    """Return a function that names the images of dependencies made by the test; they are removed after it."""

    def found() -> set[str]:
        return {tag for image in engine.images(REPOSITORY) for tag in image["RepoTags"] or ()}

    before = found()
    yield lambda: found() - before
    for tag in found() - before:
        engine.remove_image(tag)
