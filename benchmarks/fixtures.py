"""The fixtures of a suite for pytest on the host: what somebody without a grader would put into a conftest.py."""

from __future__ import annotations

import os
import random
import subprocess
import time

import pytest
from grader_checks import Api, CheckFailed

URL = os.environ["BENCHMARK_URL"]


class Restartable:
    """The app's container, restarted as `docker restart` does it."""

    def restart(self) -> None:
        """Restart the container and wait until it answers."""
        container = os.environ["BENCHMARK_CONTAINER"]
        subprocess.run(["docker", "restart", "--time", "0", container], check=True, capture_output=True)  # noqa: S603, S607
        for _ in range(300):
            try:
                Api(URL).get("/")
            except CheckFailed:
                time.sleep(0.1)
            else:
                return


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the suite."""
    config.addinivalue_line("markers", "check: a scored check")


@pytest.fixture
def api() -> Api:
    """Return a client of the app."""
    return Api(URL)


@pytest.fixture
def app() -> Restartable:
    """Return the app."""
    return Restartable()


@pytest.fixture
def rng() -> random.Random:
    """Return a random generator."""
    return random.Random()  # noqa: S311
