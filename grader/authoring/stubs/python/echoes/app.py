"""A stub that knows nothing of the challenge: it answers with the body that it was sent."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub(BaseHTTPRequestHandler):
    """Treats every method and path alike."""

    def answer(self) -> None:
        """It answers with the body that it was sent."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", self.headers.get("Content-Type") or "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer


ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Stub).serve_forever()
