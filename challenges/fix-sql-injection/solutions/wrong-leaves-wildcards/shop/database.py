"""The connection of the current request, and the tables with a few things to look at."""

from __future__ import annotations

from pathlib import Path

import psycopg
from flask import current_app, g
from psycopg import sql
from psycopg.rows import dict_row

SCHEMA = Path(__file__).with_name("schema.sql")


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def query(statement: str | sql.Composable, parameters: tuple = ()) -> list[dict]:
    """Run one statement and return its rows; values from outside belong into the parameters."""
    if "connection" not in g:
        g.connection = connect(current_app.config["DATABASE_URL"])
    return g.connection.execute(statement, parameters).fetchall()


def ordered_by(column: str, direction: str) -> sql.Composable:
    """Return what follows ORDER BY, with the id to decide between equals."""
    return sql.SQL("{} {}, id").format(sql.Identifier(column), sql.SQL({"asc": "ASC", "desc": "DESC"}[direction]))


def containing(text: str) -> str:
    """Return a pattern for LIKE that matches what contains the text."""
    return f"%{text}%"


def close(_error: BaseException | None) -> None:
    """Close the connection of the request that ends."""
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()


def prepare(url: str) -> None:
    """Create what is not there yet; may run any number of times."""
    with connect(url) as connection:
        connection.execute(SCHEMA.read_text())
