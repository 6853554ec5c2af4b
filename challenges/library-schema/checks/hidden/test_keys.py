"""Ids, references, required columns, and what may exist only once."""

from functools import partial

import pytest
from grader_checks import expect
from support import (
    ID_TAKEN,
    MISSING,
    REFERENCE,
    TAKEN,
    add_author,
    add_book,
    add_copy,
    add_fine,
    add_loan,
    add_member,
    add_reservation,
    insert,
    loan,
    refuses_insert,
    refuses_update,
    some_isbn,
    unknown_id,
    word,
)


@pytest.mark.check(
    points=3,
    group="keys",
    hint="Every table needs a primary key. An identity column or a default gives each new row its own.",
)
def test_ids_are_unique(db, rng):
    """The database gives every row an id of its own, and refuses to give one row the id of another."""
    lent = add_loan(db, rng)
    for table, new, harmless in (
        ("authors", add_author, {"name": word(rng)}),
        ("books", add_book, {"title": word(rng)}),
        ("copies", add_copy, {"barcode": word(rng)}),
        ("members", add_member, {"name": word(rng)}),
        ("loans", add_loan, {"returned_at": None}),
        ("fines", partial(add_fine, loan_id=lent), {"amount": "7.25"}),
        ("reservations", add_reservation, {"held_until": None}),
    ):
        one, other = new(db, rng), new(db, rng)
        expect(one is not None and one != other, f"{table}: expected the database to give two new rows two ids")
        refuses_update(db, table, one, harmless, {"id": other}, ID_TAKEN, f"the id of another row of {table}")


@pytest.mark.check(
    points=5,
    group="keys",
    hint="A column that holds an id says nothing about the row behind it. REFERENCES does.",
)
def test_references_must_exist(db, rng):
    """Every column that refers to a row of another table takes only ids that exist there."""
    book, author, member = add_book(db, rng), add_author(db, rng), add_member(db, rng)
    lent = add_loan(db, rng)
    no_book = unknown_id(db, "books", add_book(db, rng))
    no_author = unknown_id(db, "authors", add_author(db, rng))
    no_copy = unknown_id(db, "copies", add_copy(db, rng))
    no_member = unknown_id(db, "members", add_member(db, rng))
    no_loan = unknown_id(db, "loans", add_loan(db, rng))
    written, copied = {"book_id": book, "author_id": author}, {"book_id": book, "barcode": word(rng)}
    lending, fined = loan(db, rng, member_id=member), {"loan_id": lent, "amount": "1.50"}
    waiting = {"book_id": book, "member_id": member}
    for table, good, bad, what in (
        ("book_authors", written, {"book_id": no_book}, "a book that does not exist"),
        ("book_authors", written, {"author_id": no_author}, "an author who does not exist"),
        ("copies", copied, {"book_id": no_book}, "a copy of a book that does not exist"),
        ("loans", lending, {"copy_id": no_copy}, "a loan of a copy that does not exist"),
        ("loans", lending, {"member_id": no_member}, "a loan to a member who does not exist"),
        ("fines", fined, {"loan_id": no_loan}, "a fine for a loan that does not exist"),
        ("reservations", waiting, {"book_id": no_book}, "a reservation of a book that does not exist"),
        ("reservations", waiting, {"member_id": no_member}, "a reservation by a member who does not exist"),
    ):
        refuses_insert(db, table, good, bad, REFERENCE, f"{what} ({table})")


@pytest.mark.check(
    points=4,
    group="keys",
    hint="A foreign key and a CHECK both let null through. NOT NULL is a constraint of its own.",
)
def test_required_values_are_required(db, rng):
    """A required column, a reference and one with a default among them, refuses null."""
    book, member, lent = add_book(db, rng), add_member(db, rng), add_loan(db, rng)
    rows = {
        "authors": {"name": word(rng)},
        "books": {"title": word(rng), "isbn": some_isbn(rng)},
        "book_authors": {"book_id": book, "author_id": add_author(db, rng)},
        "copies": {"book_id": book, "barcode": word(rng)},
        "members": {"name": word(rng), "email": f"{word(rng)}@example.org", "joined_at": "2020-01-01 00:00Z"},
        "loans": loan(db, rng),
        "fines": {"loan_id": lent, "amount": "2.50", "issued_at": "2020-01-01 00:00Z"},
        "reservations": {"book_id": book, "member_id": member, "placed_at": "2020-01-01 00:00Z"},
    }
    for table, good in rows.items():
        for column in [name for name in good if name not in {"isbn", "returned_at"}]:
            refuses_insert(db, table, good, {column: None}, MISSING, f"null in {table}.{column}")


@pytest.mark.check(
    points=4,
    group="keys",
    hint="An id of your own does not keep the real thing from being entered twice. And unique columns may be null.",
)
def test_nothing_is_entered_twice(db, rng):
    """An ISBN, a barcode, or an author of one book exists once; books without an ISBN are as many as you like."""
    isbn, barcode = some_isbn(rng), word(rng)
    book, other = add_book(db, rng, isbn=isbn), add_book(db, rng, isbn=None)
    good = {"title": word(rng), "isbn": None}
    db.accepts(insert("books", good), message="a second book without an ISBN", **good)
    refuses_insert(db, "books", good, {"isbn": isbn}, TAKEN, "a second book with the same ISBN")
    add_copy(db, rng, barcode=barcode, book_id=book)
    good = {"book_id": other, "barcode": word(rng)}
    refuses_insert(db, "copies", good, {"barcode": barcode}, TAKEN, "a second copy with the same barcode")
    author, co_author = add_author(db, rng), add_author(db, rng)
    pair = {"book_id": book, "author_id": author}
    db.execute(insert("book_authors", pair), **pair)
    good = {"book_id": book, "author_id": co_author}
    refuses_insert(db, "book_authors", good, pair, TAKEN, "the same author twice for one book")
    again = {"book_id": other, "author_id": author}
    db.accepts(insert("book_authors", again), message="one author for two books", **again)
