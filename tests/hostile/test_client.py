"""The HTTP client of suites against bytes of any kind: a failed check in bounded time and memory, and nothing else."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from grader_checks import Api, App, CheckFailed
from grader_checks.app import NotReady
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.answers import ANSWERS, BODY, CHUNKED, OK, TIMEOUT_S, served
from tests.running import ROOT

FINE = BODY + b'{"name": "fine"}'
MEMORY_MIB = 96
"""What one answer of 6.4 MB of headers or 340,000 JSON objects takes, and some more; a tester has 512 MiB."""


@pytest.fixture(scope="module")
def asked() -> dict[str, dict[str, Any]]:
    """Return what the client made of every answer: asked in a process of its own, whose memory is then known."""

    def answers(path: str) -> Iterator[bytes]:
        name = path.removeprefix("/")
        return ANSWERS[name].parts() if name in ANSWERS else iter([FINE])

    with served(answers) as port:
        done = subprocess.run(
            [sys.executable, "-m", "tests.hostile.answers", str(port), *ANSWERS],
            capture_output=True,
            check=False,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": "sandbox/tester"},
            timeout=120,
        )
    assert done.returncode == 0, done.stderr.decode()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_is_a_failed_check_with_a_plain_message(asked: dict[str, dict[str, Any]], name: str) -> None:
    """Each answer fails its check in time, in words that tell what is wrong, and the next request is not affected."""
    found = asked[name]
    assert found["told"].startswith(f"GET /{name}: {ANSWERS[name].told}"), found
    assert found["took_s"] < TIMEOUT_S + 1
    assert json.loads(found["after"]) == {"name": "fine"}


def test_memory_is_bounded(asked: dict[str, dict[str, Any]]) -> None:
    """All answers together never take more memory than a small multiple of the largest that is read."""
    peaks = [found["peak_mib"] for found in asked.values()]
    assert max(peaks) - peaks[0] < MEMORY_MIB


FRAGMENTS = st.sampled_from(
    [
        OK,
        CHUNKED,
        BODY,
        b"HTTP/1.1 ",
        b"HTTP/1.0 302 Found\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"Content-Length: ",
        b"Content-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Type: application/json; charset=",
        b"Location: //",
        b"Set-Cookie: a=b; expires=",
        b"Set-Cookie: ",
        b"Connection: ",
        b"\r\n\r\n",
        b"\r\n",
        b"\n",
        b"\0",
        b": ",
        b"3\r\nabc\r\n",
        b"0\r\n\r\n",
        b'{"name": ',
        b'"\\ud800',
        b"1e999",
        b"[",
        b"}",
    ]
)
ANY_BYTES = st.binary(max_size=200) | st.lists(FRAGMENTS | st.binary(max_size=8), max_size=20).map(b"".join)


class Played:
    """A server whose next answers the test decides."""

    answer = b""

    def __init__(self) -> None:
        self.port = 0

    def parts(self, _path: str) -> list[bytes]:
        return [self.answer]


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """Yield such a server."""
    server = Played()
    with served(server.parts) as port:
        server.port = port
        yield server


@pytest.mark.filterwarnings("ignore:http.cookiejar bug!")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=ANY_BYTES)
def test_no_bytes_are_more_than_a_failed_check(played: Played, content: bytes) -> None:
    """Whatever a server sends, only `CheckFailed` comes out of a request and of reading its JSON."""
    played.answer = content
    api = Api(f"http://127.0.0.1:{played.port}")
    for _ in range(2):  # with its cookies the second time
        told = ""
        try:
            json.dumps(api.get("/", timeout_s=2).json(), ensure_ascii=False, allow_nan=False).encode()
        except CheckFailed as failure:
            told = str(failure)
        assert told == "" or told.startswith("GET /: ")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=ANY_BYTES)
def test_no_bytes_break_the_wait_for_an_app(played: Played, content: bytes) -> None:
    """An app that answers nonsense is not ready; the tester goes on waiting."""
    played.answer = content
    app = App(None, {"base_url": f"http://127.0.0.1:{played.port}", "ready_path": "/", "start_s": 1, "ready": "http"})  # type: ignore[arg-type]
    try:
        app._probe(timeout_s=2)
    except (http.client.HTTPException, OSError):
        pass  # what the wait counts as not yet ready


@pytest.mark.parametrize("name", ["drip-status", "drip-header", "continue-flood", "continue-headers"])
def test_the_wait_for_an_app_has_an_end(name: str) -> None:
    """An app that begins to answer and never comes to an end of it is not ready, and is found out in time."""
    began = time.monotonic()
    with served(lambda _: ANSWERS[name].parts()) as port:
        app = App(None, {"base_url": f"http://127.0.0.1:{port}", "ready_path": "/", "start_s": 1, "ready": "http"})  # type: ignore[arg-type]
        with pytest.raises(NotReady, match="it accepted a connection, but did not answer GET / within 1 s"):
            app.wait_until_ready()
    assert time.monotonic() - began < 1 + TIMEOUT_S


@pytest.mark.parametrize("path", ["@127.0.0.1:1/", "http://127.0.0.1:1/", "", "todos", ":1/"])
def test_a_path_cannot_lead_to_another_host(path: str) -> None:
    """A suite may follow a `Location` that the app made up; it stays with the app."""
    with pytest.raises(CheckFailed, match="expected a path that begins with /"):
        Api("http://app:8000").get(path)
