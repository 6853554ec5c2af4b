"""What the tests on a real Docker Engine share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.running import Command, write_app

if TYPE_CHECKING:  # tests/unit must not wait for it
    import docker


# An example takes as long as the machine is busy.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


@pytest.fixture(scope="session", autouse=True)
def _own_records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Record attempts of tests in a folder of theirs, not with those of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GRADER_DATABASE_URL", raising=False)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.APIClient]:
    """Yield a client of the Docker Engine; without one these tests fail, they are never skipped."""
    from grader.engine.client import connect

    client = connect()
    yield client
    client.close()


@pytest.fixture
def run_grader(engine: docker.APIClient) -> Iterator[Command]:
    """Yield the command line as a subprocess; afterwards nothing that it made may be left in Docker."""
    command = Command()
    try:
        yield command
    finally:
        command.kill_all()
    assert command.left_in(engine) == []


@pytest.fixture
def app(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a submission with the given code and returns its folder."""

    def write(code: str = "serve()", **files: str) -> Path:
        return write_app(tmp_path / "submission", code, files=files)

    return write
