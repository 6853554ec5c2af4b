"""Nothing of a hidden suite reaches a learner, in whatever way a submission fails: canaries in all that is hidden."""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.challenge import load_challenge
from grader.display import TextStyle
from grader.engine.engine import Engine
from grader.errors import GraderError
from grader.grading import grade
from grader.models import Attempt, Audience, FeedbackLevel, Suite
from grader.progress import Event, LineProgress, LiveProgress
from grader.reports import formats, get_format
from grader.reports.text import TextReport
from tests.running import DATA, Command, write_app

pytestmark = pytest.mark.slow

LEAKY = DATA / "challenges" / "leaky"
CANARY = re.compile(r"canary[\w-]*", re.IGNORECASE)
INNARDS = ("Traceback", "conftest", "/suite", "api.get", "RuntimeError", "test_message")

SPY = """
def spy(status, wait_s=0):
    def handle(request):
        print("asked for", request.path, dict(request.headers), flush=True)
        time.sleep(wait_s)
        answer(request, status)
    return handle

print("booted", flush=True)
CRASH = lambda request: os._exit(1)
PATHS = ("first", "second", "last", "canary-path?q=CANARY-QUERY", "canary-title", "canary-silent")
"""
# Name: the code of the app, and the verdict (two, where it depends on how fast the machine is).
SUBMISSIONS = {
    "fails": (
        SPY + "serve(crash=CRASH, last=spy(200, 60), **{path: spy(500) for path in PATHS[:2] + PATHS[3:]})",
        "failed",
    ),
    "answers": (SPY + "serve(crash=spy(200), **{path: spy(200) for path in PATHS})", "failed"),
    "hangs": (SPY + "serve(crash=spy(200), **{path: spy(200, 60) for path in PATHS})", "timed_out"),
    "crashes": (SPY + "serve(crash=CRASH, **{path: CRASH for path in PATHS})", "failed timed_out"),
    "ends": (SPY + "sys.exit(3)", "start_failed"),
    "mute": (SPY + "time.sleep(600)", "start_failed"),
    "greedy": (SPY + "hoard = [bytes([1]) * 2**20 for _ in range(4096)]", "out_of_memory"),
    "greedy-later": (SPY + "serve(second=lambda request: [bytes([1]) * 2**20 for _ in range(4096)])", "out_of_memory"),
    "unbuildable": ("serve()", "build_failed"),
}
# What an instructor must find somewhere, so that a test that finds no canaries could have found them.
FOR_INSTRUCTORS = {
    "CANARY-ASSERTION",
    "CANARY-ASSERTION-IN-A-HELPER",
    "CANARY-INTROSPECTED",
    "CANARY-PYTEST-FAIL",
    "CANARY-ID",
    "CANARY-PRINTED",
    "CANARY-ERR",
    "CANARY-FD-1",
    "CANARY-FD-2",
    "CANARY-LOGGED",
    "CANARY-IN-HOOK",
    "CANARY-IN-AUTOUSE-FIXTURE",
    "CANARY-IN-TEARDOWN",
    "CANARY-IN-FIXTURE-ERROR",
    "CANARY-IN-TEARDOWN-ERROR",
    "CANARY-CAUSE",
    "CANARY-ERROR",
    "CANARY-EXIT",
    "CANARY-GROUP",
    "CANARY-MEMBER",
    "CANARY-SKIP",
    "CANARY-SHAPE",
    "CANARY-SENT",
    "CANARY-HINT",
    "CANARY-CWE",
    "CANARY-SILENT-HINT",
    "CANARY-SILENT-TITLE",
    "CANARY-SILENT-TITLE-OF-AN-ERROR",
    "CANARY-SILENT-ERROR",
    "CANARY-HEADER",
    "CANARY-QUERY",
    "canary-silent",
    "canary_slow",
    "canary_unknown_fixture",
}
IN_THE_TESTERS_LOG = {"CANARY-FD-1", "CANARY-FD-2"}
KNOW_NO_LOGS = {"csv", "exercism"}
TOLD = (
    "A message that is told.",
    "A message that is told of parameters.",
    "A message that is told of output.",
    "a name that is told",
    "A hint that is told.",
    "A hint that is told at the level hint.",
    "A check whose title is told.",
    "A hidden check (levels)",
)


