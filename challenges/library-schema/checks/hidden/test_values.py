"""What a value may be, on its own and beside the other values of its row."""

from datetime import timedelta

import pytest
from grader_checks import expect
from support import (
    BAD_VALUE,
    DAY,
    HOUR,
    MISSING,
    add_author,
    add_book,
    add_copy,
    add_loan,
    add_member,
    add_reservation,
    loan,
    refuses_insert,
    refuses_update,
    reservation,
    some_isbn,
    some_time,
    word,
)


@pytest.mark.check(
    points=3,
    group="values",
    hint="A regular expression matches anywhere in a text, unless ^ and $ tie it to both ends.",
)
def test_isbn_has_13_digits(db, rng):
    """An ISBN is exactly 13 digits and nothing else."""
    isbn = some_isbn(rng)
    good = {"title": word(rng), "isbn": isbn}
    for bad, what in (
        (isbn[:12], "12 digits"),
        (isbn + "7", "14 digits"),
        (isbn[:12] + "X", "a letter"),
        (f"{isbn[:3]}-{isbn[3:]}", "a dash"),
        (isbn[:12] + "\u0663", "a digit of another script"),
        (isbn + "\n", "a line break at its end"),
        ("", "nothing in it"),
    ):
        refuses_insert(db, "books", good, {"isbn": bad}, BAD_VALUE, f"an ISBN with {what}")


@pytest.mark.check(points=3, group="values", hint="An empty text is not null, and a text of spaces is not empty.")
def test_texts_are_not_blank(db, rng):
    """Names, titles and barcodes are neither empty nor nothing but spaces."""
    book = add_book(db, rng)
    spaces = " " * rng.randrange(2, 9)
    for table, column, others in (
        ("authors", "name", {}),
        ("books", "title", {"isbn": some_isbn(rng)}),
        ("copies", "barcode", {"book_id": book}),
        ("members", "name", {"email": f"{word(rng)}@example.org"}),
    ):
        good = {**others, column: f"{word(rng)} {word(rng)}"}
        refuses_insert(db, table, good, {column: ""}, BAD_VALUE, f"an empty text in {table}.{column}")
        refuses_insert(db, table, good, {column: spaces}, BAD_VALUE, f"a text of spaces in {table}.{column}")
    row = add_author(db, rng)
    refuses_update(db, "authors", row, {"name": "N"}, {"name": " "}, BAD_VALUE, "a change of authors.name to a space")


@pytest.mark.check(
    points=4,
    group="values",
    hint="For null, IN (...) is neither true nor false but unknown, and a CHECK refuses only what is false.",
)
def test_states_are_known_words(db, rng):
    """copies.condition and reservations.status take each of their four words, and neither another one nor null."""
    copied = {"book_id": add_book(db, rng), "barcode": word(rng), "condition": "good"}
    for condition in ("new", "worn", "lost"):
        add_copy(db, rng, condition=condition)
    for bad in (word(rng)[:4], "Good", ""):
        refuses_insert(db, "copies", copied, {"condition": bad}, BAD_VALUE, f"the condition “{bad}”")
    refuses_insert(db, "copies", copied, {"condition": None}, MISSING, "null as condition")
    for status in ("waiting", "fulfilled", "cancelled"):
        add_reservation(db, rng, status=status)
    ready = {"status": "ready", "placed_at": some_time(rng)}
    row = add_reservation(db, rng, **ready, held_until=ready["placed_at"] + DAY)
    for bad in (word(rng)[:4], "READY", ""):
        good, wrong = {"status": "fulfilled"}, {"status": bad}
        refuses_update(db, "reservations", row, good, wrong, BAD_VALUE, f"the status “{bad}”")
    good = reservation(db, rng, status="waiting")
    refuses_insert(db, "reservations", good, {"status": None}, MISSING, "null as status")


