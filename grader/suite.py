"""Follows one suite: hears its events, carries out its control requests, and sets the deadlines."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from grader import protocol
from grader.controls import App, Controls, Refused
from grader.display import number_of
from grader.engine.channel import Channel, ChannelClosed
from grader.errors import FOR_INSTRUCTORS, ChallengeError, SandboxError, Stopped
from grader.feedback import is_silent, visible_check, visible_result
from grader.models import Check, CheckDetail, CheckResult, FeedbackLevel, Limits, Outcome, Restart, Verdict
from grader.progress import CheckFinished, ChecksCollected, CheckStarted, SilentCheckFinished
from grader.timeline import Timeline

COLLECT_TIMEOUT_S = 30.0
POLL_S = 0.1
# A check ends itself at its deadline; one that cannot (it sits in native code) is ended from outside this much later.
CHECK_GRACE_S = 5.0

E = TypeVar("E", bound=protocol.Event)
Ready = Literal["http", "exit"]


@dataclass(slots=True)
class SuiteRun:
    """What one suite found: its checks, the results that arrived, and why it stopped early, if it did."""

    checks: tuple[Check, ...] = ()
    results: dict[str, CheckResult] = field(default_factory=dict)
    details: list[CheckDetail] = field(default_factory=list)
    restarts: list[Restart] = field(default_factory=list)
    stopped: Stopped | None = None
    out_of_memory: bool = False
    boot_log: str = ""
    full_log: str = ""
    tester_log: str = ""


def follow_suite(
    channel: Channel,
    starting: Future[Controls],
    limits: Limits,
    timeline: Timeline,
    *,
    tester_log: Callable[[], str],
    cut_off: Callable[[], bool],
    ready: Ready = "http",
    feedback: FeedbackLevel | None,
) -> SuiteRun:
    """Return what the suite found about the app that `starting` yields; `ready` as in the manifest's `[app]`.

    `feedback` is the level of checks that declare none; with None everything is told of every check. What the
    submission did, early end included, is in the returned value. Raises `ChallengeError` when the suite is broken or
    ends early, `SandboxError` when Docker is at fault; `cut_off` tells which of them closed the channel.
    """
    run = SuiteRun()
    follower = _Follower(channel, limits, timeline, run)
    try:
        follower.collect(feedback)
        try:
            controls = starting.result()
            follower.wait_until_ready(controls.app, ready)
            follower.run_checks(controls)
        except Stopped as stop:
            run.stopped = stop
    except ChannelClosed as error:
        if not isinstance(error, _EndedEarly) and cut_off():
            raise SandboxError("Docker lost the connection to the tester", hint="grader doctor") from error
        raise ChallengeError(
            "the suite's process ended before its checks did",
            hint=f"{FOR_INSTRUCTORS}grade again with --audience instructor for its log",
            detail=tester_log(),
        ) from error
    missing = run.stopped is None and len(run.results) < len(run.checks)
    if missing or any(result.outcome is Outcome.ERRORED for result in run.results.values()):
        run.tester_log = tester_log()
    return run


class _EndedEarly(ChannelClosed):
    """The suite said that it has ended, before it could have."""


class _Follower:
    def __init__(self, channel: Channel, limits: Limits, timeline: Timeline, run: SuiteRun) -> None:
        self._channel = channel
        self._limits = limits
        self._timeline = timeline
        self._run = run

    def collect(self, feedback: FeedbackLevel | None) -> None:
        event = self._next(COLLECT_TIMEOUT_S)
        if isinstance(event, protocol.Broken):
            raise ChallengeError(
                "the suite cannot be collected",
                hint=f"{FOR_INSTRUCTORS}grade again with --audience instructor for the reason",
                detail="\n\n".join(event.problems),
            )
        if event is None:
            raise SandboxError(f"the tester did not report within {COLLECT_TIMEOUT_S:g} s", hint="grader doctor")
        self._run.checks = tuple(check.as_check(feedback) for check in self._is(event, protocol.Collected).checks)
        self._timeline.report(ChecksCollected(tuple(map(visible_check, self._run.checks))))

    def wait_until_ready(self, app: App, ready: Ready) -> None:
        """Return when the app answers, or has ended well; raises `Stopped` when it does not, or not in time."""
        with self._timeline.phase("start", "starting the app"):
            if ready == "exit":
                self._wait_until_ended(app)
            self._channel.send({"type": "app_started"})
            deadline = time.monotonic() + self._limits.start_s + CHECK_GRACE_S
            while (event := self._next(POLL_S)) is None:
                state = app.state()
                if ready == "http" and not state.running:
                    raise self._start_failed(app, f"your app exited with code {state.exit_code} before it answered")
                if time.monotonic() > deadline:
                    raise self._start_failed(app, f"your app did not answer within {self._limits.start_s:g} s")
            if isinstance(event, protocol.Unready):
                raise self._start_failed(app, f"your app did not start: {event.reason}")
            self._is(event, protocol.Ready)

    def _wait_until_ended(self, app: App) -> None:
        state = app.wait(self._limits.start_s)
        if state.running:
            raise self._start_failed(app, f"your submission did not end within {self._limits.start_s:g} s")
        if state.exit_code != 0:
            raise self._start_failed(app, f"your submission ended with exit code {state.exit_code}; expected 0")

    def run_checks(self, controls: Controls) -> None:
        """Record each check's result; raises `Stopped` when the checks together take too long."""
        app = controls.app
        self._run.boot_log = app.log()
        with self._timeline.phase("checks", "running the checks"):
            try:
                self._channel.send({"type": "begin"})
                self._hear_checks(controls)
            finally:
                if not self._all_passed():
                    app.kill()  # an out-of-memory kill of a child is known only once the container has ended
                    self._run.out_of_memory = app.state().out_of_memory
                self._run.full_log = app.log()

    def _hear_checks(self, controls: Controls) -> None:
        checks = {check.id: check for check in self._run.checks}
        total_deadline = time.monotonic() + self._limits.total_s
        step_s = self._limits.check_s + self._limits.start_s + CHECK_GRACE_S
        step_deadline = time.monotonic() + step_s
        latest, runs = "", False
        while True:
            now = time.monotonic()
            event = self._next(max(0.0, min(total_deadline, step_deadline) - now))
            if event is None:
                if len(self._run.results) == len(checks):
                    return  # whatever is still to come changes no result
                raise self._out_of_time(checks[latest] if runs else None, total=time.monotonic() >= total_deadline)
            match event:
                case protocol.Started(id=id_) if id_ in checks:
                    latest, runs = id_, True
                    self._timeline.report(CheckStarted(visible_check(checks[id_])))
                case protocol.Finished(id=id_) if id_ in checks and id_ not in self._run.results:
                    runs = False
                    self._record(checks[id_], event)
                case protocol.Request():
                    self._carry_out(event, controls, latest)
                case protocol.Ended():
                    return
                case _:
                    raise self._out_of_turn(event)
            # From here: the time that the host itself needed for a request is not the suite's.
            step_deadline = time.monotonic() + step_s

    def _record(self, check: Check, event: protocol.Finished) -> None:
        result = CheckResult(check, event.outcome, event.feedback, event.duration_s)
        self._run.results[check.id] = result
        self._run.details.append(CheckDetail(check.id, event.node, event.detail))
        visible = visible_result(result)
        self._timeline.report(SilentCheckFinished(visible.check) if is_silent(check) else CheckFinished(visible))

    def _carry_out(self, request: protocol.Request, controls: Controls, after: str) -> None:
        try:
            result = controls.carry_out(request.operation, request.arguments)
        except Refused as refusal:
            self._channel.send({"type": "reply", "ok": False, "error": str(refusal)})
            return
        if request.operation == "app.reset" and (reason := str(request.arguments.get("reason", ""))):
            self._run.restarts.append(Restart(after, reason))
        self._channel.send({"type": "reply", "ok": True, "result": result})

    def _start_failed(self, app: App, message: str) -> Stopped:
        app.kill()
        if app.state().out_of_memory:
            limit = self._limits.memory_bytes // 1024**2
            return Stopped(
                Verdict.OUT_OF_MEMORY,
                f"your app used more than its {limit} MiB of memory while starting",
                log=app.log(),
            )
        return Stopped(Verdict.START_FAILED, message, log=app.log())

    def _out_of_time(self, running: Check | None, *, total: bool) -> Stopped:
        missing = len(self._run.checks) - len(self._run.results)
        if total:
            message = f"the checks together took more than {self._limits.total_s:g} s"
        elif running:
            message = f"the check “{visible_check(running).title}” did not end"
        else:
            message = "the suite did not go on to its next check"
        return Stopped(
            Verdict.TIMED_OUT, f"{message}; no result for {missing} of {number_of(len(self._run.checks), 'check')}"
        )

    def _all_passed(self) -> bool:
        results = self._run.results
        return len(results) == len(self._run.checks) and all(
            result.outcome is Outcome.PASSED for result in results.values()
        )

    def _next(self, timeout_s: float) -> protocol.Event | None:
        message = self._channel.receive(timeout_s)
        return None if message is None else protocol.parse_event(message)

    def _is(self, event: protocol.Event, expected: type[E]) -> E:
        if isinstance(event, protocol.Ended):
            raise _EndedEarly
        if not isinstance(event, expected):
            raise self._out_of_turn(event)
        return event

    @staticmethod
    def _out_of_turn(event: protocol.Event) -> ChallengeError:
        return ChallengeError(f"the suite's process sent {event.type!r} out of turn", hint="see sandbox/PROTOCOL.md")
