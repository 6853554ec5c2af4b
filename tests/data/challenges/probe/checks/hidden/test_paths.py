"""CANARY-DOCSTRING-OF-THE-MODULE."""

import pytest

CANARY_NAME = "CANARY-VALUE"  # CANARY-COMMENT


@pytest.mark.check(points=1, group="early", hint="Answer GET /first.")
def test_first(api):
    """GET /first answers with its name."""
    api.get("/first").expect(200, {"name": "first"})


@pytest.mark.check(points=2, group="early", hint="Answer GET /second.")
def test_second(api):
    """GET /second answers with its name.

    CANARY-DOCSTRING-OF-A-CHECK
    """
    canary_local = "CANARY-LOCAL"
    reply = api.get("/second")
    assert reply.status == 200, f"CANARY-ASSERTION {canary_local}"
    assert reply.json()["name"] == "second", CANARY_NAME


@pytest.mark.check(points=3, group="late", hint="Answer GET /third.")
@pytest.mark.parametrize("name", ["third"], ids=["CANARY-PARAMETER"])
def test_third(api, name):
    """GET /third answers with its name."""
    print("CANARY-PRINTED-BY-THE-SUITE")
    api.get(f"/{name}").expect(200, {"name": "third"})


@pytest.mark.check(points=4, group="late", hint="Answer GET /last.")
def test_last(api):
    """GET /last answers with its name."""
    api.get("/last").expect(200, {"name": "last"})
