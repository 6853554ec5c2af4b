"""The HTTP client of a suite: guarded, so that no answer of a learner's app can be more than a failed check.

One wall-clock deadline for a whole exchange, a cap on the body, no redirects followed, no compression asked for, a new
connection for each request (a server that closes idle ones must not make a check flaky).
"""

from __future__ import annotations

import http.client
import json
import math
import re
from collections.abc import Mapping
from json import dumps
from typing import Any, TypedDict, Unpack
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from urllib3 import HTTPHeaderDict
from urllib3.response import HTTPResponse

from grader_checks.cookies import Cookies
from grader_checks.exchange import Connection, Exchange
from grader_checks.expectations import CheckFailed, NoAnswer, fail, match, shown

CALL_TIMEOUT_S = 3.0
BODY_LIMIT_BYTES = 1024**2
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}

Json = Any

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
# Of the value of a header: no Latin-1, or the end of a line that is not folded (RFC 9112, 5.2).
_UNFIT = re.compile(r"[^\x00-\xff]|\n(?![ \t])|\r(?![ \t\n])")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class Options(TypedDict, total=False):
    """What every request may be given besides its path: see `Api.request`."""

    params: Mapping[str, Any] | None
    json: Json
    data: bytes | str | Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    timeout_s: float


class Reply:
    """What the app answered: `status`, `headers` (case-insensitive), `body` (bytes, at most 1 MiB), `elapsed_s`."""

    def __init__(self, label: str, status: int, headers: Mapping[str, str], body: bytes, elapsed_s: float) -> None:
        """`label` ("POST /todos") begins every message about this reply."""
        self.label = label
        self.status = status
        self.headers = headers
        self.body = body
        self.elapsed_s = elapsed_s

    @property
    def text(self) -> str:
        """The body as UTF-8, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Json:
        """Return the body as JSON; fails the check when it is not (RFC 8259: UTF-8, no NaN or Infinity).

        What no program could work with counts as none either: numbers beyond a double, halves of characters.
        """
        __tracebackhide__ = True
        return self._json(self.label)

    def expect(self, status: int | tuple[int, ...], shape: object = ..., *, sent: str = "") -> Reply:
        """Return this reply if it has `status` (or one of them) and its JSON body fits `shape`; else fail the check.

        `sent` says for the learner what the request held: "POST /todos with an empty title: expected status 422, ...".
        """
        __tracebackhide__ = True
        where = f"{self.label} with {sent}" if sent else self.label
        wanted = status if isinstance(status, tuple) else (status,)
        if self.status not in wanted:
            fail(f"{where}: expected status {' or '.join(map(str, wanted))}, got {self.status}")
        if shape is not ...:
            match(self._json(where), shape, where)
        return self

    def _json(self, where: str) -> Json:
        __tracebackhide__ = True
        try:
            value = json.loads(self.body.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
            if _SURROGATE.search(self.body):
                json.dumps(value, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError):
            fail(f"{where}: expected a JSON body, got {shown(self.text[:200]) if self.body else 'an empty one'}")
        return value

    def __repr__(self) -> str:
        """Return a short form for an instructor's traceback."""
        return f"<Reply {self.label} {self.status} {len(self.body)} bytes>"


