"""What survives the death of the app's process."""

import pytest
from grader_checks import expect
from support import address, anything, create, refused, unchanged, word


@pytest.mark.check(
    points=8,
    group="persistence",
    hint="Memory is gone with the process, and nobody says good-bye: what you answered must be in a file by then.",
)
def test_survives_being_killed(api, app, rng):
    """Whatever was answered with 2xx is still so after the app was killed and started again, and ids go on."""
    kept = create(api, **anything(rng))
    changed = create(api, **anything(rng))
    change = {"title": f"changed {word(rng)}", "due": None}
    deleted = create(api, **anything(rng))
    api.delete(address(deleted)).expect(204)
    api.patch(address(changed), json=change).expect(200, change)

    app.restart()

    unchanged(api, kept, "the app was killed and started again")
    unchanged(api, {**changed, **change}, "the app was killed and started again")
    refused(api.get(address(deleted)), 404, "the id of a deleted to-do, after the app was killed")
    new = create(api, **anything(rng))
    expect(new["id"] > deleted["id"], "POST /todos after the app was killed: expected an id larger than all before")
