"""A Docker socket that misbehaves on purpose: passes calls on to the real Engine, but for those that a rule names.

`with EngineProxy(folder, Rule(...)) as proxy` and `DOCKER_HOST=proxy.host` is all that it takes. Every connection
carries one call, so a rule concerns exactly one; hijacked streams (attach, exec) are passed on as bytes both ways.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

REAL_HOST = "unix:///var/run/docker.sock"
_HEAD_LIMIT = 1024**2
_VERSION = re.compile(r"^/v\d+\.\d+(?=/)")
_CONTAINER = re.compile(r"(?<=^/containers/)[0-9a-f]{64}")


class Fault(StrEnum):
    """What happens to a call."""

    REFUSED = "cut before the Engine got it"
    ANSWER_LOST = "cut when the Engine has done it"
    TRUNCATED = "answer cut in the middle"
    INPUT_TRUNCATED = "what follows the call cut in the middle"
    HANGS = "never answered, and never done"
    ANSWER_HANGS = "done, and never answered"
    SLOW = "answered late"
    ERROR = "500"
    CONFLICT = "409"
    DISK_FULL = "500, no space left on device"
    NO_IMAGE = "404, no such image"
    NOT_JSON = "200 with a page of HTML"
    WRONG_JSON = "200 with another JSON than was asked for"
    NOT_HTTP = "something that is no HTTP"
    ENGINE_GONE = "nothing answers from then on"


_ANSWERS = {
    Fault.ERROR: (500, "application/json", json.dumps({"message": "injected trouble"})),
    Fault.CONFLICT: (409, "application/json", json.dumps({"message": "injected conflict"})),
    Fault.DISK_FULL: (500, "application/json", json.dumps({"message": "mkdir /x: no space left on device"})),
    Fault.NO_IMAGE: (404, "application/json", json.dumps({"message": "No such image: grader/base:gone"})),
    Fault.NOT_JSON: (200, "text/html", "<html>welcome to the hotel's network</html>"),
    Fault.WRONG_JSON: (200, "application/json", "[17]"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Which call is disturbed, and how: `method`, `path` (a pattern for all of it), and from which call of that on.

    In a path the version is left out, and a container's id is replaced by its role (`app`, `tester`, a service's name),
    as far as it has one: `/containers/app/start`. A new container's call is `/containers/create/app`. `nth` counts
    from 1; `times` is how often, without end if None.
    """

    fault: Fault
    method: str
    path: str
    nth: int = 1
    times: int | None = 1
    after_bytes: int = 0
    delay_s: float = 1.0


@dataclass(slots=True)
class _Call:
    client: socket.socket
    method: str
    path: str
    head: bytes
    body: bytes
    upstream: socket.socket | None = field(default=None)


