"""Submissions that look around: there is no internet, no host, and no port of the tester."""

from __future__ import annotations

import ast
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.running import Command, write_challenge

Write = Callable[..., Path]

SCOUT = """
import select

def open_ones(targets, wait_s):
    found, waiting = [], {}
    for target in targets:
        s = socket.socket()
        s.setblocking(False)
        if s.connect_ex(target) == 0:
            found.append(target)
        waiting[s] = target
        if len(waiting) == 400:
            found += answered(waiting, 0.05)
    return found + answered(waiting, wait_s)

def answered(waiting, wait_s):
    time.sleep(wait_s)
    poll = select.poll()
    for s in waiting:
        poll.register(s, select.POLLOUT)
    ready = {fd for fd, _ in poll.poll(0)}
    found = [
        target for s, target in waiting.items()
        if s.fileno() in ready and s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    ]
    for s in waiting:
        s.close()
    waiting.clear()
    return found

def resolved(name):
    try:
        return [socket.gethostbyname(name)]
    except OSError:
        return []

own = socket.gethostbyname(socket.gethostname())
prefix, _, last = own.rpartition(".")
gateway, tester = f"{prefix}.{int(last) - 1}", f"{prefix}.{int(last) + 1}"
hosts = HOSTS + [gateway, "169.254.169.254", "1.1.1.1", "8.8.8.8"]
ports = [PORT, 22, 53, 80, 111, 443, 2375, 2376, 5432, 8080]

udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for host in hosts:
    try:
        udp.sendto(b"knock", (host, PORT))
    except OSError:
        pass

print([
    open_ones([(host, port) for host in hosts for port in ports], 1.5),
    open_ones([(tester, port) for port in range(1, 20000)], 1),
    resolved("example.com") + resolved("host.docker.internal"),
    os.path.exists("/var/run/docker.sock"),
], flush=True)
serve()
"""


@contextmanager
def listener() -> Iterator[tuple[int, list[object]]]:
    """Listen on every address of this machine; yield the port and the list of those who came."""
    came: list[object] = []
    with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as tcp:
        port: int = tcp.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("", port))
            tcp.settimeout(0.1)
            udp.settimeout(0.1)
            stop = threading.Event()

            def listen() -> None:
                while not stop.is_set():
                    for receive in (tcp.accept, lambda: udp.recvfrom(99)):
                        try:
                            came.append(receive())
                        except TimeoutError:
                            continue

            thread = threading.Thread(target=listen)
            thread.start()
            try:
                yield port, came
            finally:
                stop.set()
                thread.join()
                for visitor in came:
                    if isinstance(visitor, tuple) and isinstance(visitor[0], socket.socket):
                        visitor[0].close()


def addresses_of_this_machine() -> list[str]:
    """Return every IPv4 address of this machine, that of Docker's bridge included."""
    table = Path("/proc/net/fib_trie").read_text()
    found = re.findall(r"-- ([\d.]+)\n\s+/32 host LOCAL", table)
    return sorted({address for address in found if not address.startswith("127.")})


def test_nobody_is_reached(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """From an app no host, no name, no port of the tester can be reached, and no packet arrives on this machine."""
    challenge = write_challenge(tmp_path / "probe", start_s=60, memory_mib=256)
    hosts = addresses_of_this_machine()
    assert hosts
    with listener() as (port, came):
        with socket.create_connection((hosts[0], port)) as witness:
            witness.sendall(b"x")
        submission = app(SCOUT.replace("HOSTS", repr(hosts)).replace("PORT", str(port)))
        done = run_grader.grade(submission, challenge=challenge)
    assert done.report["verdict"] == "passed", done.out
    assert ast.literal_eval(done.report["app_log"]) == [[], [], [], False]
    assert len(came) == 1, came
