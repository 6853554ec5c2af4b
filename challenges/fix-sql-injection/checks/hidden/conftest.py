"""The fixture that every attack uses."""

import pytest
from support import Bait


@pytest.fixture
def bait(db, rng):
    """Return a fresh secret table and a fresh sequence in the app's database."""
    return Bait(db, rng)
