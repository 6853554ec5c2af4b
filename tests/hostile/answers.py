"""Bytes that no honest server answers with, each with what the learner is told; and a server that sends them.

    python -m tests.hostile.answers PORT NAME...

asks for each of them with the client of suites and writes what came of it: a line of JSON for each.
"""

from __future__ import annotations

import gzip
import json
import resource
import socket
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader_checks import Api, CheckFailed

TIMEOUT_S = 0.6
PATIENCE_S = 5.0  # with what does not end by being late
DRIP_S = 0.02
RESET = b"reset the connection"

INVALID = "the answer is not valid HTTP"
CLOSED = "the app closed the connection before its answer was complete"
LATE = f"no complete answer within {TIMEOUT_S:g} s"
LARGE = "the body is over 1024 KiB"
NO_JSON = "expected a JSON body, got "
OTHER = 'expected "name" to be a string, '

OK = b"HTTP/1.1 200 OK\r\n"
BODY = OK + b"Content-Type: application/json\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: "
BLOCK = b"x" * 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, once or for ever, and how the message that the learner reads begins."""

    told: str
    first: bytes = b""
    then: bytes = b""
    pause_s: float = 0.0

    def parts(self) -> Iterator[bytes]:
        """Yield what is sent."""
        yield self.first
        while self.then:
            time.sleep(self.pause_s)
            yield self.then


ANSWERS = {
    # slow, or without an end
    "silence": Answer(LATE, pause_s=60, then=b"x"),
    "drip-status": Answer(LATE, b"HTTP/1.1 2", b"0", DRIP_S),
    "drip-header": Answer(LATE, OK + b"X: ", b"x", DRIP_S),
    "drip-body": Answer(LATE, BODY, b"x", DRIP_S),
    "drip-chunk": Answer(LATE, CHUNKED + b"ffffff\r\n", b"x", DRIP_S),
    "continue-flood": Answer(LATE, then=b"HTTP/1.1 100 Continue\r\n\r\n" * 99),
    "continue-headers": Answer(LATE, then=b"HTTP/1.1 100 Continue\r\n" + b"X: y\r\n" * 50 + b"\r\n"),
    "early-hints-flood": Answer("expected status 200, got 103", then=b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "status-flood": Answer(INVALID, b"HTTP/1.1 200 ", BLOCK),
    "header-flood": Answer(INVALID, OK, b"X: y\r\n" * 1000),
    "header-line-flood": Answer(INVALID, OK + b"X: ", BLOCK),
    "folded-flood": Answer(INVALID, OK + b"X: y\r\n", b" folded\r\n" * 1000),
    "body-flood": Answer(LARGE, BODY, BLOCK),
    "redirect-flood": Answer(LARGE, REDIRECT + b"/\r\n\r\n", BLOCK),
    "chunk-flood": Answer(LATE, CHUNKED, b"1\r\nx\r\n"),
    "chunk-extension-flood": Answer(INVALID, CHUNKED + b"2;", BLOCK),
    "chunk-trailer-flood": Answer(LATE, CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n" * 1000),
    "hundred-thousand-headers": Answer(INVALID, OK + b"X: y\r\n" * 100_000 + b"\r\n{}"),
    "megabytes-of-headers": Answer(OTHER, OK + (b"X: " + b"x" * 65_000 + b"\r\n") * 98 + b"\r\n{}"),
    # lies about its length
    "length-too-long": Answer(CLOSED, OK + b"Content-Length: 50\r\n\r\n{}"),
    "length-too-short": Answer(OTHER, OK + b"Content-Length: 2\r\n\r\n{}" + BLOCK),
    "length-negative": Answer(OTHER, OK + b"Content-Length: -1\r\n\r\n{}"),
    "length-of-5000-digits": Answer(LARGE, OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", BLOCK),
    "length-twice": Answer(INVALID, OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "length-list": Answer(INVALID, OK + b"Content-Length: 2, 3\r\n\r\n{}"),
    "length-and-chunks": Answer(NO_JSON, OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "chunk-no-number": Answer(CLOSED, CHUNKED + b"zz\r\n{}"),
    "chunk-negative": Answer(LARGE, CHUNKED + b"-5\r\n", BLOCK),
    "chunk-of-exabytes": Answer(LARGE, CHUNKED + b"f" * 16 + b"\r\n", BLOCK),
    "chunk-of-60000-digits": Answer(CLOSED, CHUNKED + b"f" * 60_000 + b"\r\nxx"),
    "no-content-with-content": Answer(
        "expected status 200, got 204", b"HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n{}"
    ),
    # no HTTP, or not all of it
    "nothing": Answer(CLOSED),
    "reset": Answer(CLOSED, OK + b"Content-Length: 50\r\n\r\n{" + RESET),
    "continue-alone": Answer(CLOSED, b"HTTP/1.1 100 Continue\r\n\r\n"),
    "http-0.9": Answer(INVALID, b"<html>hello</html>"),
    "http-2": Answer(INVALID, b"HTTP/2 200\r\n\r\n{}"),
    "http-9.9": Answer(INVALID, b"HTTP/9.9 200 OK\r\n\r\n{}"),
    "smtp": Answer(INVALID, b"220 mail.example ESMTP\r\n"),
    "status-zero": Answer(INVALID, b"HTTP/1.1 0 OK\r\n\r\n"),
    "status-of-5000-digits": Answer(INVALID, b"HTTP/1.1 " + b"2" * 5000 + b" OK\r\n\r\n"),
    "status-in-other-digits": Answer(INVALID, "HTTP/1.1 ٢٠٠ OK\r\n\r\n".encode()),
    "switching": Answer("expected status 200, got 101", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n{}"),
    "controls-in-headers": Answer(OTHER, OK + b"X\0: \x01\r\n: y\r\nno colon\r\n\r\n{}"),
    "lone-returns": Answer(OTHER, b"HTTP/1.1 200 OK\rX: y\r\r\n\r\n{}"),
    # leads elsewhere
    "redirect-to-itself": Answer("expected status 200, got 302", REDIRECT + b"/redirect-to-itself\r\n\r\n"),
    "redirect-to-tester": Answer("expected status 200, got 302", REDIRECT + b"http://127.0.0.1:1/\r\n\r\n"),
    "redirect-to-file": Answer("expected status 200, got 302", REDIRECT + b"file:///etc/passwd\r\n\r\n"),
    "redirect-to-nowhere": Answer("expected status 200, got 302", REDIRECT + b"http://[::1/\xff%%%\r\n\r\n"),
    "refresh": Answer(OTHER, OK + b"Refresh: 0; url=http://127.0.0.1:1/\r\n\r\n{}"),
    # compressed, though none was asked for
    "gzip": Answer(NO_JSON, OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b'{"name": "x"}')),
    "gzip-bomb": Answer(NO_JSON, OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(200 * 1024**2))),
    "gzip-that-is-none": Answer(NO_JSON, OK + b"Content-Encoding: gzip\r\n\r\nno gzip"),
    "ten-thousand-encodings": Answer(OTHER, OK + b"Content-Encoding: " + b"gzip, " * 10_000 + b"gzip\r\n\r\n{}"),
    "unknown-encodings": Answer(OTHER, OK + b"Content-Encoding: br, zstd, x\r\n\r\n{}"),
    # no JSON, or more than a program can hold
    "no-body": Answer(NO_JSON + "an empty one", BODY),
    "html": Answer(NO_JSON, OK + b"Content-Type: text/html\r\n\r\n<h1>hello</h1>"),
    "odd-type": Answer(OTHER, OK + b"Content-Type: text/\xff; charset=\x00; " + b"a=;" * 5000 + b"\r\n\r\n{}"),
    "multipart": Answer(NO_JSON, OK + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{}\r\n--x--"),
    "deep-lists": Answer(NO_JSON, BODY + b"[" * 900_000),
    "deep-objects": Answer(NO_JSON, BODY + b'{"name":' * 120_000),
    "many-lists": Answer("expected the body to be an object, got ", BODY + b"[" + b"[]," * 340_000 + b"[]]"),
    "many-objects": Answer(OTHER, BODY + b'{"a":[' + b"{}," * 340_000 + b"{}]}"),
    "number-of-5000-digits": Answer(NO_JSON, BODY + b'{"name":' + b"9" * 5000 + b"}"),
    "number-of-4300-digits": Answer(OTHER + "got 999", BODY + b'{"name":' + b"9" * 4300 + b"}"),
    "number-beyond-doubles": Answer(NO_JSON, BODY + b'{"name": 1e999}'),
    "not-a-number": Answer(NO_JSON, BODY + b'{"name": NaN}'),
    "infinity": Answer(NO_JSON, BODY + b'{"name": -Infinity}'),
    "byte-order-mark": Answer(NO_JSON, BODY + b'\xef\xbb\xbf{"name": "x"}'),
    "utf-16": Answer(NO_JSON, BODY + '{"name": "x"}'.encode("utf-16")),
    "broken-utf-8": Answer(NO_JSON, BODY + b'{"name": "\xff\xfe"}'),
    "half-a-character": Answer(NO_JSON, BODY + b'{"name": "\\ud800"}'),
    "half-a-character-as-key": Answer(NO_JSON, BODY + b'{"name": "x", "\\udc00": 1}'),
    "zeros": Answer(NO_JSON, BODY + bytes(1000)),
    # cookies, which the next request brings back
    "cookie-of-60000-digits": Answer(OTHER, OK + b"Set-Cookie: a=b; max-age=" + b"9" * 60_000 + b"\r\n\r\n{}"),
    "cookie-from-the-year-9": Answer(
        OTHER, OK + (b"Set-Cookie: a=b; expires=Mon, 1 Jan " + b"9" * 60_000 + b"\r\n") * 90 + b"\r\n{}"
    ),
    "cookie-of-backslashes": Answer(OTHER, OK + (b'Set-Cookie: a="' + b"\\" * 60_000 + b"\r\n") * 90 + b"\r\n{}"),
    "cookies-by-the-thousand": Answer(OTHER, OK + b"Set-Cookie: " + b"a=b; c, " * 8000 + b"\r\n\r\n{}"),
    "odd-cookie": Answer(OTHER, OK + b'Set-Cookie: a=\xff; port="80,x"; domain=\xc3..; path=\x80\r\n\r\n{}'),
}


@contextmanager
def served(answers: Callable[[str], Iterable[bytes]]) -> Iterator[int]:
    """Serve on a port of the loopback that is yielded; what is sent for a request depends on its path alone."""

    def handle(connection: socket.socket) -> None:
        with connection:
            try:
                _answer(connection, answers)
            except OSError:
                pass  # the client has seen enough

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=handle, args=(connection,), daemon=True).start()

    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _answer(connection: socket.socket, answers: Callable[[str], Iterable[bytes]]) -> None:
    with connection.makefile("rb") as request:
        words = request.readline().split()
        while request.readline().strip():
            pass
    for part in answers(words[1].decode() if len(words) > 1 else ""):
        sent, reset, _ = part.partition(RESET)
        connection.sendall(sent)
        if reset:  # closing with a linger of no time sends a reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(1)
    while connection.recv(65_536):
        pass  # what is left unread would turn the end into a reset


def ask(port: int, name: str) -> dict[str, object]:
    """Return what a suite's client makes of one answer, and whether the same client can go on."""
    api = Api(f"http://127.0.0.1:{port}")
    patience_ends = name in ANSWERS and ANSWERS[name].told == LATE
    began = time.monotonic()
    try:
        api.get(f"/{name}", timeout_s=TIMEOUT_S if patience_ends else PATIENCE_S).expect(200, {"name": str})
        told = "passed"
    except CheckFailed as failure:
        told = str(failure)
    took_s = time.monotonic() - began
    try:
        after = api.get("/fine").expect(200, {"name": str}).text
    except CheckFailed as failure:
        after = str(failure)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"name": name, "told": told, "took_s": took_s, "after": after, "peak_mib": peak_mib}


def main() -> None:
    """Ask for all; the first line is about one that is fine, for comparison."""
    warnings.filterwarnings("ignore", "http.cookiejar bug!")  # it says so itself, and drops the cookie
    port, *names = sys.argv[1:]
    for name in ["fine", *names]:
        sys.stdout.write(json.dumps(ask(int(port), name)) + "\n")


if __name__ == "__main__":
    main()
