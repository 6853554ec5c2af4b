"""The suite that grades: learners never see it.

For the author: each function is a check. Its docstring is the title that learners read, so it says what is right; its
id is its name without `test_`. Points of the whole suite add up to 100. What a check asks follows from README.md.

`db.rejects` takes a proper twin of each bad row and sees it accepted before and after: a schema that refuses everything
earns nothing.
"""

import pytest
from grader_checks import expect
from support import BAD_VALUE, MISSING, REFERENCE, add, course, enrolment, insert, refuses, student


@pytest.mark.check(points=15, group="keys", hint="What do you call a column that tells rows apart?")
def test_emails_are_unique(db, rng):
    """No two students have the same e-mail address."""
    taken = student(rng)
    add(db, "students", taken)
    refuses(db, "students", student(rng), {"email": taken["email"]}, "unique", "an e-mail address that is taken")


@pytest.mark.check(points=15, group="keys", hint="NULL passes every CHECK whose answer is unknown.")
def test_required_columns_are_never_null(db, rng):
    """What every student, course and enrolment must have is never null."""
    for table, good, columns in (
        ("students", student(rng), ("name", "email")),
        ("courses", course(rng), ("title", "seats")),
        ("enrolments", enrolment(db, rng), ("student_id", "course_id")),
    ):
        for column in columns:
            refuses(db, table, good, {column: None}, MISSING, f"null in {table}.{column}")


@pytest.mark.check(points=15, group="keys", hint="Which constraint knows about the rows of another table?")
def test_references_exist(db, rng):
    """An enrolment names a student and a course that are there."""
    good, gone = enrolment(db, rng), enrolment(db, rng)
    db.execute("DELETE FROM public.students WHERE id = :id", id=gone["student_id"])
    db.execute("DELETE FROM public.courses WHERE id = :id", id=gone["course_id"])
    for column, what in (("student_id", "a student"), ("course_id", "a course")):
        refuses(
            db, "enrolments", good, {column: gone[column]}, REFERENCE, f"an enrolment with {what} that is not there"
        )


@pytest.mark.check(points=15, group="keys", hint="A key may have more than one column.")
def test_nobody_is_enrolled_twice(db, rng):
    """A student is in a course at most once, but in several courses, and with others."""
    first, second = enrolment(db, rng), enrolment(db, rng)
    db.execute(insert("enrolments", first), **first)
    for other in ({"course_id": second["course_id"]}, {"student_id": second["student_id"]}):
        refuses(db, "enrolments", {**first, **other}, first, "unique", "a second enrolment in one course")


@pytest.mark.check(points=10, group="keys", hint="What happens to an enrolment whose student is deleted?")
def test_what_is_in_use_is_kept(db, rng):
    """A student or a course with enrolments cannot be deleted."""
    used, unused = enrolment(db, rng), enrolment(db, rng)
    db.execute(insert("enrolments", used), **used)
    for table, column in (("students", "student_id"), ("courses", "course_id")):
        delete = f"DELETE FROM public.{table} WHERE id = :id"
        twin = (delete, {"id": unused[column]})
        db.rejects(delete, REFERENCE, twin, message=f"the end of a row of {table} with enrolments", id=used[column])


@pytest.mark.check(points=10, group="values", hint="How many seats does the smallest course have?")
def test_courses_have_seats(db, rng):
    """A course has at least one seat."""
    for seats, what in ((0, "no seats"), (-rng.randrange(1, 100), "less than no seats")):
        refuses(db, "courses", {**course(rng), "seats": 1}, {"seats": seats}, BAD_VALUE, f"a course with {what}")


@pytest.mark.check(points=10, group="values", hint="Both ends of a range belong to it.")
def test_grades_are_in_range(db, rng):
    """A grade is from 0 to 100."""
    good = enrolment(db, rng)
    for best, bad in ((100, 101), (100, rng.randrange(102, 1000)), (0, -1), (0, -rng.randrange(2, 1000))):
        refuses(db, "enrolments", {**good, "grade": best}, {"grade": bad}, BAD_VALUE, "a grade that is out of range")


@pytest.mark.check(points=10, group="values", hint="Is a missing grade the same as a grade of 0?")
def test_no_grade_is_null(db, rng):
    """An enrolment has no grade, until it gets one."""
    row = enrolment(db, rng)
    db.execute(insert("enrolments", row), **row)
    where = "WHERE student_id = :student_id AND course_id = :course_id"
    read = f"SELECT grade FROM public.enrolments {where}"
    expect(db.query(read, **row) == [{"grade": None}], "enrolments: expected grade to be null when nothing was said")
    grade = rng.randrange(1, 100)
    db.execute(f"UPDATE public.enrolments SET grade = :grade {where}", grade=grade, **row)
    expect(db.query(read, **row) == [{"grade": grade}], "enrolments: expected the grade that was set")