@pytest.mark.check(
    points=2,
    group="values",
    hint="DEFAULT now() is asked for every row. A constant such as 'now' is read once, when the table is created.",
)
def test_defaults_fill_in(db, rng):
    """What an INSERT leaves out gets its default: good, waiting, and the present moment."""
    book, member = add_book(db, rng), add_member(db, rng)
    added = {"c": add_copy(db, rng), "r": add_reservation(db, rng, book_id=book, member_id=member)}
    rows = db.query(
        "SELECT CAST(c.condition AS text) AS condition, CAST(r.status AS text) AS status "
        "FROM public.copies AS c, public.reservations AS r WHERE c.id = :c AND r.id = :r",
        **added,
    )
    expect(rows[0]["condition"] == "good", "copies.condition: expected good when the INSERT leaves it out")
    expect(rows[0]["status"] == "waiting", "reservations.status: expected waiting when the INSERT leaves it out")
    lent = {"copy_id": add_copy(db, rng), "member_id": member, "due_at": "2200-01-01 00:00Z"}
    for table, column, values in (
        ("members", "joined_at", {"name": word(rng), "email": f"{word(rng)}@example.org"}),
        ("loans", "lent_at", lent),
        ("fines", "issued_at", {"loan_id": add_loan(db, rng), "amount": "0.50"}),
        ("reservations", "placed_at", {"book_id": add_book(db, rng), "member_id": member}),
    ):
        columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
        row = db.query(
            f"INSERT INTO public.{table} ({columns}) VALUES ({places}) "  # noqa: S608 - names of ours
            f"RETURNING {column} BETWEEN now() AND clock_timestamp() AS is_now",
            **values,
        )[0]
        expect(row["is_now"], f"{table}.{column}: expected the moment of the INSERT when it leaves the column out")


@pytest.mark.check(
    points=4, group="values", hint="A CHECK can compare two columns of its row. Mind what happens to a null in it."
)
def test_moments_are_in_order(db, rng):
    """A loan is due and returned after it began, nobody leaves before joining, no fine is paid before it is issued."""
    time = some_time(rng)
    second = timedelta(seconds=1)
    lent = loan(db, rng, lent_at=time, due_at=time + HOUR, returned_at=time + second)
    for column, bad, what in (
        ("due_at", time - second, "a loan that is due before it begins"),
        ("due_at", time, "a loan that is due the moment it begins"),
        ("returned_at", time - second, "a loan that ends before it begins"),
        ("returned_at", time, "a loan that ends the moment it begins"),
    ):
        refuses_insert(db, "loans", lent, {column: bad}, BAD_VALUE, what)
    row = add_loan(db, rng, lent_at=time, due_at=time + HOUR)
    late, early = {"returned_at": time + 90 * DAY}, {"returned_at": time - DAY}
    refuses_update(db, "loans", row, late, early, BAD_VALUE, "a return that comes before the loan began")
    member = {"name": word(rng), "email": f"{word(rng)}@example.org", "joined_at": time, "left_at": time}
    refuses_insert(db, "members", member, {"left_at": time - second}, BAD_VALUE, "a member who left before joining")
    fine = {"loan_id": row, "amount": "0.75", "issued_at": time, "paid_at": time}
    refuses_insert(db, "fines", fine, {"paid_at": time - second}, BAD_VALUE, "a fine that was paid before its issue")


@pytest.mark.check(
    points=4,
    group="values",
    hint="Work your CHECK out for a ready reservation whose held_until is null: is the result false, or unknown?",
)
def test_ready_has_a_deadline(db, rng):
    """A ready reservation has a held_until later than placed_at; the others need none."""
    time = some_time(rng)
    good = reservation(db, rng, status="ready", placed_at=time, held_until=time + HOUR)
    refuses_insert(db, "reservations", good, {"held_until": None}, BAD_VALUE, "a ready reservation without held_until")
    for bad in (time, time - DAY):
        what = "a ready reservation that is held until before it was placed"
        refuses_insert(db, "reservations", good, {"held_until": bad}, BAD_VALUE, what)
    row = add_reservation(db, rng, status="waiting", placed_at=time, held_until=None)
    ready = {"status": "ready", "held_until": time + DAY}
    what = "a waiting reservation that becomes ready without held_until"
    refuses_update(db, "reservations", row, ready, {"status": "ready"}, BAD_VALUE, what)
    for status in ("waiting", "fulfilled", "cancelled"):
        add_reservation(db, rng, status=status, placed_at=time, held_until=None)
        add_reservation(db, rng, status=status, placed_at=time, held_until=time - HOUR)
