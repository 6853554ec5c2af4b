"""Runs statements by name. A statement is a constant; what differs from request to request are its parameters."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from psycopg.rows import dict_row

STATEMENTS = {path.stem: path.read_text() for path in Path(__file__).with_name("statements").glob("*.sql")}

Found = dict[str, Any]

_idle: SimpleQueue[psycopg.Connection[Found]] = SimpleQueue()


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
    """Lend a connection that nobody else uses meanwhile, a new one only if all are in use."""
    try:
        connection = _idle.get_nowait()
    except Empty:
        connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row)
    try:
        yield Database(connection)
    finally:
        if not connection.closed:
            _idle.put(connection)
