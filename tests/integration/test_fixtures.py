"""Fixtures that need the tester's image or the host's end: made-up data, and the submitted files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.running import DATA, Command, write_challenge

SHELF = DATA / "challenges" / "shelf"

FAKES = """
from grader_checks import fail

@pytest.mark.check(points=1, group="g")
def test_one(fake):
    '''A name.'''
    fail(fake.name() + fake.email())

@pytest.mark.check(points=1, group="g")
def test_other(fake):
    '''Another name.'''
    fail(fake.name() + fake.email())
"""
SUBMISSION = """
import sys
from grader_checks import Submission

@pytest.mark.check(points=1, group="g")
def test_names(api, submission: Submission):
    '''All files are there.'''
    api.get("/spoil").expect(200)
    expect(submission.names == ("app.py", "data/long.txt", "naïve.txt", "pytest.py", "small.py"), f"{submission.names}")
    expect(submission.glob("**/*.txt") == ("data/long.txt", "naïve.txt"), "wrong files")

@pytest.mark.check(points=1, group="g")
def test_contents(submission):
    '''Files are what was handed in.'''
    expect(submission.read_text("naïve.txt") == "as handed in \\u2713", submission.read_text("naïve.txt"))
    expect(submission.size("data/long.txt") == 700_000, "wrong size")
    expect(submission.read_bytes("data/long.txt") == b"x" * 512 * 1024, "wrong content")

@pytest.mark.check(points=1, group="g")
def test_inert(submission):
    '''Nothing of it can be imported.'''
    submission.read_text("pytest.py")
    expect("app" not in pytest.__file__, "the wrong pytest")
    with pytest.raises(ImportError):
        import small

@pytest.mark.check(points=1, group="g")
def test_missing(submission):
    '''A file is there.'''
    submission.read_text("openapi.yaml")

@pytest.mark.check(points=1, group="g")
def test_light(api):
    '''What nobody asked for is not loaded.'''
    expect(not {"faker", "sqlalchemy", "psycopg"} & set(sys.modules), "too much is loaded")
"""


REFUSED = """
import pytest

@pytest.mark.check(points=1, group="g")
def test_query(db):
    '''A query.'''
    db.query("SELECT name FROM public.nowhere", message="a list of names")

@pytest.mark.check(points=1, group="g")
def test_statement(db):
    '''A statement.'''
    db.execute("INSERT INTO public.shelves (label) VALUES (:label)", message="a shelf without a label", label=None)

@pytest.mark.check(points=1, group="g")
def test_unnamed(db):
    '''A statement that nobody named.'''
    db.execute("INSERT INTO public.shelves (label) VALUES (:label)", label=None)
"""


def test_fakes_are_repeated_by_the_seed(run_grader: Command, app: Callable[..., Path], tmp_path: Path) -> None:
    """The same seed makes up the same data, another seed and another check other data."""
    challenge, submission = write_challenge(tmp_path / "probe", FAKES), app()
    told = [run_grader.grade(submission, "--seed", seed, challenge=challenge).feedback for seed in ("1", "1", "2")]
    assert told[0] == told[1]
    assert len({told[0]["one"], told[0]["other"], told[2]["one"], told[2]["other"]}) == 4
    assert "@" in told[0]["one"]


def test_submitted_files_are_data(run_grader: Command, app: Callable[..., Path], tmp_path: Path) -> None:
    """A suite sees the files as they were handed in, cannot run them, and fails the check of one that is missing."""
    submission = app(
        """
        def spoil(request):
            open("naïve.txt", "w").write("spoilt")
            answer(request)

        serve(spoil=spoil)
        """,
        **{"pytest.py": "raise SystemExit", "naïve.txt": "as handed in ✓"},
    )
    (submission / "data").mkdir()
    (submission / "data/long.txt").write_text("x" * 700_000)
    done = run_grader.grade(submission, challenge=write_challenge(tmp_path / "probe", SUBMISSION))
    assert done.outcomes == {
        "names": "passed",
        "contents": "passed",
        "inert": "passed",
        "missing": "failed",
        "light": "passed",
    }, done.feedback
    assert done.feedback["missing"] == "expected the submission to hold a file openapi.yaml"


def test_a_refused_statement_is_named(run_grader: Command, tmp_path: Path) -> None:
    """A learner reads which statement of the suite the database refused, where its author said what it does."""
    challenge = tmp_path / "shelf"
    shutil.copytree(SHELF, challenge)
    (challenge / "checks/hidden/test_shelf.py").write_text(REFUSED)
    done = run_grader.grade(SHELF / "solutions/reference-sql", challenge=challenge)
    accept = "expected the database to accept"
    assert done.feedback == {
        "query": f"{accept} a list of names, but it refused (a table or view that is not there)",
        "statement": f"{accept} a shelf without a label, but it refused (not null)",
        "unnamed": "the database refused a statement of this check (not null)",
    }
