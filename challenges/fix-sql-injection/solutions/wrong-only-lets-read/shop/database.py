"""The connection of the current request, and the tables with a few things to look at."""

from __future__ import annotations

from pathlib import Path

import psycopg
from flask import current_app, g
from psycopg.rows import dict_row

SCHEMA = Path(__file__).with_name("schema.sql")


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def query(sql: str, parameters: tuple | None = None) -> list[dict]:
    """Run one statement and return its rows."""
    if "connection" not in g:
        g.connection = connect(current_app.config["DATABASE_URL"])
    may_write = sql.startswith("INSERT")
    g.connection.execute(f"SET default_transaction_read_only = {'off' if may_write else 'on'}")
    return g.connection.execute(sql, parameters).fetchall()


def close(_error: BaseException | None) -> None:
    """Close the connection of the request that ends."""
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()


def prepare(url: str) -> None:
    """Create what is not there yet; may run any number of times."""
    with connect(url) as connection:
        connection.execute(SCHEMA.read_text())
