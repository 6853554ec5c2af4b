"""The fixtures that a suite may ask for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader_checks.app import App
from grader_checks.channel import Message
from grader_checks.client import Api
from grader_checks.database import Database
from grader_checks.fakes import new_fake
from grader_checks.services import Service
from grader_checks.session import Session
from grader_checks.submission import Submission

DATABASE = "db"


class Fixtures:
    """The pytest plug-in that holds the fixtures of one run."""

    def __init__(self, session: Session, settings: Message) -> None:
        """`settings` is the host's `run` message."""
        self._session = session
        self._base_url = str(settings["base_url"])
        services: Message = settings["services"]
        self._database = Database(services[DATABASE]["url"]) if DATABASE in services else None
        self._submission = Submission(session.channel)

    @pytest.fixture
    def api(self) -> Api:
        """Return an HTTP client of the learner's app, new for each check."""
        return Api(self._base_url)

    @pytest.fixture
    def app(self) -> App:
        """Return the learner's app as something to control."""
        return self._session.app

    @pytest.fixture
    def rng(self) -> random.Random:
        """Return a random generator seeded by the run and the check: fresh each run, the same when repeated."""
        return random.Random(self._seed())  # noqa: S311 - test data, not secrets

    @pytest.fixture
    def fake(self) -> Any:
        """Return a `faker.Faker` seeded like `rng`: plausible names, addresses and texts."""
        return new_fake(self._seed())

    @pytest.fixture
    def submission(self) -> Submission:
        """Return the submitted files, as data."""
        return self._submission

    def _seed(self) -> str:
        check = self._session.current
        return f"{self._session.seed}/{check.id if check else ''}"

    @pytest.fixture
    def db(self) -> Iterator[Database]:
        """Return the service that the manifest calls `db`, with the suite's own role."""
        if self._database is None:
            raise LookupError(f"the manifest has no [services.{DATABASE}]")
        yield self._database
        self._database.forget()

    @pytest.fixture
    def service(self) -> Iterator[Callable[[str], Service]]:
        """Return a function that takes a service's name and returns it as something to stop, pause and start."""
        services = self._session.services

        def find(name: str) -> Service:
            if name not in services:
                raise LookupError(f"the manifest has no [services.{name}]")
            if name == DATABASE and self._database is not None:
                self._database.forget(reused=False)
            return services[name]

        yield find
        for service in services.values():
            service.restore()
