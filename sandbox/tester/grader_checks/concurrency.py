"""Calls made at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Gate:
    """Holds back the last byte of the first request of each of several threads until all have sent the rest."""

    _of_thread = threading.local()

    def __init__(self, threads: int) -> None:
        """`threads` must come before the gate opens; each enters it as a context."""
        self._barrier = threading.Barrier(threads)

    def __enter__(self) -> None:
        """Make it the gate of this thread's first request."""
        Gate._of_thread.gate = self

    def __exit__(self, *_: object) -> None:
        """Pass it, if no request has."""
        # a call that made no request must not keep the others waiting
        if Gate.take() is not None:
            self.wait()

    def wait(self) -> None:
        """Return once every thread has come here, or after one second: late is better than never."""
        try:
            self._barrier.wait(timeout=1.0)
        except threading.BrokenBarrierError:
            pass

    @classmethod
    def take(cls) -> Gate | None:
        """Return the gate that this thread has yet to pass, once."""
        gate = getattr(cls._of_thread, "gate", None)
        cls._of_thread.gate = None
        return gate


def together(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make all `calls` at the same time, each in its own thread, and return their results in order.

    Their first requests reach the app together: each holds back its last byte until all have sent the rest, because
    threads that merely start together send about a millisecond apart, and real races are missed. If any call raised,
    the first exception (in order) is raised here after all ended. The threads are daemons: a check that runs out of
    time leaves them behind rather than waiting for them.
    """
    gate = Gate(len(calls))
    results: list[T | None] = [None] * len(calls)
    errors: list[BaseException | None] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            with gate:
                results[index] = calls[index]()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread below
            errors[index] = error

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        if error is not None:
            raise error
    return results  # type: ignore[return-value]  # every slot was filled, or an error was raised
