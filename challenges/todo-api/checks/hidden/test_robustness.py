"""Requests that no good client sends."""

import pytest
from grader_checks import expect
from support import POSITIVE, TEXT, address, create, refused, unchanged, word

JSON = {"Content-Type": "application/json"}


@pytest.mark.check(
    points=2,
    group="robustness",
    hint="Parsing fails in more than one way: think of no bytes at all, and of bytes that are no text.",
)
def test_malformed_json_answers_400(api, rng):
    """A body that is not JSON answers 400, and the app goes on working."""
    todo = create(api, title=word(rng))
    broken = {
        "JSON that ends too early": b'{"title": "%s"' % word(rng).encode(),
        "single quotes": b"{'title': 'x'}",
        "no body": b"",
        "bytes that are not UTF-8": b'{"title": "\xff\xfe"}',
    }
    for sent, body in broken.items():
        refused(api.post("/todos", data=body, headers=JSON), 400, sent)
    refused(api.patch(address(todo), data=b'{"done": tru', headers=JSON), 400, "JSON that ends too early")
    create(api, title=word(rng))


@pytest.mark.check(
    points=2, group="robustness", hint="Valid JSON is not always an object; ask before you look for keys."
)
def test_body_must_be_an_object(api, rng):
    """A body that is JSON, but a list, a string or null instead of an object, answers 400."""
    todo = create(api, title=word(rng))
    for sent, body in {"a list": b'[{"title": "x"}]', "a string": b'"title"', "null": b"null"}.items():
        refused(api.post("/todos", data=body, headers=JSON), 400, f"{sent} as body")
    refused(api.patch(address(todo), data=b"[]", headers=JSON), 400, "a list as body")
    unchanged(api, todo, "requests without an object")
    create(api, title=word(rng))


@pytest.mark.check(
    points=2, group="robustness", hint="A header says what the body is; compare its value without its parameters."
)
def test_other_content_types_answer_415(api, rng):
    """A body whose content type is missing or not application/json answers 415; a charset parameter is fine."""
    title = word(rng)
    body = f'{{"title": "{title}"}}'.encode()
    accepted = {"Content-Type": "application/json; charset=utf-8"}
    todo = api.post("/todos", data=body, headers=accepted).expect(201, {"id": POSITIVE, "title": title}).json()
    refused(api.post("/todos", data=body, headers={"Content-Type": "text/plain"}), 415, "text/plain")
    refused(api.post("/todos", data={"title": title}), 415, "a form")
    refused(api.post("/todos", data=body), 415, "no content type")
    refused(api.patch(address(todo), data=b'{"done": true}', headers={"Content-Type": "text/plain"}), 415, "text/plain")
    unchanged(api, todo, "a PATCH with another content type")
    api.put(address(todo), data=body, headers=accepted).expect(200, {"title": title})


@pytest.mark.check(
    points=2,
    group="robustness",
    hint="A path that you do not have and a method that the path does not have are two errors.",
)
def test_unknown_paths_and_methods(api, rng):
    """An unknown path answers 404; a method that a path does not have answers 405 with an Allow header."""
    todo = create(api, title=word(rng))
    refused(api.get(f"/{word(rng)}"), 404, "an unknown path")
    refused(api.get(f"{address(todo)}/{word(rng)}"), 404, "an unknown path")
    for method, path in (("DELETE", "/todos"), ("POST", address(todo))):
        reply = api.request(method, path, json={"title": word(rng)})
        refused(reply, 405, "a method that the path does not have")
        allowed = reply.headers.get("Allow", "")
        expect(allowed and method not in allowed, f"{reply.label}: expected an Allow header with the path's methods")
    unchanged(api, todo, "requests that were refused")


@pytest.mark.check(
    points=2,
    group="robustness",
    hint="Frameworks have error pages of their own; find the one place where you can replace them all.",
)
def test_every_answer_is_json(api, rng):
    """Every answer with a body is application/json, and every error has the documented code and a message."""
    created = api.post("/todos", json={"title": word(rng)}).expect(201, {"id": POSITIVE})
    path = address(created.json())
    _is_json(created)
    _is_json(api.get(path).expect(200))
    _is_json(api.get("/todos").expect(200))
    refusals = [
        (api.post("/todos", data=b"{", headers=JSON), 400, "malformed"),
        (api.get("/todos/0"), 404, "not_found"),
        (api.get(f"/{word(rng)}"), 404, "not_found"),
        (api.delete("/todos"), 405, "method_not_allowed"),
        (api.post("/todos", data=b"{}", headers={"Content-Type": "text/plain"}), 415, "unsupported_media_type"),
        (api.post("/todos", json={}), 422, "invalid"),
        (api.get("/todos", params={"limit": "0"}), 422, "invalid"),
    ]
    for reply, status, code in refusals:
        reply.expect(status)
        _is_json(reply)
        reply.expect(status, {"error": {"code": code, "message": TEXT}})


def _is_json(reply):
    kind = reply.headers.get("Content-Type", "").split(";")[0].strip().lower()
    expect(kind == "application/json", f"{reply.label} ({reply.status}): expected the content type application/json")
