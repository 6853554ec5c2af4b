"""What the hidden checks share: rows that are valid, and rows that must be refused beside their valid twins.

The database is full of other checks' rows, so each looks only at those it made itself.
"""

from datetime import UTC, datetime, timedelta

from grader_checks import CheckFailed
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

# What PostgreSQL may answer to the breach of each kind of rule; the statement has the same table.
TAKEN = ("unique", "exclusion")
ID_TAKEN = (*TAKEN, "428C9")
OVERLAPS = ("exclusion", "unique")
REFERENCE = ("foreign_key", "restrict")
MISSING = ("not_null", "check")
BAD_VALUE = ("check", "foreign_key", "invalid")

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def word(rng):
    """Return a word of twelve letters that no other row holds."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def some_time(rng):
    """Return a moment between 2031 and 2057, to the second."""
    return datetime(2031, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(10_000 * 86_400))


def some_isbn(rng):
    """Return the 13 digits of a new ISBN."""
    return f"978{rng.randrange(10**10):010}"


def insert(table, values):
    """Return the statement that inserts one row with these columns."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    return f"INSERT INTO public.{table} ({columns}) VALUES ({places})"  # noqa: S608 - names of ours


def add(db, table, **values):
    """Insert a valid row and return its id."""
    try:
        return db.query(f"{insert(table, values)} RETURNING id", **values)[0]["id"]
    except CheckFailed as failure:
        failure.args = (f"a valid new row of {table}: {failure}",)  # the learner sees no statement of the suite
        raise


def add_author(db, rng):
    return add(db, "authors", name=f"Author {word(rng)}")


def add_book(db, rng, **values):
    return add(db, "books", **{"title": f"Book {word(rng)}", "isbn": some_isbn(rng), **values})


def add_copy(db, rng, **values):
    return add(db, "copies", **{"barcode": word(rng), **values, "book_id": values.get("book_id") or add_book(db, rng)})


def add_member(db, rng, **values):
    return add(db, "members", **{"name": f"Member {word(rng)}", "email": f"{word(rng)}@example.org", **values})


def loan(db, rng, **values):
    """Return the columns of a valid open loan, of a new copy to a new member unless given."""
    lent_at = values.get("lent_at") or some_time(rng)
    return {
        "copy_id": values.get("copy_id") or add_copy(db, rng),
        "member_id": values.get("member_id") or add_member(db, rng),
        "lent_at": lent_at,
        "due_at": lent_at + 21 * DAY,
        "returned_at": None,
        **values,
    }


def add_loan(db, rng, **values):
    return add(db, "loans", **loan(db, rng, **values))


def add_fine(db, rng, **values):
    return add(db, "fines", **{"amount": "1.50", **values, "loan_id": values.get("loan_id") or add_loan(db, rng)})


def reservation(db, rng, **values):
    """Return the columns of a valid reservation, of a new book by a new member unless given."""
    return {
        "book_id": values.get("book_id") or add_book(db, rng),
        "member_id": values.get("member_id") or add_member(db, rng),
        **values,
    }


def add_reservation(db, rng, **values):
    return add(db, "reservations", **reservation(db, rng, **values))


def refuses_insert(db, table, good, bad, because, message):
    """Fail the check unless the row `good` is accepted and the same row with `bad` over it is refused."""
    values = {**good, **bad}
    db.rejects(insert(table, values), because, (insert(table, good), good), message=message, **values)


def refuses_update(db, table, row_id, good, bad, because, message):
    """Fail the check unless setting `good` in the row is accepted and setting `bad` is refused."""
    db.rejects(
        _update(table, bad),
        because,
        (_update(table, good), {**good, "row": row_id}),
        message=message,
        row=row_id,
        **bad,
    )


def _update(table, values):
    changes = ", ".join(f"{name} = :{name}" for name in values)
    return f"UPDATE public.{table} SET {changes} WHERE id = :row"  # noqa: S608 - names of ours


def refuses_delete(db, table, row_id, twin_id, message):
    """Fail the check unless the row can not be deleted because others refer to it, and its twin can."""
    sql = f"DELETE FROM public.{table} WHERE id = :row"  # noqa: S608 - names of ours
    db.rejects(sql, REFERENCE, (sql, {"row": twin_id}), message=message, row=row_id)


def unknown_id(db, table, row_id):
    """Delete the row and return its id, which then belongs to none, whatever the type of ids is."""
    db.execute(f"DELETE FROM public.{table} WHERE id = :row", row=row_id)  # noqa: S608 - names of ours
    return row_id


def count(db, table, row_id):
    """Return how many rows of the table have the id."""
    sql = f"SELECT count(*) AS n FROM public.{table} WHERE id = :row"  # noqa: S608 - names of ours
    return db.query(sql, row=row_id)[0]["n"]


def answers(connection, sql, values):
    """Return the SQLSTATE with which the database refuses the statement, or None when it accepts it.

    For what `db` has no word for: a statement that may be refused or not, and one inside an open transaction.
    """
    try:
        connection.execute(text(sql), values)
    except DBAPIError as error:
        if state := getattr(error.orig, "sqlstate", None):
            return state
        raise
    return None
