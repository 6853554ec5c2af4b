"""What every stack promises, and how `sql` applies a schema.

A folder of `sandbox/stacks/` is found here. For each there is an app in `tests/data/hello/` without a Procfile, which
answers `GET /` with the version that it runs on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.stacks import Stack, load_stacks
from tests.running import DATA, Command, Finished, write_challenge

SHELF = DATA / "challenges" / "shelf"
REFERENCE = (SHELF / "solutions/reference-sql/schema.sql").read_text()
FIRST, SECOND = REFERENCE[: REFERENCE.index("CREATE TABLE books")], REFERENCE[REFERENCE.index("CREATE TABLE books") :]

Apply = Callable[..., Finished]

NO_SERVER = {"sql"}
STACKS = [stack for name, stack in load_stacks().items() if name not in NO_SERVER]
CHECKS = """
@pytest.mark.check(points=1, group="hello", hint="Look at the image.")
def test_version(api):
    \"\"\"It runs on the version that its manifest tells learners.\"\"\"
    version = api.get("/").expect(200, {"version": str}).json()["version"]
    expect(f"{version}.".startswith("VERSION."), f"the manifest says VERSION, and it runs on {version}")


@pytest.mark.check(points=1, group="hello", hint="Look at the image.")
def test_user_and_root(app):
    \"\"\"It is nobody, and may write nowhere in its image.\"\"\"
    found = app.exec(["sh", "-c", "id -u; id -g; touch /x /opt/x /usr/x 2>&1 | grep -c Read-only"])
    expect(found.output.split() == ["10001", "10001", "3"], found.output)


@pytest.mark.check(points=1, group="hello", hint="Look at the image.")
def test_survives_a_kill(api, app):
    \"\"\"Killed, it comes back, twice.\"\"\"
    for _ in range(2):
        app.restart()
        api.get("/").expect(200)
"""


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


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_hello_is_served(run_grader: Command, stack: Stack, tmp_path: Path) -> None:
    """It is detected, starts by its own command as nobody on a read-only root, tells its version, and can be killed."""
    checks = CHECKS.replace("VERSION", stack.version)
    limits = {"memory_mib": 256, "pids": 64, "check_s": 60, "total_s": 180}
    challenge = write_challenge(tmp_path / "hello", checks, stacks=list(load_stacks()), **limits)
    done = run_grader.grade(DATA / "hello" / stack.name, challenge=challenge, timeout_s=600)
    assert done.report["verdict"] == "passed", done.out
    assert done.report["provenance"]["stack"] == stack.name


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
