"""What the hidden checks share. The app is full of other checks' to-dos, so each looks only at those it made itself."""

from datetime import date, timedelta

from grader_checks import expect, that

FIELDS = {"id", "title", "notes", "done", "due"}
POSITIVE = that("a positive integer", lambda value: type(value) is int and value > 0)
TEXT = that("a text that is not empty", lambda value: isinstance(value, str) and value.strip())
PAGE = {"items": [{"id": POSITIVE}], "total": int, "limit": int, "offset": int}


def word(rng):
    """Return a word of twelve letters that no other to-do holds."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def some_day(rng):
    """Return a date between 2030 and 2057, as the API writes it."""
    return (date(2030, 1, 1) + timedelta(days=rng.randrange(10_000))).isoformat()


def anything(rng):
    """Return the fields of a valid to-do, none of them at its default."""
    return {"title": f"call {word(rng)}", "notes": f"about {word(rng)}", "done": True, "due": some_day(rng)}


def create(api, **fields):
    """Create a to-do that is valid, and return it as the app answered it."""
    return api.post("/todos", json=fields).expect(201, {"id": POSITIVE, **fields}).json()


def address(todo):
    """Return the path of a to-do."""
    return f"/todos/{todo['id']}"


def unchanged(api, todo, after):
    """Fail the check unless the to-do can be read and is still `todo`."""
    reply = api.get(address(todo)).expect(200)
    expect(reply.json() == todo, f"{reply.label} after {after}: expected the to-do to be as it was before")


def page(api, **params):
    """Return one page of the list."""
    return api.get("/todos", params=params).expect(200, PAGE).json()


def newest(api, count, **filters):
    """Return the last `count` to-dos of the list in its default order, and how many match the filters in all."""
    total = page(api, limit=1, **filters)["total"]
    return page(api, limit=count, offset=max(0, total - count), **filters)["items"], total


def ids(todos):
    """Return the ids of to-dos, in order."""
    return [todo["id"] for todo in todos]


def refused(reply, status, sent):
    """Fail the check unless the app refused with `status` what the learner reads as `sent`."""
    expect(reply.status == status, f"{reply.label} with {sent}: expected status {status}, got {reply.status}")
