"""Attempts in a database: what goes in comes out, several write at once, and what is wrong is told with a way out."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

import grader.records
from grader.challenge import load_challenge
from grader.errors import UsageError
from grader.models import Submission, Verdict
from grader.records import database
from grader.records.allowance import allowance, require_open
from grader.records.database import NEWEST, Database, RecordsError, database_url
from grader.records.schema import metadata
from grader.records.store import Origin, Records, best_of
from grader.records.turns import only_turn
from grader.submission import from_tar, load_submission, to_tar
from tests.builders import make_attempt, make_check, make_grade, make_result, make_submission
from tests.running import write_challenge

OUTCOMES = {True: "passed", False: "failed"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database of a test is."""
    return tmp_path / "data" / "attempts.sqlite3"


@pytest.fixture
def records(path: Path) -> Iterator[Records]:
    """Yield the records of a new database."""
    opened = Database(_url(path))
    yield Records(opened)
    opened.close()


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """Return a submission as it is read from a folder, with a program and a folder in a folder."""
    folder = tmp_path / "submission" / "only" / "deep"
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("print('héllo')\n")
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o755)
    return load_submission(tmp_path / "submission")


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def test_an_attempt_comes_out_as_it_went_in(records: Records, submission: Submission) -> None:
    """The document, the files with their digest, and the columns of the table."""
    attempt = make_attempt()
    added = records.add(attempt, submission, Origin.GRADE, learner="ada")
    assert records.attempt(added.id) == attempt
    assert records.submission(added) == submission
    assert records.recent() == [added]
    assert (added.id, added.learner, added.verdict, added.score) == (1, "ada", Verdict.PASSED, attempt.grade.score)
    assert datetime.now(UTC) - added.recorded_at < timedelta(minutes=1)


def test_a_tar_of_a_submission_is_read_as_the_same_one(submission: Submission) -> None:
    """Its one folder is not unwrapped: it was in the digest."""
    assert from_tar(to_tar(submission)) == submission
    with pytest.raises(ValueError, match="not an archive"):
        from_tar(b"x" * 600)


def test_the_same_files_are_kept_once(records: Records, path: Path, submission: Submission) -> None:
    """However often they are graded."""
    for _ in range(3):
        records.add(make_attempt(), submission, Origin.GRADE)
    with sqlite3.connect(path) as direct:
        counts = [
            direct.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("attempts", "submissions")
        ]
    direct.close()
    assert counts == [3, 1]


