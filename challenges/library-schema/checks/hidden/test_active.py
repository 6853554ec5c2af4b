"""What must be unique only as long as it is active."""

import pytest
from grader_checks import expect
from support import (
    DAY,
    TAKEN,
    add_book,
    add_member,
    add_reservation,
    insert,
    refuses_insert,
    refuses_update,
    some_time,
    word,
)


@pytest.mark.check(
    points=4,
    group="active",
    hint="Unique means equal to the byte. An index can hold an expression of the column instead of the column.",
)
def test_email_ignores_case(db, rng):
    """Two members who have not left cannot share an e-mail address, however its letters are cased."""
    name = word(rng)
    written = f"{name.title()}@Example.org"
    member = add_member(db, rng, email=written)
    row = db.query("SELECT CAST(email AS text) AS email FROM public.members WHERE id = :row", row=member)[0]
    expect(row["email"] == written, "members.email: expected the address to be kept as it was written")
    good = {"name": word(rng), "email": f"{word(rng)}@example.org"}
    what = "a second member with the same e-mail address"
    refuses_insert(db, "members", good, {"email": written}, TAKEN, what)
    for email in (written.lower(), written.upper()):
        refuses_insert(db, "members", good, {"email": email}, TAKEN, f"{what} in other upper and lower case")
    other = add_member(db, rng)
    new = {"email": f"{word(rng)}@example.org"}
    refuses_update(db, "members", other, new, {"email": f"{name}@example.ORG"}, TAKEN, f"a change to {what}")


@pytest.mark.check(
    points=3,
    group="active",
    hint="CREATE UNIQUE INDEX ... WHERE: only the rows that fit the condition have to differ.",
)
def test_leaving_frees_the_email(db, rng):
    """The e-mail address of members who have left is free for others, and taken again when one comes back."""
    email, time = f"{word(rng)}@example.org", some_time(rng)
    gone = {"joined_at": time, "left_at": time}
    first = add_member(db, rng, email=email, **gone)
    add_member(db, rng, email=email, **gone)
    current = {"name": word(rng), "email": email}
    db.accepts(insert("members", current), message="a new member with the address of two who have left", **current)
    add_member(db, rng, **current)
    back, away = {"left_at": None}, {"left_at": time}
    refuses_update(db, "members", first, away, back, TAKEN, "the return of a member whose address is taken by now")


@pytest.mark.check(
    points=3, group="active", hint="The rule is about two columns together, and about two of the four states."
)
def test_one_active_reservation(db, rng):
    """A member has at most one reservation of a book that is waiting or ready."""
    book, member, time = add_book(db, rng), add_member(db, rng), some_time(rng)
    pair = {"book_id": book, "member_id": member, "placed_at": time, "held_until": time + DAY}
    row = add_reservation(db, rng, **pair, status="waiting")
    for status in ("waiting", "ready"):
        for other in ({"book_id": add_book(db, rng)}, {"member_id": add_member(db, rng)}):
            good = {**pair, **other, "status": status}
            what = f"a second active reservation of one book by one member ({status} beside waiting)"
            refuses_insert(db, "reservations", good, pair, TAKEN, what)
    db.execute("UPDATE public.reservations SET status = 'ready' WHERE id = :row", row=row)
    good, bad = {**pair, "status": "cancelled"}, {"status": "waiting"}
    what = "a second active reservation of one book by one member (waiting beside ready)"
    refuses_insert(db, "reservations", good, bad, TAKEN, what)


@pytest.mark.check(
    points=3, group="active", hint="History is not limited: leave it out of the index that makes reservations unique."
)
def test_ended_reservations_do_not_count(db, rng):
    """A member may have any number of ended reservations of a book, and reserve it again, once."""
    pair = {"book_id": add_book(db, rng), "member_id": add_member(db, rng)}
    ended = [add_reservation(db, rng, **pair, status=s) for s in ("fulfilled", "cancelled", "fulfilled", "cancelled")]
    row = add_reservation(db, rng, **pair)
    good, bad = {"status": "cancelled"}, {"status": "waiting"}
    what = "an ended reservation that becomes active beside another one"
    for old in rng.sample(ended, 2):
        refuses_update(db, "reservations", old, good, bad, TAKEN, what)
    db.execute("UPDATE public.reservations SET status = 'fulfilled' WHERE id = :row", row=row)
    add_reservation(db, rng, **pair)
