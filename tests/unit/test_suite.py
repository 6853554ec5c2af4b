"""Following a suite: a real channel over a socket pair, a tester played by the test, an app that is a list of calls."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from grader.controls import Controls
from grader.engine.channel import Channel
from grader.engine.commands import Ended
from grader.errors import ChallengeError, SandboxError, Stopped
from grader.models import AppState, AppUsage, FeedbackLevel, Limits, Outcome, Restart, Verdict
from grader.progress import Event, Progress, quiet
from grader.scoring import results_in_order, verdict_of
from grader.suite import SuiteRun, follow_suite
from grader.timeline import Timeline

LIMITS = Limits(start_s=0.2, check_s=0.2, total_s=5)
CHECKS = [
    {"id": id_, "title": id_, "points": points, "group": "g", "hint": "", "cwe": "", "feedback": None}
    for id_, points in (("a", 2), ("b", 3))
]


@dataclass
class CannedApp:
    """An app that records what is done to it."""

    running: bool = True
    exit_code: int = 0
    out_of_memory: bool = False
    calls: list[str] = field(default_factory=list)

    def restart(self) -> None:
        self.calls.append("restart")

    def reset(self, when: Callable[[], object]) -> None:
        when()
        self.calls.append("reset")

    def wait(self, timeout_s: float) -> AppState:
        self.calls.append(f"wait {timeout_s:g}")
        return self.state()

    def kill(self) -> None:
        self.calls.append("kill")

    def exec(self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float, limit_bytes: int) -> Ended | None:
        self.calls.append(f"exec {' '.join(argv)} {len(stdin)} {timeout_s:g} {limit_bytes}")
        return None

    def usage(self) -> AppUsage:
        return AppUsage(memory_bytes=1, cpu_s=0.5)

    def state(self) -> AppState:
        return AppState(self.running, self.exit_code, self.out_of_memory)

    def log(self) -> str:
        return f"log after {len(self.calls)} calls"


class PlayedTester:
    """The other end of the channel: writes frames as the Engine does for an attached container."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.incoming = connection.makefile("rb")

    def say(self, type_: str, **fields: Any) -> None:
        self.write(json.dumps({"type": type_, **fields}).encode() + b"\n")

    def write(self, content: bytes, stream: int = 1) -> None:
        self.connection.sendall(struct.pack(">BxxxL", stream, len(content)) + content)

    def hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.incoming.readline())
        return message

    def finish(self, id_: str, outcome: str = "passed", feedback: str = "") -> None:
        self.say("started", id=id_)
        self.say(
            "finished", id=id_, outcome=outcome, feedback=feedback, detail="secret", node="t.py::t", duration_s=0.1
        )

    def begin(self) -> None:
        """Play the part up to the first check."""
        self.say("collected", checks=CHECKS)
        assert self.hear()["type"] == "app_started"
        self.say("ready", after_s=0.1)
        assert self.hear()["type"] == "begin"


@contextmanager
def played(script: Callable[[PlayedTester], None]) -> Iterator[Channel]:
    """Yield the host's channel to a tester that plays `script`, then hangs up."""
    ours, theirs = socket.socketpair()

    def play() -> None:
        tester = PlayedTester(theirs)
        try:
            script(tester)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the host hung up in the middle, as it does once it has heard enough
        finally:
            tester.incoming.close()  # it keeps the socket open
            theirs.shutdown(socket.SHUT_RDWR)

    thread = threading.Thread(target=play)
    thread.start()
    channel = Channel(ours)
    try:
        yield channel
    finally:
        channel.close()
        thread.join(5)
        theirs.close()


def follow(
    script: Callable[[PlayedTester], None],
    app: CannedApp | Stopped | None = None,
    *,
    feedback: FeedbackLevel | None = None,
    progress: Progress = quiet,
    cut: bool = False,
) -> SuiteRun:
    """Return what the host makes of a tester that plays `script`."""
    starting: Future[Any] = Future()
    if isinstance(app, Stopped):
        starting.set_exception(app)
    else:
        starting.set_result(Controls(app or CannedApp(), {}, LIMITS.start_s, {}))
    with played(script) as channel:
        return follow_suite(
            channel,
            starting,
            LIMITS,
            Timeline(progress),
            tester_log=lambda: "tester's log",
            cut_off=lambda: cut,
            feedback=feedback,
        )


