"""The tables, and the one way to them: `transaction`."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from anyio import to_thread
from sqlalchemy import ForeignKey, Identity, Text, create_engine, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.types import BigInteger

PATIENCE_S = 2.0

T = TypeVar("T")


class Unavailable(Exception):
    """The database cannot be used at the moment."""


class Base(DeclarativeBase):
    type_annotation_map = {str: Text, int: BigInteger}  # noqa: RUF012


class Todo(Base):
    __tablename__ = "todos"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    title: Mapped[str] = mapped_column(unique=True)
    done: Mapped[bool]
    votes: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    # selectin: the tags of all to-dos that were read come with one more statement, not with one for each
    tag_rows: Mapped[list[Tag]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    tags: AssociationProxy[list[str]] = association_proxy("tag_rows", "name", creator=lambda name: Tag(name=name))


class Tag(Base):
    __tablename__ = "tags"

    todo_id: Mapped[int] = mapped_column(ForeignKey(Todo.id), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, index=True)


engine = create_engine(
    make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg"),
    pool_size=10,
    max_overflow=0,
    pool_timeout=PATIENCE_S,
    pool_pre_ping=True,  # a connection that died while it was idle is replaced before anybody notices
    connect_args={"connect_timeout": 2, "options": "-c statement_timeout=2000"},
)
tables_exist = threading.Event()


async def transaction(work: Callable[[Session], T]) -> T:
    """Return what `work` returns, once all that it wrote is committed; raise `Unavailable` if it takes too long.

    The clock is ours: whatever a database that hangs was asked to limit hangs with it. The thread that waits for it is
    left behind then; there are never more of them than the pool has connections, for the others give up themselves.
    """
    deadline = time.monotonic() + PATIENCE_S
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await to_thread.run_sync(_run, work, deadline, abandon_on_cancel=True)
    except (TimeoutError, PoolTimeout, OperationalError, InterfaceError) as error:
        raise Unavailable from error


def _run(work: Callable[[Session], T], deadline: float) -> T:
    if not tables_exist.is_set():
        _create_tables()
    with Session(engine, expire_on_commit=False) as session, session.begin():
        result = work(session)
        session.flush()
        if time.monotonic() > deadline:
            raise TimeoutError  # rolled back: the client was told that it did not work
        return result


def _create_tables() -> None:
    """Create what is missing. This is not done at start, when the database may still be away."""
    with engine.begin() as connection:
        # several threads or processes may get here at the same time
        connection.execute(text("SELECT pg_advisory_xact_lock(7402)"))
        Base.metadata.create_all(connection)
    tables_exist.set()
