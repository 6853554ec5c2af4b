"""A pool of connections to PostgreSQL with a time limit for everything."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from flask import request
from psycopg.rows import DictRow, dict_row

Connection = psycopg.Connection[DictRow]


class Unavailable(Exception):
    """The database cannot be used at the moment."""


class Pool:
    """Lends at most `size` connections, each for one transaction.

    Whoever asks gets an answer within about `patience_s`, or `Unavailable`: waiting for a free place, connecting and
    all statements together. When the time is up the socket is shut down under the driver, which waits for a server that
    does not answer; nothing that the server could be asked to do would help.
    """

    def __init__(self, url: str, size: int, patience_s: float) -> None:
        self._url = url
        self._patience_s = patience_s
        self._closed_until = 0.0
        self._places: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        for _ in range(size):
            self._places.put(None)  # no connection yet

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection; commit at the end of the block, roll back if it raises."""
        deadline = time.monotonic() + self._patience_s
        try:
            connection = self._places.get(timeout=self._patience_s)
        except queue.Empty:
            raise Unavailable from None
        try:
            connection = self._usable(connection, deadline)
            with _cut_off_at(deadline, connection):
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                if request.method != "GET":
                    connection.commit()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            if time.monotonic() > deadline:
                # it hangs: the others that wait need not find out for themselves, one after the other
                self._closed_until = time.monotonic() + 0.2
            raise Unavailable from error
        finally:
            self._places.put(connection if connection and not connection.closed else None)

    def _usable(self, connection: Connection | None, deadline: float) -> Connection:
        """Return this connection if it is alive, else a new one."""
        if time.monotonic() < self._closed_until:
            raise Unavailable
        if connection is not None:
            try:
                with _cut_off_at(deadline, connection):
                    connection.execute("SELECT 1")
            except psycopg.OperationalError:
                connection.close()
                if time.monotonic() > deadline:
                    raise
            else:
                return connection
        return self._connect()

    def _connect(self) -> Connection:
        return psycopg.connect(self._url, connect_timeout=2, row_factory=dict_row)  # 2 is the shortest that libpq knows


@contextmanager
def _cut_off_at(deadline: float, connection: Connection) -> Iterator[None]:
    """Shut the connection's socket down if the block is not left by then."""

    def cut_off() -> None:
        with suppress(OSError, psycopg.OperationalError), socket.socket(fileno=os.dup(connection.fileno())) as copy:
            copy.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
