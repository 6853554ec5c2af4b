"""The connection of the current request, the statements it may run, and the tables with a few things to look at."""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString

import psycopg
from flask import current_app, g
from psycopg.rows import dict_row

SCHEMA = Path(__file__).with_name("schema.sql")


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def query(statement: LiteralString, values: tuple | dict) -> list[dict]:
    """Run one statement and return its rows.

    To a type checker a LiteralString is what this code spells out and nothing else, so it finds the place where text
    of a visitor is mixed into a statement. The values have no default: PostgreSQL refuses a second statement behind a
    semicolon, but only if there are values.
    """
    if "connection" not in g:
        g.connection = connect(current_app.config["DATABASE_URL"])
    return g.connection.execute(statement, values).fetchall()


def sortable(
    statement: LiteralString, columns: tuple[LiteralString, ...], ending: LiteralString = ""
) -> dict[tuple[str, str], LiteralString]:
    """Return one statement for each sort and order that a visitor may ask for.

    SQL has no parameters for columns. Written out for all of them before the first request comes, the statement leaves
    the visitor nothing to do but to choose.
    """
    directions: tuple[LiteralString, ...] = ("asc", "desc")
    return {
        (column, direction): f"{statement} ORDER BY {column} {direction}, id {ending}"
        for column in columns
        for direction in directions
    }


def close(_error: BaseException | None) -> None:
    """Close the connection of the request that ends."""
    connection = g.pop("connection", None)
    if connection is not None:
        connection.close()


def prepare(url: str) -> None:
    """Create what is not there yet; may run any number of times."""
    with connect(url) as connection:
        connection.execute(SCHEMA.read_bytes())
