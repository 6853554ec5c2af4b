"""Receives one suite from the host, runs it with pytest, and reports every check. Runs once."""

from __future__ import annotations

import io
import os
import sys
import tarfile

import pytest

from grader_checks.app import App
from grader_checks.channel import Channel, HostGone
from grader_checks.fixtures import Fixtures
from grader_checks.session import Session

PROTOCOL = 1
# How the host tells a suite that ended from a channel that was cut; no status that a suite would end with.
DELIVERED, HOST_GONE = 40, 41
SUITE_DIR = "/suite"
PYTEST_ARGUMENTS = (
    SUITE_DIR,
    f"--rootdir={SUITE_DIR}",
    "--config-file=/dev/null",
    "--capture=sys",
    "--strict-markers",
    # What no suite can use is not loaded; the last two look for garbage at the end, while the host waits.
    *(
        f"-pno:{plugin}"
        for plugin in (
            *("cacheprovider", "doctest", "faulthandler", "junitxml", "legacypath", "pastebin"),
            *("setuponly", "setupplan", "stepwise", "terminal", "threadexception", "unraisableexception"),
        )
    ),
)


def run() -> int:
    """Run the suite that the host sends; return `DELIVERED` when every event was sent, whatever the checks found."""
    channel = Channel.on_standard_streams()
    try:
        settings = channel.receive()
        if settings["type"] != "run" or settings["protocol"] != PROTOCOL:
            channel.send("broken", problems=[f"this tester speaks protocol {PROTOCOL}; the host sent {settings!r}"])
            return DELIVERED
        _unpack(channel.receive_bytes(int(settings["suite_bytes"])))
        session = Session(channel, settings, App(channel, settings))
        os.chdir(SUITE_DIR)
        status = pytest.main(list(PYTEST_ARGUMENTS), plugins=[session, Fixtures(session, settings)])
        session.close(int(status))
    except (HostGone, BrokenPipeError):
        sys.stderr.write("the host closed the channel\n")
        return HOST_GONE
    return DELIVERED


def _unpack(archive: bytes) -> None:
    """Write the suite's files, which the host packed from an author's folder, below `/suite`."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(SUITE_DIR, filter="data")