class Api:
    """The learner's app, as a client sees it; cookies are kept for the length of one check."""

    def __init__(self, base_url: str) -> None:
        """`base_url` has no trailing slash: `http://app:8000`."""
        self.base_url = base_url
        parts = urlsplit(base_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._cookies = Cookies()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Json = None,
        data: bytes | str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = CALL_TIMEOUT_S,
    ) -> Reply:
        """Return the app's answer to one request, whatever its status.

        Fails the check when there is no complete, well-formed answer within `timeout_s` seconds of wall time, or when
        the body is over 1 MiB. What may be the app's word fails it too, where it cannot be sent: a `path` that does not
        begin with a slash (`Location`), a `method` (`Allow`), the value of a header (a token). The name of a header is
        the author's: one that cannot be sent raises ValueError.
        """
        __tracebackhide__ = True
        label = f"{method} {path}"
        if not _TOKEN.fullmatch(method):
            fail(f"{path}: expected the name of a method, got {shown(method)}")
        if not path.startswith("/"):
            fail(f"{method}: expected a path that begins with /, got {shown(path)}")
        target = _target(path, params)
        content, content_type = _content(json, data)
        url = self.base_url + target
        sent = HTTPHeaderDict({**HEADERS, **content_type, **self._cookies.header(url)})
        sent.update(headers or {})
        _check_headers(sent, label)
        exchange = Exchange(timeout_s)
        try:
            with exchange:
                connection = Connection(self._host, self._port, exchange)
                try:
                    connection.request(method, target, content, sent, preload_content=False, decode_content=False)
                    response = connection.getresponse()
                    body = _read_body(response, label, exchange)
                finally:
                    connection.close()
            self._cookies.keep(url, response.headers)
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            raise _no_answer(label, exchange, error) from None
        except (ValueError, UnicodeError):
            raise CheckFailed(f"{label}: the answer is not valid HTTP") from None
        return Reply(label, response.status, response.headers, body, exchange.elapsed_s)

    def get(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to a GET; options as for `request`."""
        __tracebackhide__ = True
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to a HEAD; options as for `request`."""
        __tracebackhide__ = True
        return self.request("HEAD", path, **options)

    def options(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to an OPTIONS; options as for `request`."""
        __tracebackhide__ = True
        return self.request("OPTIONS", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to a POST; options as for `request`."""
        __tracebackhide__ = True
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to a PUT; options as for `request`."""
        __tracebackhide__ = True
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to a PATCH; options as for `request`."""
        __tracebackhide__ = True
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> Reply:
        """Return the answer to a DELETE; options as for `request`."""
        __tracebackhide__ = True
        return self.request("DELETE", path, **options)


def _target(path: str, params: Mapping[str, Any] | None) -> str:
    """Return path and query as they are sent: what a URL may not hold is encoded, dots and slashes stay as they are."""
    given = {name: value for name, value in (params or {}).items() if value is not None}
    query = urlencode(given, doseq=True)
    path = path.partition("#")[0]
    joined = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
    return quote(joined, safe="/?%:@!$&'()*+,;=-._~[]")


def _content(json: Json, data: bytes | str | Mapping[str, Any] | None) -> tuple[bytes | None, dict[str, str]]:
    """Return the body of a request and its Content-Type, if its form tells one."""
    if isinstance(data, Mapping):
        return urlencode(data, doseq=True).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    if data is not None:
        return data.encode() if isinstance(data, str) else data, {}
    if json is not None:
        return dumps(json, allow_nan=False).encode(), {"Content-Type": "application/json"}
    return None, {}


def _check_headers(headers: Mapping[str, str], label: str) -> None:
    """Tell a request that cannot be sent from an answer that cannot be read."""
    __tracebackhide__ = True
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"{label}: {name!r} is not the name of a header")
        # not the value itself, which may be the suite's secret
        if _UNFIT.search(str(value)):
            fail(f"{label}: the header {name} cannot be sent: its value must be Latin-1, in one line")


def _read_body(raw: HTTPResponse, label: str, exchange: Exchange) -> bytes:
    body = bytearray()
    while chunk := raw.read1(65536, decode_content=False):
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            fail(f"{label}: the body is over {BODY_LIMIT_BYTES // 1024} KiB")
    if exchange.expired:
        raise TimeoutError
    return bytes(body)


def _no_answer(label: str, exchange: Exchange, error: Exception) -> CheckFailed:
    if exchange.expired or isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return NoAnswer(f"{label}: no complete answer within {exchange.timeout_s:g} s")
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return NoAnswer(f"{label}: nothing is listening on the app's port")
    # the library tells a body that ends early by the same class as one that is no HTTP
    if isinstance(error, ConnectionError) or "Connection reset" in str(error) or "IncompleteRead" in str(error):
        return CheckFailed(f"{label}: the app closed the connection before its answer was complete")
    return CheckFailed(f"{label}: the answer is not valid HTTP")


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number
