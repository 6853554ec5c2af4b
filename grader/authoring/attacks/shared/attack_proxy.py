"""Stands between the tester and the honest app, which listens on port 8001, and answers in its place where it likes."""

import http.client
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MARKER = os.environ["AUDIT_MARKER"]
READY = os.environ["AUDIT_READY"]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    attack = None

    def handle_any(self):
        length = self.headers.get("Content-Length", "")
        self.body = self.rfile.read(int(length)) if length.isdigit() else b""
        if self.path == READY and not os.path.exists("/tmp/ready"):
            if self.honest() is not None:
                open("/tmp/ready", "w").close()
            return self.forward()
        try:
            type(self).attack(self)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def honest(self):
        """Return status, headers and body of the honest app; None while it is not there."""
        connection = http.client.HTTPConnection("127.0.0.1", 8001, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            connection.request(self.command, self.path, self.body or None, headers)
            reply = connection.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def forward(self):
        answered = self.honest()
        if answered is None:
            self.close_connection = True
            return
        self.reply(*answered)

    def reply(self, status, headers, body):
        skipped = ("connection", "content-length", "transfer-encoding", "date", "server")
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in skipped:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def raw(self, *parts):
        self.close_connection = True
        for part in parts:
            self.wfile.write(part)

    def log_message(self, *_):
        pass


def serve(attack):
    Exchange.attack = staticmethod(attack)
    if os.path.exists("/tmp/ready"):
        os.remove("/tmp/ready")
    Server(("0.0.0.0", int(os.environ["PORT"])), Exchange).serve_forever()
