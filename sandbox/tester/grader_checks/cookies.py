"""The cookies of one client, kept and sent as RFC 6265 says, by the standard library's jar."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from http.cookiejar import CookieJar


class Headers(Protocol):
    """The headers of an answer, those that come several times included."""

    def getlist(self, name: str) -> list[str]:
        """Return all values of one header."""


class Cookies:
    """A jar that is made with the first cookie: most apps set none, and the library takes a while to load."""

    def __init__(self) -> None:
        """Begin without a cookie."""
        self._jar: CookieJar | None = None

    def header(self, url: str) -> dict[str, str]:
        """Return the header that a request to `url` carries; empty without a cookie for it."""
        if self._jar is None:
            return {}
        from urllib.request import Request  # noqa: PLC0415 - loaded with the jar

        request = Request(url)  # noqa: S310 - nothing is opened
        self._jar.add_cookie_header(request)
        value = request.get_header("Cookie")
        return {} if value is None else {"Cookie": value}

    def keep(self, url: str, headers: Headers) -> None:
        """Keep what the answer from `url` sets; a cookie that is not for this host is dropped."""
        values = headers.getlist("Set-Cookie")
        if not values:
            return
        from http.cookiejar import CookieJar  # noqa: PLC0415 - most apps set no cookie
        from urllib.request import Request  # noqa: PLC0415

        if self._jar is None:
            self._jar = CookieJar()
        self._jar.extract_cookies(_Answer(values), Request(url))  # type: ignore[arg-type]  # noqa: S310


class _Answer:
    """What the jar asks of an answer."""

    def __init__(self, cookies: list[str]) -> None:
        self._headers = Message()
        for value in cookies:
            self._headers["Set-Cookie"] = value

    def info(self) -> Message:
        return self._headers
