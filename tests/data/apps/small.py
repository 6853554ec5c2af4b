"""A small HTTP server for submissions that tests hand in: answers every path with its name, unless told otherwise."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """One thread a request; threads do not outlive the process."""

    daemon_threads = True
    request_queue_size = 64


def answer(request: BaseHTTPRequestHandler, status: int = 200, body: object = None) -> None:
    """Answer with JSON: by default the path's name."""
    content = json.dumps({"name": request.path.strip("/")} if body is None else body).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def raw(request: BaseHTTPRequestHandler, *parts: bytes) -> None:
    """Send bytes of any shape in place of an answer, then close the connection."""
    request.close_connection = True
    for part in parts:
        request.wfile.write(part)


def serve(workers: int = 1, **handlers: Callable[[BaseHTTPRequestHandler], object]) -> None:
    """Serve for ever in so many processes; `handlers` maps the name of a path to a function that gets the request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            handlers.get(self.path.strip("/"), answer)(self)

        def log_message(self, *_: object) -> None:
            pass

    server = Server(("0.0.0.0", int(os.environ["PORT"])), Handler)
    for _ in range(workers - 1):
        if os.fork() == 0:
            break
    server.serve_forever()
