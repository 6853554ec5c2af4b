"""A stub that knows nothing of the challenge: it answers everything with 404."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub(BaseHTTPRequestHandler):
    """Treats every method and path alike."""

    def answer(self) -> None:
        """It answers everything with 404."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer


ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Stub).serve_forever()
