"""Five checks to start with. The hidden ones are written in the same manner and go through the whole statement."""

import pytest
from grader_checks import expect


def insert(table, values):
    """Return the statement that inserts one row with these columns."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    return f"INSERT INTO public.{table} ({columns}) VALUES ({places})"  # noqa: S608 - names of ours


def add(db, table, **values):
    """Insert a row and return its id."""
    return db.query(f"{insert(table, values)} RETURNING id", **values)[0]["id"]


def lend(db, rng):
    """Lend a new copy of a new book to a new member, since 1 March 2031; return the columns of the loan."""
    book = add(db, "books", title=f"Book {rng.randrange(10**9)}")
    return {
        "copy_id": add(db, "copies", book_id=book, barcode=f"copy {rng.randrange(10**9)}"),
        "member_id": add(db, "members", name="Ada", email=f"ada{rng.randrange(10**9)}@example.org"),
        "lent_at": "2031-03-01 10:00Z",
        "due_at": "2031-03-22 10:00Z",
    }


@pytest.mark.check(points=20, group="values", hint="This is what the starter can do already.")
def test_isbn_has_digits_only(db, rng):
    """An ISBN with a letter in it is refused."""
    good = {"title": "A book", "isbn": f"978{rng.randrange(10**10):010}"}
    bad = {**good, "isbn": f"978{rng.randrange(10**9):09}X"}
    db.rejects(insert("books", bad), "check", (insert("books", good), good), message="an ISBN with a letter", **bad)


@pytest.mark.check(points=20, group="keys", hint="REFERENCES keeps a loan from pointing at a copy that is not there.")
def test_a_loan_needs_a_copy(db, rng):
    """A loan of a copy that does not exist is refused."""
    good = lend(db, rng)
    gone = lend(db, rng)["copy_id"]
    db.execute("DELETE FROM public.copies WHERE id = :gone", gone=gone)
    bad, sql = {**good, "copy_id": gone}, insert("loans", good)
    db.rejects(sql, "foreign_key", (sql, good), message="a loan of a copy that does not exist", **bad)


@pytest.mark.check(points=20, group="loans", hint="Look up EXCLUDE USING gist, tstzrange, and btree_gist.")
def test_a_copy_is_lent_once(db, rng):
    """A copy that is out cannot be lent again before it is returned."""
    first = lend(db, rng)
    row = add(db, "loans", **first)
    good = {**lend(db, rng), "lent_at": "2031-03-05 10:00Z"}
    bad, sql = {**good, "copy_id": first["copy_id"]}, insert("loans", good)
    db.rejects(sql, ("exclusion", "unique"), (sql, good), message="a second open loan of one copy", **bad)
    db.execute("UPDATE public.loans SET returned_at = '2031-03-05 10:00Z' WHERE id = :row", row=row)
    db.accepts(sql, message="a loan of a copy that was returned at that moment", **bad)


@pytest.mark.check(points=20, group="fines", hint="Which types count in tenths, and which in powers of two?")
def test_ten_dimes_are_one(db, rng):
    """The sum of ten fines of 0.10 is exactly 1.00."""
    loan = add(db, "loans", **lend(db, rng))
    for _ in range(10):
        add(db, "fines", loan_id=loan, amount="0.10")
    total = "SELECT CAST(sum(amount) AS text) AS total FROM public.fines WHERE loan_id = :loan"
    found = db.query(total, loan=loan)[0]["total"]
    expect(found in {"1.00", "1.0", "1"}, f"expected ten fines of 0.10 to be 1.00, got {found}")


@pytest.mark.check(points=20, group="view", hint="LEFT JOIN keeps a book without copies; count a column of the copies.")
def test_available_copies(db, rng):
    """book_availability shows how many copies a book has, and how many of them are in."""
    lent = lend(db, rng)
    book = add(db, "books", title="A book with two copies")
    copies = [add(db, "copies", book_id=book, barcode=f"copy {rng.randrange(10**9)}") for _ in range(2)]
    add(db, "loans", **{**lent, "copy_id": copies[0]})
    shelf = "SELECT copies, available FROM public.book_availability AS shelf WHERE shelf.book_id = :book"
    found = db.query(shelf, book=book)
    expect(
        found == [{"copies": 2, "available": 1}], "expected a book with two copies, one of them lent, to show 2 and 1"
    )
