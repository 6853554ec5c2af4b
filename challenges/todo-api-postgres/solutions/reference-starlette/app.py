"""A to-do list on PostgreSQL: paths, answers and errors."""

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

import rules
import store
from pool import Connection, Pool, Unavailable

# A client gets its answer within 3 seconds. The rest is for a busy machine.
SECONDS_FOR_A_REQUEST = 2.0

# The database has 20 for us, and may not have noticed yet that we hung up on as many as we have.
CONNECTIONS = 8

logger = logging.getLogger("uvicorn.error")

type Handler = Callable[[Request, Connection, bytes], Awaitable[Response]]


class TodoId(Convertor[int]):
    """What could be an id; all else is not there, and would not fit into the integers of the database."""

    regex = "[1-9][0-9]{0,17}"

    def convert(self, value: str) -> int:
        """Take the id out of a path."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Put the id into a path."""
        return str(value)


register_url_convertor("todo", TodoId())


class Resource:
    """A path that answers only while the database does, whatever the request: that includes those it refuses."""

    def __init__(self, **handlers: Handler) -> None:
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        # A client may take its time to send a body, and to receive an answer, but not while it holds a connection.
        body = await request.body()
        deadline = asyncio.get_running_loop().time() + SECONDS_FOR_A_REQUEST
        async with request.app.state.pool.connection(deadline) as connection:
            response = await self._handle(request, connection, body)
        await response(scope, receive, send)

    async def _handle(self, request: Request, connection: Connection, body: bytes) -> Response:
        if not self._handlers:
            raise HTTPException(404)
        handler = self._handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise HTTPException(405, headers={"Allow": ", ".join(self._handlers)})
        return await handler(request, connection, body)


def one(todo: store.Todo, status: int = 200) -> Response:
    return JSONResponse(todo, status, headers={"ETag": f'"{todo["version"]}"'})


async def create(_request: Request, connection: Connection, body: bytes) -> Response:
    [todo] = await store.create(connection, [rules.new_todo(rules.json_object(body))])
    return one(todo, 201)


async def create_many(_request: Request, connection: Connection, body: bytes) -> Response:
    todos = await store.create(connection, rules.new_todos(rules.json_object(body)))
    return JSONResponse({"items": todos}, 201)


async def newest(request: Request, connection: Connection, _body: bytes) -> Response:
    limit, tag = rules.limit(request.query_params), request.query_params.get("tag")
    return JSONResponse({"items": await store.newest(connection, limit, tag)})


async def read(request: Request, connection: Connection, _body: bytes) -> Response:
    return one(await store.read(connection, request.path_params["id"]))


async def change(request: Request, connection: Connection, body: bytes) -> Response:
    seen = request.headers.get("If-Match")
    if seen is None:
        return problem(428, "version_required", "Say in If-Match which version you want to change.")
    # Anything else in it is a version that no to-do ever has.
    match = re.fullmatch('"([1-9][0-9]{0,17})"', seen)
    version = int(match[1]) if match else 0
    changes = rules.changes(rules.json_object(body))
    return one(await store.change(connection, request.path_params["id"], version, changes))


async def vote(request: Request, connection: Connection, _body: bytes) -> Response:
    return one(await store.vote(connection, request.path_params["id"]))


async def ready(_request: Request, _connection: Connection, _body: bytes) -> Response:
    return JSONResponse({"status": "ready"})


async def live(_request: Request) -> Response:
    return JSONResponse({"status": "alive"})


def problem(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)


def always(*answer: Any) -> Callable[[Request, Exception], Response]:
    return lambda _request, _error: problem(*answer)


def invalid(_request: Request, error: Exception) -> Response:
    return problem(422, "invalid", str(error))


def unavailable(request: Request, error: Exception) -> Response:
    logger.warning("%s %s: %s", request.method, request.url.path, error)
    return problem(503, "unavailable", "The database cannot be used at the moment.", {"Retry-After": "1"})


def refused_by_path(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
    return problem(error.status_code, code, f"{error.detail}.", dict(error.headers or {}))


app = Starlette(
    routes=[
        Route("/live", live),
        Route("/ready", Resource(GET=ready)),
        Route("/todos", Resource(GET=newest, POST=create)),
        # For other methods, "bulk" is an id that belongs to no to-do.
        Route("/todos/bulk", Resource(POST=create_many), methods=["POST"]),
        Route("/todos/{id:todo}", Resource(GET=read, PATCH=change)),
        Route("/todos/{id:todo}/votes", Resource(POST=vote)),
        Route("/todos/{rest:path}", Resource()),
    ],
    exception_handlers={
        rules.Invalid: invalid,
        store.NoSuchTodo: always(404, "not_found", "There is no such to-do."),
        store.TitleTaken: always(409, "conflict", "There is a to-do with this title already."),
        store.VersionMismatch: always(412, "version_mismatch", "The to-do has another version by now."),
        Unavailable: unavailable,
        HTTPException: refused_by_path,
        # A mistake of ours. Starlette logs it; to the client it is one more reason to come back later.
        Exception: unavailable,
    },
)

if __name__ == "__main__":
    app.state.pool = Pool(os.environ["DATABASE_URL"], CONNECTIONS, store.prepare)
    uvicorn.run(
        app,
        host="0.0.0.0",
        port=int(os.environ.get("PORT", "8000")),
        access_log=False,
        # Clients reuse connections, and one that is closed just as the next request goes out looks like a failure.
        timeout_keep_alive=75,
    )
