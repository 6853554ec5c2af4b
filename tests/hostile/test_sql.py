"""Schemas and apps that lie to the suite from inside the database, hold it up, or reach for more than is theirs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import DATA, Command, Finished

SHELF = DATA / "challenges" / "shelf"
LEDGER = DATA / "challenges" / "ledger"
STARTER = (SHELF / "starter/sql/schema.sql").read_text()
REFERENCE = (SHELF / "solutions/reference-sql/schema.sql").read_text()
LEDGER_APP = (LEDGER / "solutions/reference-python/app.py").read_text()
CONSTRAINTS = {
    "title-is-not-empty",
    "title-is-never-empty",
    "isbn-is-unique",
    "full-shelf-stays",
    "labels-are-in-lower-case",
}
ALL = CONSTRAINTS | {"view-shows-titles", "books-of-a-shelf-are-found-by-an-index", "columns-are-there"}

Apply = Callable[[str], Finished]


@pytest.fixture
def apply(run_grader: Command, tmp_path: Path) -> Apply:
    """Return a function that grades a schema against the suite of `shelf`."""

    def grade(schema: str) -> Finished:
        (tmp_path / "submission").mkdir()
        (tmp_path / "submission" / "schema.sql").write_text(schema)
        done = run_grader.grade(tmp_path / "submission", "--audience", "instructor", challenge=SHELF)
        assert done.code in (0, 1), done.err
        assert done.duration_s < 75
        return done

    return grade


def passed(done: Finished) -> set[str]:
    """Return the checks that passed; the others must have failed, for none is the suite's own mistake."""
    assert set(done.outcomes.values()) <= {"passed", "failed"}
    return {check for check, outcome in done.outcomes.items() if outcome == "passed"}


def on_insert(body: str, table: str = "books", when: str = "BEFORE") -> str:
    """Return a trigger that runs `body` for each new row."""
    return f"""
    CREATE FUNCTION strike_{table}() RETURNS trigger LANGUAGE plpgsql AS $strike$
    BEGIN {body} RETURN NEW; END $strike$;
    CREATE TRIGGER strike {when} INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION strike_{table}();
    """


def always(name: str, types: str, schema: str = "public") -> str:
    """Return an operator that is true for everything."""
    left, right = types.split(",")
    function = f"{schema}.always_{left}_{right}"
    return f"""
    CREATE FUNCTION {function}({left}, {right}) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE OPERATOR {schema}.{name} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = {function});
    """


# PostgreSQL's own functions and operators take text, so those that take varchar fit such a column better.
VARCHAR = "ALTER TABLE shelves ALTER label TYPE varchar(100);"
SAME = "CREATE FUNCTION {}.lower(varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS 'SELECT $1';"

