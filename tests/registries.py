"""Serves a folder to containers over HTTP, as a package registry of the operator's own."""

from __future__ import annotations

import base64
import io
import json
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import docker

from grader.engine.ownership import RUN


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that answers: its URL as a container on Docker's default bridge has it, and what it was asked for.

    `login`: NAME:PASSWORD without which it shows nothing; empty if it shows everything to everybody.
    """

    url: str
    asked: list[str] = field(default_factory=list)
    login: str = ""

    @property
    def host(self) -> str:
        """HOST:PORT."""
        return urlsplit(self.url).netloc

    @property
    def address(self) -> str:
        """The URL with the login in it, as an operator has it."""
        return self.url.replace("://", f"://{self.login}@") if self.login else self.url


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps the paths."""

    def __init__(self, *arguments: object, asked: list[str], login: str, **options: object) -> None:
        """Keep the paths in `asked`."""
        self._asked = asked
        self._login = f"Basic {base64.b64encode(login.encode()).decode()}" if login else None
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """Return the file that is asked for, of any host: the registry may be asked as a proxy too."""
        return super().translate_path(urlsplit(path).path)

    def do_GET(self) -> None:
        """Send a file, or ask who wants it."""
        if self._login in (None, self.headers.get("Authorization")):
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="packages"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, *_: object) -> None:
        """Note the path that was asked for; nothing is printed."""
        self._asked.append(self.path)

    def log_error(self, *_: object) -> None:
        """Print nothing: a client may ask for what is not there."""


@contextmanager
def registry(engine: docker.APIClient, folder: Path, *, login: str = "") -> Iterator[Registry]:
    """Serve `folder` where containers on the default bridge find it, until the block ends."""
    (settings,) = engine.inspect_network("bridge")["IPAM"]["Config"]
    asked: list[str] = []
    handler = partial(_Handler, directory=str(folder), asked=asked, login=login)
    server = ThreadingHTTPServer((settings["Gateway"], 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Registry(f"http://{settings['Gateway']}:{server.server_port}", asked, login)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def silent_registry(engine: docker.APIClient) -> Iterator[str]:
    """Yield the address of a registry that takes every connection and never answers."""
    (settings,) = engine.inspect_network("bridge")["IPAM"]["Config"]
    with socket.create_server((settings["Gateway"], 0)) as listener:
        yield f"http://{settings['Gateway']}:{listener.getsockname()[1]}"


def places_that_tell(engine: docker.APIClient, image: str, word: str) -> list[str]:
    """Return where an image of dependencies has a word: in its description, its history, or the names of files."""
    packed = io.BytesIO(b"".join(image_files(engine, image)))
    with tarfile.open(fileobj=packed) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
        told = {name: content.read().decode("latin-1") for name, content in files if content is not None}
    told |= {"inspect": json.dumps(engine.inspect_image(image)), "history": json.dumps(engine.history(image))}
    return [place for place, text in told.items() if word in text]


def image_files(engine: docker.APIClient, image: str) -> Iterator[bytes]:
    """Yield a tar of all that an image has in /opt/dependencies."""
    container = engine.create_container(image, ["true"], labels={f"{RUN}.test": ""})["Id"]
    try:
        yield from engine.get_archive(container, "/opt/dependencies")[0]
    finally:
        engine.remove_container(container, force=True)