@dataclass(frozen=True, slots=True)
class Watched:
    """One grading, and all that was shown meanwhile: of an attempt, or of the error that prevented it."""

    attempt: Attempt | GraderError
    progress: str

    def shown(self, audience: Audience) -> str:
        """Return every byte that the audience can get to see, of all formats and styles."""
        reports = [get_format(name) for name in formats()]
        reports += [TextReport(TextStyle(width=width, unicode=False, colour=True)) for width in (40, 100)]
        if isinstance(self.attempt, GraderError):
            return "".join(report.render_error(self.attempt, audience) for report in reports)
        return "".join(report.render(self.attempt, audience) for report in reports) + self.progress


def watch(folder: Path, submission: Path, suite: Suite = Suite.HIDDEN) -> Watched:
    """Return what comes of a grading, watched on a terminal and in a log."""
    screen, log = io.StringIO(), io.StringIO()
    live, lines = LiveProgress(screen, {}), LineProgress(log)

    def progress(event: Event, /) -> None:
        live(event)
        lines(event)

    with Engine() as engine:
        try:
            attempt: Attempt | GraderError = grade(
                load_challenge(folder), submission, engine, suite=suite, progress=progress
            )
        except GraderError as error:
            attempt = error
    assert not engine.leftovers
    return Watched(attempt, screen.getvalue() + log.getvalue())


def leaks(text: str) -> list[str]:
    """Return what of the hidden suite is in a text; a text may be wrapped and coloured."""
    text = re.sub(r"\x1b\[[0-9;]*[mK]", "", text)
    return CANARY.findall(text) + [part for part in (*INNARDS, "asked for") if part in text]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Watched]:
    """Return what comes of every submission; only the one that shall has too little time, however busy the machine."""
    folder = tmp_path_factory.mktemp("submissions")
    files = {"unbuildable": {"requirements.txt": "no-such-package-anywhere==1\n"}}
    patient = shutil.copytree(LEAKY, tmp_path_factory.mktemp("challenges") / "leaky")
    manifest = patient / "challenge.toml"
    limits = manifest.read_text().replace("check_s = 1\n", "check_s = 3\n").replace("total_s = 15\n", "total_s = 90\n")
    manifest.write_text(limits)
    return {
        name: watch(
            LEAKY if verdicts == "timed_out" else patient, write_app(folder / name, code, files=files.get(name))
        )
        for name, (code, verdicts) in SUBMISSIONS.items()
    }


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_learner_sees_nothing_that_is_hidden(found: dict[str, Watched], name: str) -> None:
    """Whatever becomes of a submission, no format and no progress display holds a canary."""
    attempt = found[name].attempt
    assert isinstance(attempt, Attempt), attempt
    assert attempt.grade.verdict in SUBMISSIONS[name][1].split()
    assert leaks(found[name].shown(Audience.LEARNER)) == []


def test_a_learner_sees_what_authors_tell(found: dict[str, Watched]) -> None:
    """The same reports hold messages, hints and titles as far as the levels go."""
    text = found["fails"].shown(Audience.LEARNER)
    assert [part for part in TOLD if part not in text] == []


@pytest.mark.parametrize("format_", formats())
def test_an_instructor_sees_all(found: dict[str, Watched], format_: str) -> None:
    """The instructor's edition of every format holds the canaries: so the test above can fail."""
    attempts = [watched.attempt for watched in found.values() if isinstance(watched.attempt, Attempt)]
    text = "".join(get_format(format_).render(attempt, Audience.INSTRUCTOR) for attempt in attempts)
    text = re.sub(r"\n\s*[│|] ", "", text)  # the text format wraps what it quotes
    wanted = FOR_INSTRUCTORS - (IN_THE_TESTERS_LOG if format_ in KNOW_NO_LOGS else set())
    assert {canary for canary in wanted if canary not in text} == set()


