"""What a stack's image promises its learners, beyond what every app shows: so far, how `sql` applies a schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import DATA, Command, Finished

SHELF = DATA / "challenges" / "shelf"
REFERENCE = (SHELF / "solutions/reference-sql/schema.sql").read_text()
FIRST, SECOND = REFERENCE[: REFERENCE.index("CREATE TABLE books")], REFERENCE[REFERENCE.index("CREATE TABLE books") :]

Apply = Callable[..., Finished]


@pytest.fixture
def apply(run_grader: Command, tmp_path: Path) -> Apply:
    """Return a function that grades files (path -> content) against the suite of `shelf`."""

    def grade(files: dict[str, str]) -> Finished:
        for name, content in files.items():
            path = tmp_path / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return run_grader.grade(tmp_path / "submission", challenge=SHELF)

    return grade


def test_migrations_are_applied_in_the_order_of_their_names(apply: Apply) -> None:
    """Without schema.sql the folder `migrations` is the schema, and needs no Procfile."""
    done = apply(
        {"migrations/002_books.sql": SECOND, "migrations/001_shelves.sql": FIRST, "migrations/README.md": "hello"}
    )
    assert done.report["verdict"] == "passed", done.out


def test_migrations_stop_at_the_first_error(apply: Apply) -> None:
    """The learner reads file, line and reason."""
    done = apply({"migrations/1.sql": FIRST + "SELECT nothing;", "migrations/2.sql": "SELECT 'second';"})
    assert done.report["verdict"] == "start_failed"
    assert 'migrations/1.sql:6: ERROR:  column "nothing" does not exist' in done.report["app_log"]
    assert "second" not in done.report["app_log"]


def test_folder_without_migrations_says_so(apply: Apply) -> None:
    """A folder of that name with nothing to apply is no schema."""
    done = apply({"migrations/README.md": "hello"})
    assert done.report["verdict"] == "start_failed"
    assert "neither schema.sql nor migrations/*.sql" in done.report["app_log"]


def test_submission_without_sql_cannot_be_read(apply: Apply) -> None:
    """What is missing is told before anything is started."""
    done = apply({"notes.txt": "hello"})
    assert done.code == 3
    assert "schema.sql" in done.error["message"]


def test_procfile_applies_a_schema_in_its_own_way(apply: Apply) -> None:
    """A learner who wants one transaction around everything writes that down."""
    command = 'web: psql -X -1 -v ON_ERROR_STOP=1 -f all.sql "$DATABASE_URL"\n'
    done = apply({"Procfile": command, "all.sql": REFERENCE})
    assert done.report["verdict"] == "passed", done.out
