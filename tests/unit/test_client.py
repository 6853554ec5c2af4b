"""What a suite's HTTP client sends, as far as it shows without a server."""

from __future__ import annotations

from typing import Any

import pytest
from grader_checks.client import _content, _target
from grader_checks.cookies import Cookies
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
