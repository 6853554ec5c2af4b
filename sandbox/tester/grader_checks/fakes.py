"""Plausible data that was never anybody's: names, addresses, texts."""

from __future__ import annotations

from typing import Any


def new_fake(seed: str = "") -> Any:
    """Return a `faker.Faker` for which `seed` decides all that it will make up.

    Its library takes a sixth of a second to load: only a suite that asks for the fixture waits for it.
    """
    from faker import Faker  # type: ignore[import-not-found]  # noqa: PLC0415 - in the tester's image only

    fake = Faker()
    fake.seed_instance(seed)
    return fake
