"""Requests that overlap. Each check makes some more attempts than one, so that a race has a chance to show."""

from functools import partial

import pytest
from grader_checks import expect, together
from support import POSITIVE, address, create, ids, newest, page, some_day, word

ROUNDS = 2


@pytest.mark.check(
    points=4,
    group="concurrency",
    hint="Reading the last id and writing the next one are two steps, and another request fits between.",
)
def test_parallel_creates(api, rng):
    """To-dos that are created at the same time each get an id of their own, and none is lost."""
    before = page(api, limit=1)["total"]
    titles = [f"{number} {word(rng)}" for number in range(10)]
    calls = [partial(api.post, "/todos", json={"title": title}) for title in titles]
    replies = zip(titles, together(calls), strict=True)
    made = [reply.expect(201, {"id": POSITIVE, "title": title}).json() for title, reply in replies]
    given = sorted(ids(made))
    expect(len(set(given)) == len(made), "POST /todos, 10 at once: expected 10 different ids")
    listed, total = newest(api, len(made))
    expect(total == before + len(made), f"GET /todos after 10 POSTs at once: expected {before + 10}, got {total}")
    expect(ids(listed) == given, "GET /todos after 10 POSTs at once: expected all 10 to-dos, by id")
    expect(sorted(todo.get("title", "") for todo in listed) == sorted(titles), "GET /todos: expected all 10 titles")


@pytest.mark.check(
    points=3,
    group="concurrency",
    hint="A PATCH that writes back fields it was not asked to change undoes what another one has just written.",
)
def test_parallel_changes(api, rng):
    """PATCHes of different fields of one to-do, sent at the same time, all take effect."""
    todo = create(api, title=word(rng))
    for number in range(ROUNDS):
        change = {"title": word(rng), "notes": word(rng), "done": number % 2 == 0, "due": some_day(rng)}
        calls = [partial(api.patch, address(todo), json={name: value}) for name, value in change.items()]
        for reply in together(calls):
            reply.expect(200)
        api.get(address(todo)).expect(200, change)


@pytest.mark.check(
    points=2,
    group="concurrency",
    hint="Looking whether the to-do is there and removing it are two steps; can one statement do both?",
)
def test_parallel_deletes(api, rng):
    """Of several DELETEs of one to-do at the same time exactly one answers 204, the others 404."""
    for _ in range(ROUNDS):
        todo = create(api, title=word(rng))
        statuses = sorted(reply.status for reply in together([partial(api.delete, address(todo))] * 4))
        expect(
            statuses == [204] + [404] * 3,
            f"DELETE of one to-do, 4 at once: expected one 204 and three 404, got {', '.join(map(str, statuses))}",
        )
