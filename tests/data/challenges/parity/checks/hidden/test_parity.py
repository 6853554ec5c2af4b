"""Three checks, each with a wrong solution of its own."""

import pytest
from grader_checks import expect


@pytest.mark.check(points=40, group="numbers", hint="What is left when it is divided by two?")
def test_even_numbers(api, rng):
    """An even number is told to be even."""
    api.get(f"/{2 * rng.randrange(1000)}").expect(200, {"even": True})


@pytest.mark.check(points=40, group="numbers", hint="What is left when it is divided by two?")
def test_odd_numbers(api, rng):
    """An odd number is told not to be even."""
    api.get(f"/{2 * rng.randrange(1000) + 1}").expect(200, {"even": False})


@pytest.mark.check(points=20, group="errors", hint="A path is a text, and not every text is a number.")
def test_refuses_words(api):
    """Words are refused with 400, numbers are not."""
    expect(api.get("/word").status == 400, "GET /word: expected status 400")
    api.get("/7").expect(200)
