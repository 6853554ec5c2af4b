"""Ports of this machine that are open to containers, as far as a test without one can tell."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from grader.engine.listener import HostListener, local_addresses, open_port


def test_port_that_is_free_for_tcp_alone_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's UDP socket there is no reason to give up."""
    really: Callable[..., socket.socket] = socket.create_server
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        ports = [taken.getsockname()[1], 0]
        monkeypatch.setattr(socket, "create_server", lambda _, **how: really(("0.0.0.0", ports.pop(0)), **how))
        stream, datagrams = open_port()
    with stream, datagrams:
        assert ports == []
        assert stream.getsockname() == datagrams.getsockname()


def test_listener_hears_this_machine_itself() -> None:
    """By TCP, and by UDP; who came is told once."""
    with HostListener() as host:
        address = "127.0.0.1"
        assert all(host.answers(each) for each in (address, *local_addresses()))
        socket.create_connection((address, host.port)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", (address, host.port))
        assert host.contacts() == (f"TCP from {address}", f"UDP from {address}")
        assert host.contacts() == ()
