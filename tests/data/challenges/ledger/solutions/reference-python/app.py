"""Stores entries in PostgreSQL, one connection a request."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg


def connect():
    return psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2, options="-c statement_timeout=1s")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(lambda _: (200, "\n".join(self.run("SELECT body FROM entries ORDER BY id"))))

    def do_POST(self):
        self.answer(self.note if self.path == "/note" else self.store)

    def store(self, body):
        return 201, "".join(self.run("INSERT INTO entries (body) VALUES (%s) RETURNING body", body))

    def note(self, body):
        with open("/app/note.txt", "w") as file:
            file.write(body)
        return 201, ""

    def run(self, sql, *values):
        with connect() as connection:
            return [row[0] for row in connection.execute(sql, values)]

    def answer(self, work):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        try:
            status, text = work(body)
        except psycopg.OperationalError:
            status, text = 503, "the database is away"
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


with connect() as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS entries (id bigserial PRIMARY KEY, body text NOT NULL)")
print("ready to write", flush=True)
ThreadingHTTPServer(("", 8000), Handler).serve_forever()
