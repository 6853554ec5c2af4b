"""The fixture that every attack uses."""

import pytest
from support import Bait


@pytest.fixture
def bait(db, rng):
    """Return a fresh secret table and a fresh sequence in the app's database."""
    with db.engine.connect() as connection:
        yield Bait(connection.execution_options(isolation_level="AUTOCOMMIT"), rng)
