"""Serves a folder to containers over HTTP, as a package registry of the operator's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import docker


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that answers: its URL as a container on Docker's default bridge has it, and what it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps the paths."""

    def __init__(self, *arguments: object, asked: list[str], **options: object) -> None:
        """Keep the paths in `asked`."""
        self._asked = asked
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """Return the file that is asked for, of any host: the registry may be asked as a proxy too."""
        return super().translate_path(urlsplit(path).path)

    def log_request(self, *_: object) -> None:
        """Note the path that was asked for; nothing is printed."""
        self._asked.append(self.path)

    def log_error(self, *_: object) -> None:
        """Print nothing: a client may ask for what is not there."""


@contextmanager
def registry(engine: docker.APIClient, folder: Path) -> Iterator[Registry]:
    """Serve `folder` where containers on the default bridge find it, until the block ends."""
    (settings,) = engine.inspect_network("bridge")["IPAM"]["Config"]
    asked: list[str] = []
    handler = partial(_Handler, directory=str(folder), asked=asked)
    server = ThreadingHTTPServer((settings["Gateway"], 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Registry(f"http://{settings['Gateway']}:{server.server_port}", asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