def test_results_are_recorded_and_a_clean_run_does_not_stop_the_app() -> None:
    """All checks passed: full points, and no time is spent on looking for the cause of a failure."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.finish("b")
        tester.say("ended")

    app = CannedApp()
    run = follow(script, app)
    assert [result.earned for result in results_in_order(run)] == [2, 3]
    assert verdict_of(run, results_in_order(run), 100) is Verdict.PASSED
    assert app.calls == []


def test_a_collected_check_without_a_result_is_errored() -> None:
    """Absence is failure: a suite that ends early does not pass what it skipped."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.say("ended")

    run = follow(script)
    assert [(r.outcome, r.earned) for r in results_in_order(run)] == [(Outcome.PASSED, 2), (Outcome.ERRORED, 0)]
    assert verdict_of(run, results_in_order(run), 100) is Verdict.FAILED


@pytest.mark.parametrize("outcome", ["failed", "errored", "skipped"])
def test_only_passed_earns(outcome: str) -> None:
    """Skipped and errored checks earn as little as failed ones."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a", outcome)
        tester.finish("b", outcome)
        tester.say("ended")

    assert sum(result.earned for result in results_in_order(follow(script))) == 0


def test_control_requests_reach_the_app() -> None:
    """The suite's fixtures can restart, reset and look at the app; a reset with a reason is in the report."""
    replies: list[dict[str, Any]] = []

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.say("started", id="a")
        for operation, arguments in (
            ("app.restart", {}),
            ("app.reset", {"reason": "it did not answer"}),
            ("app.reset", {"reason": ""}),
            ("app.state", {}),
            ("host.shell", {}),
        ):
            tester.say("request", operation=operation, arguments=arguments)
            replies.append(tester.hear())
        tester.say("finished", id="a", outcome="passed", feedback="", detail="", node="n", duration_s=0)
        tester.finish("b")
        tester.say("ended")

    app = CannedApp()
    run = follow(script, app)
    assert app.calls == ["restart", "reset", "reset"]
    assert replies[3] == {"type": "reply", "ok": True, "result": {"running": True}}
    assert replies[4]["ok"] is False
    assert run.restarts == [Restart("a", "it did not answer")]


def test_a_broken_suite_is_the_authors_and_its_reason_is_not_for_learners() -> None:
    """The traceback of a suite that cannot be collected is in the detail only."""

    def script(tester: PlayedTester) -> None:
        tester.say("broken", problems=["SECRET traceback"])
        tester.say("ended")

    with pytest.raises(ChallengeError) as caught:
        follow(script)
    assert "SECRET" in caught.value.detail
    assert "SECRET" not in caught.value.message + caught.value.hint


def test_a_suite_that_dies_is_the_authors() -> None:
    """A tester that goes away before its last check is no verdict about the submission."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")

    with pytest.raises(ChallengeError, match="ended before its checks did") as caught:
        follow(script)
    assert caught.value.detail == "tester's log"


def test_a_channel_that_was_cut_is_the_operators() -> None:
    """A tester that is well, and cannot be heard any more, says nothing about the challenge or the submission."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")

    with pytest.raises(SandboxError, match="lost the connection to the tester"):
        follow(script, cut=True)


@pytest.mark.parametrize("collected", [True, False])
def test_a_suite_that_ends_before_its_checks_is_the_authors(*, collected: bool) -> None:
    """A hook of the suite that raises ends it in order, but too soon; the author finds the reason in its log."""

    def script(tester: PlayedTester) -> None:
        if collected:
            tester.say("collected", checks=CHECKS)
            tester.hear()
        tester.say("ended")

    with pytest.raises(ChallengeError, match="ended before its checks did") as caught:
        follow(script, cut=True)
    assert caught.value.detail == "tester's log"


