"""What the database sees of the app: statements, connections, transactions, text."""

from functools import partial

import pytest
from grader_checks import expect, together
from support import (
    CONNECTIONS_OF_THE_APP,
    POSITIVE,
    address,
    create,
    create_many,
    ids,
    listed,
    overlapping,
    patch,
    read,
    refused,
    tags,
    unchanged,
    vote,
    word,
)

MOST_STATEMENTS = 3
MOST_CONNECTIONS = 20
BURST = 50
BURSTS = 3  # on a busy machine fewer than there could be are connected by the time the first must go on
REPEATED = 3


@pytest.mark.check(
    points=6,
    group="statements",
    hint="One query for the to-dos and one more for each of them is n + 1. A join or an aggregate needs one, IN two.",
)
def test_list_needs_few_statements(api, db, rng):
    """GET /todos with 50 to-dos and their tags runs at most 3 statements, with and without a filter."""
    common = word(rng)
    made = create_many(api, [{"title": word(rng), "tags": [common, word(rng)]} for _ in range(BURST)])
    newest_first = sorted(made, key=lambda todo: -todo["id"])
    for what, params in (("GET /todos", {}), ("GET /todos?tag=...", {"tag": common})):
        expect(listed(api, **params) == newest_first, f"{what}: expected the {BURST} newest to-dos with their tags")
        # several, because a statement is counted when the next one ends it, if the app does not
        with db.statements() as seen:
            for _ in range(REPEATED):
                api.get("/todos", params=params).expect(200)
        count = round(seen.count / REPEATED)
        expect(seen.count > 0, f"{what}: expected the app to ask the database, but it ran no statement")
        expect(count <= MOST_STATEMENTS, f"{what} with {BURST} to-dos: expected at most 3 statements, got {count}")


@pytest.mark.check(
    points=6,
    group="connections",
    hint="A pool lends a bounded number of connections; who finds none free waits for one instead of opening another.",
)
def test_burst_shares_connections(api, db, rng):
    """50 requests at once use at most 20 connections to the database, and all of them succeed."""
    create(api, title=word(rng), tags=[word(rng)])
    for _ in range(BURSTS):
        tag = word(rng)
        todos = [{"title": f"{number} {tag}", "tags": [tag]} for number in range(BURST)]
        overlap = overlapping(db, [partial(api.post, "/todos", json=todo) for todo in todos])
        used = len(overlap.connections)
        expect(used > 0, f"{BURST} POSTs at once: expected the app to be connected to the database, but it is not")
        expect(used <= MOST_CONNECTIONS, f"{BURST} POSTs at once: expected at most 20 connections, got {used}")
        statuses = sorted({reply.status for reply in overlap.replies})
        expect(statuses == [201], f"{BURST} POSTs at once: expected 201 for each, got {', '.join(map(str, statuses))}")
        found = len(listed(api, tag=tag, limit=BURST))
        expect(found == BURST, f"GET /todos?tag=... after {BURST} POSTs at once: expected {BURST} to-dos, got {found}")


@pytest.mark.check(
    points=4,
    group="connections",
    hint="Opening a connection costs more than most queries: keep those you have, and lend them to the next request.",
)
def test_connections_are_used_again(api, db, rng):
    """Connections stay open between requests and are used again."""
    todo = create(api, title=word(rng))
    together([partial(read, api, todo)] * 4)
    before = _connections(db)
    for _ in range(8):
        unchanged(api, todo, "reading it")
        vote(api, todo).expect(200, {"votes": POSITIVE})
        todo = read(api, todo)
    after = _connections(db)
    expect(before & after, "24 requests, one after the other: expected a connection of before to be there afterwards")
    expect(len(after) <= MOST_CONNECTIONS, f"after some requests: expected at most 20 connections, got {len(after)}")


