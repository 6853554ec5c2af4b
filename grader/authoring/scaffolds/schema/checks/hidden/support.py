"""What the hidden checks share: rows that are valid. The database is full of other checks' rows, so each makes its own.

For the author: modules of a suite import each other by name, as in `from support import add`. Statements name the
schema of what they use (`public.students`), and their parameters (`:name`).
"""

# What PostgreSQL may answer to the breach of a rule: the name of a constraint, or a tuple of names.
MISSING = ("not_null", "check")
REFERENCE = ("foreign_key", "restrict")
BAD_VALUE = ("check", "invalid")


def word(rng):
    """Return twelve letters that nothing else holds: `rng` is seeded by the run, so no answer can be hard-coded."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def insert(table, values):
    """Return the statement that inserts one row with these columns."""
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    return f"INSERT INTO public.{table} ({columns}) VALUES ({places})"


def add(db, table, values):
    """Insert a valid row, which stays, and return its id."""
    return db.query(f"{insert(table, values)} RETURNING id", **values)[0]["id"]


def student(rng):
    """Return the columns of a valid student."""
    return {"name": f"Student {word(rng)}", "email": f"{word(rng)}@school.example"}


def course(rng):
    """Return the columns of a valid course."""
    return {"title": f"Course {word(rng)}", "seats": rng.randrange(1, 500)}


def enrolment(db, rng):
    """Return the columns of a valid enrolment, of a new student in a new course."""
    return {"student_id": add(db, "students", student(rng)), "course_id": add(db, "courses", course(rng))}


def refuses(db, table, good, bad, because, message):
    """Fail the check unless the row `good` is accepted, and the same row with `bad` over it refused `because` of that.

    `message` is what the learner reads: "expected the database to refuse MESSAGE".
    """
    row = {**good, **bad}
    db.rejects(insert(table, row), because, (insert(table, good), good), message=message, **row)
