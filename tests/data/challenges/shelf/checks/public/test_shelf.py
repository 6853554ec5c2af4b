"""What the learner may run."""

import pytest


@pytest.mark.check(points=1, group="public")
def test_a_book_is_stored(db):
    """A book can be stored."""
    db.accepts(
        "WITH s AS (INSERT INTO public.shelves (label) VALUES ('a') RETURNING id)"
        " INSERT INTO public.books (title, shelf_id) SELECT 'x', id FROM s",
        message="a book on a shelf",
    )
