"""Connections of the suite's role, lent to one piece of work at a time and forgetful between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from grader_checks.expectations import fail

if TYPE_CHECKING:  # a suite without a database does not wait for it
    import psycopg

CONNECT_S = 3
STATEMENT_S = 3
LOCK_S = 1

Row = dict[str, Any]


class Connections:
    """Lends connections to a PostgreSQL; one that was given back may be lent again, with nothing left in its session.

    Making a connection takes PostgreSQL longer than most statements do. What a learner's trigger may have set in a
    session (search path, temporary tables, locks, prepared statements) is gone after DISCARD ALL, which no name in the
    database can shadow: settings are then again those that the connection was made with.
    """

    def __init__(self, url: str) -> None:
        """`url` is libpq's, with the credentials of the suite's own role."""
        self._url = url
        self._idle: list[tuple[str, psycopg.Connection[Row]]] = []
        self.reused = True

    @contextmanager
    def lend(self, path: str) -> Iterator[psycopg.Connection[Row]]:
        """Lend a connection whose search path is `path`; commits at the end, or undoes what an exception ended.

        Raises psycopg's errors, and `CheckFailed` as `refuse_settings` does. After an exception the connection is
        closed, never lent again.
        """
        connection = self._kept(path) or self._new(path)
        try:
            refuse_settings(connection)
            yield connection
            connection.commit()
        except BaseException:
            connection.close()
            raise
        if self.reused and not self._idle:
            self._idle.append((path, connection))
        else:
            connection.close()

    def close(self) -> None:
        """Close those that are lent to nobody."""
        while self._idle:
            self._idle.pop()[1].close()

    def _kept(self, path: str) -> psycopg.Connection[Row] | None:
        """Return a connection that was given back, as if it were new; None if there is none that still works."""
        import psycopg  # noqa: PLC0415

        try:
            kept, connection = self._idle.pop()
        except IndexError:
            return None
        if kept == path:
            try:
                connection.autocommit = True
                connection.execute("DISCARD ALL")
                connection.autocommit = False
            except psycopg.Error:
                pass  # the server was stopped since
            else:
                return connection
        connection.close()
        return None

    def _new(self, path: str) -> psycopg.Connection[Row]:
        import psycopg  # noqa: PLC0415
        from psycopg.rows import dict_row  # noqa: PLC0415

        return psycopg.connect(
            self._url,
            options=session_options(path),
            connect_timeout=CONNECT_S,
            row_factory=dict_row,
            prepare_threshold=None,
        )


def refuse_settings(connection: psycopg.Connection[Any]) -> None:
    """Fail the check if code of the learner, run by the suite's role, changed what that role's sessions begin with.

    They could be another role's, which does not see every row, prefer any index, or write text so that the suite could
    not read it.
    """
    __tracebackhide__ = True
    sql = "SELECT FROM pg_catalog.pg_db_role_setting WHERE setrole = CAST('suite' AS pg_catalog.regrole)"
    changed = connection.execute(sql).fetchone() is not None
    connection.rollback()
    if changed:
        fail("code in the database changed the settings of another role")


def session_options(path: str) -> str:
    """Return the settings of a session (libpq's `options`), which no setting of a role or database outranks."""
    settings = {
        "search_path": path,
        "statement_timeout": f"{STATEMENT_S}s",
        "lock_timeout": f"{LOCK_S}s",
        "client_min_messages": "error",
        "default_transaction_read_only": "off",
        "transform_null_equals": "off",
        "timezone": "UTC",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
