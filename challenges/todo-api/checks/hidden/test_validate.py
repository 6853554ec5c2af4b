"""Values that a to-do may not have. Each check shows that their valid twins are accepted, before and after."""

import pytest
from grader_checks import expect
from support import TEXT, address, create, page, refused, unchanged, word


def post(api, **fields):
    return api.post("/todos", json=fields)


@pytest.mark.check(
    points=3, group="validate", hint="Look at the type of the value before you use it: null and 5 are not strings."
)
def test_title_is_required(api, rng):
    """POST /todos without a title, or with one that is not a string, answers 422 and stores nothing."""
    before = page(api, limit=1)["total"]
    create(api, title=f"before {word(rng)}", notes="x")
    refused(post(api, notes=word(rng)), 422, "no title")
    refused(post(api, title=None), 422, "null as title")
    refused(post(api, title=rng.randrange(10**6)), 422, "a number as title")
    create(api, title=f"after {word(rng)}", notes="x")
    after = page(api, limit=1)["total"]
    expect(after == before + 2, "GET /todos: expected none of the refused to-dos to be stored")


@pytest.mark.check(points=2, group="validate", hint="When is a title blank: before or after you trimmed it?")
def test_blank_title_is_refused(api, rng):
    """POST /todos with a title that is empty or only white space answers 422."""
    title = word(rng)
    create(api, title=title)
    refused(post(api, title=""), 422, "an empty title")
    refused(post(api, title=" " * rng.randrange(2, 9)), 422, "a title of spaces")
    refused(post(api, title="\t\n "), 422, "a title of tabs and line breaks")
    create(api, title=title[0])


@pytest.mark.check(points=2, group="validate", hint="Count characters, not bytes, and trim before you count.")
def test_text_length_is_limited(api, rng):
    """A title has at most 200 characters, notes have at most 2000; one more answers 422."""
    title, notes = word(rng).ljust(200, "🙂"), word(rng).ljust(2000, "é")
    create(api, title=title, notes=notes)
    refused(post(api, title=title + "!"), 422, "a title of 201 characters")
    refused(post(api, title="ok", notes=notes + "!"), 422, "notes of 2001 characters")
    refused(post(api, title="ok", notes=None), 422, "null as notes")
    refused(post(api, title="ok", notes=[word(rng)]), 422, "a list as notes")
    post(api, title=f"  {title}  ", notes=notes).expect(201, {"title": title, "notes": notes})


@pytest.mark.check(
    points=3, group="validate", hint='Libraries like to turn 1 or "true" into a boolean; ask for the type itself.'
)
def test_done_must_be_a_boolean(api, rng):
    """POST /todos takes true and false for done, and answers 422 to anything that only resembles them."""
    title = word(rng)
    create(api, title=title, done=True)
    refused(post(api, title=title, done="true"), 422, 'the string "true" as done')
    refused(post(api, title=title, done=1), 422, "the number 1 as done")
    refused(post(api, title=title, done=0), 422, "the number 0 as done")
    refused(post(api, title=title, done=None), 422, "null as done")
    create(api, title=title, done=False)


@pytest.mark.check(
    points=3,
    group="validate",
    hint="The pattern alone does not know the calendar, and a date parser alone may know more spellings than one.",
)
def test_due_must_be_a_real_date(api, rng):
    """POST /todos takes a date that exists, written YYYY-MM-DD, as due, and answers 422 to everything else."""
    title, leap = word(rng), 2000 + 4 * rng.randrange(1, 20)
    create(api, title=title, due=f"{leap}-02-29")
    refused(post(api, title=title, due=f"{leap + 1}-02-29"), 422, "29 February of a year that has none as due")
    refused(post(api, title=title, due=f"{leap}-13-01"), 422, "a thirteenth month in due")
    refused(post(api, title=title, due=f"{leap}-3-1"), 422, "a due date without its zeros")
    refused(post(api, title=title, due=f"{leap}0301"), 422, "a due date without its dashes")
    refused(post(api, title=title, due=f"{leap}-03-01T00:00:00"), 422, "a time of day in due")
    refused(post(api, title=title, due=""), 422, "an empty string as due")
    create(api, title=title, due=f"{leap + 1}-02-28")


@pytest.mark.check(
    points=2,
    group="validate",
    hint="Collect the problems of all fields and answer once, instead of stopping at the first.",
)
def test_error_names_every_bad_field(api, rng):
    """A 422 has an object "fields" in its error, with a text for each refused field or parameter and for no other."""
    good = create(api, title=word(rng), notes=word(rng))
    _names(post(api, title=" ", notes=word(rng), done="no", due="soon"), {"title", "done", "due"})
    _names(api.patch(address(good), json={"notes": 5, "done": True}), {"notes"})
    _names(api.get("/todos", params={"limit": "0", "done": "maybe", "offset": "0"}), {"limit", "done"})
    unchanged(api, good, "a PATCH that was refused")


def _names(reply, names):
    sent = f"bad {' and '.join(sorted(names))}"
    refused(reply, 422, sent)
    reply.expect(422, {"error": {"fields": dict.fromkeys(names, TEXT)}})
    others = set(reply.json()["error"]["fields"]) - names
    expect(not others, f'{reply.label} with {sent}: expected "error.fields" to have no other keys')
