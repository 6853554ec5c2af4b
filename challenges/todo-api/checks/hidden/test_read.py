"""GET /todos/{id}."""

import pytest
from support import address, create, refused, word

UNKNOWN = ("0", "abc", "99999999999999999999")


@pytest.mark.check(
    points=3,
    group="read",
    hint="Anything that is not the id of a stored to-do is unknown. What does your database say to a huge number?",
)
def test_unknown_id_answers_404(api, rng):
    """GET, PATCH, PUT and DELETE of an id that belongs to no to-do answer 404, whatever the id looks like."""
    todo = create(api, title=f"read {word(rng)}")
    for unknown in (*UNKNOWN, str(todo["id"] + 10**6)):
        refused(api.get(f"/todos/{unknown}"), 404, "an unknown id")
    far = f"/todos/{todo['id'] + 10**6}"
    refused(api.patch(far, json={"done": True}), 404, "an unknown id")
    refused(api.put(far, json={"title": word(rng)}), 404, "an unknown id")
    refused(api.delete(far), 404, "an unknown id")
    api.get(address(todo)).expect(200, todo)


@pytest.mark.check(
    points=2,
    group="read",
    hint="Text is data: give it to the database as a parameter, never as part of a statement, and do not escape it.",
)
def test_text_comes_back_unchanged(api, rng):
    """Quotes, line breaks, markup, emoji and letters of other scripts come back exactly as they were sent."""
    title = f'Robert\'); DROP TABLE todos;-- "{word(rng)}" <b>100 %</b> \\n ✓ 🙂'
    notes = f"  first line\n\tsecond {word(rng)}\r\n&amp; żółw 買い物 %s {{0}} ' \n"
    todo = create(api, title=title, notes=notes)
    api.get(address(todo)).expect(200, {"title": title, "notes": notes})
    swapped = {"title": notes.strip(), "notes": title}
    api.patch(address(todo), json=swapped).expect(200, swapped)
    api.get(address(todo)).expect(200, swapped)
