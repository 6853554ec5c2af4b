import pytest


@pytest.mark.check(points=1, group="names", hint="Answer GET /public.", feedback="silent")
def test_public(api):
    """GET /public answers with its name."""
    api.get("/public").expect(200, {"name": "public"})
