"""A stub that knows nothing of the challenge: it answers one request, by which it is found ready, and closes every later connection without a word."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub(BaseHTTPRequestHandler):
    """Treats every method and path alike."""

    def answer(self) -> None:
        """It answers one request, by which it is found ready, and closes every later connection without a word."""
        if not os.path.exists("seen"):
            open("seen", "w").close()
            self.send_response(204)
            self.end_headers()
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer


ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Stub).serve_forever()
