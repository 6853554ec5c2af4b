"""DELETE /todos/{id}."""

import pytest
from grader_checks import expect
from support import address, create, ids, newest, refused, word


@pytest.mark.check(points=3, group="delete", hint="204 means: done, and there is nothing more to say.")
def test_delete_answers_204(api, rng):
    """DELETE answers 204 with an empty body; the to-do is gone, its neighbours stay."""
    older, doomed, newer = (create(api, title=f"{name} {word(rng)}") for name in ("older", "doomed", "newer"))
    reply = api.delete(address(doomed)).expect(204)
    expect(not reply.body, f"{reply.label}: expected an empty body")
    refused(api.get(address(doomed)), 404, "the id of a deleted to-do")
    listed, _ = newest(api, 2)
    expect(ids(listed) == ids([older, newer]), "GET /todos: expected the deleted to-do to be gone, the others to stay")


@pytest.mark.check(
    points=2, group="delete", hint="After a DELETE the id is as unknown as one that was never given out."
)
def test_deleted_todo_answers_404(api, rng):
    """A deleted to-do can be neither deleted again nor changed: DELETE, PATCH and PUT answer 404."""
    todo, other = create(api, title=f"gone {word(rng)}"), create(api, title=f"here {word(rng)}")
    api.delete(address(todo)).expect(204)
    refused(api.delete(address(todo)), 404, "the id of a deleted to-do")
    refused(api.patch(address(todo), json={"done": True}), 404, "the id of a deleted to-do")
    refused(api.put(address(todo), json={"title": word(rng)}), 404, "the id of a deleted to-do")
    api.patch(address(other), json={"done": True}).expect(200, {"done": True})
