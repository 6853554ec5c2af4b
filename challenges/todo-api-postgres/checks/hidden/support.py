"""What the hidden checks share. The app is full of other checks' to-dos, so each looks only at those it made itself."""

import time
from dataclasses import dataclass
from functools import partial

from grader_checks import expect, fail, that, together

POSITIVE = that("a positive integer", lambda value: type(value) is int and value > 0)
TEXT = that("a text that is not empty", lambda value: isinstance(value, str) and value.strip())
LIST = {"items": [{"id": POSITIVE, "title": str, "tags": [str]}]}

RECOVERY_S = 5.0
ARRIVAL_S = 2.0
HELD_S = 0.4
QUIET_S = 0.08
ROUNDS = 5
TABLES_OF_THE_APP = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relowner = CAST('app' AS regrole) AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY 1
"""
CONNECTIONS_OF_THE_APP = """
    SELECT pid, CAST(backend_start AS text) AS since, state,
           coalesce(wait_event_type = 'Lock', false) AS waits
    FROM pg_stat_activity WHERE usename = 'app' AND backend_type = 'client backend'
"""


# --- to-dos ---


def word(rng):
    """Return a word of twelve letters that no other to-do holds."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def tags(rng, count=2):
    """Return tags that no other to-do has."""
    return [word(rng) for _ in range(count)]


def create(api, **fields):
    """Create a to-do that is valid, and return it as the app answered it."""
    return comparable(api.post("/todos", json=fields).expect(201, {"id": POSITIVE, "title": fields["title"]}).json())


def create_many(api, items):
    """Create to-dos that are valid with one request, and return them as the app answered them."""
    reply = api.post("/todos/bulk", json={"items": items}).expect(201, LIST)
    made = [comparable(todo) for todo in reply.json()["items"]]
    sent = [item["title"] for item in items]
    expect([todo["title"] for todo in made] == sent, f"{reply.label}: expected the items in the order that was sent")
    return made


def read(api, todo):
    """Return a to-do as it is now."""
    return comparable(api.get(address(todo)).expect(200, {"id": todo["id"], "title": str, "tags": [str]}).json())


def listed(api, **params):
    """Return the to-dos of the list."""
    return [comparable(todo) for todo in api.get("/todos", params=params).expect(200, LIST).json()["items"]]


def comparable(todo):
    """Return a to-do of an answer with its tags in order, for their order means nothing."""
    names = todo.get("tags")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return {**todo, "tags": sorted(names)}
    return todo


def address(todo):
    """Return the path of a to-do."""
    return f"/todos/{todo['id']}"


def patch(api, todo, **change):
    """Return the answer to a change of the version that `todo` has."""
    return api.patch(address(todo), json=change, headers={"If-Match": f'"{todo["version"]}"'})


def vote(api, todo):
    """Return the answer to a vote."""
    return api.post(f"{address(todo)}/votes")


def ids(todos):
    """Return the ids of to-dos, in order."""
    return [todo["id"] for todo in todos]


def unchanged(api, todo, after):
    """Fail the check unless the to-do is still as `todo` says."""
    expect(read(api, todo) == todo, f"GET {address(todo)} after {after}: expected the to-do to be as it was before")


def refused(reply, status, code, sent):
    """Fail the check unless the app refused, in the documented form, what the learner reads as `sent`."""
    expect(reply.status == status, f"{reply.label} with {sent}: expected status {status}, got {reply.status}")
    reply.expect(status, {"error": {"code": code, "message": TEXT}})


# --- a database in trouble ---


def unavailable(reply, when):
    """Fail the check unless the app said, in the documented form, that it cannot serve."""
    expect(reply.status == 503, f"{reply.label} {when}: expected status 503, got {reply.status}")
    reply.expect(503, {"error": {"code": "unavailable", "message": TEXT}})
    after = reply.headers.get("Retry-After", "")
    wanted = after.isascii() and after.isdigit() and int(after) > 0
    expect(wanted, f"{reply.label} {when}: expected a Retry-After header that holds a positive integer")


def recovered(api, app, after):
    """Return when the app can use the database again; if it takes too long, restart it for the next checks and fail.

    Its processes recover one by one, so a single good answer is not yet enough.
    """
    deadline = time.monotonic() + RECOVERY_S
    in_a_row = 0
    while in_a_row < 3:
        replies = together([partial(api.get, "/todos", params={"limit": 1})] * 4)
        statuses = sorted({reply.status for reply in replies})
        in_a_row = in_a_row + 1 if statuses == [200] else 0
        if not in_a_row and time.monotonic() > deadline:
            app.restart()
            got = ", ".join(map(str, statuses))
            fail(f"GET /todos: expected status 200 within {RECOVERY_S:g} s {after}, got {got}")
        time.sleep(0.02)


# --- requests that overlap ---


@dataclass
class Overlap:
    """What came of requests that overlapped: the answers, and the app's connections while nobody could write."""

    replies: list
    connections: list
    raced: bool


def overlapping(db, calls):
    """Make `calls` together while nobody can write, and return what came of it.

    A race needs requests that have read and not yet written. Tables that are locked against writing bring all of them
    there, where luck would bring some: those that read first wait with what they have read, then all go on. It has
    come to a race if two waited at a time. On a busy machine one may be too late for that, so a check that needs the
    race makes another one, `ROUNDS` at most: an app that lets requests in one by one never races.
    """
    unanswered = list(calls)

    def until_answered(call):
        try:
            return call()
        finally:
            unanswered.pop()

    names = [row["name"] for row in db.query(TABLES_OF_THE_APP)]
    expect(names, "expected tables in the database that belong to the role of DATABASE_URL, but there are none")
    with db.engine.connect() as blocker, db.engine.connect() as watcher:
        watcher.execution_options(isolation_level="AUTOCOMMIT")
        blocker.exec_driver_sql(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")

        def let_go():
            try:
                return _watch_until_quiet(watcher, unanswered)
            finally:
                blocker.rollback()

        *replies, (connections, most_waiting) = together([*(partial(until_answered, call) for call in calls), let_go])
    return Overlap(replies, connections, raced=most_waiting > 1)


def _watch_until_quiet(watcher, unanswered):
    """Return the app's connections and how many waited at a time.

    Ends once no more of them come to wait, nothing is unanswered, or the first has waited for as long as the statement
    says. How long it takes that one to come is the machine's affair.
    """
    changed = time.monotonic()
    deadline = changed + ARRIVAL_S
    seen, most_waiting = [], 0
    while True:
        current = watcher.exec_driver_sql(CONNECTIONS_OF_THE_APP).all()
        now = time.monotonic()
        waiting = sum(row.waits for row in current)
        if waiting and not most_waiting:
            deadline = now + HELD_S
        if waiting < 2 or waiting > most_waiting or len(current) > len(seen):
            changed = now
        seen, most_waiting = max(seen, current, key=len), max(most_waiting, waiting)
        if not unanswered or now > deadline or now > changed + QUIET_S:
            return seen, most_waiting
        time.sleep(0.01)