def test_a_suite_that_ends_amid_its_checks_leaves_its_log() -> None:
    """Why checks have no result is for the instructor to read."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.say("ended")

    assert follow(script).tester_log == "tester's log"


@pytest.mark.parametrize(
    "junk",
    [
        b"not json\n",
        b"[]\n",
        b'{"type": "verdict", "score": 100}\n',
        b'{"type": "ready", "after_s": 1}\n',
        b"x" * (1024**2 + 10) + b"\n",
    ],
    ids=["text", "list", "unknown", "out of turn", "long line"],
)
def test_what_is_not_an_event_is_refused(junk: bytes) -> None:
    """Anything that the protocol does not know ends the run as the challenge's error, not as a grade."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.write(junk)
        tester.say("ended")

    with pytest.raises(ChallengeError):
        follow(script)


def test_a_result_cannot_be_given_twice() -> None:
    """The first result of a check stands; a second one is a tampered channel."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a", "failed")
        tester.finish("a", "passed")
        tester.say("ended")

    with pytest.raises(ChallengeError, match="out of turn"):
        follow(script)


def test_stderr_frames_are_not_events() -> None:
    """Only the tester's stdout carries events."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.write(b'{"type": "finished"}\n', stream=2)
        tester.finish("a")
        tester.finish("b")
        tester.say("ended")

    assert len(follow(script).results) == 2


def test_an_app_that_dies_at_boot_failed_to_start() -> None:
    """The container's own state decides, and the learner gets the exit code and the log."""

    def script(tester: PlayedTester) -> None:
        tester.say("collected", checks=CHECKS)
        tester.hear()
        tester.incoming.read()

    run = follow(script, CannedApp(running=False, exit_code=3))
    assert run.stopped is not None
    assert run.stopped.verdict is Verdict.START_FAILED
    assert "code 3" in run.stopped.message
    assert run.stopped.log
    assert [r.outcome for r in results_in_order(run)] == [Outcome.ERRORED] * 2


def test_an_app_killed_for_its_memory_at_boot_is_out_of_memory() -> None:
    """Only the kernel's own record makes it out_of_memory; exit code 137 alone does not."""

    def script(tester: PlayedTester) -> None:
        tester.say("collected", checks=CHECKS)
        tester.hear()
        tester.incoming.read()

    for flag, verdict in ((True, Verdict.OUT_OF_MEMORY), (False, Verdict.START_FAILED)):
        run = follow(script, CannedApp(running=False, exit_code=137, out_of_memory=flag))
        assert run.stopped is not None
        assert run.stopped.verdict is verdict


def test_an_app_that_never_answers_failed_to_start() -> None:
    """The tester's own deadline is told as the reason."""

    def script(tester: PlayedTester) -> None:
        tester.say("collected", checks=CHECKS)
        tester.hear()
        tester.say("unready", reason="nothing listened on port 8000 within 15 s")
        tester.say("ended")

    run = follow(script)
    assert run.stopped is not None
    assert "nothing listened" in run.stopped.message


def test_a_failed_build_still_knows_the_checks() -> None:
    """A submission that does not build scores 0 of the points that the suite announced."""

    def script(tester: PlayedTester) -> None:
        tester.say("collected", checks=CHECKS)
        tester.incoming.read()

    run = follow(script, Stopped(Verdict.BUILD_FAILED, "no such package", log="pip says"))
    assert verdict_of(run, results_in_order(run), 100) is Verdict.BUILD_FAILED
    assert len(results_in_order(run)) == 2


def test_a_check_that_cannot_end_itself_is_ended_and_the_rest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Partial results survive a time-out."""
    monkeypatch.setattr("grader.suite.CHECK_GRACE_S", 0.1)

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.say("started", id="b")
        tester.incoming.read()

    app = CannedApp()
    run = follow(script, app)
    assert run.stopped is not None
    assert run.stopped.verdict is Verdict.TIMED_OUT
    assert run.results["a"].earned == 2
    assert app.calls == ["kill"]


def test_what_comes_after_the_last_result_takes_none_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict is that of the checks, though the suite does not end in time."""
    monkeypatch.setattr("grader.suite.CHECK_GRACE_S", 0.1)

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.finish("b", "failed")
        tester.incoming.read()

    run = follow(script)
    assert run.stopped is None
    assert verdict_of(run, results_in_order(run), 100) is Verdict.FAILED


