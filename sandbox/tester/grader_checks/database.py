"""A run's PostgreSQL as a suite sees it: with a role of its own, and never trusting what a learner put into it.

What is typed into a database can lie: a function `public.lower`, an operator `public.=`, a trigger that sleeps. So each
statement has a session in which nothing was set before, a time-out, and a search path that holds PostgreSQL's own names
alone; an author writes `public.books`. A function of the learner that does not find its tables then gets a second try
with the path that it was written for.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

from grader_checks.connections import CONNECT_S, Connections, Row, refuse_settings, session_options
from grader_checks.expectations import fail
from grader_checks.plans import Plan
from grader_checks.refusals import UNREADABLE, Refused, as_failure, is_because, names, words
from grader_checks.statements import Statements, difference

if TYPE_CHECKING:  # a suite without a database does not wait for these
    import psycopg
    import sqlalchemy

ROW_LIMIT = 10_000
TEXT_LIMIT_BYTES = 16 * 1024**2

OWN_PATH = "pg_catalog,pg_temp"
LEARNERS_PATH = "app,public,pg_temp"

T = TypeVar("T")
Twin = tuple[str, Mapping[str, Any]]


class Database:
    """The fixture `db`: the service called `db` of the challenge's manifest.

    Statements name their parameters (`:title`) and their schema (`public.books`). One that the database refuses, that
    takes longer than 3 s or waits longer than 1 s for a lock fails the check.
    """

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's, with the credentials of the suite's own role."""
        self._url = url
        self._connections = Connections(url.replace("+psycopg", ""))

    @cached_property
    def engine(self) -> sqlalchemy.Engine:
        """SQLAlchemy's engine: a new connection each time, with the same time-outs and search path."""
        import sqlalchemy  # noqa: PLC0415

        arguments = {"options": session_options(OWN_PATH), "connect_timeout": CONNECT_S}
        engine = sqlalchemy.create_engine(self._url, poolclass=sqlalchemy.NullPool, connect_args=arguments)
        sqlalchemy.event.listen(engine, "connect", lambda connection, _: refuse_settings(connection))
        return engine

    def inspect(self) -> Inspection:
        """Return SQLAlchemy's inspector: `get_columns("books")`, `get_indexes("books")`, ... of the schema `public`."""
        return Inspection(self.engine)

    def query(self, sql: str, *, message: str = "", **params: Any) -> list[Row]:
        """Return the rows of a statement (at most 10,000 and 16 MiB), and commit.

        `message` is what it does, for the learner to read if it is refused: "a list of all members".
        """
        __tracebackhide__ = True
        return self._run(lambda connection: self._rows(connection, sql, params), message)

    def execute(self, sql: str, *, message: str = "", **params: Any) -> int:
        """Run a statement, commit, and return how many rows it concerned; `message` as for `query`."""
        __tracebackhide__ = True
        return self._run(lambda connection: self._execute(connection, sql, params), message)

    def accepts(self, sql: str, *, message: str, **params: Any) -> None:
        """Fail the check unless the statement succeeds and concerns a row; nothing stays.

        `message` is what it does, as the learner reads it: "a second book without an ISBN".
        """
        __tracebackhide__ = True
        self._run(lambda connection: self._try(connection, sql, params, message))

    def rejects(self, sql: str, because: str | tuple[str, ...], benign: Twin, *, message: str, **params: Any) -> None:
        """Fail the check unless the statement is refused `because` of that, and its twin accepted before and after.

        `because`: names of `refusals.REASONS`, SQLSTATE codes or their first two characters. `benign`: the twin's
        statement and parameters. `message`: what must be refused ("a second open loan of one copy"). Constraints that
        are deferred count as they would at a commit. Nothing stays.
        """
        __tracebackhide__ = True

        def work(connection: psycopg.Connection[Row]) -> None:
            twin_sql, twin_params = benign
            # once or twice: a trigger that counts could otherwise tell by that which statement must fail
            for _ in range(random.randint(1, 2)):  # noqa: S311 - nobody could learn what comes next
                self._try(connection, twin_sql, twin_params, f"valid rows beside {message}")
            self._refused(connection, sql, params, because, message)
            self._try(connection, twin_sql, twin_params, f"valid rows beside {message}")

        self._run(work)

    def plan(self, sql: str, **params: Any) -> Plan:
        """Run a query and return its plan; what it writes is rolled back.

        PostgreSQL plans by its statistics: `db.execute("ANALYZE public.loans")` after filling a table.
        """
        __tracebackhide__ = True
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"

        def work(connection: psycopg.Connection[Row]) -> Plan:
            rows = self._rows(connection, explain, params)
            connection.rollback()
            return Plan(rows[0]["QUERY PLAN"][0]["Plan"])

        return self._run(work)

    @contextmanager
    def statements(self) -> Iterator[Statements]:
        """Count the statements that the app runs during the block: `with db.statements() as seen: ...; seen.count`.

        A statement in a function of the database is part of the call. Not counted: transaction control, settings, and
        what drivers and pools ask by themselves (`SELECT 1`, the version); make one request before the block, so that
        the app is connected.
        """
        __tracebackhide__ = True
        seen = Statements()
        dropped, before = self.query(Statements.DROPPED), self.query(Statements.SNAPSHOT)
        yield seen
        seen.texts = difference(before, self.query(Statements.SNAPSHOT))
        if self.query(Statements.DROPPED) != dropped:
            fail("the database was sent too many different statements to be counted")

    def ping(self) -> None:
        """Return when a new connection got an answer; fails the check when it does not."""
        __tracebackhide__ = True
        self.forget()
        self.query("SELECT 1 AS one")

    def forget(self, *, reused: bool = True) -> None:
        """Begin with a new connection; `reused=False`: do so each time, as a check must that freezes the server."""
        self._connections.close()
        self._connections.reused = reused

    def _run(self, work: Callable[[psycopg.Connection[Row]], T], message: str = "") -> T:
        __tracebackhide__ = True
        try:
            try:
                return self._once(work, OWN_PATH)
            except Refused as refusal:
                if not refusal.lost_its_path:
                    raise
            return self._once(work, LEARNERS_PATH)
        except Refused as refusal:
            if message:
                refusal.args = (_not_accepted(message, refusal),)
            raise

    def _once(self, work: Callable[[psycopg.Connection[Row]], T], path: str) -> T:
        __tracebackhide__ = True
        import psycopg  # noqa: PLC0415

        try:
            with self._connections.lend(path) as connection:
                return work(connection)
        except psycopg.Error as error:
            failure = as_failure(error)
            if failure is None:
                raise
            raise failure from None

    def _rows(self, connection: psycopg.Connection[Row], sql: str, params: Mapping[str, Any]) -> list[Row]:
        __tracebackhide__ = True
        rows: list[Row] = []
        size = 0
        statement, values = self._compiled(sql, params)
        try:
            with connection.cursor() as cursor:
                for row in cursor.stream(statement, values):
                    size += sum(len(value) for value in row.values() if isinstance(value, str | bytes))
                    if len(rows) == ROW_LIMIT or size > TEXT_LIMIT_BYTES:
                        fail(f"a query returned more than {ROW_LIMIT} rows or {TEXT_LIMIT_BYTES // 1024**2} MiB")
                    rows.append(row)
        except (OverflowError, RecursionError, ValueError):  # psycopg lets through what Python cannot hold
            fail(UNREADABLE)
        return rows

    def _execute(self, connection: psycopg.Connection[Row], sql: str, params: Mapping[str, Any]) -> int:
        statement, values = self._compiled(sql, params)
        count: int = connection.execute(statement, values).rowcount
        return count

    def _try(self, connection: psycopg.Connection[Row], sql: str, params: Mapping[str, Any], what: str) -> None:
        """Run a statement that must succeed, and undo it."""
        __tracebackhide__ = True
        try:
            count = self._undone(connection, sql, params)
        except Refused as refusal:
            if refusal.lost_its_path:
                raise
            fail(_not_accepted(what, refusal))
        if count == 0:
            fail(f"expected the database to accept {what}, but it stored nothing")

    def _refused(
        self,
        connection: psycopg.Connection[Row],
        sql: str,
        params: Mapping[str, Any],
        because: str | tuple[str, ...],
        what: str,
    ) -> None:
        __tracebackhide__ = True
        expected = f"expected the database to refuse {what} ({names(because)}), but it"
        try:
            count = self._undone(connection, sql, params)
        except Refused as refusal:
            if is_because(refusal.state, because):
                return
            if refusal.lost_its_path:
                raise
            fail(f"{expected} refused for another reason ({words(refusal.state)})")
        fail(f"{expected} accepted it" if count else f"{expected} dropped it without an error")

    def _undone(self, connection: psycopg.Connection[Row], sql: str, params: Mapping[str, Any]) -> int:
        """Run a statement with its deferred constraints and undo it; return how many rows it concerned."""
        __tracebackhide__ = True
        import psycopg  # noqa: PLC0415

        connection.execute("SAVEPOINT twin")
        try:
            count = self._execute(connection, sql, params)
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            failure = as_failure(error)
            if failure is None or connection.closed:
                raise
            connection.execute("ROLLBACK TO twin")
            raise failure from None
        connection.execute("ROLLBACK TO twin")
        return count

    def _compiled(self, sql: str, params: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Return a statement and its parameters as psycopg takes them."""
        import sqlalchemy  # noqa: PLC0415

        compiled = sqlalchemy.text(sql).compile(dialect=self.engine.dialect)
        return compiled.string, dict(compiled.construct_params(dict(params)))


class Inspection:
    """SQLAlchemy's inspector with `public` as its schema, unless a call names another."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        """Connect."""
        import sqlalchemy  # noqa: PLC0415

        self._inspector = sqlalchemy.inspect(engine)

    def __getattr__(self, name: str) -> Any:
        """Return a method of the inspector."""
        return partial(getattr(self._inspector, name), schema="public")


def _not_accepted(what: str, refusal: Refused) -> str:
    return f"expected the database to accept {what}, but it refused ({words(refusal.state)})"


def preload() -> None:
    """Load what a database's fixture needs, while the app starts."""
    import psycopg  # noqa: F401, PLC0415
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401, PLC0415