def test_silent_checks_have_the_same_points_for_both(found: dict[str, Watched]) -> None:
    """Nothing but words is taken away: verdict, score and outcomes of all checks are the same."""
    for watched in found.values():
        assert isinstance(watched.attempt, Attempt)
        learner, instructor = (watched.attempt.grade_for(audience) for audience in Audience)
        assert (learner.score, learner.max_score, learner.verdict) == (
            instructor.score,
            instructor.max_score,
            instructor.verdict,
        )
        assert sorted(result.outcome for result in learner.checks) == sorted(r.outcome for r in instructor.checks)


UNFIT = """
import pytest

@pytest.mark.check(points="CANARY", canary=1)
def test_canary():
    'CANARY'
"""
BROKEN = {
    "cannot be imported": ("test_more.py", "CANARY = 'CANARY-IMPORT'\nimport canary_missing_module\n"),
    "is no Python": ("test_more.py", "CANARY-SYNTAX = 1\n"),
    "declares badly": ("test_more.py", UNFIT),
    "raises in a hook": (
        "conftest.py",
        "def pytest_collection_modifyitems():\n    raise RuntimeError('CANARY-HOOK')\n",
    ),
    "ends its process": ("test_more.py", "import os\nos.write(2, b'CANARY-LAST-WORDS')\nos._exit(3)\n"),
    "writes to the channel": ("test_more.py", "import os\n[os.write(fd, b'CANARY\\n') for fd in (3, 4, 5, 6, 7)]\n"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_suite_tells_learners_nothing(tmp_path: Path, how: str) -> None:
    """The error of a suite that cannot be run names no part of it; an instructor reads why."""
    challenge = tmp_path / "leaky"
    shutil.copytree(LEAKY, challenge)
    name, content = BROKEN[how]
    (challenge / "checks/hidden" / name).write_text(content)
    watched = watch(challenge, write_app(tmp_path / "submission"))
    assert isinstance(watched.attempt, GraderError)
    assert leaks(watched.shown(Audience.LEARNER) + watched.progress) == []
    assert how == "writes to the channel" or CANARY.search(watched.shown(Audience.INSTRUCTOR))


def test_a_public_suite_tells_everything(tmp_path: Path) -> None:
    """Its text is in the learner's hands: no level takes anything away."""
    watched = watch(
        LEAKY, write_app(tmp_path / "submission", "serve(public=lambda request: answer(request, 500))"), Suite.PUBLIC
    )
    assert isinstance(watched.attempt, Attempt)
    (result,) = watched.attempt.grade.checks
    assert (result.check.id, result.check.feedback_level) == ("public", FeedbackLevel.MESSAGE)
    assert result.feedback == "GET /public: expected status 200, got 500"
    assert result.check.hint == "Answer GET /public."


@pytest.mark.parametrize("terminal", [True, False])
def test_the_command_line_shows_no_more(run_grader: Command, app: Callable[..., Path], *, terminal: bool) -> None:
    """What `grader grade` writes to a real terminal, and to pipes, holds no canary either."""
    submission = app(SUBMISSIONS["fails"][0])
    if not terminal:
        done = run_grader("grade", LEAKY, submission)
        text = done.out + done.err
    else:
        text = on_terminal(run_grader, "grade", str(LEAKY), str(submission))
    assert "A message that is told." in text
    assert leaks(text) == []


def on_terminal(run_grader: Command, *arguments: str) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = run_grader.start(*arguments, stdout=theirs, stderr=theirs, env={"TERM": "xterm"})
    os.close(theirs)
    text = bytearray()
    try:
        while part := os.read(ours, 65_536):
            text += part
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    process.wait(30)
    return text.decode()