def test_what_the_host_needs_is_not_the_time_of_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that takes the host longer than a whole check may take costs the submission nothing."""
    monkeypatch.setattr("grader.suite.CHECK_GRACE_S", 0.1)

    class SlowApp(CannedApp):
        def restart(self) -> None:
            time.sleep(1.0)

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.say("started", id="a")
        tester.say("request", operation="app.restart", arguments={})
        tester.hear()
        time.sleep(0.2)
        tester.finish("a")
        tester.finish("b")
        tester.say("ended")

    run = follow(script, SlowApp())
    assert (run.stopped, sorted(run.results)) == (None, ["a", "b"])


def test_a_suite_that_stands_still_between_two_checks_blames_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names no check that has ended."""
    monkeypatch.setattr("grader.suite.CHECK_GRACE_S", 0.1)

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.incoming.read()

    run = follow(script)
    assert run.stopped is not None
    assert run.stopped.message == "the suite did not go on to its next check; no result for 1 of 2 checks"


def test_log_is_kept_of_an_app_that_passed() -> None:
    """Instructors read all that it printed, and so do learners where it tells nothing."""

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a")
        tester.finish("b")
        tester.say("ended")

    assert follow(script).full_log == "log after 0 calls"


def test_progress_and_message_tell_nothing_of_a_silent_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a silent check runs, when it has ended, and when the run ends with it, nobody learns which one it is."""
    monkeypatch.setattr("grader.suite.CHECK_GRACE_S", 0.1)
    secret = {"points": 2, "group": "g", "hint": "secret", "cwe": "secret", "feedback": None}

    def script(tester: PlayedTester) -> None:
        tester.say("collected", checks=[{"id": id_, "title": f"secret {id_}", **secret} for id_ in ("s1", "s2")])
        tester.hear()
        tester.say("ready", after_s=0.1)
        tester.hear()
        tester.finish("s1", "failed", "secret")
        tester.say("started", id="s2")
        tester.incoming.read()

    events: list[Event] = []
    run = follow(script, feedback=FeedbackLevel.SILENT, progress=events.append)
    assert run.stopped is not None
    assert run.stopped.message == "the check “A hidden check (g)” did not end; no result for 1 of 2 checks"
    told = repr(events)
    assert not re.search("secret|s1|s2|failed", told), told
    assert run.results["s1"].feedback == "secret"


def test_progress_keeps_to_the_level_of_a_check() -> None:
    """Whoever draws progress in another way finds no more in its events than in the report."""
    events: list[Event] = []

    def script(tester: PlayedTester) -> None:
        tester.begin()
        tester.finish("a", "failed", "secret")
        tester.finish("b")
        tester.say("ended")

    run = follow(script, feedback=FeedbackLevel.HINT, progress=events.append)
    assert "secret" not in repr(events)
    assert run.results["a"].feedback == "secret"


def test_a_silent_tester_is_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tester that never reports is no verdict about the submission."""
    monkeypatch.setattr("grader.suite.COLLECT_TIMEOUT_S", 0.1)

    def script(tester: PlayedTester) -> None:
        tester.incoming.read()

    with pytest.raises(SandboxError):
        follow(script)


def test_an_out_of_memory_kill_during_the_checks_is_the_verdict_unless_the_points_suffice() -> None:
    """An app that was killed for its memory and still passed everything has passed."""

    def script(outcome: str) -> Callable[[PlayedTester], None]:
        def play(tester: PlayedTester) -> None:
            tester.begin()
            tester.finish("a", outcome)
            tester.finish("b")
            tester.say("ended")

        return play

    failed = follow(script("failed"), CannedApp(out_of_memory=True))
    assert verdict_of(failed, results_in_order(failed), 100) is Verdict.OUT_OF_MEMORY
    assert verdict_of(failed, results_in_order(failed), 60) is Verdict.PASSED
