from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(501)

    do_POST = do_GET


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
