"""GET /todos: order, filters, search, pages."""

import pytest
from grader_checks import expect
from support import create, ids, newest, page, refused, word


@pytest.mark.check(
    points=2, group="list", hint="Say the order in the query itself; without it a database may pick any."
)
def test_list_is_in_order_of_creation(api, rng):
    """GET /todos answers complete to-dos in order of id, 20 to a page unless asked otherwise."""
    made = [create(api, title=f"{number} {word(rng)}", done=number == 1) for number in range(3)]
    listed, total = newest(api, 3)
    expect(listed == made, "GET /todos: expected the last three items to be the three newest to-dos, complete, by id")
    for number in range(max(total, 0), 21):
        create(api, title=f"{number} {word(rng)}")
    first = page(api)
    expect((first["limit"], first["offset"]) == (20, 0), 'GET /todos: expected "limit" 20 and "offset" 0')
    found = ids(first["items"])
    expect(len(found) == 20, f"GET /todos: expected 20 of {max(total, 21)} to-dos on the first page, got {len(found)}")
    expect(found == sorted(found), "GET /todos: expected the items in order of id, smallest first")


@pytest.mark.check(
    points=3, group="list", hint='A query parameter is text, and the text "false" is neither empty nor absent.'
)
def test_list_filters_by_done(api, rng):
    """GET /todos?done=true lists only what is done, done=false only what is not."""
    first, second, third = (create(api, title=word(rng), done=done) for done in (False, True, False))
    done, done_total = newest(api, 1, done="true")
    expect(ids(done) == ids([second]), "GET /todos?done=true: expected the newest done to-do as the last item")
    todo, todo_total = newest(api, 2, done="false")
    expect(ids(todo) == ids([first, third]), "GET /todos?done=false: expected only the to-dos that are not done")
    total = page(api, limit=1)["total"]
    expect(done_total + todo_total == total, 'GET /todos: expected "total" to count the to-dos that match the filter')


@pytest.mark.check(
    points=3,
    group="list",
    hint="Compare titles only, both sides in one case, and let search and filters work together.",
)
def test_list_searches_titles(api, rng):
    """GET /todos?q=... lists the to-dos whose title contains the text in upper or lower case, among those filtered."""
    name = word(rng)
    first = create(api, title=f"Buy {name.upper()} at O'Brien's")
    create(api, title=f"no {word(rng)}", notes=name)
    second = create(api, title=f"sell {name}", done=True)
    _finds(api, {"q": name}, [first, second], "a part of the title")
    _finds(api, {"q": f"{name.capitalize()} AT o'brien'"}, [first], "a text with spaces and a quote")
    _finds(api, {"q": name, "done": "true"}, [second], "a text and done=true")
    _finds(api, {"q": name + word(rng)}, [], "a text that no title contains")


@pytest.mark.check(
    points=2, group="list", hint="Does a character of the text that a user looks for mean something to your database?"
)
def test_search_takes_text_literally(api, rng):
    """The characters %, _ and * in a search stand for themselves."""
    name = word(rng)
    percent = create(api, title=f"{name} 100% sure")
    create(api, title=f"{name} 100 times sure")
    underscore = create(api, title=f"{name}_a")
    create(api, title=f"{name}xa")
    _finds(api, {"q": f"{name} 100% s"}, [percent], "a text with %")
    _finds(api, {"q": f"{name}_a"}, [underscore], "a text with _")
    _finds(api, {"q": f"{name}*"}, [], "a text with *")


@pytest.mark.check(
    points=4,
    group="list",
    hint="An offset counts to-dos, not pages. Where does the second page begin, and what does the last one hold?",
)
def test_pages_join_without_gap(api, rng):
    """Pages of GET /todos hold each to-do exactly once, count all in total, and are empty past the end."""
    made = [create(api, title=f"{number} {word(rng)}") for number in range(5)]
    total = page(api, limit=1)["total"]
    pages = [page(api, limit=2, offset=total - 5 + skipped) for skipped in (0, 2, 4)]
    wanted = [ids(made[:2]), ids(made[2:4]), ids(made[4:])]
    found = [ids(one["items"]) for one in pages]
    expect(found == wanted, "GET /todos with limit=2: expected the five newest to-dos on pages of 2, 2 and 1")
    expect(all(one["total"] == total for one in pages), 'GET /todos: expected the same "total" on every page')
    expect(pages[1]["limit"] == 2 and pages[1]["offset"] == total - 3, "GET /todos: expected limit and offset as asked")
    past = page(api, limit=100, offset=10**20)
    expect(past["items"] == [] and past["total"] == total, "GET /todos past the end: expected no items and the total")


@pytest.mark.check(
    points=3, group="list", hint="Where does your database put rows without a value, and how does it order equal ones?"
)
def test_list_sorts(api, rng):
    """GET /todos?sort=due lists the earliest first and those without a date last; sort=-id lists the newest first."""
    # only this check uses dates of long ago, so that its to-dos come first
    early, late = f"{rng.randrange(1500, 1600)}-12-31", f"{rng.randrange(1600, 1900)}-01-01"
    made = [create(api, title=word(rng), due=due) for due in (late, early, None, late)]
    sorted_first = page(api, sort="due", limit=3)
    expected = ids([made[1], made[0], made[3]])
    expect(ids(sorted_first["items"]) == expected, "GET /todos?sort=due: expected the earliest first, equals by id")
    sorted_last = page(api, sort="due", limit=1, offset=sorted_first["total"] - 1)
    expect(
        ids(sorted_last["items"]) == ids([made[2]]), "GET /todos?sort=due: expected those without a date last, by id"
    )
    newest_first = page(api, sort="-id", limit=4)
    expect(ids(newest_first["items"]) == ids(made[::-1]), "GET /todos?sort=-id: expected the newest to-do first")


@pytest.mark.check(
    points=2, group="list", hint="Silently repairing a parameter hides a client's mistake; say which one was wrong."
)
def test_list_refuses_bad_parameters(api, rng):
    """GET /todos answers 422 to a limit, offset, done or sort outside of what is allowed, and accepts the edges."""
    page(api, limit=1, offset=0, done="true", sort="due")
    wrong = (("limit", "0"), ("limit", "101"), ("limit", "ten"), ("offset", "-1"), ("done", "yes"), ("sort", "title"))
    for name, value in wrong:
        refused(api.get("/todos", params={name: value}), 422, f"{name}={value}")
    page(api, limit=100, offset=0, done="false", sort="id", q="", colour=word(rng))


def _finds(api, params, wanted, what):
    found = page(api, **params)
    message = f"GET /todos?q=... with {what}: expected {len(wanted)} to-do(s) that match, in order of id"
    expect(ids(found["items"]) == ids(wanted), message)
    expect(found["total"] == len(wanted), f'{message}, and "total" {len(wanted)}')
