"""The suite that grades: learners never see it.

For the author: each function is a check. Its docstring is the title that learners read, so it says what is right; its
id is its name without `test_`. Points of the whole suite add up to 100. What a check asks follows from README.md.
"""

import pytest
from grader_checks import expect
from support import ERROR, address, anything, create, listed, odd, refuses


@pytest.mark.check(points=20, group="bookmarks", hint="What does your app answer, and what does it keep?")
def test_a_bookmark_is_kept_as_it_was_sent(api, rng):
    """POST /bookmarks answers 201 with the new bookmark, and GET finds it under its id."""
    first, second = create(api, odd(rng)), create(api, odd(rng))
    expect(first["id"] != second["id"], "POST /bookmarks: expected an id that no other bookmark has")
    for bookmark in (first, second):
        api.get(address(bookmark)).expect(200, bookmark)


@pytest.mark.check(points=15, group="bookmarks", hint="Which order does your store promise, if you ask for none?")
def test_all_bookmarks_are_listed(api, rng):
    """GET /bookmarks lists every bookmark once, the oldest first."""
    own = [create(api, odd(rng)) for _ in range(rng.randrange(3, 7))]
    expect(listed(api, own) == own, "GET /bookmarks: expected every bookmark once, the oldest first")


@pytest.mark.check(
    points=15, group="bookmarks", hint="Where does a deleted bookmark still show, and which others went?"
)
def test_a_deleted_bookmark_is_gone(api, rng):
    """After DELETE a bookmark is neither found nor listed; the others stay."""
    stays, goes = create(api, anything(rng)), create(api, anything(rng))
    api.get(address(goes)).expect(200)
    api.delete(address(goes)).expect(204)
    api.get(address(goes)).expect(404, ERROR)
    api.get(address(stays)).expect(200, stays)
    expect(listed(api, [stays, goes]) == [stays], "GET /bookmarks after a DELETE: expected the others, and only those")


# A check that something is refused has witnesses: the proper request works before and after. Without them an app that
# refuses everything, or is dead, would earn the points.
@pytest.mark.check(points=15, group="errors", hint="What does your app do with an id that it never gave to anything?")
def test_unknown_ids_are_not_found(api, rng):
    """GET and DELETE of an id that no bookmark has answer 404, and bookmarks that are there stay."""
    bookmark = create(api, anything(rng))
    unknown = f"/bookmarks/{10**9 + rng.randrange(10**8)}"
    api.get(unknown).expect(404, ERROR)
    api.delete(unknown).expect(404, ERROR)
    api.get(address(bookmark)).expect(200, bookmark)


@pytest.mark.check(points=20, group="errors", hint="Look at the type of a value before you look at its length.")
def test_invalid_bookmarks_are_refused(api, rng):
    """POST /bookmarks answers 422 to what is no valid bookmark, and stores nothing."""
    good = anything(rng)
    for title in ("é", "é" * 100):  # both ends of what is allowed
        create(api, {**good, "title": title})
    before = api.get("/bookmarks").expect(200).json()
    for bad, what in (
        ({"title": good["title"]}, "no url"),
        ({"url": good["url"]}, "no title"),
        ({**good, "url": good["url"].replace("https:", "ftp:")}, "a url of another scheme"),
        ({**good, "url": rng.randrange(1000)}, "a number as url"),
        ({**good, "title": ""}, "an empty title"),
        ({**good, "title": "é" * 101}, "a title of 101 characters"),
        ({**good, "title": None}, "null as title"),
        ([good], "a list instead of an object"),
    ):
        refuses(api, what, json=bad)
    refuses(api, "a body that is no JSON", data=good["title"].encode(), headers={"Content-Type": "application/json"})
    after = api.get("/bookmarks").expect(200).json()
    expect(before == after, "GET /bookmarks: expected nothing new after requests that were refused")
    create(api, good)


@pytest.mark.check(points=15, group="persistence", hint="Memory is gone with the process. What is not?")
def test_bookmarks_survive(api, app, rng):
    """Whatever was answered with 2xx is still so after the app was killed and started again."""
    stays, goes = create(api, anything(rng)), create(api, anything(rng))
    api.delete(address(goes)).expect(204)
    app.restart()
    api.get(address(stays)).expect(200, stays)
    new = create(api, anything(rng))
    found = listed(api, [stays, goes, new])
    expect(
        found == [stays, new], "GET /bookmarks after the app was killed: expected what was there before, and the new"
    )
