"""A to-do list API: a plain WSGI application that needs no framework. Start it with `gunicorn app:application`."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

import todos
from store import Store

# A to-do has less than 20 kB; without a limit, a few large bodies at once would fill the memory.
LARGEST_BODY = 4 * 1024 * 1024

# What does not look like an id that the store could give out needs no search, and would not fit into its integers.
ITEM_PATH = re.compile("/todos/([1-9][0-9]{0,17})")

PROBLEMS = {
    HTTPStatus.BAD_REQUEST: ("malformed", "The body must be a JSON object in UTF-8."),
    HTTPStatus.NOT_FOUND: ("not_found", "There is no such to-do, or no such path."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method_not_allowed", "This path does not know this method."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large", "The body is too large."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("unsupported_media_type", "The content type must be application/json."),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("invalid", "Some values were not accepted."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internal", "Something went wrong on our side."),
}

logger = logging.getLogger("gunicorn.error")  # where this server keeps its own troubles

# Digits of an `offset` "however large" are read and written back; the server's limits bound them already.
sys.set_int_max_str_digits(0)


class Request(NamedTuple):
    """The parts of a request that matter here."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes


class Reply(NamedTuple):
    """What a request is answered with."""

    status: HTTPStatus
    body: Any = None
    headers: dict[str, str] | None = None


class Problem(Exception):
    """Ends a request with an error."""

    def __init__(self, status: HTTPStatus, headers: dict[str, str] | None = None, **details: Any) -> None:
        super().__init__(status)
        code, message = PROBLEMS[status]
        self.reply = Reply(status, {"error": {"code": code, "message": message, **details}}, headers)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON, though Python's parser takes it")


def json_object(request: Request) -> dict[str, Any]:
    """Answer the object that a request holds in its body."""
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        # Decoded here, because `json.loads` would take bytes in UTF-16 and UTF-32 too. No field is a number, so it
        # does not matter what becomes of one, but `int` takes long for many digits and `float` does not.
        value = json.loads(request.body.decode(), parse_int=float, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Problem(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(value, dict):
        raise Problem(HTTPStatus.BAD_REQUEST)
    return value


def found(todo: dict[str, Any] | None) -> Reply:
    """Answer a to-do, or that there is none."""
    if todo is None:
        raise Problem(HTTPStatus.NOT_FOUND)
    return Reply(HTTPStatus.OK, todo)


class TodoApi:
    """The WSGI application."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._collection: dict[str, Callable[..., Reply]] = {"GET": self.page, "POST": self.create}
        self._item: dict[str, Callable[..., Reply]] = {
            "GET": self.read,
            "PATCH": self.change,
            "PUT": self.replace,
            "DELETE": self.delete,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        try:
            reply = self._dispatch(self._receive(environ))
        except Problem as problem:
            reply = problem.reply
        except todos.Invalid as invalid:
            reply = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=invalid.fields).reply
        except Exception:
            logger.exception("%s %s failed", method, path)
            reply = Problem(HTTPStatus.INTERNAL_SERVER_ERROR).reply

        headers, body = dict(reply.headers or {}), b""
        if reply.body is not None:
            body = json.dumps(reply.body, ensure_ascii=False).encode()
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        start_response(f"{reply.status.value} {reply.status.phrase}", list(headers.items()))
        return [] if method == "HEAD" else [body]

    def _receive(self, environ: WSGIEnvironment) -> Request:
        # The body is read even where it means nothing: gunicorn closes a connection on which much of it is left.
        body = environ["wsgi.input"].read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]
        return Request(method, environ["PATH_INFO"], environ["QUERY_STRING"], environ.get("CONTENT_TYPE", ""), body)

    def _dispatch(self, request: Request) -> Reply:
        if request.path == "/todos":
            handlers, arguments = self._collection, []
        elif match := ITEM_PATH.fullmatch(request.path):
            handlers, arguments = self._item, [int(match[1])]
        else:
            raise Problem(HTTPStatus.NOT_FOUND)
        if request.method not in handlers:
            raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": ", ".join(["HEAD", *handlers])})
        return handlers[request.method](request, *arguments)

    def page(self, request: Request) -> Reply:
        query = todos.query(dict(parse_qsl(request.query, keep_blank_values=True)))
        items, total = self._store.page(query)
        return Reply(
            HTTPStatus.OK, {"items": items, "total": total, "limit": query["limit"], "offset": query["offset"]}
        )

    def create(self, request: Request) -> Reply:
        todo = self._store.create(todos.whole(json_object(request)))
        return Reply(HTTPStatus.CREATED, todo, {"Location": f"/todos/{todo['id']}"})

    def read(self, _request: Request, todo_id: int) -> Reply:
        return found(self._store.read(todo_id))

    def change(self, request: Request, todo_id: int) -> Reply:
        return found(self._store.change(todo_id, todos.changes(json_object(request))))

    def replace(self, request: Request, todo_id: int) -> Reply:
        return found(self._store.change(todo_id, todos.whole(json_object(request))))

    def delete(self, _request: Request, todo_id: int) -> Reply:
        if not self._store.delete(todo_id):
            raise Problem(HTTPStatus.NOT_FOUND)
        return Reply(HTTPStatus.NO_CONTENT)


application = TodoApi(Store(Path("todos.db")))
