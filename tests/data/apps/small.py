"""A small HTTP server for submissions that tests hand in: answers every path with its name, unless told otherwise."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """One thread a request; threads do not outlive the process."""

    daemon_threads = True
    request_queue_size = 64


def answer(request, status=200, body=None, headers=()):
    """Answer with JSON: by default the path's name."""
    content = json.dumps({"name": request.path.strip("/")} if body is None else body).encode()
    request.send_response(status)
    for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(content))), *headers):
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)


def raw(request, *parts):
    """Send bytes of any shape in place of an answer, then close the connection."""
    request.close_connection = True
    for part in parts:
        request.wfile.write(part)


def serve(workers=1, **handlers):
    """Serve for ever in so many processes; `handlers` maps the name of a path to a function that gets the request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            handlers.get(self.path.strip("/"), answer)(self)

        def log_message(self, *_):
            pass

    server = Server(("0.0.0.0", int(os.environ["PORT"])), Handler)
    for _ in range(workers - 1):
        if os.fork() == 0:
            break
    server.serve_forever()
