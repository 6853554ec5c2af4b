"""A few connections to PostgreSQL, tested before each use, and never waited for without a limit."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

# Seconds. All of them end at the deadline of the request at the latest.
TEST_LIMIT = 1.0  # a connection that is well answers at once
DIAL_LIMIT = 1.5  # a network that lost the first packets is better asked anew than waited for
DIAL_PATIENCE = 0.5  # a server that refuses may be in the middle of a restart
DIAL_PAUSE = 0.1

SESSION: dict[str, Any] = {
    "application_name": "todos",
    # The server gives up before we do: then the statement did not happen, and the connection stays usable. When we
    # have hung up nonetheless, it looks up from its work and notices.
    "options": "-c statement_timeout=1500 -c client_connection_check_interval=500",
}

type Connection = psycopg.AsyncConnection[dict[str, Any]]


class Unavailable(Exception):
    """The database cannot be used at the moment."""


def _cut(connection: Connection) -> None:
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def _cut_at(connection: Connection, time: float) -> Iterator[None]:
    """Let whoever waits for this connection at this time get an `OperationalError`.

    Cancelling the task would not do: psycopg asks the server to cancel the statement then, and waits for seconds for
    an answer that a hanging server does not give. A line that is dead ends all waiting, at both of its ends.
    """
    timer = asyncio.get_running_loop().call_at(time, _cut, connection)
    try:
        yield
    finally:
        timer.cancel()


class Pool:
    """At most `size` connections, opened when they are needed and kept.

    There is no state "the database is down" that could be out of date: each request finds out by itself.
    """

    def __init__(self, address: str, size: int, prepare: Callable[[Connection], Awaitable[None]]) -> None:
        self._address = address
        self._prepare = prepare
        self._idle: list[Connection] = []
        self._turns = asyncio.Semaphore(size)
        # One attempt at a time. A hanging server finds all that were given up in its queue when it wakes, and would
        # serve more of them at once than we are allowed to have; and those that hang in a name server block threads.
        self._dialling = asyncio.Lock()

    @asynccontextmanager
    async def connection(self, deadline: float) -> AsyncIterator[Connection]:
        """Lend a connection that answered a moment ago; at the deadline, or on any trouble, raise `Unavailable`.

        It is in autocommit mode, so that no transaction outlives its statement.
        """
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
            try:
                connection = await self._find(deadline)
                try:
                    with _cut_at(connection, deadline):
                        yield connection
                finally:
                    await self._put_back(connection)
            finally:
                self._turns.release()
        except (psycopg.Error, OSError) as error:  # a TimeoutError is an OSError
            raise Unavailable(f"{type(error).__name__}: {error}") from error

    async def _find(self, deadline: float) -> Connection:
        time = asyncio.get_running_loop().time
        # The one that was used last comes first: it is the likeliest to be well.
        while self._idle:
            connection = self._idle.pop()
            try:
                with _cut_at(connection, min(deadline, time() + TEST_LIMIT)):
                    await connection.execute("SELECT 1")
            except psycopg.Error:
                # What happened to this one happened to all. Testing them one by one could take the whole deadline.
                await self._forget(connection, *self._idle)
            else:
                return connection
        return await self._open(deadline)

    async def _open(self, deadline: float) -> Connection:
        async with asyncio.timeout_at(deadline):
            connection = await self._dial()
        try:
            with _cut_at(connection, deadline):
                await self._prepare(connection)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _dial(self) -> Connection:
        time = asyncio.get_running_loop().time
        patient_until = time() + DIAL_PATIENCE
        while True:
            try:
                async with self._dialling, asyncio.timeout(DIAL_LIMIT):
                    return await psycopg.AsyncConnection.connect(
                        self._address, autocommit=True, row_factory=dict_row, **SESSION
                    )
            except (psycopg.OperationalError, OSError):
                if time() > patient_until:
                    raise
            await asyncio.sleep(DIAL_PAUSE)

    async def _put_back(self, connection: Connection) -> None:
        if connection.info.transaction_status == TransactionStatus.IDLE:
            self._idle.append(connection)
        else:
            await connection.close()

    async def _forget(self, *connections: Connection) -> None:
        self._idle.clear()
        for connection in connections:
            await connection.close()
