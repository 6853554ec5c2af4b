"""What a suite's HTTP client sends, as far as it shows without a server."""

from __future__ import annotations

from typing import Any

import pytest
from grader_checks.client import Api, _content, _target
from grader_checks.cookies import Cookies
from grader_checks.expectations import CheckFailed
from urllib3 import HTTPHeaderDict

URL = "http://app:8000/account"


@pytest.mark.parametrize(
    ("path", "params", "sent"),
    [
        ("/todos", None, "/todos"),
        ("/todos", {"done": None}, "/todos"),
        ("/todos?a=1", {"q": "b c&d", "tag": ["x", "y"]}, "/todos?a=1&q=b+c%26d&tag=x&tag=y"),
        ("/files/../../etc/passwd", None, "/files/../../etc/passwd"),
        ("/files/%2e%2e%2f", None, "/files/%2e%2e%2f"),
        ("/größe und mehr\r\n", None, "/gr%C3%B6%C3%9Fe%20und%20mehr%0D%0A"),
        ("/todos#top", {"a": 1}, "/todos?a=1"),
    ],
)
def test_path_and_query_are_sent_as_written(path: str, params: dict[str, Any] | None, sent: str) -> None:
    """Only what no URL may hold is encoded: the dots of an attack reach the app."""
    assert _target(path, params) == sent


def test_a_body_has_the_type_that_its_form_tells() -> None:
    """JSON and forms say what they are; bytes and text are sent as they are, and say nothing."""
    json_type = {"Content-Type": "application/json"}
    assert _content({"a": [1, None]}, None) == (b'{"a": [1, null]}', json_type)
    assert _content([], None) == (b"[]", json_type)
    assert _content(None, {"a": "b c"}) == (b"a=b+c", {"Content-Type": "application/x-www-form-urlencoded"})
    assert _content(None, "ä") == ("ä".encode(), {})
    assert _content(None, b"\xff") == (b"\xff", {})
    assert _content(None, None) == (None, {})
    with pytest.raises(ValueError, match="JSON"):
        _content(float("nan"), None)


@pytest.mark.parametrize("value", ["two\nlines", "two\r\nlines", "€"])
def test_a_header_that_cannot_be_sent_is_told_as_such(value: str) -> None:
    """It is no answer that was no HTTP; it may be a token that the app gave, so it is no error of the suite either."""
    with pytest.raises(CheckFailed, match=r"^GET /me: the header Authorization cannot be sent: .* in one line$"):
        Api("http://127.0.0.1:1").get("/me", headers={"Authorization": f"Bearer {value}"})


@pytest.mark.parametrize("method", ["", "GÉT", "GET /", "GET\n"])
def test_a_method_that_cannot_be_sent_is_told_as_such(method: str) -> None:
    """It may come from an app's `Allow`."""
    with pytest.raises(CheckFailed, match=r"^/me: expected the name of a method, got "):
        Api("http://127.0.0.1:1").request(method, "/me")


@pytest.mark.parametrize("name", ["", "X Name", "X-Größe", "X:"])
def test_the_name_of_a_header_is_the_authors(name: str) -> None:
    """No app says it, so one that cannot be sent is an error of the suite that names it."""
    with pytest.raises(ValueError, match=r"^GET /me: .* is not the name of a header$"):
        Api("http://127.0.0.1:1").get("/me", headers={name: "1"})


def test_cookies_are_kept_for_the_paths_and_the_host_that_they_are_for() -> None:
    """What an app sets is sent back where it belongs; what is for somebody else is dropped."""
    cookies = Cookies()
    assert cookies.header(URL) == {}
    headers = HTTPHeaderDict()
    for value in ("a=1; HttpOnly", "b=2; Path=/account", "c=3; Path=/other", "d=4; Domain=example.com"):
        headers.add("Set-Cookie", value)
    cookies.keep(URL, headers)
    assert sorted(cookies.header(URL)["Cookie"].split("; ")) == ["a=1", "b=2"]
    assert sorted(cookies.header("http://app:8000/other")["Cookie"].split("; ")) == ["a=1", "c=3"]
    cookies.keep(URL, HTTPHeaderDict({"Set-Cookie": "a=; Max-Age=0"}))
    assert cookies.header(URL) == {"Cookie": "b=2"}
