"""The three queries of the statement on an old library: how many rows does the plan read?"""

import pytest
from grader_checks import expect
from sqlalchemy import text
from support import add_book, word

COPIES = 300
MEMBERS = 100
TURNS = 20
TURNS_OF_THE_BUSY = 6
TURNS_A_STATEMENT = 5
OVERDUE = 40
TITLES = 8000
TITLES_A_STATEMENT = 2000
ROWS = 100


@pytest.mark.check(
    points=4,
    group="queries",
    hint="PostgreSQL makes no index for a foreign key by itself. One that has the order, too, saves the sorting.",
)
def test_last_loans_of_a_member(db, rng):
    """The last loans of a member are found without reading all loans, or all that the member ever had."""
    name = _old_library(db, rng)
    sql = "SELECT id FROM public.members WHERE name IN (:busy, :usual) ORDER BY name"
    members = db.query(sql, busy=f"{name} 00001", usual=f"{name} {rng.randrange(2, MEMBERS):05}")
    for row, what in zip(members, ("a member with very many loans", "a member with some loans"), strict=True):
        plan = db.plan(
            "SELECT id, copy_id, lent_at, returned_at FROM public.loans "
            "WHERE member_id = :member ORDER BY lent_at DESC LIMIT 20",
            member=row["id"],
        )
        _reads_little(plan, f"the last loans of {what}")


@pytest.mark.check(
    points=3,
    group="queries",
    hint="Nearly every loan has ended, and was due long ago. An index can leave those out: CREATE INDEX ... WHERE.",
)
def test_overdue_loans(db, rng):
    """The overdue loans are found without reading all that ended, or all that are out."""
    _old_library(db, rng)
    plan = db.plan("SELECT id, member_id, due_at FROM public.loans WHERE returned_at IS NULL AND due_at < now()")
    _reads_little(plan, "the overdue loans")


@pytest.mark.check(
    points=3,
    group="queries",
    hint="The query asks for lower(title), so that is what the index must hold, in a way that LIKE can use it.",
)
def test_titles_that_begin_alike(db, rng):
    """Books are found by the beginning of their title, in any case, without reading all titles."""
    start = f"Harbour {word(rng)}"
    number = rng.randrange(9 * 10**9)
    # Split for the reason for which loans are, see below.
    for first in range(1, TITLES, TITLES_A_STATEMENT):
        db.execute(
            "INSERT INTO public.books (isbn, title) "
            "SELECT '979' || to_char(:number + n, 'FM0000000000'), "
            "  CASE WHEN n % 400 = 0 THEN CAST(:start AS text) ELSE md5(CAST(:start AS text) || n) END "
            "  || ', being volume ' || n || ' of the collected works' "
            "FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n",
            start=start,
            number=number,
            first=first,
            last=first + TITLES_A_STATEMENT - 1,
        )
    _settle(db, "books")
    sql = "SELECT id, title FROM public.books WHERE lower(title) LIKE :pattern"
    found = db.query(sql, pattern=f"{start.lower()}%")
    expect(len(found) == 20, f"expected 20 books whose titles begin alike, got {len(found)}")
    _reads_little(db.plan(sql, pattern=f"{start.lower()}%"), "the books whose title begins alike")


def _reads_little(plan, what):
    read = plan.rows_read()
    expect(read <= ROWS, f"{what}: expected the plan to read at most {ROWS} rows, but it reads {read}")


def _settle(db, table):
    """Let PostgreSQL do what it does to a table in a quiet hour; VACUUM wants to be outside a transaction."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"VACUUM (ANALYZE) public.{table}"))


def _old_library(db, rng):
    """Add loans: thousands that ended, hundreds that are open, some of them overdue. Return its members' names' start.

    Member 00001 has the oldest of them, far more than 100; the others share the rest.
    """
    name = f"Old {word(rng)}"
    add_book(db, rng, title=name)
    db.execute(
        "INSERT INTO public.copies (book_id, barcode) "
        "SELECT book.id, CAST(:name AS text) || to_char(n, '00000') "
        "FROM (SELECT id FROM public.books WHERE title = :name) AS book, "
        "generate_series(1, CAST(:copies AS integer)) AS n",
        name=name,
        copies=COPIES,
    )
    db.execute(
        "INSERT INTO public.members (name, email) "
        "SELECT CAST(:name AS text) || to_char(n, '00000'), md5(CAST(:name AS text) || n) || '@example.org' "
        "FROM generate_series(1, CAST(:members AS integer)) AS n",
        name=name,
        members=MEMBERS,
    )
    _settle(db, "copies")
    # Split, so that a schema with triggers does not come near the time limit of a statement on a busy machine.
    for first in range(0, TURNS, TURNS_A_STATEMENT):
        _lend(db, name, first)
        if first == 0:
            _settle(db, "loans")
    db.execute(
        "INSERT INTO public.loans (copy_id, member_id, lent_at, due_at) "
        "SELECT copy.id, member.id, timestamptz '2020-01-01 12:00Z', "
        "  CASE WHEN copy.n <= :overdue THEN timestamptz '2020-02-01 12:00Z' ELSE now() + interval '20 days' END "
        f"{NUMBERED} WHERE member.n = copy.n % :others + 2",
        name=name,
        overdue=OVERDUE,
        others=MEMBERS - 1,
    )
    _settle(db, "loans")
    return name


NUMBERED = (
    "FROM (SELECT id, row_number() OVER (ORDER BY barcode) AS n FROM public.copies "
    "      WHERE barcode LIKE :name || ' %') AS copy, "
    "     (SELECT id, row_number() OVER (ORDER BY name) AS n FROM public.members "
    "      WHERE name LIKE :name || ' %') AS member"
)


def _lend(db, name, first):
    db.execute(
        "INSERT INTO public.loans (copy_id, member_id, lent_at, due_at, returned_at) "
        "SELECT copy.id, member.id, begins, begins + interval '21 days', begins + interval '14 days' "
        f"{NUMBERED}, generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS turn, "
        "LATERAL (SELECT timestamptz '2001-01-01 12:00Z' + turn * interval '30 days') AS start (begins) "
        "WHERE member.n = CASE WHEN turn < :busy THEN 1 ELSE (copy.n * 7 + turn * 13) % :others + 2 END",
        name=name,
        first=first,
        busy=TURNS_OF_THE_BUSY,
        last=first + TURNS_A_STATEMENT - 1,
        others=MEMBERS - 1,
    )
