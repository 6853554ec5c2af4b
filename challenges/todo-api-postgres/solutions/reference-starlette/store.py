"""To-dos in PostgreSQL.

Each request is one statement (a refused change, two), and a statement is a transaction of its own: it happens as a
whole or not at all, and the database puts those that overlap into an order.
"""

import asyncio
from typing import Any

from psycopg.errors import DeadlockDetected, UniqueViolation
from psycopg.types.json import Json

from pool import Connection

_AFTER_A_DEADLOCK = 0.1  # seconds

type Todo = dict[str, Any]

# Any number will do that no other program takes for its locks in this database.
_SCHEMA_LOCK = 7_031_957_268

# A script without parameters is one transaction, so a table that is there is complete. The lock is for another process
# of ours, killed and still at it, or just started: IF NOT EXISTS alone does not keep two creators apart.
_SCHEMA = f"""
SELECT pg_advisory_xact_lock({_SCHEMA_LOCK});
CREATE SEQUENCE IF NOT EXISTS todo_ids;
CREATE TABLE IF NOT EXISTS todos (
    id bigint PRIMARY KEY DEFAULT nextval('todo_ids'),
    title text COLLATE "C" NOT NULL UNIQUE,  -- "C": equal means the same bytes, and no locale has to be asked
    done boolean NOT NULL,
    tags text[] NOT NULL,  -- in the row, so that a list is one statement
    votes bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS todos_tags ON todos USING gin (tags);
"""

_COLUMNS = "id, title, done, tags, votes, version"

# Ids are given out in the order of the request, but rows are stored in the order of their titles: two requests that
# want the same titles in different orders would wait for each other otherwise.
_CREATE = f"""
WITH sent AS MATERIALIZED (
    SELECT nextval('todo_ids') AS id, title, done, tags
    FROM json_to_recordset(%s) AS item (title text, done boolean, tags text[])
), created AS (
    INSERT INTO todos (id, title, done, tags)
    SELECT id, title, done, tags FROM sent ORDER BY title COLLATE "C"
    RETURNING {_COLUMNS}
)
SELECT {_COLUMNS} FROM created ORDER BY id
"""

# No field may be null, so null can stand for "was not sent".
_CHANGE = f"""
UPDATE todos
SET title = coalesce(%(title)s, title), done = coalesce(%(done)s, done), tags = coalesce(%(tags)s, tags),
    version = version + 1
WHERE id = %(id)s AND version = %(version)s
RETURNING {_COLUMNS}
"""

_VOTE = f"UPDATE todos SET votes = votes + 1 WHERE id = %s RETURNING {_COLUMNS}"

_READ = f"SELECT {_COLUMNS} FROM todos WHERE id = %s"

_NEWEST = f"SELECT {_COLUMNS} FROM todos ORDER BY id DESC LIMIT %s"

_NEWEST_TAGGED = f"SELECT {_COLUMNS} FROM todos WHERE tags @> %s::text[] ORDER BY id DESC LIMIT %s"


class NoSuchTodo(Exception):
    """There is no to-do with this id."""


class TitleTaken(Exception):
    """There is another to-do with this title."""


class VersionMismatch(Exception):
    """The to-do has another version."""


async def prepare(connection: Connection) -> None:
    """Create what is missing in the database."""
    # Looking first, because creating an index that is there already waits for those who lock its table.
    [row] = await _run(connection, "SELECT to_regclass('todos') IS NULL AS missing")
    if row["missing"]:
        await connection.execute(_SCHEMA)


async def _run(connection: Connection, sql: str, values: Any = None) -> list[Todo]:
    while True:
        try:
            cursor = await connection.execute(sql, values)
            return await cursor.fetchall()
        except UniqueViolation as error:
            raise TitleTaken from error
        except DeadlockDetected:
            # Two that swap their titles, say. All that this one did is undone, and the other one can go on, if this one
            # does not come back so fast that it takes the same row from under its nose.
            await asyncio.sleep(_AFTER_A_DEADLOCK)


async def create(connection: Connection, todos: list[Todo]) -> list[Todo]:
    """Store new to-dos, all or none, and answer them in the same order."""
    return await _run(connection, _CREATE, [Json(todos)])


async def read(connection: Connection, todo_id: int) -> Todo:
    """Answer a to-do."""
    return _only(await _run(connection, _READ, [todo_id]))


async def newest(connection: Connection, limit: int, tag: str | None) -> list[Todo]:
    """Answer the newest to-dos, or the newest of those that have a tag."""
    if tag is None:
        return await _run(connection, _NEWEST, [limit])
    # PostgreSQL cannot even be asked for U+0000. Nothing contains null, so nothing is found.
    return await _run(connection, _NEWEST_TAGGED, [None if "\0" in tag else [tag], limit])


async def change(connection: Connection, todo_id: int, version: int, fields: Todo) -> Todo:
    """Set some fields of a to-do if this is its version, and answer it."""
    values = {"title": None, "done": None, "tags": None} | fields | {"id": todo_id, "version": version}
    changed = await _run(connection, _CHANGE, values)
    if not changed:
        await read(connection, todo_id)
        raise VersionMismatch
    return changed[0]


async def vote(connection: Connection, todo_id: int) -> Todo:
    """Add one vote to a to-do, and answer it."""
    return _only(await _run(connection, _VOTE, [todo_id]))


def _only(todos: list[Todo]) -> Todo:
    if not todos:
        raise NoSuchTodo
    return todos[0]