class EngineProxy:
    """Listens on a Unix socket below `folder` while the context lasts; what it disturbed and saw can be asked."""

    def __init__(self, folder: Path, *rules: Rule) -> None:
        """The real Engine is the one that the tests themselves use."""
        self._path = folder / "engine.sock"
        self._engine = os.environ.get("DOCKER_HOST", REAL_HOST).removeprefix("unix://")
        self._rules = rules
        self._seen = [0] * len(rules)
        self._roles: dict[str, str] = {}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self.calls: list[str] = []
        self.injected = 0

    @property
    def host(self) -> str:
        """What DOCKER_HOST must be."""
        return f"unix://{self._path}"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Cut everything that is still open."""
        self.vanish()

    def vanish(self) -> None:
        """Stop as an Engine that is killed: refuse new connections and cut those that are open."""
        self._closing.set()
        self._listener.close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            for each in self._open:
                _cut(each)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                readable, _, _ = select.select([self._listener], [], [], 0.1)
                if not readable:
                    continue
                client, _ = self._listener.accept()
            except (OSError, ValueError):
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._register(client)
        call: _Call | None = None
        try:
            call = self._read_call(client)
            if call is not None:
                self._carry_out(call, self._rule_for(call))
        except OSError:
            pass  # one end hung up
        finally:
            for each in (client, call.upstream if call else None):
                if each is not None:
                    self._forget(each)

    def _read_call(self, client: socket.socket) -> _Call | None:
        received = b""
        while b"\r\n\r\n" not in received:
            part = client.recv(65536)
            if not part or len(received) > _HEAD_LIMIT:
                return None
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        if b"\r\nupgrade:" not in head.lower():
            head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head) + b"\r\nConnection: close"
        path = self._canonical(target)
        with self._lock:
            self.calls.append(f"{method} {path}")
        return _Call(client, method, path, head + b"\r\n\r\n", body)

    def _canonical(self, target: str) -> str:
        parts = urlsplit(target)
        path = _VERSION.sub("", unquote(parts.path))
        if path == "/containers/create":
            role = parse_qs(parts.query).get("name", ["x-step"])[0].rpartition("-")[2]
            return f"{path}/{role}"
        return _CONTAINER.sub(lambda found: self._roles.get(found[0], found[0]), path)

    def _rule_for(self, call: _Call) -> Rule | None:
        with self._lock:
            for index, rule in enumerate(self._rules):
                if not re.fullmatch(rule.method, call.method) or not re.fullmatch(rule.path, call.path):
                    continue
                self._seen[index] += 1
                number = self._seen[index] - rule.nth
                if number >= 0 and (rule.times is None or number < rule.times):
                    self.injected += 1
                    return rule
        return None

    def _carry_out(self, call: _Call, rule: Rule | None) -> None:
        match rule.fault if rule else None:
            case Fault.REFUSED:
                return
            case Fault.ENGINE_GONE:
                self.vanish()
                return
            case Fault.HANGS:
                self._closing.wait(600)
                return
            case Fault.NOT_HTTP:
                call.client.sendall(b"220 mail.example.com ESMTP\r\n")
                return
            case Fault.SLOW if rule:
                time.sleep(rule.delay_s)
            case fault if fault in _ANSWERS:
                status, kind, text = _ANSWERS[fault]
                head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n"
                call.client.sendall(f"{head}Connection: close\r\n\r\n{text}".encode())
                return
            case _:
                pass
        self._pass_on(call, rule)

    def _pass_on(self, call: _Call, rule: Rule | None) -> None:
        call.upstream = upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(self._engine)
        self._register(upstream)
        upstream.sendall(call.head)
        up_limit = rule.after_bytes if rule and rule.fault is Fault.INPUT_TRUNCATED else None
        sender = threading.Thread(target=self._send_up, args=(call, up_limit), daemon=True)
        sender.start()
        fault = rule.fault if rule else None
        kept, sent = b"", 0
        creating = call.method == "POST" and call.path.startswith("/containers/create/")
        while part := upstream.recv(65536):
            if fault is Fault.ANSWER_LOST:
                _until_end(upstream)
                return
            if fault is Fault.ANSWER_HANGS:
                self._closing.wait(600)
                return
            if creating:
                kept += part
                if found := re.search(rb'"Id":"([0-9a-f]{64})"', kept):
                    self._roles[found[1].decode()] = call.path.rpartition("/")[2]
            if fault is Fault.TRUNCATED and rule is not None:
                kept += part
                head, _, body = kept.partition(b"\r\n\r\n")
                room = len(head) + 4 + rule.after_bytes
                call.client.sendall(part[: max(0, room - sent)])
                sent += len(part)
                if len(body) > rule.after_bytes:
                    return
                continue
            call.client.sendall(part)
        # the answer is complete; what a hijacked connection still sends has no reader

    def _send_up(self, call: _Call, limit: int | None) -> None:
        upstream, part = call.upstream, call.body
        assert upstream is not None
        sent = 0
        try:
            while True:
                if limit is not None and sent + len(part) > limit:
                    upstream.sendall(part[: limit - sent])
                    _cut(upstream)
                    _cut(call.client)
                    return
                upstream.sendall(part)
                sent += len(part)
                part = call.client.recv(65536)
                if not part:
                    break
            upstream.shutdown(socket.SHUT_WR)
        except OSError:
            _cut(upstream)

    def _register(self, each: socket.socket) -> None:
        with self._lock:
            self._open.add(each)
            if self._closing.is_set():
                _cut(each)

    def _forget(self, each: socket.socket) -> None:
        with self._lock:
            self._open.discard(each)
        _cut(each)
        each.close()


def _until_end(upstream: socket.socket) -> None:
    """Let the Engine finish what it was asked for."""
    upstream.settimeout(2.0)
    try:
        while upstream.recv(65536):
            pass
    except TimeoutError:
        pass  # a stream; it will be cut


def _cut(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # cut already
