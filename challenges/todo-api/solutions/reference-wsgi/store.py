"""To-dos in an SQLite file.

Each write is one statement that commits by itself: SQLite lets no other write come between its parts, and returns only
when the result is on the disk. So there is nothing to lock here, and nothing to lose when the process is killed.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Any

# AUTOINCREMENT, because a plain primary key would give the largest id again after its row was deleted.
_SCHEMA = """
PRAGMA journal_mode = WAL;  -- readers do not wait for a writer, nor a writer for them
CREATE TABLE IF NOT EXISTS todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    notes TEXT NOT NULL,
    done INTEGER NOT NULL,
    due TEXT
) STRICT;
"""

_COLUMNS = "id, title, notes, done, due"

# SQLite's `lower` and `instr` are what a search shall be: `lower` knows A to Z only, and `instr` knows no wildcards.
_MATCHES = "(:done IS NULL OR done = :done) AND instr(lower(title), lower(:q)) > 0"

_ORDERS = {"id": "id", "-id": "id DESC", "due": "due IS NULL, due, id"}

_LARGEST_INTEGER = 2**63 - 1
_LONGEST_WAIT = 2.5  # seconds for another thread's write to end: the statement allows 3 for an answer

type Todo = dict[str, Any]


class Store:
    """All to-dos. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connection().executescript(_SCHEMA)

    def _connection(self) -> sqlite3.Connection:
        # Threads on one connection would share its transaction, and with it the snapshot that a page is read from.
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=_LONGEST_WAIT, autocommit=True)
            connection.row_factory = sqlite3.Row
            self._local.connection = connection
        return connection

    def _todos(self, sql: str, values: dict[str, Any]) -> list[Todo]:
        # All rows, always: a statement with RETURNING commits only when its last row has been fetched.
        rows = self._connection().execute(sql, values).fetchall()
        return [dict(row) | {"done": bool(row["done"])} for row in rows]

    def create(self, fields: dict[str, Any]) -> Todo:
        """Store a new to-do and answer it, with its id."""
        sql = f"INSERT INTO todos (title, notes, done, due) VALUES (:title, :notes, :done, :due) RETURNING {_COLUMNS}"
        return self._todos(sql, fields)[0]

    def read(self, todo_id: int) -> Todo | None:
        """Answer a to-do, or None if there is none."""
        return next(iter(self._todos(f"SELECT {_COLUMNS} FROM todos WHERE id = :id", {"id": todo_id})), None)

    def change(self, todo_id: int, fields: dict[str, Any]) -> Todo | None:
        """Set these fields of a to-do, and no others, and answer it, or None if there is none."""
        if not fields:
            return self.read(todo_id)
        # Naming only the sent columns is what lets parallel changes of different fields all take effect.
        assignments = ", ".join(f"{name} = :{name}" for name in fields)
        sql = f"UPDATE todos SET {assignments} WHERE id = :id RETURNING {_COLUMNS}"
        return next(iter(self._todos(sql, fields | {"id": todo_id})), None)

    def delete(self, todo_id: int) -> bool:
        """Delete a to-do, and say whether it was this call that did."""
        return self._connection().execute("DELETE FROM todos WHERE id = ?", [todo_id]).rowcount == 1

    def page(self, query: dict[str, Any]) -> tuple[list[Todo], int]:
        """Answer a page of the to-dos that match, and how many match in all."""
        values = query | {"offset": min(query["offset"], _LARGEST_INTEGER)}
        connection = self._connection()
        connection.execute("BEGIN")  # one snapshot for both, so that `total` and the page are of the same moment
        try:
            [total] = connection.execute(f"SELECT count(*) FROM todos WHERE {_MATCHES}", values).fetchone()
            order = _ORDERS[query["sort"]]
            sql = f"SELECT {_COLUMNS} FROM todos WHERE {_MATCHES} ORDER BY {order} LIMIT :limit OFFSET :offset"
            return self._todos(sql, values), total
        finally:
            connection.execute("COMMIT")
