"""The app is killed; its database is killed, away, or hangs. Before, meanwhile and after."""

from functools import partial

import pytest
from grader_checks import expect, together
from support import (
    POSITIVE,
    address,
    create,
    create_many,
    listed,
    patch,
    read,
    recovered,
    tags,
    unavailable,
    unchanged,
    vote,
    word,
)

BURST = 12
HANGING_S = 4.0  # the statement says 3: one more for a machine that is busy


@pytest.mark.check(
    points=4,
    group="restarts",
    hint="Your app starts more often than its tables are created: what happens to those that are there?",
)
def test_survives_its_own_death(api, app, rng):
    """What was answered with 2xx is still so after the app was killed and started again."""
    kept = create(api, title=word(rng), tags=sorted(tags(rng)))
    changed = create(api, title=word(rng), tags=sorted(tags(rng)))
    patch(api, changed, done=True).expect(200, {"done": True, "version": 2})
    vote(api, changed).expect(200, {"votes": 1})

    app.restart()

    unchanged(api, kept, "the app was killed and started again")
    unchanged(api, {**changed, "done": True, "votes": 1, "version": 2}, "the app was killed and started again")
    newer = create(api, title=word(rng))
    expect(newer["id"] > changed["id"], "POST /todos after the app was killed: expected an id larger than all before")


@pytest.mark.check(
    points=6,
    group="restarts",
    hint="A pool cannot know that its connections died while idle, unless it tries one before it lends it. Most can.",
)
def test_database_restart_goes_unnoticed(api, app, service, rng):
    """After the database was killed and started between two requests, the next ones succeed and nothing is lost."""
    todo = create(api, title=word(rng), tags=sorted(tags(rng)))
    together([partial(unchanged, api, todo, "reading it")] * 6)

    service("db").restart()

    new = [partial(api.post, "/todos", json={"title": word(rng)}) for _ in range(6)]
    statuses = sorted({reply.status for reply in together(new)})
    if statuses != [201]:
        recovered(api, app, "after the database was restarted")
    expect(
        statuses == [201],
        f"6 POSTs after the database was restarted: expected 201 for each, got {', '.join(map(str, statuses))}",
    )
    unchanged(api, todo, "the database was killed and started again")
    vote(api, todo).expect(200, {"votes": 1})


@pytest.mark.check(
    points=7,
    group="outages",
    hint="Find the one place through which every request reaches the database, and turn its errors into a 503 there. "
    "Does your app remember a connection that is dead?",
)
def test_away_answers_503(api, app, service, rng):
    """While connections are refused everything answers 503 and nothing is stored; soon after, all works again."""
    todo = create(api, title=word(rng), tags=tags(rng))
    missed = word(rng)
    requests = _every_request(api, todo, missed)
    expect(listed(api, limit=1) == [todo], "GET /todos?limit=1: expected the newest to-do")

    service("db").stop()
    replies = together(requests)
    service("db").start()

    recovered(api, app, "after the database came back")
    for reply in replies:
        unavailable(reply, "while the database is away")
    unchanged(api, todo, "the database was away")
    newest = create(api, title=missed)
    patch(api, todo, done=True).expect(200, {"done": True, "version": 2})
    vote(api, todo).expect(200, {"votes": 1})
    expect(listed(api, limit=1) == [newest], "GET /todos?limit=1 after the outage: expected the newest to-do")


@pytest.mark.check(
    points=3,
    group="outages",
    hint="Alive means: the process runs. Ready means: it can do its work. Only one of them asks the database.",
)
def test_alive_but_not_ready(api, app, service):
    """While the database is away GET /live answers 200 and GET /ready 503; before and after, both answer 200."""
    _is_well(api)

    service("db").stop()
    live, ready = api.get("/live"), api.get("/ready")
    service("db").start()

    recovered(api, app, "after the database came back")
    live.expect(200, {})
    unavailable(ready, "while the database is away")
    _is_well(api)


@pytest.mark.check(
    points=6,
    group="outages",
    hint="What does your app do at start that needs the database, and could it do that with its first connection?",
)
def test_starts_without_database(api, app, service, rng):
    """The app starts while the database is away, answers 503, and works when it comes."""
    todo = create(api, title=word(rng))

    service("db").stop()
    app.restart()
    replies = [api.get("/todos"), api.get("/ready"), api.post("/todos", json={"title": word(rng)})]
    service("db").start()

    recovered(api, app, "after the database came")
    for reply in replies:
        unavailable(reply, "after a start without the database")
    unchanged(api, todo, "a start without the database")
    create(api, title=word(rng), tags=tags(rng))


@pytest.mark.check(
    points=6,
    group="outages",
    hint="A database that hangs refuses nothing, and a time limit that it has to keep hangs with it. Only a clock of "
    "your own ends the waiting: for an answer, for a new connection, and for one of the pool.",
)
def test_hanging_answers_503(api, app, service, rng):
    """While the database hangs, 12 requests at once each answer 503 within 3 seconds; soon after, all works again."""
    todo = create(api, title=word(rng), tags=tags(rng))
    requests = _every_request(api, todo, word(rng), timeout_s=HANGING_S)
    together([partial(read, api, todo)] * 4)

    service("db").pause()
    *replies, live = together([*(requests * 2)[:BURST], partial(api.get, "/live")])
    service("db").unpause()

    recovered(api, app, "after the database went on")
    for reply in replies:
        unavailable(reply, "while the database hangs")
    live.expect(200)
    vote(api, create(api, title=word(rng))).expect(200, {"id": POSITIVE, "votes": 1})
    create_many(api, [{"title": word(rng)} for _ in range(2)])


def _every_request(api, todo, title, timeout_s=3.0):
    """Return one call for each kind of request that needs the database, all of them valid."""
    seen = {"If-Match": f'"{todo["version"]}"'}
    calls = [
        partial(api.get, address(todo)),
        partial(api.get, "/todos", params={"limit": 1}),
        partial(api.post, "/todos", json={"title": title}),
        partial(api.post, "/todos/bulk", json={"items": [{"title": f"{title} {number}"} for number in range(2)]}),
        partial(api.patch, address(todo), json={"done": True}, headers=seen),
        partial(api.post, f"{address(todo)}/votes"),
    ]
    return [partial(call, timeout_s=timeout_s) for call in calls]


def _is_well(api):
    api.get("/live").expect(200, {})
    api.get("/ready").expect(200, {})
