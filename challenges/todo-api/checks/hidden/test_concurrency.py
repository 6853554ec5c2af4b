"""Requests that overlap. A race shows best in one large burst: while one request waits, the others get ahead."""

from functools import partial

import pytest
from grader_checks import expect, together
from support import POSITIVE, address, create, ids, newest, page, some_day, word

BURST = 16


@pytest.mark.check(
    points=4,
    group="concurrency",
    hint="Reading the last id and writing the next one are two steps, and another request fits between.",
)
def test_parallel_creates(api, rng):
    """To-dos that are created at the same time each get an id of their own, and none is lost."""
    before = page(api, limit=1)["total"]
    titles = [f"{number} {word(rng)}" for number in range(BURST)]
    calls = [partial(api.post, "/todos", json={"title": title}) for title in titles]
    replies = zip(titles, together(calls), strict=True)
    made = [reply.expect(201, {"id": POSITIVE, "title": title}).json() for title, reply in replies]
    given = sorted(ids(made))
    expect(len(set(given)) == BURST, f"POST /todos, {BURST} at once: expected {BURST} different ids")
    listed, total = newest(api, BURST)
    expect(total == before + BURST, f"GET /todos after {BURST} POSTs at once: expected {before + BURST}, got {total}")
    expect(ids(listed) == given, f"GET /todos after {BURST} POSTs at once: expected the {BURST} new to-dos, by id")
    expect(
        sorted(todo.get("title", "") for todo in listed) == sorted(titles),
        f"GET /todos after {BURST} POSTs at once: expected the {BURST} titles that were sent",
    )


@pytest.mark.check(
    points=3,
    group="concurrency",
    hint="A PATCH that writes back fields it was not asked to change undoes what another one has just written.",
)
def test_parallel_changes(api, rng):
    """PATCHes of different fields of one to-do, sent at the same time, all take effect."""
    todos = [create(api, title=word(rng)) for _ in range(BURST // 4)]
    changes = [{"title": word(rng), "notes": word(rng), "done": True, "due": some_day(rng)} for _ in todos]
    together(
        [
            partial(_patch, api, todo, {name: value})
            for todo, change in zip(todos, changes, strict=True)
            for name, value in change.items()
        ]
    )
    for todo, change in zip(todos, changes, strict=True):
        api.get(address(todo)).expect(200, change)


@pytest.mark.check(
    points=2,
    group="concurrency",
    hint="Looking whether the to-do is there and removing it are two steps; can one statement do both?",
)
def test_parallel_deletes(api, rng):
    """Of several DELETEs of one to-do at the same time exactly one answers 204, the others 404."""
    half = BURST // 2
    first, second = (create(api, title=word(rng)) for _ in range(2))
    replies = together([partial(api.delete, address(todo)) for todo in (first, second) for _ in range(half)])
    for same in (replies[:half], replies[half:]):
        statuses = sorted(reply.status for reply in same)
        expect(
            statuses == [204] + [404] * (half - 1),
            f"DELETE of one to-do, {half} at once: expected 204 once and 404 for the others, "
            f"got {', '.join(map(str, statuses))}",
        )


def _patch(api, todo, change):
    api.patch(address(todo), json=change).expect(200, change)
