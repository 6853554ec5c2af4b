"""A copy is with one member at a time."""

from datetime import datetime, timedelta

import pytest
from grader_checks import expect
from sqlalchemy import text
from support import (
    DAY,
    OVERLAPS,
    add,
    add_copy,
    add_fine,
    add_loan,
    add_member,
    add_reservation,
    answers,
    insert,
    loan,
    refuses_insert,
    refuses_update,
    some_time,
)

# Besides the refusal itself: lock time-out, statement time-out, deadlock, serialization failure.
REFUSED_OR_WAITING = ("23P01", "23505", "55P03", "57014", "40P01", "40001")


@pytest.mark.check(
    points=5,
    group="loans",
    hint="EXCLUDE USING gist compares a range with those of all other rows. A range without an end overlaps, too.",
)
def test_loans_do_not_overlap(db, rng):
    """Two loans of one copy never share a moment, whether they have ended or not."""
    time, copy = some_time(rng), add_copy(db, rng)
    ended = add_loan(db, rng, copy_id=copy, lent_at=time, returned_at=time + 10 * DAY)
    add_loan(db, rng, copy_id=copy, lent_at=time + 20 * DAY, returned_at=None)
    other, member = add_copy(db, rng), add_member(db, rng)
    for begin, end, what in (
        (0, 10, "with the same beginning and end"),
        (3, 5, "inside another one"),
        (-2, 12, "around another one"),
        (-2, 1, "that ends after another one began"),
        (9, 15, "that begins before another one ends"),
        (5, None, "that begins before another one ends and has no end"),
        (-5, None, "that began before another one and has no end"),
        (19, 21, "that ends after one without end began"),
        (40, 41, "that begins long after one without end"),
        (40, None, "beside one without end, without end itself"),
    ):
        lent_at, returned_at = time + begin * DAY, end and time + end * DAY
        good = loan(db, rng, copy_id=other, member_id=member, lent_at=lent_at, returned_at=returned_at)
        refuses_insert(db, "loans", good, {"copy_id": copy}, OVERLAPS, f"a second loan of one copy {what}")
    good = {"returned_at": time + 12 * DAY}
    for bad in ({"returned_at": time + 22 * DAY}, {"returned_at": None}):
        refuses_update(db, "loans", ended, good, bad, OVERLAPS, "a return date that lets two loans of one copy overlap")


@pytest.mark.check(
    points=4,
    group="loans",
    hint="A range may hold its bounds or not: '[]' and '[)' differ when one ends as another begins.",
)
def test_handing_over_at_once(db, rng):
    """A copy can be lent again at the moment it is returned, but not a moment earlier."""
    time, copy = some_time(rng), add_copy(db, rng)
    add_loan(db, rng, copy_id=copy, lent_at=time, returned_at=time + DAY)
    moment = timedelta(microseconds=1)
    after = loan(db, rng, copy_id=copy, lent_at=time + DAY, returned_at=time + 2 * DAY)
    before = loan(db, rng, copy_id=copy, lent_at=time - DAY, returned_at=time)
    what = "a loan that begins before the same copy is returned"
    refuses_insert(db, "loans", after, {"lent_at": time + DAY - moment}, OVERLAPS, what)
    what = "a loan that ends after the same copy is lent again"
    refuses_insert(db, "loans", before, {"returned_at": time + moment}, OVERLAPS, what)
    for values in (after, before, {**after, "lent_at": time + 2 * DAY, "returned_at": None}):
        add_loan(db, rng, **values)


@pytest.mark.check(
    points=4,
    group="loans",
    hint="A trigger that looks for other loans does not see those of a transaction that has not committed yet.",
)
def test_two_programs_lend_one_copy(db, rng):
    """Of two open transactions that lend one copy only one gets it; loans of other copies do not wait."""
    time = some_time(rng)
    first = loan(db, rng, lent_at=time)
    second = loan(db, rng, copy_id=first["copy_id"], lent_at=time + DAY)
    elsewhere = loan(db, rng, lent_at=time)
    sql = insert("loans", first)
    with db.engine.connect() as one, db.engine.connect() as two:
        for connection in (one, two):
            connection.execute(text("SET LOCAL lock_timeout = '300ms'"))
        expect(answers(one, sql, first) is None, "expected the database to accept a valid loan")
        free = answers(two, sql, elsewhere)
        expect(free is None, "expected the loan of a copy not to wait for an open transaction that lends another copy")
        _excluded(answers(two, sql, second), "that an open transaction has lent")
    db.accepts(sql, message="a loan of a copy that a rolled back transaction had lent", **second)
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as late:
        late.execute(text("SELECT count(*) FROM public.loans"))  # from here on it sees no commit of others
        add_loan(db, rng, **first)
        _excluded(answers(late, sql, second), "that was lent after its transaction (repeatable read) began")


def _excluded(state, what):
    wanted = f"expected a loan of a copy {what} to wait or to be refused (exclusion), but it was "
    expect(state is not None, f"{wanted}accepted")
    expect(state in REFUSED_OR_WAITING, f"{wanted}refused for another reason")


@pytest.mark.check(
    points=4,
    group="loans",
    hint="timestamp drops the offset it is given without a word; timestamp with time zone converts by it.",
)
def test_moments_know_their_time_zone(db, rng):
    """A moment that is written with an offset from UTC is read back as the same instant."""
    day, hours = f"{some_time(rng):%Y-%m-%d}", rng.randrange(3, 9)
    early, late = f"{day} 09:15:00+0{hours}:30", f"{day} 09:16:00-0{hours}:00"
    lending = {"lent_at": early, "due_at": late, "returned_at": late}
    lent = add(db, "loans", copy_id=add_copy(db, rng), member_id=add_member(db, rng), **lending)
    rows = {
        "loans": (lent, lending),
        "members": (add_member(db, rng, joined_at=early, left_at=late), {"joined_at": early, "left_at": late}),
        "fines": (
            add_fine(db, rng, loan_id=lent, issued_at=early, paid_at=late),
            {"issued_at": early, "paid_at": late},
        ),
        "reservations": (
            add_reservation(db, rng, placed_at=early, held_until=late),
            {"placed_at": early, "held_until": late},
        ),
    }
    for table, (row, moments) in rows.items():
        columns = ", ".join(f"CAST(EXTRACT(EPOCH FROM {name}) AS bigint) AS {name}" for name in moments)
        found = db.query(f"SELECT {columns} FROM public.{table} WHERE id = :row", row=row)[0]  # noqa: S608
        for name, written in moments.items():
            expect(
                found[name] == datetime.fromisoformat(written).timestamp(),
                f"{table}.{name}: expected {written} to be kept as that instant, but its offset was lost",
            )
