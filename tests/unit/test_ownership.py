"""Who made a Docker object, and whether anybody will remove it."""

from __future__ import annotations

import os

import pytest

from grader.engine.ownership import GRACE_S, is_abandoned, labels, owner_is_alive, this_owner

NOW = 1_900_000_000
UNKNOWN = "other-boot/1/2/3"


def with_part(index: int, value: str) -> str:
    """Return this process's owner label with one of its four parts replaced."""
    parts = this_owner().split("/")
    parts[index] = value
    return "/".join(parts)


def test_labels_name_run_attempt_deadline_and_this_process() -> None:
    """The deadline is in whole seconds; the owner is the caller unless another is named."""
    assert labels("r1", "2", 1234.9) == {
        "org.grader.run": "r1",
        "org.grader.attempt": "2",
        "org.grader.deadline": "1234",
        "org.grader.owner": this_owner(),
    }
    assert labels("r1", "2", 0, owner="x")["org.grader.owner"] == "x"


def test_this_process_is_alive() -> None:
    """The label that a running grader writes says so of itself."""
    assert this_owner().split("/")[2] == str(os.getpid())
    assert owner_is_alive(this_owner()) is True


def test_pid_that_nobody_has_is_dead() -> None:
    """A number beyond the kernel's largest pid belongs to nobody."""
    assert owner_is_alive(with_part(2, "99999999")) is False
    assert owner_is_alive(with_part(2, "9" * 30)) is False


def test_pid_that_another_process_has_by_now_is_dead() -> None:
    """Numbers come back; the start time tells one process from the next."""
    assert owner_is_alive(with_part(3, "1")) is False


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "nonsense",
        "a/b/c",
        "a/b/c/d",
        "a/b/1/2/3",
        with_part(0, "another-boot"),
        with_part(1, "1"),
        with_part(2, "0"),
    ],
    ids=["empty", "word", "three-parts", "four-parts", "no-boot", "other-boot", "other-namespace", "pid-0"],
)
def test_owner_that_cannot_be_asked_from_here_is_neither_dead_nor_alive(owner: str) -> None:
    """Another boot, host or pid namespace, or a label that is none: the deadline decides."""
    assert owner_is_alive(owner) is None


@pytest.mark.parametrize(
    ("owner", "deadline", "abandoned"),
    [
        (this_owner(), NOW + 1, False),
        (this_owner(), NOW - GRACE_S, False),
        (this_owner(), NOW - GRACE_S - 1, True),
        (with_part(2, "99999999"), NOW + 1000, True),
        (UNKNOWN, NOW + 1, False),
        (UNKNOWN, NOW - GRACE_S - 1, True),
    ],
    ids=["alive", "alive-a-bit-late", "alive-too-late", "dead", "unknown", "unknown-too-late"],
)
def test_object_is_abandoned_when_its_owner_is_dead_or_its_deadline_long_past(
    owner: str, deadline: int, *, abandoned: bool
) -> None:
    """A living owner is left alone until a minute after the deadline, a dead one not at all."""
    assert is_abandoned(labels("r", "1", deadline, owner=owner), NOW) is abandoned


def test_object_without_a_deadline_is_abandoned() -> None:
    """A label that this grader never writes protects nothing."""
    assert is_abandoned({"org.grader.run": "r"}, NOW)


def test_object_of_no_run_is_never_abandoned() -> None:
    """A container that somebody makes from an image with installed dependencies inherits labels without values."""
    assert not is_abandoned(dict.fromkeys(labels("r", "1", NOW), ""), NOW)
