"""Requests that overlap: what has been read may be old before it is written back."""

from functools import partial

import pytest
from grader_checks import expect
from support import (
    POSITIVE,
    ROUNDS,
    address,
    create,
    listed,
    overlapping,
    patch,
    read,
    refused,
    unchanged,
    vote,
    word,
)

BURST = 12


@pytest.mark.check(
    points=6,
    group="concurrency",
    hint="Between reading a number and writing it plus one, others read it too. Who should do the sum?",
)
def test_no_vote_is_lost(api, db, rng):
    """Votes that come at the same time all count, and nothing but votes changes."""
    for _ in range(ROUNDS):
        todo, other = create(api, title=word(rng)), create(api, title=word(rng))
        vote(api, todo).expect(200, {"id": todo["id"], "votes": 1, "version": 1})
        overlap = overlapping(db, [partial(vote, api, todo)] * BURST)
        answered = sorted(reply.expect(200, {"votes": POSITIVE}).json()["votes"] for reply in overlap.replies)
        found = read(api, todo)["votes"]
        expect(found == 1 + BURST, f"{BURST} votes at once, after 1: expected {1 + BURST} votes, got {found}")
        expect(answered == list(range(2, 2 + BURST)), f"{BURST} votes at once: expected each to answer its own sum")
        unchanged(api, {**todo, "votes": 1 + BURST}, "votes")
        unchanged(api, other, "votes for another one")
        if overlap.raced:
            break


@pytest.mark.check(
    points=5,
    group="concurrency",
    hint="Asking whether a title is taken and taking it are two steps; only the database can make them one.",
)
def test_one_title_at_once(api, db, rng):
    """Of several requests that take the same title at the same time exactly one succeeds, the others answer 409."""
    for _ in range(ROUNDS):
        todos = [create(api, title=word(rng)) for _ in range(2)]
        title, tag = word(rng), word(rng)
        calls = [partial(api.post, "/todos", json={"title": title, "tags": [tag]})] * (BURST // 2)
        calls += [partial(patch, api, todo, title=title, tags=[tag]) for todo in todos]
        overlap = overlapping(db, calls)
        _one_of(overlap.replies, (200, 201), 409, f"{len(calls)} requests for one title at once")
        found = len(listed(api, tag=tag))
        expect(found == 1, f"{len(calls)} requests for one title at once: expected 1 to-do with it, got {found}")
        if overlap.raced:
            break
    create(api, title=word(rng))


@pytest.mark.check(
    points=6,
    group="concurrency",
    hint="Comparing the version and writing the change must be one step: think of a WHERE clause, or of a row lock.",
)
def test_one_version_at_once(api, db, rng):
    """Of several PATCHes of one version at the same time exactly one succeeds, the others answer 412."""
    for _ in range(ROUNDS):
        todo = create(api, title=word(rng), tags=[])
        changes = [{"title": word(rng), "tags": [word(rng)]} for _ in range(BURST // 2)]
        overlap = overlapping(db, [partial(patch, api, todo, **change) for change in changes])
        what = f"{len(changes)} PATCHes of one version at once"
        won = _one_of(overlap.replies, (200,), 412, what)
        winner = {**todo, **changes[won], "version": 2}
        expect(read(api, todo) == winner, f"{what}: expected the winner's change")
        if overlap.raced:
            break
    patch(api, winner, done=True).expect(200, {**winner, "done": True, "version": 3})


@pytest.mark.check(
    points=4,
    group="concurrency",
    hint="If-Match says what the client has seen; compare it with what is stored, and ask for it where it is missing.",
)
def test_stale_version_is_refused(api, rng):
    """A PATCH of a version that is gone answers 412, one without If-Match 428, and neither changes anything."""
    todo = create(api, title=word(rng))
    newer = patch(api, todo, done=True).expect(200, {"done": True, "version": 2}).json()
    refused(patch(api, todo, done=False, title=word(rng)), 412, "version_mismatch", "a version that is gone")
    refused(patch(api, {**todo, "version": 9}, done=False), 412, "version_mismatch", "a version that is not there yet")
    refused(api.patch(address(todo), json={"done": False}), 428, "version_required", "no If-Match")
    unchanged(api, newer, "PATCHes that were refused")
    patch(api, newer, done=False).expect(200, {"done": False, "version": 3})


def _one_of(replies, success, refusal, what):
    """Return the number of the only reply that is a success; fail the check unless all others are refusals."""
    succeeded = [number for number, reply in enumerate(replies) if reply.status in success]
    others = sorted({reply.status for reply in replies if reply.status not in success})
    expect(len(succeeded) == 1, f"{what}: expected 1 to succeed, got {len(succeeded)}")
    expect(others == [refusal], f"{what}: expected {refusal} for the others, got {', '.join(map(str, others))}")
    return succeeded[0]
