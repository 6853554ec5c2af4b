"""The table of to-dos, in SQLite."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Todo(Base):
    __tablename__ = "todos"
    __table_args__ = {"sqlite_autoincrement": True}  # else the id of a deleted to-do may be given again  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    notes: Mapped[str]
    done: Mapped[bool]
    due: Mapped[date | None]


engine = create_engine("sqlite:///todos.db")
Session = sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine, "connect")
def configure(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
    connection.execute("PRAGMA synchronous = NORMAL")  # a commit survives the process, if not a power cut


Base.metadata.create_all(engine)
