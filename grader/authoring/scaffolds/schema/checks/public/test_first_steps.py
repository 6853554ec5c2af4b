"""What learners get, may read and run: `grader grade CHALLENGE SUBMISSION --public`.

For the author: a check or two that show how checks talk to the database. They give no points in the end, and must give
nothing away that only the hidden suite asks.
"""

import pytest

STUDENT = "INSERT INTO public.students (name, email) VALUES (:name, :email)"


@pytest.mark.check(points=50, group="rows", hint="The starter can do this already.")
def test_first_student(db):
    """A student with a name and an e-mail address can be stored."""
    db.accepts(STUDENT, name="Ada", email="ada@school.example", message="a student")


@pytest.mark.check(points=50, group="rows", hint="Look at how the starter keeps what every student must have.")
def test_course_has_a_title(db):
    """A course without a title is refused."""
    course = "INSERT INTO public.courses (title, seats) VALUES (:title, :seats)"
    proper = {"title": "Logic", "seats": 12}
    db.rejects(
        course, ("not_null", "check"), (course, proper), message="a course without a title", **{**proper, "title": None}
    )
