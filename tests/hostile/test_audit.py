"""The shipped battery of attacks, as `grader audit` runs it: all of it is contained, and it notices what is not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.audit.battery import load_battery
from tests.running import DATA, PROBE, ROOT, Command, write_challenge

SHELF = DATA / "challenges" / "shelf"
LEDGER = DATA / "challenges" / "ledger"
TODO_API = ROOT / "challenges" / "todo-api"
LONG_S = 900


def audit(run_grader: Command, challenge: Path, *only: str) -> tuple[int, dict[str, Any]]:
    """Return exit code and document of an audit of these attacks; all, if none is named."""
    words = [word for name in only for word in ("--only", name)]
    done = run_grader("audit", challenge, "--json", "--jobs", "3", *words, timeout_s=LONG_S)
    assert done.out, done.err
    return done.code, done.report


def uncontained(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return the reasons for each attack that was not contained."""
    return {case["id"]: case["reasons"] for case in document["cases"] if not case["contained"]}


def write_weak(folder: Path, checks: str) -> Path:
    """Write a challenge with these hidden checks, a reference and a starter."""
    challenge = write_challenge(folder, checks)
    for name in ("solutions", "starter"):
        shutil.copytree(PROBE / name, challenge / name)
    return challenge


@pytest.mark.slow
def test_the_whole_battery_is_contained(run_grader: Command) -> None:
    """Every attack that applies to an HTTP API in Python, and the honest submissions in between."""
    code, document = audit(run_grader, PROBE)
    assert uncontained(document) == {}
    assert [after for after in document["honest"] if not after["right"]] == []
    assert (code, document["contained"]) == (0, True)
    summary = document["summary"]
    assert summary["attacks"] == summary["contained"] >= 60
    assert summary["leaked"] == summary["leftovers"] == 0
    tried = {f"{case['class']}/{case['id']}" for case in document["cases"]}
    fitting = {
        attack.name for attack in load_battery() if not attack.services and "python" in (attack.stacks or ("python",))
    }
    assert fitting == tried
    assert {left["attack"] for left in document["left_out"]} | tried == {attack.name for attack in load_battery()}


@pytest.mark.slow
@pytest.mark.parametrize("challenge", [SHELF, LEDGER], ids=lambda folder: folder.name)
def test_attacks_on_a_database_are_contained(run_grader: Command, challenge: Path) -> None:
    """Those of a schema and those of an app that has a database."""
    code, document = audit(run_grader, challenge, "sql")
    assert uncontained(document) == {}
    assert code == 0
    assert len(document["cases"]) >= 4


def test_attacks_in_another_language_are_contained(run_grader: Command) -> None:
    """Those that only an installer of another stack could fall for."""
    names = [each.name for each in load_battery() if each.stacks and not {"python", "sql"} & set(each.stacks)]
    code, document = audit(run_grader, TODO_API, *names)
    assert uncontained(document) == {}
    assert (code, len(document["cases"])) == (0, len(names))


def test_a_suite_that_shows_what_it_hides_is_found_out(run_grader: Command, tmp_path: Path) -> None:
    """A message with a hidden marker in it is a leak, counted in bytes."""
    checks = """
    MARKER = "q7Zk20xTw94LmB1s"

    @pytest.mark.check(points=1, group="g")
    def test_second(api):
        '''GET /second answers with its name.'''
        expect(api.get("/second").json() == {"name": "second"}, f"it is not as {MARKER} says")
    """
    code, document = audit(run_grader, write_weak(tmp_path / "probe", checks), "forgery/own-tests")
    assert code == 4
    (case,) = document["cases"]
    assert (case["contained"], case["leaked"], case["leaked_texts"]) == (False, 16, ["q7Zk20xTw94LmB1s"])


def test_a_suite_that_believes_the_app_is_found_out(run_grader: Command, tmp_path: Path) -> None:
    """A check that any answer passes gives an attack more points than its honest twin."""
    checks = """
    @pytest.mark.check(points=2, group="g")
    def test_second(api):
        '''GET /second says that all is well.'''
        reply = api.get("/second").expect(200)
        expect("second" in reply.text or "AlwaysEqual" in reply.text, "it does not")
    """
    code, document = audit(run_grader, write_weak(tmp_path / "probe", checks), "forgery/equal-to-anything")
    assert code == 4
    (case,) = document["cases"]
    assert (case["score"], case["honest_score"], case["contained"]) == (2, 0, False)
    assert "it earned 2 points, and its honest twin 0" in case["reasons"]


def test_what_cannot_be_audited_is_told(run_grader: Command, tmp_path: Path) -> None:
    """Nothing to compare with, a reference that fails, no Docker, words that name nothing: each with its exit code."""
    done = run_grader("audit", DATA / "challenges" / "leaky")
    assert done.code == 4
    assert "leaky has neither a reference nor a starter" in done.err
    weak = write_weak(
        tmp_path / "probe", "@pytest.mark.check(points=1, group='g')\ndef test_no():\n    '''No.'''\n    assert 0"
    )
    done = run_grader("audit", weak, "--only", "archive")
    assert done.code == 4
    assert "reference-python of probe does not pass" in done.err
    done = run_grader("audit", PROBE, "--only", "archive", env={"DOCKER_HOST": "unix:///nowhere.sock"})
    assert done.code == 5
    assert run_grader("audit", PROBE, "--only", "nothing").code == 2
    assert run_grader("audit").code == 2
