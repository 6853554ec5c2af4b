"""The fixtures that a suite may ask for."""

from __future__ import annotations

import random

import pytest

from grader_checks.app import App
from grader_checks.client import Api
from grader_checks.session import Session


class Fixtures:
    """The pytest plug-in that holds the fixtures of one run."""

    def __init__(self, session: Session, base_url: str) -> None:
        """`base_url` is where the learner's app answers."""
        self._session = session
        self._base_url = base_url

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
        check = self._session.current
        return random.Random(f"{self._session.seed}/{check.id if check else ''}")  # noqa: S311 - test data, not secrets
