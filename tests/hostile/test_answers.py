"""Answers that no honest server gives: each is a clean failed check in bounded time, never a fault of the challenge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.running import Command, Finished, write_challenge

Write = Callable[..., Path]

# Path -> what the submission does with the request.
ANSWERS = {
    "nested": "raw(r, HEAD, b'[' * 500_000)",
    "nested-little": "raw(r, HEAD, b'{\"name\":' + b'[' * 900 + b']' * 900 + b'}')",
    "long-number": "raw(r, HEAD, b'{\"name\":' + b'1' * 5000 + b'}')",
    "bad-utf8": 'raw(r, HEAD, b\'{"name": "\\xff\\xfe"}\')',
    "surrogate": 'raw(r, HEAD, b\'{"name": "\\\\ud800"}\')',
    "controls": 'raw(r, HEAD, b\'{"name": "\\\\u001b]0;x\\\\u0007\\\\u202e"}\')',
    "not-a-number": "raw(r, HEAD, b'{\"name\": NaN}')",
    "huge-header": "raw(r, b'HTTP/1.1 200 OK\\r\\nX: ' + b'x' * 200_000 + b'\\r\\n\\r\\n{}')",
    "many-headers": "raw(r, b'HTTP/1.1 200 OK\\r\\n' + b'X: y\\r\\n' * 5000 + b'\\r\\n{}')",
    "odd-header": "raw(r, b'HTTP/1.1 200 OK\\r\\n\\xff\\x00: \\xfe\\r\\nno colon\\r\\n\\r\\n{}')",
    "odd-cookie": "raw(r, b'HTTP/1.1 200 OK\\r\\nSet-Cookie: a=\\xff; Max-Age=9e999; Domain=\\xc3\\r\\n\\r\\n{}')",
    "no-http": "raw(r, b'220 mail.example ESMTP\\r\\n')",
    "empty": "raw(r)",
    "continues": "raw(r, *[b'HTTP/1.1 100 Continue\\r\\n\\r\\n'] * 5000)",
    "endless": "endless(r, HEAD)",
    "endless-redirect": "endless(r, b'HTTP/1.1 302 Found\\r\\nLocation: /first\\r\\n\\r\\n')",
    "drip": "drip(r, b'HTTP/1.1 200 OK\\r\\nX-Drip: ')",
    "drip-body": "drip(r, b'HTTP/1.1 200 OK\\r\\nContent-Length: 100000\\r\\n\\r\\n')",
    "too-short": "raw(r, b'HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\n{}')",
    "negative-length": "raw(r, b'HTTP/1.1 200 OK\\r\\nContent-Length: -1\\r\\n\\r\\n[]')",
    "bad-chunk": "raw(r, b'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n{}')",
    "gzip": "raw(r, b'HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\n\\r\\n', SMALL_GZIP)",
    "gzip-bomb": "raw(r, b'HTTP/1.1 302 F\\r\\nLocation: /\\r\\nContent-Encoding: gzip\\r\\n\\r\\n', BOMB)",
    "redirect": "redirect(r, b'http://127.0.0.1:1/')",
    "redirect-nowhere": "redirect(r, b'http://[::1/')",
    "redirect-odd": "redirect(r, b'\\xff\\xfehttp://%%%/')",
}

SUBMISSION = """
import gzip

HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n\\r\\n"
SMALL_GZIP = gzip.compress(b'{"name": "gzip"}')
BOMB = gzip.compress(bytes(20 * 1024**2)) * 50

def endless(r, head):
    raw(r, head)
    while True:
        r.wfile.write(bytes(65536))

def redirect(r, location):
    raw(r, b"HTTP/1.1 302 Found\\r\\nContent-Length: 0\\r\\nLocation: " + location + b"\\r\\n\\r\\n")

def drip(r, head):
    raw(r, head)
    while True:
        r.wfile.write(b"x")
        time.sleep(0.05)

serve(**{
"""


def test_answers_that_are_no_http(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """Whatever bytes an app answers with, its check fails with a plain message, and the next check is not affected."""
    checks = "".join(
        f"""
@pytest.mark.check(points=1, group="g")
def test_{name.replace("-", "_")}(api):
    '''It answers with its name.'''
    api.get("/{name}", timeout_s=1).expect(200, {{"name": "{name}"}})
"""
        for name in [*ANSWERS, "fine"]
    )
    challenge = write_challenge(tmp_path / "probe", checks, check_s=5, total_s=80)
    handlers = "".join(f"    {name!r}: lambda r: {code},\n" for name, code in ANSWERS.items())
    done = run_grader.grade(app(SUBMISSION + handlers + "})"), challenge=challenge)
    assert done.code == 1, done.err
    assert done.outcomes == {**dict.fromkeys(ANSWERS, "failed"), "fine": "passed"}, done.feedback
    for check in done.report["checks"]:
        assert check["duration_s"] < 3, check
        assert check["outcome"] == "passed" or check["feedback"].startswith(f"GET /{check['id']}: "), check
    said = done.feedback
    assert said["endless"] == "GET /endless: the body is over 1024 KiB"
    assert said["drip-body"] == "GET /drip-body: no complete answer within 1 s"
    assert said["too-short"] == "GET /too-short: the app closed the connection before its answer was complete"
    assert said["huge-header"] == "GET /huge-header: the answer is not valid HTTP"
    assert said["bad-utf8"].startswith("GET /bad-utf8: expected a JSON body")
    for name in ("redirect", "redirect-nowhere", "redirect-odd", "gzip-bomb"):
        assert said[name] == f"GET /{name}: expected status 200, got 302"
    assert_printable(done)


def assert_printable(done: Finished) -> None:
    """Find nothing in what a learner reads that a terminal would act upon."""
    for text in done.feedback.values():
        assert text.isprintable(), text
