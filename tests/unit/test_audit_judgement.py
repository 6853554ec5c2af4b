"""When an attack counts as contained, and how an audit is told."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from grader.authoring.audit.battery import Attack, chosen, load_battery
from grader.authoring.audit.canaries import Canaries, plant
from grader.authoring.audit.document import render_json
from grader.authoring.audit.exposure import Screen, shown_to_learner, unsafe_in
from grader.authoring.audit.judgement import Aftermath, Audit, Baseline, Case, Seen, Twin, judge, why_left_out
from grader.authoring.audit.leftovers import files_named
from grader.authoring.audit.table import render, render_total
from grader.authoring.lint.challenge import read_challenge
from grader.catalogue import find_by_slug
from grader.challenge import load_challenge
from grader.display import TextStyle
from grader.errors import ChallengeError, SubmissionError
from grader.models import Outcome
from grader.progress import CheckFinished
from grader.reports import formats
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_result
from tests.running import PROBE

TWIN = Twin("starter", Path("starter/python"), {"app.py": b""}, frozenset(), "python", "python app.py")
HONEST = Baseline(TWIN, "failed", 3, 10, 2.0)
SEEN = Seen("failed", 3, 1.0)
(FORGERY,) = chosen(load_battery(), ["forgery/conftest"])
(ARCHIVE,) = chosen(load_battery(), ["archive/zip-slip"])


def judged(attack: Attack = FORGERY, **seen: object) -> Case:
    """Return the case of an attack that was seen to do this, and nothing else."""
    return judge(attack, HONEST, replace(SEEN, **seen), 60)  # type: ignore[arg-type]  # each test names its own


def test_an_attack_that_achieves_nothing_is_contained() -> None:
    """As many points as the twin, or less, its verdict, nothing else."""
    assert judged().contained
    assert judged(score=0).contained
    assert judged(ARCHIVE, verdict="invalid", score=None).contained


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({"score": 4}, "it earned 4 points, and its honest twin 3"),
        ({"verdict": "passed"}, "it ended as passed, where failed is right"),
        ({"verdict": "sandbox_error", "score": None}, "it ended as sandbox_error"),
        ({"verdict": "challenge_error", "score": None}, "it ended as challenge_error"),
        ({"leaked": ("CANARY",)}, "a learner can read 'CANARY' of the hidden suite"),
        ({"unsafe": ("\x1b[2J",)}, "a report holds '\\x1b[2J'"),
        ({"breaches": ("is root",)}, "it says that it is root"),
        ({"visitors": ("10.0.0.2",)}, "it reached this machine: 10.0.0.2"),
        ({"leftovers": ("container x",)}, "it left container x"),
        ({"duration_s": 61.0}, "it took 61 s, and 60 s are the limit"),
    ],
)
def test_whatever_an_attack_achieves_is_a_reason(seen: dict[str, object], reason: str) -> None:
    """Each alone is enough, and is told."""
    case = judged(FORGERY, **seen)
    assert not case.contained
    assert any(told.startswith(reason) for told in case.reasons), case.reasons


def test_attacks_that_do_not_apply_are_left_out() -> None:
    """By the stacks of the honest submissions, the services of the challenge, and whether the app serves."""
    (sql,) = chosen(load_battery(), ["sql/revoked-rights"])
    (proxy,) = chosen(load_battery(), ["tester/silence"])
    python, both = frozenset({"python"}), frozenset({"python", "sql"})
    assert why_left_out(sql, both, frozenset({"postgres"}), "exit") == ""
    assert why_left_out(sql, python, frozenset({"postgres"}), "exit") == "for the stack sql"
    assert why_left_out(sql, both, frozenset(), "exit") == "for challenges with postgres"
    assert why_left_out(proxy, python, frozenset(), "exit") == "for apps that serve"
    assert why_left_out(proxy, python, frozenset(), "http") == ""


def test_canaries_are_what_only_the_author_knows(tmp_path: Path) -> None:
    """Code, comments, names and parameters of the hidden suite, and a planted word; no title, hint or public check."""
    planted, canaries = plant(load_challenge(PROBE), tmp_path)
    text = "\n".join(canaries.texts)
    for hidden in ("CANARY-COMMENT", "CANARY-DOCSTRING-OF-A-CHECK", "CANARY-PARAMETER", "test_paths.py", "test_second"):
        assert hidden in text
    for shown in ("answers with its name", "Answer GET /first.", "test_first"):
        assert shown not in canaries.texts
    (word,) = [text for text in canaries.texts if text.startswith("canary-")]
    suite = read_challenge(planted.folder).hidden
    assert all(word in file.text for file in suite.files)
    assert (planted.folder / f"checks/hidden/{word}.txt").is_file()
    assert [check.id for check in suite.checks] == [check.id for check in read_challenge(PROBE).hidden.checks]
    assert word not in (PROBE / "checks/hidden/test_paths.py").read_text()


def test_canaries_of_a_large_suite_are_found_at_once(tmp_path: Path) -> None:
    """What learners know anyway is read once, not for each of hundreds of texts: that took half a minute."""
    began_s = time.process_time()
    _, canaries = plant(find_by_slug("todo-api"), tmp_path)
    assert len(canaries.texts) > 100
    assert time.process_time() - began_s < 5


def test_a_canary_that_is_part_of_another_is_counted_once() -> None:
    """And one that the learner wrote is none."""
    canaries = Canaries(("secret", "the secret line", "other", "mine"))
    assert canaries.unknown_to("this is mine").found_in("the secret line, mine") == ("the secret line",)


def test_everything_a_learner_is_shown_is_searched() -> None:
    """Feedback, logs and progress are in it, whole and unwrapped; what is an instructor's is not."""
    result = make_result(make_check(), Outcome.FAILED, feedback="a message " * 20 + "FEEDBACK")
    attempt = make_attempt(make_grade([result], app_log="LOG"), make_detail(app_log="DETAIL"))
    screen = Screen()
    screen(CheckFinished(make_result(make_check(title="PROGRESS"))))
    shown = "\n".join(shown_to_learner(attempt, screen))
    for part in ("a message " * 20 + "FEEDBACK", "LOG", "PROGRESS"):
        assert part in shown
    assert "DETAIL" not in shown
    assert "REFUSED" in "\n".join(shown_to_learner(SubmissionError("REFUSED", detail="DETAIL"), screen))


