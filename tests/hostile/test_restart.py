"""Submissions that hold up their own restart, to pass for one that stores what it was told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import Command, write_challenge

Write = Callable[..., Path]

# Keeps its visits in memory only. `launch`, which kills and restarts it, runs as the same user.
FORGETFUL = """
import glob, signal

visits = 0

def visit(request):
    global visits
    visits += 1
    answer(request, body={"memory": visits})

def launchers():
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        with open(path, "rb") as file:
            if b"/launch\\0" in file.read() and path != "/proc/1/cmdline":
                yield int(path.split("/")[2])

"""

# Goes on under another number each time that it has answered, or has waited.
HOPPING = """
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        {"/visit": visit}.get(self.path, answer)(self)

for pid in launchers(): os.kill(pid, signal.SIGSTOP)
server = HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler)
server.timeout = 0.02
while True:
    server.handle_request()
    if os.fork():
        os._exit(0)
"""

TRICKS = {
    "halts the launcher and goes on as its own child": HOPPING,
    "halts the launcher": "for pid in launchers(): os.kill(pid, signal.SIGSTOP)\nserve(visit=visit)",
    "and drops idle connections": (
        "for pid in launchers(): os.kill(pid, signal.SIGSTOP)\nimport small\n"
        "small.BaseHTTPRequestHandler.timeout = 0.05\nserve(visit=visit)"
    ),
}

# Keeps its visits in everything that outlives a process, and in a file of its folder.
HOARDING = """
import ctypes

libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
shared = ctypes.cast(libc.shmat(libc.shmget(4242, 4096, 0o1600), None, 0), ctypes.POINTER(ctypes.c_int))

def in_shared_memory():
    shared[0] += 1
    return shared[0]

def in_file(path):
    visits = (int(open(path).read()) if os.path.exists(path) else 0) + 1
    with open(path, "w") as file:
        file.write(str(visits))
    return visits

def in_names(folder):
    visits = len(os.listdir(folder)) + 1
    os.close(os.open(f"{folder}/{visits}", os.O_CREAT | os.O_RDWR, 0o600))
    return visits

os.makedirs("/tmp/-deep/er", mode=0o700, exist_ok=True)

def visit(request):
    answer(request, body={
        "/app": in_file("visits"),
        "/tmp": in_file("/tmp/-deep/er/.visits"),
        "/dev/shm": in_file("/dev/shm/visits"),
        "/dev/mqueue": in_names("/dev/mqueue"),
        "memory of System V": in_shared_memory(),
    })

serve(visit=visit)
"""

HOARD_CHECKS = """
@pytest.mark.check(points=1, group="g")
def test_forgets(api, app):
    '''It keeps the files of its folder and nothing else.'''
    for _ in range(3):
        kept = api.get("/visit").json()
    expect(set(kept.values()) == {3}, f"{kept}")
    app.restart()
    kept = api.get("/visit").json()
    expect(kept.pop("/app") == 4 and set(kept.values()) == {1}, f"{kept}")
"""

CHECKS = """
@pytest.mark.check(points=1, group="g")
def test_restarts(api, app):
    '''It loses its memory.'''
    for _ in range(3):
        api.get("/visit").expect(200)
    app.restart()
    expect(api.get("/visit").json()["memory"] == 1, "it remembers")

@pytest.mark.check(points=1, group="g")
def test_answers(api):
    '''It answers.'''
    api.get("/answers").expect(200)
"""


@pytest.mark.parametrize("trick", TRICKS)
def test_memory_does_not_survive(run_grader: Command, app: Write, tmp_path: Path, trick: str) -> None:
    """An app that keeps `launch` from killing it is killed with its whole container."""
    challenge = write_challenge(tmp_path / "probe", CHECKS, check_s=20)
    done = run_grader.grade(app(FORGETFUL + TRICKS[trick]), challenge=challenge)
    assert done.outcomes == {"restarts": "passed", "answers": "passed"}, done.feedback


def test_memory_in_other_shapes_does_not_survive(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """What outlives processes, and would not outlive a power cut, is gone; files of the app's folder are not."""
    challenge = write_challenge(tmp_path / "probe", HOARD_CHECKS, check_s=20)
    done = run_grader.grade(app(HOARDING), challenge=challenge)
    assert done.outcomes == {"forgets": "passed"}, done.feedback