@pytest.mark.check(
    points=4,
    group="connections",
    hint="Whatever way a request ends, the connection goes back and the transaction ends: that is what `with` is for.",
)
def test_nothing_stays_open(api, db, rng):
    """After requests that were refused no transaction is open and no connection is lost."""
    taken, todo = create(api, title=word(rng)), create(api, title=word(rng))
    refusals = [
        (partial(api.post, "/todos", json={"title": taken["title"]}), 409, "conflict"),
        (partial(patch, api, {**todo, "version": 7}, done=True), 412, "version_mismatch"),
        (partial(patch, api, todo, title=taken["title"]), 409, "conflict"),
        (partial(api.post, "/todos/0/votes"), 404, "not_found"),
        (partial(api.get, "/todos/0"), 404, "not_found"),
    ]
    for call, status, code in refusals * 6:
        refused(call(), status, code, "a request that has to be refused")
    together([partial(unchanged, api, todo, "requests that were refused")] * 8)
    patch(api, todo, done=True).expect(200, {"done": True})
    connections = db.query(CONNECTIONS_OF_THE_APP)
    still_open = sum("in transaction" in (row["state"] or "") for row in connections)
    expect(still_open == 0, f"after the answers: expected no transaction to be open, got {still_open}")
    expect(
        len(connections) <= MOST_CONNECTIONS,
        f"after 30 requests that were refused: expected at most 20 connections, got {len(connections)}",
    )


@pytest.mark.check(
    points=3,
    group="text",
    cwe="CWE-89",
    hint="Text goes to the database beside the statement, as a parameter, never inside of it.",
)
def test_text_is_never_sql(api, rng):
    """Quotes, percent signs, backslashes and SQL in titles and tags mean nothing: they are stored and found as sent."""
    name = word(rng)
    odd = [f"O'Brien {name}", f'"{name}" 100% \\', f"{name}'); --", f"{{{name}}}, :name %s $1"]
    made = [create(api, title=text, tags=[text[:30]]) for text in odd]
    bulk = create_many(api, [{"title": f"2 {text}", "tags": [f"2 {text}"[:30]]} for text in odd])
    for text, todo in zip([*odd, *(f"2 {text}" for text in odd)], made + bulk, strict=True):
        api.get(address(todo)).expect(200, {"title": text, "tags": [text[:30]]})
        expect(ids(listed(api, tag=text[:30])) == [todo["id"]], "GET /todos?tag=... with odd text: expected one to-do")
    everything = f"{name}' OR '1'='1"
    expect(listed(api, tag=everything) == [], "GET /todos?tag=... with SQL in it: expected no to-do")
    patch(api, made[0], title=f"{name}' || 'x").expect(200, {"title": f"{name}' || 'x"})


@pytest.mark.check(
    points=2,
    group="text",
    hint="PostgreSQL has a largest integer and one character that it cannot store; who finds out, you or a client?",
)
def test_limits_of_postgresql(api, rng):
    """U+0000 in a title or tag answers 422, an id larger than any number of the database 404."""
    todo = create(api, title=word(rng), tags=tags(rng))
    nul = f"{word(rng)}\0"
    refused(api.post("/todos", json={"title": nul}), 422, "invalid", "U+0000 in the title")
    refused(api.post("/todos", json={"title": word(rng), "tags": [nul]}), 422, "invalid", "U+0000 in a tag")
    refused(patch(api, todo, title=nul), 422, "invalid", "U+0000 in the title")
    for huge in (2**31, 2**63, 10**20 + rng.randrange(10**6)):
        refused(api.get(f"/todos/{huge}"), 404, "not_found", "an id that is larger than any")
        refused(api.post(f"/todos/{huge}/votes"), 404, "not_found", "an id that is larger than any")
    unchanged(api, todo, "requests that were refused")
    create(api, title=f"{word(rng)} \u00e9 \U0001f642 \u0001", tags=[f"{word(rng)} \u2713"])


def _connections(db):
    return {(row["pid"], row["since"]) for row in db.query(CONNECTIONS_OF_THE_APP)}