def test_reports_are_searched_for_what_a_terminal_obeys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The formats of today pass on nothing of the kind; one that did would be noticed."""
    hostile = "\x1b[2J\u202e\x1b]0;x\x07\n::error::forged"
    attempt = make_attempt(make_grade([make_result(outcome=Outcome.FAILED, feedback=hostile)], app_log=hostile))
    assert unsafe_in(attempt, Screen()) == ()
    monkeypatch.setattr("grader.authoring.audit.exposure.shown_to_learner", lambda *_: (hostile,) * 20)
    assert {"\x1b[2J\u202e\x1b]0;x\x07", "::error::forged"} <= set(unsafe_in(attempt, Screen()))


def test_workflow_commands_that_are_not_the_formats_own_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what is quoted while commands are off nor what stands around may be one; its own are no matter."""
    text = (
        "::group::t\n::stop-commands::w\n::error title=quoted::x\n::w::\n::endgroup::\n"
        "::error title=ours::x\n  ::set-env name=a::b\n::notice title=ours::a ##[error]c\n"
    )
    reports = tuple(text if name == "github" else "" for name in formats())
    monkeypatch.setattr("grader.authoring.audit.exposure.shown_to_learner", lambda *_: reports)
    found = set(unsafe_in(make_attempt(), Screen()))
    assert {"::error title=quoted::x", "::set-env name=a::b", "##[error]c"} <= found
    assert not any("ours" in line and "##[" not in line for line in found)


def test_files_are_found_by_the_audits_word(tmp_path: Path) -> None:
    """In the folders that are named, whatever else is there, and none where a folder is missing."""
    (tmp_path / "x-audit123").mkdir()
    (tmp_path / "y").touch()
    assert files_named("audit123", [tmp_path, tmp_path / "none"]) == (f"file {tmp_path / 'x-audit123'}",)


def audited(*cases: Case, right: bool = True) -> Audit:
    """Return an audit of these cases."""
    after = Aftermath("forgery", HONEST, "failed", 3 if right else 2)
    return Audit("probe", "1.0.0", 7, cases, (after,), {"sql/x": "for the stack sql"}, 12.0)


def test_a_table_has_a_row_for_each_attack() -> None:
    """With score, leak, leftovers and time; below it what was tried, and why it was not contained; figures follow."""
    bad = judged(score=9, leaked=("CANARY",), leftovers=("container x",))
    text = render(audited(judged(ARCHIVE, verdict="invalid", score=None), bad, right=False), TextStyle(unicode=False))
    assert "  + zip-slip      -/3       0 B     0    1.0 s" in text
    assert "  x conftest      9/3       6 B     1    1.0 s" in text
    assert "makes every check pass, by a conftest.py in the submission" in text
    assert "not contained: it earned 9 points, and its honest twin 3" in text
    assert "after forgery: starter/python is graded failed, 2 points" in text
    assert "1 attack left out: for the stack sql." in text
    total = render_total([audited(judged(), bad)], TextStyle())
    assert "2 attacks tried, 1 contained." in total
    assert "6 bytes of hidden suites leaked, 1 leftover." in total
    assert "Worst time to a verdict: 1.0 s (forgery/conftest)." in total


def test_a_document_has_an_object_for_each_attack() -> None:
    """With what programs count, and with what it stands for."""
    bad = judged(score=9, leaked=("CANARY\x1b",), leftovers=("container x",))
    document = json.loads(render_json([audited(judged(), bad)], [("broken", ChallengeError("is broken"))]))
    good, case = document["cases"]
    assert (good["contained"], good["leaked"], good["leftovers"]) == (True, 0, 0)
    assert {key: case[key] for key in ("id", "class", "score", "honest_score", "leaked", "leftovers", "contained")} == {
        "id": "conftest",
        "class": "forgery",
        "score": 9,
        "honest_score": 3,
        "leaked": 7,
        "leftovers": 1,
        "contained": False,
    }
    assert case["leaked_texts"] == ["CANARY\\x1b"]
    assert document["contained"] is False
    assert document["summary"]["attacks"] == 2
    assert document["honest"][0]["right"] is True
    assert document["left_out"] == [{"challenge": "probe", "attack": "sql/x", "reason": "for the stack sql"}]
    assert document["unaudited"] == [{"challenge": "broken", "error": "is broken"}]
