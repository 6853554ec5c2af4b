"""Submissions whose processes do not want to end, or want to end everything: bounded, alone, and gone afterwards."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path

from tests.running import PROBE, Command, write_challenge

Write = Callable[..., Path]
ALL = dict.fromkeys(("first", "second", "third", "last"), "passed")


def test_fork_bomb(run_grader: Command, app: Write) -> None:
    """A fork bomb costs its author points and nobody anything: it meets the limit of processes and is removed.

    The check that set it off hangs, whether the bomb dies of itself or not, so the next one has the app afresh.
    """
    bomb = "b() { b | b & }; b; while :; do b; done"
    code = f"""
    def explode(request):
        subprocess.call(["sh", "-c", {bomb!r}])
        time.sleep(600)
    serve(second=explode)
    """
    done = run_grader.grade(app(code))
    assert (done.code, done.outcomes["first"], done.outcomes["second"]) == (1, "passed", "failed"), done.err
    assert done.report["verdict"] == "failed"
    assert done.outcomes["last"] == "passed"
    assert done.duration_s < 45
    honest = run_grader.grade(app("serve()"))
    assert (honest.code, honest.outcomes) == (0, ALL), honest.err


def test_flood(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """An app that prints without end and without a line break is judged by its answers, and removed in seconds."""
    challenge = write_challenge(tmp_path / "probe", check_s=10)
    flood = "subprocess.Popen(['sh', '-c', 'while :; do printf %65536s; done'])\nserve()"
    began = time.monotonic()
    done = run_grader("grade", challenge, app(flood), "--audience", "instructor")
    assert done.code == 0, done.err
    assert time.monotonic() - began < 45
    assert len(done.out) < 200_000


def test_traps_and_daemons(run_grader: Command, app: Write) -> None:
    """Signals that are ignored and daemons that detach delay nothing; no process and no file outlives the run."""
    marker = f"daemon-{secrets.token_hex(6)}"
    code = """
    import signal, glob
    for number in (1, 2, 15):
        signal.signal(number, signal.SIG_IGN)
    print([path for folder in FOLDERS for path in glob.glob(folder + "/MARKER*")], flush=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sh", ["MARKER", "-c", "trap '' 1 2 15; while :; do sleep 600; done"])
        os._exit(0)
    for folder in FOLDERS:
        try:
            open(folder + "/MARKER", "w").close()
        except OSError:
            pass
    serve()
    """
    folders = repr(["/app", "/tmp", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/dev/mqueue"])
    code = code.replace("MARKER", marker).replace("FOLDERS", folders)
    submission = app(code, Procfile="web: trap '' TERM HUP; python app.py")
    for _ in range(2):
        done = run_grader.grade(submission)
        assert (done.outcomes, done.report["app_log"]) == (ALL, "[]\n")
        assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if marker.encode() in _read(path)]


def test_killing_everything(run_grader: Command, app: Write) -> None:
    """An app that kills every process it can has killed itself: that check fails, and the next finds it running."""
    done = run_grader.grade(app("serve(second=lambda request: subprocess.run('kill -9 -1', shell=True))"))
    assert done.outcomes == {**ALL, "second": "failed"}
    assert done.report["verdict"] == "failed"
    done = run_grader.grade(app(Procfile="web: kill -9 -1; sleep 60"))
    assert done.report["verdict"] == "start_failed"
    assert done.report["message"] == "your app exited with code 137 before it answered"


def test_public_suite_of_a_hostile_app(run_grader: Command, app: Write) -> None:
    """The public checks run under the same rules and show all that the app printed."""
    code = "serve(first=lambda request: (print('asked', flush=True), answer(request, 500)))"
    done = run_grader("grade", PROBE, app(code), "--public")
    assert done.code == 1
    assert "asked" in done.out


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
