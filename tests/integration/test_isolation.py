"""What one check sees of the checks before it: files and memory of the app, and random data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import Command, write_challenge

Write = Callable[..., Path]

# Counts visits in a file and in memory, and gives each of its lives a name.
COUNTER = """
life = os.urandom(8).hex()
visits = 0

def visit(request):
    global visits
    visits += 1
    with open("visits", "a") as file:
        file.write("x")
    answer(request, body={"files": os.path.getsize("visits"), "memory": visits, "life": life})

serve(visit=visit, workers=WORKERS)
"""

VISITS = """
from grader_checks import fail

def visited(api):
    visit = api.get("/visit").json()
    fail(f"{visit['files']} {visit['memory']}")

@pytest.mark.check(points=1, group="a")
def test_a1(api):
    '''First of a.'''
    visited(api)

@pytest.mark.check(points=1, group="b")
def test_b1(api):
    '''First of b.'''
    visited(api)

@pytest.mark.check(points=1, group="b")
def test_b2(api):
    '''Second of b.'''
    visited(api)

@pytest.mark.check(points=1, group="a")
def test_a2(api):
    '''Second of a.'''
    visited(api)
"""


@pytest.mark.parametrize(
    ("isolation", "seen"),
    [
        ("run", {"a1": "1 1", "b1": "2 2", "b2": "3 3", "a2": "4 4"}),
        ("group", {"a1": "1 1", "a2": "2 2", "b1": "1 1", "b2": "2 2"}),
        ("check", {"a1": "1 1", "b1": "1 1", "b2": "1 1", "a2": "1 1"}),
    ],
)
def test_isolation(run_grader: Command, app: Write, tmp_path: Path, isolation: str, seen: dict[str, str]) -> None:
    """The manifest decides whether the app starts afresh for each run, group or check; that is no restart to report."""
    challenge = write_challenge(tmp_path / "probe", VISITS, isolation=isolation)
    done = run_grader.grade(app(COUNTER.replace("WORKERS", "1")), challenge=challenge)
    assert done.feedback == seen
    assert done.report["restarts"] == []


def test_restart(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """`app.restart()` keeps files and loses memory, and no process from before answers, twenty times out of twenty."""
    checks = """
    @pytest.mark.check(points=1, group="g")
    def test_restarts(api, app):
        '''It keeps its files.'''
        lives = [api.get("/visit").json()["life"]]
        for count in range(2, 22):
            app.restart()
            visit = api.get("/visit").json()
            expect(visit["files"] == count, f"{visit['files']} visits in its file, expected {count}")
            expect(visit["memory"] == 1, f"{visit['memory']} visits in memory")
            expect(visit["life"] not in lives, f"life {lives.index(visit['life'])} after restart {count}"
                   if visit["life"] in lives else "")
            lives.append(visit["life"])
    """
    challenge = write_challenge(tmp_path / "probe", checks, check_s=180, total_s=180)
    done = run_grader.grade(app(COUNTER.replace("WORKERS", "4")), challenge=challenge, timeout_s=240)
    assert done.feedback == {"restarts": ""}
    assert done.report["verdict"] == "passed"


def test_restart_that_fails(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """An app that starts only once fails the check that restarts it, and is then started as it was submitted."""
    checks = """
    @pytest.mark.check(points=1, group="g")
    def test_restarts(app):
        '''It comes back.'''
        app.restart()

    @pytest.mark.check(points=1, group="g")
    def test_answers(api):
        '''It answers.'''
        api.get("/answers").expect(200)
    """
    challenge = write_challenge(tmp_path / "probe", checks, start_s=3, check_s=10)
    done = run_grader.grade(app("open('once', 'x')\nserve()"), challenge=challenge)
    assert done.outcomes == {"restarts": "failed", "answers": "passed"}
    assert done.feedback["restarts"].startswith("the app did not come back after it was killed and started again")
    assert done.report["restarts"] == [{"after": "restarts", "reason": "it had stopped"}]


def test_seed(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A seed repeats the random data of every check; without one each run has its own, which the report records."""
    checks = """
    @pytest.mark.check(points=1, group="g")
    def test_one(rng):
        '''One.'''
        expect(False, str(rng.random()))

    @pytest.mark.check(points=1, group="g")
    def test_other(rng):
        '''Other.'''
        expect(False, str(rng.random()))
    """
    challenge = write_challenge(tmp_path / "probe", checks)
    fresh = run_grader.grade(app(), challenge=challenge)
    other = run_grader.grade(app(), challenge=challenge)
    again = run_grader.grade(app(), "--seed", str(fresh.report["provenance"]["seed"]), challenge=challenge)
    assert fresh.feedback == again.feedback
    assert len({*fresh.feedback.values(), *other.feedback.values()}) == 4


@pytest.mark.parametrize("isolation", ["run", "group"])
def test_shuffle(run_grader: Command, app: Write, tmp_path: Path, isolation: str) -> None:
    """The seed decides the order of the checks, the same each time; what starts the app anew stays together."""
    checks = "\n".join(
        f"""
    @pytest.mark.check(points=1, group="{group}")
    def test_{group}_{number}(api):
        '''Check.'''
        api.get("/x").expect(200)
    """
        for group in "ab"
        for number in range(5)
    )
    challenge = write_challenge(tmp_path / "probe", checks, isolation=isolation)
    plain = list(run_grader.grade(app(), challenge=challenge).outcomes)
    first = run_grader.grade(app(), "--seed", "1", "--shuffle", challenge=challenge)
    again = run_grader.grade(app(), "--seed", "1", "--shuffle", challenge=challenge)
    other = run_grader.grade(app(), "--seed", "2", "--shuffle", challenge=challenge)
    assert plain == sorted(plain)
    assert list(first.outcomes) == list(again.outcomes)
    assert len({tuple(plain), tuple(first.outcomes), tuple(other.outcomes)}) == 3
    assert sorted(first.outcomes) == plain
    groups = [check[0] for check in first.outcomes]
    together = groups in (sorted(groups), sorted(groups, reverse=True))
    assert together == (isolation == "group")
    assert first.report["score"] == first.report["max_score"]
