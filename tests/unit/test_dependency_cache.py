"""Which images of dependencies are too many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.engine.dependency_cache import Kept, surplus

OLD, MIDDLE, NEW = Kept("a:1", 100, 30), Kept("a:2", 200, 50), Kept("a:3", 300, 40)


@pytest.mark.parametrize(
    ("keep_bytes", "beyond"),
    [(120, []), (119, [OLD]), (90, [OLD]), (89, [MIDDLE, OLD]), (39, [NEW, MIDDLE, OLD])],
)
def test_the_oldest_are_too_many(keep_bytes: int, beyond: list[Kept]) -> None:
    """The newest stay as long as they fit; a small old one does not slip in behind a large one that does not."""
    assert surplus([MIDDLE, OLD, NEW], keep_bytes) == beyond


@given(
    st.lists(st.builds(Kept, st.text(max_size=3), st.integers(0, 9), st.integers(0, 99)), unique=True), st.integers(0)
)
def test_what_stays_fits_and_is_newer_than_what_goes(images: list[Kept], keep_bytes: int) -> None:
    """Whatever there is, what stays is within the bound, and nothing that stays is older than what goes."""
    gone = surplus(images, keep_bytes)
    stays = [image for image in images if image not in gone]
    assert sum(image.own_bytes for image in stays) <= keep_bytes
    assert all(image.made_at >= other.made_at for image in stays for other in gone)
