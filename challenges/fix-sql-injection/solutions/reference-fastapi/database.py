"""Runs statements by name. A statement is a constant; what differs from request to request are its parameters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

STATEMENTS = {path.stem: path.read_text() for path in Path(__file__).with_name("statements").glob("*.sql")}

Found = dict[str, Any]


class Database:
    """One connection; every statement is a transaction of its own."""

    def __init__(self, connection: psycopg.Connection[Found]) -> None:
        self._connection = connection

    def run(self, statement: str, /, **parameters: object) -> None:
        self._connection.execute(STATEMENTS[statement], parameters or None)

    def all(self, statement: str, /, **parameters: object) -> list[Found]:
        return self._connection.execute(STATEMENTS[statement], parameters).fetchall()

    def one(self, statement: str, /, **parameters: object) -> Found | None:
        return self._connection.execute(STATEMENTS[statement], parameters).fetchone()


@contextmanager
def open_database() -> Iterator[Database]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row) as connection:
        yield Database(connection)
