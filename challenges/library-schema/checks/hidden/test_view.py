"""book_availability."""

import pytest
from grader_checks import expect
from support import DAY, add_author, add_book, add_copy, add_loan, add_reservation, insert, some_time, word


@pytest.mark.check(
    points=3,
    group="view",
    hint="A join with all loans of a copy has a row for each of them. Which matter, and how often does a copy count?",
)
def test_view_counts_what_is_on_the_shelf(db, rng):
    """book_availability counts a copy once, and as available unless it has a loan that is not returned."""
    time, title = some_time(rng), f"Book {word(rng)}"
    book = add_book(db, rng, title=title)
    for _ in range(2):
        pair = {"book_id": book, "author_id": add_author(db, rng)}
        db.execute(insert("book_authors", pair), **pair)
        add_reservation(db, rng, book_id=book)
    copies = [add_copy(db, rng, book_id=book) for _ in range(4)]
    _shows(db, book, title, 4, 4, "four copies that were never lent")
    for copy in copies[:2]:
        for turn in range(3):
            begin = time + turn * DAY
            add_loan(db, rng, copy_id=copy, lent_at=begin, returned_at=begin + DAY)
    _shows(db, book, title, 4, 4, "two of its four copies lent and returned three times each")
    out = add_loan(db, rng, copy_id=copies[0], lent_at=time + 3 * DAY)
    add_loan(db, rng, copy_id=copies[3], lent_at=time)
    _shows(db, book, title, 4, 2, "two of its four copies lent")
    db.execute("UPDATE public.loans SET returned_at = :end WHERE id = :row", end=time + 4 * DAY, row=out)
    _shows(db, book, title, 4, 3, "one of two lent copies returned")


@pytest.mark.check(
    points=3, group="view", hint="An inner join drops what has no partner, and count(*) counts a row of nulls as one."
)
def test_view_shows_every_book(db, rng):
    """book_availability shows a book without copies with 0 and 0, and does not count lost copies."""
    title = f"Book {word(rng)}"
    book = add_book(db, rng, title=title)
    _shows(db, book, title, 0, 0, "no copies")
    add_copy(db, rng, book_id=book, condition="lost")
    _shows(db, book, title, 0, 0, "nothing but a lost copy")
    lost = add_copy(db, rng, book_id=book, condition="good")
    add_loan(db, rng, copy_id=lost)
    db.execute("UPDATE public.copies SET condition = 'lost' WHERE id = :row", row=lost)
    _shows(db, book, title, 0, 0, "a lost copy, and one that was lost while it was lent")
    copy = add_copy(db, rng, book_id=book, condition="worn")
    _shows(db, book, title, 1, 1, "two lost copies and a worn one")
    add_loan(db, rng, copy_id=copy)
    _shows(db, book, title, 1, 0, "two lost copies, and a worn one that is lent")


def _shows(db, book, title, copies, available, situation):
    sql = (
        "SELECT CAST(title AS text) AS title, copies, available FROM public.book_availability AS shelf "
        "WHERE shelf.book_id = :book"
    )
    rows = db.query(sql, book=book)
    expect(len(rows) == 1, f"book_availability: expected one row for a book with {situation}, got {len(rows)}")
    row = rows[0]
    expect(row["title"] == title, "book_availability: expected title to be the title of the book")
    found = f"{row['copies']} and {row['available']}"
    expect(
        (row["copies"], row["available"]) == (copies, available),
        f"book_availability, a book with {situation}: expected copies {copies} and available {available}, got {found}",
    )
