"""What a suite's assertions say to a learner, and what they let through."""

from __future__ import annotations

from typing import Any

import pytest
from grader_checks import CheckFailed, Reply, expect, fail, that, together
from grader_checks.expectations import match


def told(value: Any, shape: object) -> str:
    """Return what a learner is told about `value`, or "" when it fits."""
    try:
        match(value, shape, "GET /x")
    except CheckFailed as failure:
        return str(failure)
    return ""


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ({"id": 1, "more": 2}, {"id": int}),
        ({"id": 1}, {"id": 1}),
        ({"a": None}, {"a": None}),
        ({"a": [1, 2]}, {"a": [int]}),
        ({"a": []}, {"a": [int]}),
        ([1, 2], [1, 2]),
        ([{"a": 1}], [{"a": int}]),
        (1.5, float),
        (1, float),
        ("x", that("short", lambda text: len(text) < 3)),
        ({"anything": object}, ...),
    ],
)
def test_what_fits_is_let_through(value: Any, shape: object) -> None:
    """Objects may have more keys than asked; a one-item list of a pattern is for every item; ... is anything."""
    assert told(value, shape) == ""


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        ({"id": "1"}, {"id": int}, 'GET /x: expected "id" to be an integer, got "1"'),
        ({"id": True}, {"id": int}, 'GET /x: expected "id" to be an integer, got true'),
        ({"done": 0}, {"done": False}, 'GET /x: expected "done" to be false, got 0'),
        ({"n": True}, {"n": 1}, 'GET /x: expected "n" to be 1, got true'),
        ({}, {"id": int}, 'GET /x: expected "id" to be an integer, but it is missing'),
        ([], {"id": int}, "GET /x: expected the body to be an object, got []"),
        ({"a": {"b": 1}}, {"a": {"b": str}}, 'GET /x: expected "a.b" to be a string, got 1'),
        ({"a": [1, "2"]}, {"a": [int]}, 'GET /x: expected "a[1]" to be an integer, got "2"'),
        ([1], [1, 2], "GET /x: expected the body to be [1, 2], got [1]"),
        ("x", that("a time", lambda _: 1 / 0), 'GET /x: expected the body to be a time, got "x"'),
        (None, str, "GET /x: expected the body to be a string, got null"),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence(value: Any, shape: object, message: str) -> None:
    """The place, what was expected, what was there: in the words of JSON."""
    assert told(value, shape) == message


def test_a_long_value_is_cut() -> None:
    """A learner's own value never floods the message."""
    assert len(told({"a": "x" * 10_000}, {"a": int})) < 200


def reply(body: bytes, status: int = 200) -> Reply:
    """Return a reply with this body."""
    return Reply("GET /x", status, {}, body, 0.01)


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 100_000, b"1" * 10_000])
def test_a_body_that_is_not_json_fails_the_check(body: bytes) -> None:
    """Whatever a learner's app sends, the suite's process sees a failed check."""
    with pytest.raises(CheckFailed, match="expected a JSON body"):
        reply(body).json()


def test_a_status_is_expected_alone_or_among_others() -> None:
    """The message names all that would have been right."""
    assert reply(b"{}").expect(200, {}).status == 200
    assert reply(b"", 204).expect((200, 204)).status == 204
    with pytest.raises(CheckFailed, match="GET /x: expected status 200 or 204, got 500"):
        reply(b"", 500).expect((200, 204))


def test_expect_and_fail_carry_the_authors_words() -> None:
    """What is passed to them is what the learner reads."""
    expect([1], "never")
    with pytest.raises(CheckFailed, match=r"^words$"):
        expect([], "words")
    with pytest.raises(CheckFailed, match=r"^words$"):
        fail("words")


def test_calls_together_return_in_order_and_raise_the_first_failure() -> None:
    """Results come in the order of the calls; a failure in a thread is a failure of the check."""
    assert together([lambda: 1, lambda: 2, lambda: 3]) == [1, 2, 3]
    with pytest.raises(CheckFailed, match="second"):
        together([lambda: None, lambda: fail("second"), lambda: fail("third")])


def test_what_was_sent_is_told_with_the_request() -> None:
    """A learner can tell requests apart that differ only in what they hold."""
    reply = Reply("POST /todos", 201, {}, b'{"id": "x"}', 0.0)
    with pytest.raises(CheckFailed, match=r"^POST /todos with an empty title: expected status 422, got 201$"):
        reply.expect(422, sent="an empty title")
    with pytest.raises(CheckFailed, match=r'^POST /todos with a title: expected "id" to be an integer, got "x"$'):
        reply.expect(201, {"id": int}, sent="a title")
    with pytest.raises(CheckFailed, match=r"^POST /todos with a title: expected a JSON body, got an empty one$"):
        Reply("POST /todos", 201, {}, b"", 0.0).expect(201, {}, sent="a title")
