"""Opens the database of attempts, brings its tables up to date, and says in words what is wrong with it.

Several processes may use it at once: SQLite keeps a write-ahead log, and whoever writes waits for the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from grader.errors import SandboxError, UsageError

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

URL_VARIABLE = "GRADER_DATABASE_URL"
NEWEST = "0001"
"""The revision of the newest migration."""

BUSY_S = 20
CONNECT_S = 10
_MIGRATING = 7_270_614_190
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class RecordsError(SandboxError):
    """The database of attempts cannot be used; whoever runs this machine acts. No verdict is lost by it."""


def database_url(environment: Mapping[str, str] = os.environ) -> URL:
    """Return where the database is: `GRADER_DATABASE_URL`, else a file of SQLite in the user's data directory.

    Raises `UsageError` if the variable holds no URL of a database.
    """
    given = environment.get(URL_VARIABLE)
    if not given:
        return URL.create("sqlite", database=str(user_data_path("grader") / "attempts.sqlite3"))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise UsageError(
            f"{URL_VARIABLE} holds no URL of a database",
            hint=f"export {URL_VARIABLE}=postgresql://USER:PASSWORD@HOST/NAME, or unset {URL_VARIABLE}",
        ) from error
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


class Database:
    """The database behind `url`, its tables up to date; a context manager."""

    def __init__(self, url: URL) -> None:
        """Open it, and make or change its tables if that is needed.

        Raises `RecordsError` when it cannot be opened, is damaged, or was changed by a newer grader.
        """
        self._url = url
        self._engine = _engine(url)
        try:
            _make_file(url)
            with self.reading() as connection:
                revision = _revision(connection)
            if revision != NEWEST:
                self._migrate()
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the database, whatever others write meanwhile."""
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that nobody else writes beside; it is kept if the block ends well."""
        with self._told(), self._engine.connect() as bare:
            connection = bare.execution_options(writes=True)
            with connection.begin():
                yield connection

    def _migrate(self) -> None:
        from alembic import command  # noqa: PLC0415 - takes longer to load than all else, and is seldom needed
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util import CommandError  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise RecordsError(
                    f"the database of attempts, {self.place}, was changed by a newer grader",
                    hint=f"use that one, or another database: export {URL_VARIABLE}=sqlite:////PATH",
                ) from error

    @property
    def place(self) -> str:
        """Where it is, for people: a path, or a URL without its password."""
        return _place(self._url)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Translate what the driver raises."""
        try:
            yield
        except SQLAlchemyError as error:
            raise _in_words(error, self._url) from error


def _engine(url: URL) -> Engine:
    arguments: dict[str, dict[str, Any]] = {
        "sqlite": {"timeout": BUSY_S},
        "postgresql": {"connect_timeout": CONNECT_S},
    }
    kind = url.drivername.partition("+")[0]
    if kind not in arguments:
        raise UsageError(
            f"{URL_VARIABLE} names a kind of database that is not known: {kind}",
            hint="sqlite:////PATH and postgresql://USER:PASSWORD@HOST/NAME are",
        )
    try:
        engine = create_engine(url, connect_args=arguments[kind])
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{_place(url)} needs the Python package {error.name}", hint="pip install 'grader[postgresql]'"
        ) from error
    except (NoSuchModuleError, ArgumentError) as error:
        raise UsageError(f"{URL_VARIABLE} cannot be used: {error}", hint=f"unset {URL_VARIABLE}") from error
    if kind == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # Python's own transactions begin too late: two that have read would both want to write then, and neither may wait.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except connection.OperationalError:
        pass  # read-only, or in use right now; it works without, and the file remembers it once somebody has done it


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_file(url: URL) -> None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return
    if url.database.startswith("file:"):  # SQLite's own kind of URL, which says itself whether a file may be made
        return
    path = Path(url.database)
    try:
        # for its owner alone: an attempt holds what the hidden suite said
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise RecordsError(
            f"the database of attempts, {path}, cannot be made: {error.strerror}",
            hint=f"name another place: export {URL_VARIABLE}=sqlite:////PATH",
        ) from error


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _place(url: URL) -> str:
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _in_words(error: SQLAlchemyError, url: URL) -> RecordsError:
    cause = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
    place = _place(url)
    elsewhere = f"name another one: export {URL_VARIABLE}=sqlite:////PATH"
    if url.get_backend_name() != "sqlite":
        return RecordsError(
            f"the database of attempts, {place}, cannot be used: {cause}",
            hint=f"look whether it is up and {URL_VARIABLE} is right",
        )
    if "locked" in cause or "busy" in cause:
        return RecordsError(
            f"the database of attempts, {place}, is busy: others have been writing for {BUSY_S} s",
            hint="the same command again",
        )
    if "not a database" in cause or "malformed" in cause or "no such" in cause or "disk I/O" in cause:
        return RecordsError(
            f"the database of attempts, {place}, is damaged: {cause}",
            hint=f"put it aside, and a new one is made: mv {quote(place)} {quote(place)}.damaged",
        )
    if "readonly" in cause or "unable to open" in cause:
        return RecordsError(
            f"the database of attempts, {place}, cannot be {'written' if 'readonly' in cause else 'opened'}: {cause}",
            hint=f"ls -ld {quote(str(Path(place).parent))} {quote(place)}; or {elsewhere}",
        )
    return RecordsError(f"the database of attempts, {place}, cannot be used: {cause}", hint=elsewhere)
