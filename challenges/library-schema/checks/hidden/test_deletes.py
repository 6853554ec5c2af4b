"""What a DELETE may take with it, and what it may not."""

import pytest
from grader_checks import expect
from support import (
    DAY,
    add_author,
    add_book,
    add_copy,
    add_fine,
    add_loan,
    add_member,
    add_reservation,
    count,
    insert,
    refuses_delete,
    some_time,
)


@pytest.mark.check(
    points=4,
    group="deletes",
    hint="ON DELETE CASCADE on a table of history means that history can be deleted by mistake.",
)
def test_history_is_kept(db, rng):
    """A member or a copy with loans, ended ones too, and a loan with fines cannot be deleted; others can."""
    time = some_time(rng)
    member, copy = add_member(db, rng), add_copy(db, rng)
    lent = add_loan(db, rng, member_id=member, copy_id=copy, lent_at=time, returned_at=time + DAY)
    refuses_delete(db, "members", member, add_member(db, rng), "the deletion of a member with loans")
    refuses_delete(db, "copies", copy, add_copy(db, rng), "the deletion of a copy with loans")
    fined = add_loan(db, rng)
    fine = add_fine(db, rng, loan_id=fined, issued_at=time, paid_at=time)
    refuses_delete(db, "loans", fined, lent, "the deletion of a loan with fines")
    for table, row in (("members", member), ("copies", copy), ("loans", lent), ("loans", fined), ("fines", fine)):
        expect(count(db, table, row) == 1, f"{table}: expected no row to vanish by a deletion that was refused")


@pytest.mark.check(
    points=3, group="deletes", hint="What should happen to the copies when someone deletes their book by mistake?"
)
def test_catalogue_in_use_is_kept(db, rng):
    """A book with copies, and an author who is listed for a book, cannot be deleted; others can."""
    book = add_book(db, rng)
    add_copy(db, rng, book_id=book, condition="lost")
    refuses_delete(db, "books", book, add_book(db, rng), "the deletion of a book with copies")
    pair = {"book_id": book, "author_id": add_author(db, rng)}
    db.execute(insert("book_authors", pair), **pair)
    refuses_delete(db, "authors", pair["author_id"], add_author(db, rng), "the deletion of an author of a book")


@pytest.mark.check(
    points=3, group="deletes", hint="A reference has a choice for deletions: refuse (the default), CASCADE, SET NULL."
)
def test_dependents_go_along(db, rng):
    """Reservations go with their member or book, entries in book_authors with their book; nothing else goes."""
    book, member, author = add_book(db, rng), add_member(db, rng), add_author(db, rng)
    other_book, other_member = add_book(db, rng), add_member(db, rng)
    for written in (book, other_book):
        pair = {"book_id": written, "author_id": author}
        db.execute(insert("book_authors", pair), **pair)
    of_member = [add_reservation(db, rng, member_id=member, status=status) for status in ("waiting", "cancelled")]
    of_book = [add_reservation(db, rng, book_id=book, status=status) for status in ("waiting", "fulfilled")]
    kept = add_reservation(db, rng, member_id=other_member, book_id=other_book)
    for table, row, what in (
        ("members", member, "the deletion of a member with reservations and no loans"),
        ("books", book, "the deletion of a book with authors and reservations and no copies"),
    ):
        sql = f"DELETE FROM public.{table} WHERE id = :row"  # noqa: S608 - names of ours
        db.accepts(sql, message=what, row=row)
        expect(db.execute(sql, row=row) == 1, f"{table}: expected {what} to delete one row of it")
        expect(count(db, table, row) == 0, f"{table}: expected the row to be gone after {what}")
    for row in of_member + of_book:
        expect(
            count(db, "reservations", row) == 0, "reservations: expected those of a deleted member or book to be gone"
        )
    sql = "SELECT count(*) AS n FROM public.book_authors WHERE {} = :row"
    expect(db.query(sql.format("book_id"), row=book)[0]["n"] == 0, "book_authors: expected a deleted book to be gone")
    expect(db.query(sql.format("author_id"), row=author)[0]["n"] == 1, "book_authors: expected other books to stay")
    for table, row in (
        ("authors", author),
        ("members", other_member),
        ("books", other_book),
        ("reservations", kept),
    ):
        expect(count(db, table, row) == 1, f"{table}: expected rows that do not belong to what was deleted to stay")
