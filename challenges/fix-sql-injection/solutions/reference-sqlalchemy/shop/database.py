"""The engine with its pool, and the one way in which statements are run."""

from __future__ import annotations

from flask import current_app, g
from sqlalchemy import Column, Engine, Executable, Row, create_engine, make_url

from shop.forms import choice
from shop.tables import metadata


def connect(url: str) -> Engine:
    """Return an engine for the database, its tables created where they are missing."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    metadata.create_all(engine)
    return engine


def query(statement: Executable) -> list[Row]:
    """Run one statement and return its rows."""
    if "connection" not in g:
        g.connection = current_app.extensions["engine"].connect()
    return g.connection.execute(statement).fetchall()


def close(_error: BaseException | None) -> None:
    """Give the connection of the request that ends back to the pool."""
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()


def as_dicts(rows: list[Row]) -> list[dict]:
    """Return rows as they are answered."""
    return [dict(row._mapping) for row in rows]


def sorting(columns: dict[str, Column]) -> list:
    """Return what to order by: the column and the direction that the query string names, then the id."""
    column = columns[choice("sort", tuple(columns))]
    return [column.desc() if choice("order", ("asc", "desc")) == "desc" else column.asc(), columns["id"]]
