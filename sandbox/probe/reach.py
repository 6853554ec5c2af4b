"""Measures from inside what a container can reach, and prints it as one JSON object on standard output.

Standard library only: `grader doctor` passes this text to an interpreter as `python3 -I -c TEXT ARGUMENTS`. ARGUMENTS
is a JSON object: `targets` (["address", port] pairs that must not answer), `everybody` (addresses and port that stand
for all, with the text to send there), `peer` (the pair that must answer), `names` (to resolve). Nothing is judged here;
the host compares what it reads with what it asked for.
"""

from __future__ import annotations

import contextlib
import errno
import json
import select
import socket
import sys
import time
from pathlib import Path

CONNECT_S = 1.0
PEER_S = 5.0


def error_name(number: int | None) -> str:
    """Return `ECONNREFUSED` for 111 and so on."""
    return errno.errorcode.get(number or 0, str(number))


def reach(address: str, port: int) -> str:
    """Connect to a neighbour that may still be starting; return `connected` or the last error's name."""
    deadline = time.monotonic() + PEER_S
    while True:
        try:
            socket.create_connection((address, port), timeout=CONNECT_S).close()
        except OSError as error:
            if time.monotonic() > deadline:
                return error_name(error.errno or errno.ETIMEDOUT)
            time.sleep(0.02)
        else:
            return "connected"


def connections(targets: list[tuple[str, int]]) -> dict[str, str]:
    """Connect to all targets at once and send each a datagram; return `address:port` -> `connected` or the error.

    ECONNREFUSED is an answer: somebody is there.
    """
    results: dict[str, str] = {}
    waiting: dict[socket.socket, str] = {}
    for address, port in targets:
        name = f"{address}:{port}"
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as datagrams, contextlib.suppress(OSError):
            datagrams.sendto(b"probe", socket.MSG_DONTWAIT, (address, port))
        stream = socket.socket(family, socket.SOCK_STREAM)
        stream.settimeout(0)
        status = stream.connect_ex((address, port))
        if status in (0, errno.EINPROGRESS):
            waiting[stream] = name
        else:
            results[name] = error_name(status)
    deadline = time.monotonic() + CONNECT_S
    while waiting and (left := deadline - time.monotonic()) > 0:
        for stream in select.select([], list(waiting), [], left)[1]:
            status = stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            results[waiting.pop(stream)] = error_name(status) if status else "connected"
    return results | dict.fromkeys(waiting.values(), "no answer")


def call_everybody(addresses: list[str], port: int, text: str) -> None:
    """Send a datagram to addresses that stand for all who listen; nothing here tells whether anybody heard it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        for address in addresses:
            with contextlib.suppress(OSError):
                datagrams.sendto(text.encode(), (address, port))


def resolve(name: str) -> str:
    """Return the address of `name`, or `no answer`."""
    try:
        return socket.gethostbyname(name)
    except OSError:
        return "no answer"


def ipv6_addresses() -> list[str]:
    """Return the IPv6 addresses of this network namespace, as the kernel writes them, without the loopback's."""
    try:
        lines = Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines()
    except OSError:
        return []
    return [line.split()[0] for line in lines if not line.endswith(" lo")]


def main() -> None:
    """Try everything and print what answered."""
    arguments = json.loads(sys.argv[1])
    call_everybody(*arguments["everybody"])
    facts = {
        "connections": connections([(address, port) for address, port in arguments["targets"]]),
        "peer": reach(*arguments["peer"]),
        "names": {name: resolve(name) for name in arguments["names"]},
        "ipv6_addresses": ipv6_addresses(),
    }
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    main()
