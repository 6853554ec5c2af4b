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

SESSION = """
import pytest
from grader_checks import CheckFailed, expect

PID = "SELECT pg_backend_pid() AS pid"

def nothing_is_left(db):
    settings = db.query("SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS time")
    expect(settings == [{"path": "pg_catalog,pg_temp", "time": "3s"}], f"the settings are {settings}")
    expect(db.query("SELECT current_user AS name") == [{"name": "suite"}], "another role")
    for table in ("pg_prepared_statements", "pg_cursors WHERE is_holdable", "pg_listening_channels()"):
        expect(db.query(f"SELECT * FROM {table}") == [], f"{table} is not empty")
    expect(db.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == [], "a lock is held")
    expect(db.query("SELECT to_regclass('pg_temp.shelves') AS name") == [{"name": None}], "a table shadows another")

@pytest.mark.check(points=1, group="g")
def test_forgets(db):
    '''Whatever a statement leaves in its session is gone before the next one.'''
    pid = db.query(PID)
    for sql in (
        "SELECT set_config('search_path', 'public', false)",
        "SELECT set_config('statement_timeout', '0', false)",
        "CREATE TEMPORARY TABLE shelves (label text)",
        "PREPARE lie AS SELECT 1",
        "DECLARE lie CURSOR WITH HOLD FOR SELECT 1",
        "LISTEN lies",
        "SELECT pg_advisory_lock(1)",
        "SET ROLE app",
    ):
        db.execute(sql)
        nothing_is_left(db)
    expect(db.query(PID) == pid, "expected one connection for all of it")

@pytest.mark.check(points=1, group="g")
def test_begins_anew(db):
    '''A statement that failed leaves its connection to nobody.'''
    pid = db.query(PID)
    try:
        db.query("SELECT 1 FROM public.nowhere")
    except CheckFailed:
        pass
    expect(db.query(PID) != pid, "expected a new connection")

@pytest.mark.check(points=1, group="g")
def test_comes_back(db, service):
    '''A connection to a server that was killed, or that hangs, is not used again.'''
    db.ping()
    database = service("db")
    database.restart()
    db.query(PID)
    database.pause()
    try:
        db.query(PID)
    except CheckFailed:
        return
    finally:
        database.unpause()
    expect(False, "expected no answer")
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


def test_a_session_is_as_new_for_each_statement(run_grader: Command, tmp_path: Path) -> None:
    """The suite keeps its connection, and nothing that learner's code may have set in it."""
    challenge = tmp_path / "shelf"
    shutil.copytree(SHELF, challenge)
    (challenge / "checks/hidden/test_shelf.py").write_text(SESSION)
    done = run_grader.grade(SHELF / "solutions/reference-sql", "--audience", "instructor", challenge=challenge)
    assert done.outcomes == {"forgets": "passed", "begins-anew": "passed", "comes-back": "passed"}, done.out
