"""Runs one suite: announces what it collected, waits for the app, runs check after check, reports each as it ends."""

from __future__ import annotations

import random
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import pytest
from _pytest.runner import runtestprotocol

from grader_checks.app import App, NotReady
from grader_checks.channel import Channel, Message
from grader_checks.database import preload
from grader_checks.declarations import DeclaredCheck, declare
from grader_checks.expectations import CheckFailed, NoAnswer
from grader_checks.fakes import new_fake
from grader_checks.refusals import as_failure
from grader_checks.services import Service

DETAIL_CHARS = 16_384
FEEDBACK_CHARS = 500
# What each cleanup may take once a check's own time is up: the host waits 5 s longer than that.
CLEANUP_S = 1.0


class CheckTimeout(BaseException):
    """A check used up its time; no `Exception`, so that a suite's own `except` clauses let it through."""


class CleanupTimeout(Exception):
    """The same, while fixtures clean up: pytest goes on with the other cleanups after an `Exception` alone."""


@dataclass(slots=True)
class _Result:
    """The result of one check so far: the worst of its items."""

    outcome: str = "passed"
    feedback: str = ""
    detail: list[str] = field(default_factory=list)
    hung: bool = False


class Session:
    """The pytest plug-in that turns a suite into events for the host."""

    def __init__(self, channel: Channel, settings: Message, app: App) -> None:
        """`settings` is the host's `run` message."""
        self.channel = channel
        self.app = app
        self.check_s = float(settings["check_s"])
        self.isolation = str(settings["isolation"])
        self.seed = int(settings["seed"])
        self.shuffled = bool(settings["shuffled"])
        self.services = {name: Service(channel, name, **place) for name, place in settings["services"].items()}
        self.checks: list[DeclaredCheck] = []
        self.current: DeclaredCheck | None = None
        self._result = _Result()
        self._broken: list[str] = []
        self._last_group: str | None = None
        self._gone_after = ""
        self._announced = False
        self._cleans_up = False

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the marker that declares a check; keep tracebacks to the lines that failed."""
        config.option.tbstyle = "short"
        config.addinivalue_line("markers", "check(points, group, ...): declares a scored check")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the reason why a module of the suite could not be collected."""
        if not report.passed:  # skipped: its checks would be missing from the score
            self._broken.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Announce the checks; from here on a check without a result is an errored one."""
        self.checks, problems = declare(session.items)
        self._broken += problems
        if not self.checks and not self._broken:
            self._broken.append("the suite holds no test functions")
        if self._broken:
            pytest.exit("the suite is broken", returncode=0)
        if self.shuffled:
            random.Random(f"{self.seed} order").shuffle(self.checks)  # noqa: S311 - an order, no secret
        if self.isolation != "run":
            order = list(dict.fromkeys(check.group for check in self.checks))
            self.checks.sort(key=lambda check: order.index(check.group))
        self.channel.send("collected", checks=[check.as_message() for check in self.checks])
        self._announced = True

    def close(self, status: int) -> None:
        """Say that nothing more will come; before that, why there were no checks, if there were none."""
        if not self._announced:
            problems = self._broken or [f"pytest ended with status {status} before it had collected the suite"]
            self.channel.send("broken", problems=[problem[:DETAIL_CHARS] for problem in problems[:50]])
        self.channel.send("ended")

    def pytest_runtestloop(self) -> bool:
        """Wait until the host started the app and the app answers, then run the checks in order."""
        self._preload()
        self._await("app_started")
        try:
            self.channel.send("ready", after_s=self.app.wait_until_first_ready())
        except NotReady as error:
            self.channel.send("unready", reason=str(error))
            return True
        self._await("begin")
        followers = [*(check.items[0] for check in self.checks[1:]), None]
        for check, following in zip(self.checks, followers, strict=True):
            self._run_check(check, following)
        return True

    def _preload(self) -> None:
        """Load, while the app starts, what takes long to load and is used."""
        if self.services:
            preload()
        if any("fake" in getattr(item, "fixturenames", ()) for check in self.checks for item in check.items):
            new_fake()

    def _await(self, type_: str) -> None:
        message = self.channel.receive()
        if message["type"] != type_:
            raise RuntimeError(f"expected the host's {type_!r} message, got {message['type']!r}")

    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Fold one phase (setup, call, teardown) of an item into its check's result, from the exception itself."""
        if call.excinfo is None:
            return
        for error in _causes(call.excinfo.value):
            self._judge(error, call.when)

    def _judge(self, error: BaseException, when: str) -> None:
        error = as_failure(error) or error
        if isinstance(error, CheckTimeout | CleanupTimeout):
            self._time_is_up()
        elif isinstance(error, CheckFailed):
            self._worsen("failed", str(error)[:FEEDBACK_CHARS])
            self._result.hung = self._result.hung or isinstance(error, NoAnswer)
        elif isinstance(error, pytest.skip.Exception | pytest.xfail.Exception):
            self._worsen("skipped", "")
        elif when == "call" and isinstance(error, AssertionError | pytest.fail.Exception):
            self._worsen("failed", "")
        else:
            self._worsen("errored", "")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Let a deadline that strikes meanwhile end one cleanup, and not the others."""
        with self._cleaning():
            return (yield)

    @contextmanager
    def _cleaning(self) -> Iterator[None]:
        self._cleans_up = True
        try:
            yield
        finally:
            self._cleans_up = False

    def _run_check(self, check: DeclaredCheck, following: pytest.Item | None) -> None:
        self.channel.send("started", id=check.id)
        self.current, self._result = check, _Result()
        began = time.monotonic()
        if self._prepare_app(check):
            self._run_items(check.items, following)
        result = self._result
        self.channel.send(
            "finished",
            id=check.id,
            outcome=result.outcome,
            feedback=result.feedback,
            detail="\n".join(result.detail)[-DETAIL_CHARS:],
            node=check.node,
            duration_s=round(time.monotonic() - began, 4),
        )
        if following is not None:
            self._revive_app(check)

    def _run_items(self, items: list[pytest.Item], following: pytest.Item | None) -> None:
        """Run the items of one check, which share its time; after one that hung there is nothing to learn from more."""
        try:
            with self._time_limit(self.check_s):
                for item, next_item in zip(items, [*items[1:], following], strict=True):
                    self._keep_detail(item, runtestprotocol(item, log=False, nextitem=next_item))
                    if self._result.hung:
                        break
        except CheckTimeout:  # it struck between two phases, where pytest does not catch
            self._time_is_up()
        if self._result.hung:
            self._tear_down(items[0], following)

    def _tear_down(self, item: pytest.Item, following: pytest.Item | None) -> None:
        """Tear down what a check that was cut short left; an app that hangs may let fixtures of the suite fail."""
        state = item.session._setupstate  # noqa: SLF001 - pytest has no public way
        while True:
            try:
                with self._cleaning(), self._time_limit(CLEANUP_S):
                    state.teardown_exact(following)
            except CleanupTimeout:
                continue  # if it struck between two cleanups, some are left
            except (Exception, BaseExceptionGroup, pytest.fail.Exception, pytest.skip.Exception) as error:  # noqa: BLE001
                for cause in _causes(error):
                    self._judge(cause, "teardown")
                self._result.detail.append("".join(traceback.format_exception(error)))
            return

    @contextmanager
    def _time_limit(self, seconds: float) -> Iterator[None]:
        """Raise `CheckTimeout` in the running check after `seconds`, or `CleanupTimeout`, and again each second.

        One that does not end even so is ended by the host.
        """

        def expire(_signal: int, _frame: FrameType | None) -> None:
            raise CleanupTimeout if self._cleans_up else CheckTimeout

        previous = signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, seconds, CLEANUP_S)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def _time_is_up(self) -> None:
        self._worsen("failed", f"no result within {self.check_s:g} s")
        self._result.hung = True

    def _keep_detail(self, item: pytest.Item, reports: list[pytest.TestReport]) -> None:
        for report in reports:
            if hasattr(report, "wasxfail") and report.when == "call":
                # neither the failure that an author expected nor a surprising success says that the check holds
                self._worsen("skipped", "")
            if report.longrepr is not None:
                text = "\n".join(
                    [f"{item.nodeid} ({report.when})", report.longreprtext, *map("\n".join, report.sections)]
                )
                self._result.detail.append(text)

    def _worsen(self, outcome: str, feedback: str) -> None:
        severity = ("passed", "skipped", "failed", "errored")
        if severity.index(outcome) > severity.index(self._result.outcome):
            self._result.outcome, self._result.feedback = outcome, feedback

    def _prepare_app(self, check: DeclaredCheck) -> bool:
        """Reset the app where the isolation asks for it; tell whether there is an app to check at all."""
        if self._gone_after:
            self._worsen("failed", "not run: the app could not be started again after an earlier check")
            return False
        boundary = check.id if self.isolation == "check" else check.group if self.isolation == "group" else "run"
        fresh = self._last_group in (None, boundary)
        self._last_group = boundary
        return fresh or self._reset(check, "")  # no reason: it is what the manifest asks for

    def _revive_app(self, check: DeclaredCheck) -> None:
        """After a check that hung or killed the app, start it again, so that the next ones are judged on their own."""
        if self._result.outcome == "passed" or self._gone_after:
            return
        if self._result.hung:
            self._reset(check, "it did not answer")
        elif not self.app.is_usable():
            self._reset(check, "it had stopped")
        elif not all(service.answers() for service in self.services.values()):
            self._reset(check, "a service no longer answered")

    def _reset(self, check: DeclaredCheck, reason: str) -> bool:
        try:
            self.app.reset(reason)
        except NotReady as error:
            self._gone_after = check.id
            self._worsen("failed", f"the app could not be started again: {error}")
            return False
        return True


def _causes(error: BaseException) -> list[BaseException]:
    """Return what a group of exceptions is made of, or the exception alone."""
    if isinstance(error, BaseExceptionGroup):
        return [cause for each in error.exceptions for cause in _causes(each)]
    return [error]