LIES = {
    "names of PostgreSQL": VARCHAR
    + SAME.format("public")
    + always("=", "varchar,varchar")
    + always("=", "varchar,text")
    + """
        CREATE FUNCTION public.one(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint';
        CREATE AGGREGATE public.count(*) (SFUNC = one, STYPE = bigint, INITCOND = 1);
        """,
    "names of PostgreSQL in a schema of the role's own name": VARCHAR
    + "CREATE SCHEMA app; ALTER ROLE app SET search_path = app, pg_catalog, public;"
    + SAME.format("app")
    + always("=", "varchar,varchar", "app")
    + always("=", "varchar,text", "app"),
    "a trigger that claims a violation": on_insert("RAISE EXCEPTION 'no' USING ERRCODE = 'unique_violation';"),
    "a trigger that claims a violation to the suite": on_insert(
        "IF session_user <> 'app' AND random() < 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END IF;"
    ),
    "a trigger that drops rows": on_insert("RETURN NULL;"),
    "a rule that drops rows": "CREATE RULE nothing AS ON INSERT TO books DO INSTEAD NOTHING;",
    "a rule that drops rows for the suite": (
        "CREATE RULE nothing AS ON INSERT TO books WHERE current_user = 'suite' DO INSTEAD NOTHING;"
    ),
    # Sequences keep what a rollback undoes: this refuses the second row of each transaction.
    "a trigger that counts": "CREATE SEQUENCE turn; CREATE SEQUENCE transaction;"
    + on_insert("""
        IF txid_current() <> (SELECT last_value FROM public.transaction) THEN
            PERFORM setval('public.transaction', txid_current()), setval('public.turn', 1);
        ELSIF nextval('public.turn') = 2 THEN
            RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation';
        END IF;
        """),
    # What it leaves there would shadow the names of the suite's next statement, and run it as another role.
    "a trigger that leaves things in the session": VARCHAR
    + "CREATE SCHEMA lies;"
    + SAME.format("lies")
    + always("=", "varchar,varchar", "lies")
    + always("=", "varchar,text", "lies")
    + on_insert(
        "PERFORM set_config('search_path', 'lies, pg_catalog', false), set_config('role', 'app', false),"
        " set_config('lies.told', 'yes', false), pg_advisory_lock(1);",
        "shelves",
        "AFTER",
    )
    + on_insert("IF current_setting('lies.told', true) = 'yes' THEN RAISE unique_violation; END IF;"),
    "a trigger that does not find its tables": VARCHAR
    + on_insert("PERFORM FROM nowhere;", "shelves")
    + SAME.format("public")
    + always("=", "varchar,varchar")
    + always("=", "varchar,text"),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_earn_nothing(apply: Apply, lie: str) -> None:
    """A schema without constraints passes no check about constraints, whatever it tells the suite."""
    done = apply(STARTER + LIES[lie])
    assert passed(done) == {"columns-are-there"}


def test_planner_cannot_be_forced(apply: Apply) -> None:
    """Code that runs as the suite's role cannot give its later sessions a planner that prefers any index.

    Nor another role, which sees fewer rows, or texts that the suite cannot read: whatever is changed fails the check.
    """
    settings = "".join(
        f"EXECUTE 'ALTER ROLE suite SET {name} = {value}';"
        for name, value in {
            "enable_seqscan": "off",
            "search_path": "public",
            "statement_timeout": "0",
            "role": "app",
            "client_encoding": "SQL_ASCII",
        }.items()
    )
    trigger = on_insert(f"IF current_user = 'suite' THEN {settings} END IF;", "shelves")
    done = apply(STARTER + "CREATE INDEX useless ON books (title, shelf_id);" + trigger)
    assert passed(done) == {"columns-are-there"}
    for check in ("books-of-a-shelf-are-found-by-an-index", "isbn-is-unique", "view-shows-titles"):
        assert done.feedback[check].startswith("code in the database changed")


def test_suite_can_be_locked_out_only_to_the_learners_cost(apply: Apply) -> None:
    """A trigger that changes the password of the role that it runs as fails every check that fires it."""
    trigger = on_insert("IF current_user = 'suite' THEN ALTER ROLE suite PASSWORD 'mine'; END IF;", "shelves")
    done = apply(REFERENCE + trigger)
    assert passed(done) == {"columns-are-there"}
    assert "the database does not answer" in done.feedback["isbn-is-unique"]


HARMLESS = {
    "rights taken away": """
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM app, suite, PUBLIC;
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM app, suite, PUBLIC;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM suite;
        REVOKE ALL ON SCHEMA public FROM suite, PUBLIC;
        REVOKE ALL ON DATABASE app FROM suite, PUBLIC;
        ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM app, suite, PUBLIC;
        ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;
        GRANT ALL ON ALL TABLES IN SCHEMA public TO app;
        """,
    "rows hidden by policies": """
        ALTER TABLE books ENABLE ROW LEVEL SECURITY;
        ALTER TABLE books FORCE ROW LEVEL SECURITY;
        ALTER TABLE shelves ENABLE ROW LEVEL SECURITY;
        ALTER TABLE shelves FORCE ROW LEVEL SECURITY;
        CREATE POLICY none ON books USING (false) WITH CHECK (false);
        """,
    "settings of its own role": """
        ALTER ROLE app SET statement_timeout = '1ms';
        ALTER ROLE app SET default_transaction_read_only = on;
        ALTER ROLE app PASSWORD 'another';
        """,
    "meta-commands of the client": r"""
        \set PROMPT1 '%`touch /tmp/prompt`'
        \! echo out; sleep 100 &
        \o /app/out
        SELECT 1;
        \o | cat > /dev/null
        SELECT 2;
        \copy books (title) TO PROGRAM 'cat >/tmp/x'
        \setenv PGPASSWORD other
        \ir /dev/null
        """,
    "a sleeping session of its own": r"\! (psql -c 'SELECT pg_sleep(3)' $DATABASE_URL & ) >/dev/null 2>&1",
}


@pytest.mark.parametrize("attack", HARMLESS)
def test_harmless(apply: Apply, attack: str) -> None:
    """What a correct schema does beside its tables changes no verdict."""
    assert passed(apply(REFERENCE + HARMLESS[attack])) == ALL


FORBIDDEN = [
    "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()",
    "COPY shelves (label) TO PROGRAM 'id'",
    "COPY shelves (label) FROM PROGRAM 'id'",
    "COPY shelves (label) FROM '/etc/passwd'",
    "COPY shelves (label) TO '/tmp/x'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/data/pg_hba.conf')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_reload_conf()",
    "SELECT * FROM statistics.pg_stat_statements",
    "SELECT statistics.pg_stat_statements_reset()",
    "DROP EXTENSION pg_stat_statements",
    "SET pg_stat_statements.track = none",
    "SET session_replication_role = replica",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION plpython3u",
    "CREATE FUNCTION c() RETURNS int LANGUAGE c AS 'libc.so.6', 'getpid'",
    "CREATE FUNCTION c() RETURNS int LANGUAGE internal AS 'pg_backend_pid'",
    "LOAD '/tmp/x.so'",
    "CREATE ROLE other SUPERUSER",
    "ALTER ROLE app SUPERUSER",
    "ALTER ROLE app BYPASSRLS",
    "ALTER ROLE suite PASSWORD 'mine'",
    "ALTER ROLE suite SET search_path = public",
    "ALTER ROLE suite RENAME TO other",
    "DROP ROLE suite",
    "GRANT suite TO app",
    "GRANT pg_read_server_files TO app",
    "REVOKE app FROM suite",
    "REVOKE pg_read_all_data FROM suite",
    "SET ROLE suite",
    "SET SESSION AUTHORIZATION suite",
    "ALTER DATABASE app SET search_path = public",
    "ALTER DATABASE app CONNECTION LIMIT 1",
    "ALTER SCHEMA pg_catalog OWNER TO app",
    "CREATE FUNCTION pg_catalog.lower(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE CAST (text AS integer) WITH INOUT AS IMPLICIT",
    "UPDATE pg_catalog.pg_class SET relname = 'x' WHERE relname = 'books'",
    "CREATE SUBSCRIPTION s CONNECTION 'host=tester' PUBLICATION p WITH (connect = false)",
]


def test_learners_role_may_not(apply: Apply) -> None:
    """The role of the app reaches neither the server's files and programs, nor the suite's role, nor its counters."""
    attempts = "".join(
        f"""
        BEGIN
            EXECUTE $stmt${statement}$stmt$;
            RAISE EXCEPTION 'the database allowed: %', $stmt${statement}$stmt$ USING ERRCODE = 'ZZZZZ';
        EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN RAISE;
            WHEN OTHERS THEN RAISE NOTICE '%: %', SQLSTATE, SQLERRM;
        END;
        """
        for statement in FORBIDDEN
    )
    function = "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
    statements = ("ALTER SYSTEM SET fsync = on", "DROP DATABASE app", "CREATE TABLESPACE t LOCATION '/tmp'")
    alone = "\\set ON_ERROR_STOP off\n" + "".join(f"{statement};\n" for statement in statements)
    done = apply(f"{REFERENCE}{function}\nDO $do$ BEGIN {attempts} END $do$;\n{alone}")
    assert passed(done) == ALL
    log = done.report["app_log"]
    assert log.count("NOTICE") == len(FORBIDDEN)
    assert log.count("ERROR") == len(statements)
    others = [line for line in log.splitlines() if "NOTICE" in line and "42501" not in line]
    assert len(others) == 1, others  # plpython3u, which is not there; a typing mistake here would prove nothing


SLOW = {
    "sleeps": "PERFORM pg_sleep(600);",
    "spins": "LOOP END LOOP;",
    "switches the time-out off and sleeps": (
        "PERFORM set_config('statement_timeout', '0', false); PERFORM set_config('lock_timeout', '0', false);"
        "IF NEW.isbn = '1' OR NEW.title = '' THEN PERFORM pg_sleep(600); END IF;"
    ),
    "catches its own cancelling": (
        "FOR i IN 1..50 LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP;"
    ),
}


@pytest.mark.parametrize("trigger", SLOW)
def test_slow_triggers(apply: Apply, trigger: str) -> None:
    """A trigger that does not come back fails the checks that fire it, each in its time, and no other."""
    done = apply(REFERENCE + on_insert(SLOW[trigger]))
    assert passed(done) >= {"columns-are-there", "labels-are-in-lower-case"}
    assert "isbn-is-unique" not in passed(done)
    assert "title-is-not-empty" not in passed(done)


LOUD = {
    "of many lines": "FOR i IN 1..3000000 LOOP RAISE NOTICE '%', i; END LOOP;",
    "in one piece": "RAISE NOTICE '%', repeat('x', 100 * 1024 * 1024);",
}


@pytest.mark.parametrize("notices", LOUD)
def test_loud_triggers(apply: Apply, notices: str) -> None:
    """A hundred megabytes of notices reach nobody who would choke on them."""
    loud = f"PERFORM set_config('client_min_messages', 'notice', false); {LOUD[notices]}"
    done = apply(REFERENCE + on_insert(loud))
    assert passed(done) >= {"columns-are-there", "labels-are-in-lower-case"}


def test_loud_schema(apply: Apply) -> None:
    """A schema that prints a hundred megabytes is applied or is too slow, and its log is cut."""
    loud = "DO $$ BEGIN FOR i IN 1..1000 LOOP RAISE NOTICE '%', repeat('x', 100 * 1024); END LOOP; END $$;"
    done = apply(REFERENCE + loud)
    assert done.report["verdict"] in ("passed", "start_failed")
    assert len(done.report["app_log"]) <= 64 * 1024


def test_schema_that_never_ends(apply: Apply) -> None:
    """A schema that is not applied within its time failed to start, and says so."""
    done = apply(REFERENCE + "SELECT pg_sleep(600);")
    assert done.report["verdict"] == "start_failed"
    assert "did not end within 5 s" in done.report["message"]


def test_schema_with_an_error(apply: Apply) -> None:
    """The learner sees which statement PostgreSQL refused, and why."""
    done = apply(STARTER + "\nCREATE TABLE shelves (id int);")
    assert done.report["verdict"] == "start_failed"
    assert "exit code 3" in done.report["message"]
    assert 'schema.sql:4: ERROR:  relation "shelves" already exists' in done.report["app_log"]


def test_full_disk_while_starting(apply: Apply) -> None:
    """A schema that fills the database's folder fails with PostgreSQL's own words."""
    fill = "CREATE TABLE big AS SELECT repeat(md5(i::text), 200) FROM generate_series(1, 1000000) AS i;"
    done = apply(REFERENCE + "ALTER TABLE books SET (toast_tuple_target = 8160);" + fill)
    assert done.report["verdict"] == "start_failed"


@pytest.mark.parametrize("logged", ["UNLOGGED", ""], ids=["data", "data and log"])
def test_full_disk_in_a_check(apply: Apply, logged: str) -> None:
    """A trigger that fills the database's folder fails its check; the next ones have a fresh database at need."""
    fill = f"""
        CREATE {logged} TABLE big (line text);
        ALTER TABLE big ALTER line SET STORAGE PLAIN;
        """
    body = "INSERT INTO public.big SELECT repeat(md5(i::text), 200) FROM generate_series(1, 1000000) AS i;"
    done = apply(REFERENCE + fill + on_insert(body))
    assert passed(done) >= {"columns-are-there", "labels-are-in-lower-case"}
    assert "isbn-is-unique" not in passed(done)


@pytest.mark.parametrize(
    "titles",
    [
        "SELECT repeat('x', 200 * 1024 * 1024)",
        "SELECT repeat('x', 1024) FROM generate_series(1, 1000000000)",
        "SELECT title FROM titles",
        "SELECT (1 / 0)::text",
    ],
    ids=["one huge value", "rows without end", "without end", "an error"],
)
def test_views_that_do_not_answer(apply: Apply, titles: str) -> None:
    """A view that cannot be read fails the check that reads it, and no other."""
    body = f"CREATE OR REPLACE FUNCTION all_titles() RETURNS SETOF text LANGUAGE sql VOLATILE AS $${titles}$$;"
    done = apply(REFERENCE.replace("STABLE", "VOLATILE") + body)
    assert passed(done) == ALL - {"view-shows-titles"}


def test_database_that_is_killed_by_its_own_code(apply: Apply) -> None:
    """A trigger that takes all memory costs the checks that fire it; the database comes back for the others."""
    body = "DECLARE hoard text := 'x'; BEGIN LOOP hoard := hoard || hoard; END LOOP; END;"
    done = apply(REFERENCE + on_insert(body))
    assert passed(done) >= {"columns-are-there", "labels-are-in-lower-case"}
    assert "isbn-is-unique" not in passed(done)


LEDGER_WRITES = """
import pytest
from grader_checks import expect


@pytest.mark.check(points=1, group="database")
def test_the_table_can_be_written(db):
    '''Others may write into the table as well.'''
    expect(db.execute("INSERT INTO public.entries (body) VALUES ('x')") == 1, "expected one row")
"""


def ledger(run_grader: Command, tmp_path: Path, code: str, where: str = "print(", challenge: Path = LEDGER) -> Finished:
    """Grade the ledger's app with `code` before the line that begins with `where`."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "app.py").write_text(LEDGER_APP.replace(where, f"{code}\n{where}", 1))
    done = run_grader.grade(tmp_path / "submission", "--audience", "instructor", challenge=challenge)
    assert done.code in (0, 1), done.err
    assert set(done.outcomes.values()) <= {"passed", "failed"}
    return done


def test_app_that_locks_its_tables(run_grader: Command, tmp_path: Path) -> None:
    """The suite waits a second for a lock, and says what it waited for.

    It has no other check: one that restarts the database would let go of the lock before this one.
    """
    challenge = Path(shutil.copytree(LEDGER, tmp_path / "ledger"))
    (challenge / "checks/hidden/test_ledger.py").write_text(LEDGER_WRITES)
    done = ledger(
        run_grader,
        tmp_path,
        "holder = connect()\nholder.execute('LOCK TABLE entries IN ACCESS EXCLUSIVE MODE')",
        challenge=challenge,
    )
    assert done.feedback["the-table-can-be-written"] == (
        "the database refused a statement of this check (a lock that somebody else holds)"
    )


def test_app_that_takes_every_connection(run_grader: Command, tmp_path: Path) -> None:
    """The suite gets in all the same."""
    code = "held = []\ntry:\n    while True: held.append(connect())\nexcept psycopg.OperationalError: held[0].close()"
    done = ledger(run_grader, tmp_path, code)
    assert done.outcomes["one-statement-a-request"] == "passed"


def test_app_that_drops_its_schema(run_grader: Command, tmp_path: Path) -> None:
    """Tables that go away while the suite runs are failed checks, not mistakes of the suite."""
    code = """
import threading, time
def drop():
    while True:
        try:
            with connect() as connection: connection.execute("DROP SCHEMA public CASCADE")
        except psycopg.OperationalError:  # a check has stopped the database
            time.sleep(0.05)
        else:
            return
threading.Timer(1.5, drop).start()
"""
    done = ledger(run_grader, tmp_path, code)
    assert done.feedback["the-table-can-be-written"] == (
        "the database refused a statement of this check (a table or view that is not there)"
    )


def test_suites_role_is_good_from_the_tester_alone(run_grader: Command, tmp_path: Path) -> None:
    """An app that got hold of the suite's password, by a trigger that the suite ran, still cannot connect with it."""
    code = """
with connect() as connection:
    connection.execute('''
        CREATE OR REPLACE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF current_user = 'suite' THEN ALTER ROLE suite PASSWORD 'mine'; END IF; RETURN NEW; END $$;
        ''')
    connection.execute("ALTER ROLE app PASSWORD 'mine'")
try:
    psycopg.connect(os.environ["DATABASE_URL"].replace("//app:", "//suite:"), connect_timeout=2)
except psycopg.OperationalError as error:
    print("no entry:", "no pg_hba.conf entry" in str(error), flush=True)
os.environ["DATABASE_URL"] = "postgresql://app:mine@db:5432/app"
"""
    done = ledger(run_grader, tmp_path, code)
    assert "no entry: True" in done.report["app_log"]