def test_the_tables_are_those_of_the_newest_migration(records: Records, path: Path) -> None:
    """`schema.py`, the migrations and the number of the newest one say the same."""
    records.recent()
    engine = create_engine(_url(path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(Path(grader.records.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_many_write_at_once(path: Path) -> None:
    """Even into a database that none of them has made yet: every attempt is there afterwards, and nobody fails."""
    failures: list[BaseException] = []
    ready = threading.Barrier(8)

    def write(number: int) -> None:
        try:
            ready.wait(10)
            opened = Database(_url(path))
            for _ in range(5):
                files = make_submission({"app.py": str(number).encode()}, digest=f"sha256:{number:064}")
                Records(opened).add(make_attempt(), files, Origin.GRADE)
            opened.close()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    opened = Database(_url(path))
    assert len(Records(opened).recent()) == 40
    opened.close()


def test_the_files_are_for_their_owner_alone(records: Records, path: Path) -> None:
    """An attempt holds what the hidden suite said."""
    records.recent()
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_a_damaged_database_is_told_with_what_to_do(path: Path) -> None:
    """It is not repaired and not overwritten."""
    path.parent.mkdir()
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(RecordsError, match="is damaged") as told:
        Database(_url(path))
    assert told.value.hint.endswith(f"mv {path} {path}.damaged")
    assert path.read_bytes().startswith(b"this is no database")


def test_a_damaged_attempt_and_a_damaged_submission_are_told(
    records: Records, path: Path, submission: Submission
) -> None:
    """Both name the attempt."""
    added = records.add(make_attempt(), submission, Origin.GRADE)
    direct = sqlite3.connect(path)
    direct.execute("UPDATE attempts SET document = substr(document, 1, 100)")
    direct.execute("UPDATE submissions SET archive = substr(archive, 1, 40)")
    direct.commit()
    direct.close()
    with pytest.raises(RecordsError, match="attempt 1 in"):
        records.attempt(added.id)
    with pytest.raises(RecordsError, match="the submission of attempt 1 is damaged"):
        records.submission(added)


def test_a_database_of_a_newer_grader_is_left_alone(records: Records, path: Path) -> None:
    """Its tables may mean something else."""
    records.recent()
    direct = sqlite3.connect(path)
    direct.execute("UPDATE alembic_version SET version_num = '9999'")
    direct.commit()
    direct.close()
    with pytest.raises(RecordsError, match="changed by a newer grader"):
        Database(_url(path))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With the name of the file, and another place to name."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(RecordsError, match=r"attempts\.sqlite3, cannot be made") as told:
        Database(_url(tmp_path / "data" / "attempts.sqlite3"))
    assert "GRADER_DATABASE_URL" in told.value.hint


def test_a_database_that_is_read_only_can_be_read(records: Records, path: Path, submission: Submission) -> None:
    """Nothing can be added to it, which is told."""
    records.add(make_attempt(), submission, Origin.GRADE)
    read_only = URL.create("sqlite", database=f"file:{path}", query={"mode": "ro", "uri": "true"})
    opened = Database(read_only)
    assert len(Records(opened).recent()) == 1
    with pytest.raises(RecordsError, match="cannot be written"):
        Records(opened).add(make_attempt(), submission, Origin.GRADE)
    opened.close()


def test_whoever_waits_too_long_for_another_writer_is_told(
    records: Records, path: Path, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command may be given again."""
    records.recent()
    monkeypatch.setattr(database, "BUSY_S", 0.1)
    direct = sqlite3.connect(path, isolation_level=None)
    direct.execute("BEGIN IMMEDIATE")
    opened = Database(_url(path))
    with pytest.raises(RecordsError, match="is busy"):
        Records(opened).add(make_attempt(), submission, Origin.GRADE)
    opened.close()
    direct.close()


def test_the_database_is_in_the_users_data_directory_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`GRADER_DATABASE_URL` tells, and PostgreSQL is reached by psycopg."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert database_url({}).database == str(tmp_path / "grader" / "attempts.sqlite3")
    assert database_url({"GRADER_DATABASE_URL": "postgresql://ada@db/grader"}).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["nonsense", "mysql://root@db/grader", "sqlite+pysqlcipher3://x"])
def test_a_url_that_means_nothing_is_refused(url: str) -> None:
    """Whoever set the variable reads what it may be."""
    with pytest.raises(UsageError, match=r"GRADER_DATABASE_URL|Python package"):
        Database(database_url({"GRADER_DATABASE_URL": url}))


def test_a_password_is_never_told() -> None:
    """Not even when nothing answers."""
    url = database_url({"GRADER_DATABASE_URL": "postgresql://ada:sesame@127.0.0.1:9/grader"})
    with pytest.raises(RecordsError, match="cannot be used") as told:
        Database(url)
    assert "sesame" not in f"{told.value.message}{told.value.hint}"


def test_an_unknown_attempt_is_a_mistake_of_whoever_typed_it(records: Records) -> None:
    """Numbers beyond any database too."""
    for id_ in (1, 2**63):
        with pytest.raises(UsageError, match=f"no attempt {id_} "):
            records.find(id_)


def test_the_best_attempt_is_the_earliest_of_the_best(records: Records, submission: Submission) -> None:
    """One that was regraded counts as what it is now."""
    assert best_of([]) is None
    half = make_attempt(make_grade([make_result(), make_result(make_check("two"), grader.models.Outcome.FAILED)]))
    first = records.add(half, submission, Origin.SUBMIT, learner="ada")
    best = records.add(make_attempt(), submission, Origin.SUBMIT, learner="ada")
    records.add(make_attempt(), submission, Origin.SUBMIT, learner="ada")
    records.add(make_attempt(), submission, Origin.SUBMIT, learner="bob")
    assert best_of(records.history("todo-api", "ada")) == best
    lower = records.add(half, submission, Origin.REGRADE, learner="ada", regrade_of=best.id)
    history = records.history("todo-api", "ada")
    assert [record.id for record in history] == [5, 3, 2, 1]
    assert (found := best_of(history)) is not None
    assert found.id == 3
    assert [record.id for record in records.standing("todo-api")] == [1, 3, 4, lower.id]
    assert first.regrade_of is None


def test_an_attempt_that_was_regraded_twice_is_still_one(records: Records, submission: Submission) -> None:
    """The newest regrading stands, of whichever of them it was made: regrading a class makes it no larger."""
    half = make_attempt(make_grade([make_result(), make_result(make_check("two"), grader.models.Outcome.FAILED)]))
    first = records.add(half, submission, Origin.SUBMIT, learner="ada")
    higher = records.add(make_attempt(), submission, Origin.REGRADE, learner="ada", regrade_of=first.id)
    again = records.add(half, submission, Origin.REGRADE, learner="ada", regrade_of=first.id)
    assert [record.id for record in records.standing("todo-api")] == [again.id]
    assert best_of(records.history("todo-api", "ada")) == again
    newest = records.add(make_attempt(), submission, Origin.REGRADE, learner="ada", regrade_of=higher.id)
    assert records.standing("todo-api") == [newest]


def test_what_was_graded_for_a_class_is_no_submission_once_regraded(records: Records, submission: Submission) -> None:
    """A person of a class may be called as the user who is logged in."""
    graded = records.add(make_attempt(), submission, Origin.GRADE, learner="ada")
    records.add(make_attempt(), submission, Origin.REGRADE, learner="ada", regrade_of=graded.id)
    assert records.history("todo-api", "ada") == []


def test_attempts_are_counted_against_the_limit_of_the_manifest(
    records: Records, submission: Submission, tmp_path: Path
) -> None:
    """Those that `submit` made; what was regraded is the same attempt."""
    challenge = load_challenge(_with_attempts(tmp_path / "todo-api", "limit = 2"))
    now = datetime.now(UTC)
    assert allowance(challenge, [], now).left == 2
    first = records.add(make_attempt(), submission, Origin.SUBMIT, learner="ada")
    records.add(make_attempt(), submission, Origin.REGRADE, learner="ada", regrade_of=first.id)
    history = records.history("todo-api", "ada")
    assert allowance(challenge, history, now).left == 1
    require_open(challenge, history, now)
    records.add(make_attempt(), submission, Origin.SUBMIT, learner="ada")
    with pytest.raises(UsageError, match="all your 2 attempts at todo-api are used up"):
        require_open(challenge, records.history("todo-api", "ada"), now)


def test_the_next_attempt_waits_for_the_cool_down(records: Records, submission: Submission, tmp_path: Path) -> None:
    """It says how long, and is over in time."""
    challenge = load_challenge(_with_attempts(tmp_path / "todo-api", "cooldown_min = 30"))
    made = records.add(make_attempt(), submission, Origin.SUBMIT, learner="ada")
    history = records.history("todo-api", "ada")
    with pytest.raises(UsageError, match="takes your next attempt in 20 minutes"):
        require_open(challenge, history, made.recorded_at + timedelta(minutes=10, seconds=1))
    require_open(challenge, history, made.recorded_at + timedelta(minutes=30))
    assert allowance(challenge, history, made.recorded_at).left is None


def _with_attempts(folder: Path, line: str) -> Path:
    write_challenge(folder)
    manifest = folder / "challenge.toml"
    manifest.write_text(manifest.read_text() + f"\n[attempts]\n{line}\n")
    return folder


def test_one_submission_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once would get an attempt more than is left; another challenge is no matter."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with (
        only_turn("todo-api"),
        only_turn("other"),
        pytest.raises(UsageError, match="another submission of yours to todo-api is being graded"),
        only_turn("todo-api"),
    ):
        pytest.fail("both have a turn")
    with only_turn("todo-api"):
        pass
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(RecordsError, match="cannot be made"), only_turn("todo-api"):
        pytest.fail("there is no place for a lock")
