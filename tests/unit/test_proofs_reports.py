"""A validation as text and as JSON."""

from __future__ import annotations

import json
import re

import pytest

from grader.authoring.proofs.document import render_json
from grader.authoring.proofs.judgement import judge
from grader.authoring.proofs.mutants import Mutant
from grader.authoring.proofs.text import render, render_total
from grader.authoring.proofs.trials import MutantResult, Role, Validation
from grader.authoring.validate import unreadable
from grader.challenge import load_challenge
from grader.display import TextStyle, cells
from grader.errors import ChallengeError, Problem, SubmissionError
from grader.models import Outcome, Suite
from tests.builders import make_trial
from tests.running import PROBE

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
DIFF = "--- a/app.py\n+++ b/app.py\n@@ -1,3 +1,3 @@\n \n-x < 1\n+x <= 1\n \n"
RESULTS = (
    make_trial(name="reference-flask"),
    make_trial(name="reference-flask", suite=Suite.PUBLIC),
    make_trial(name="reference-flask", seed=8, repeated=True),
    make_trial(name="reference-flask", outcomes={"one": PASSED, "two": "late\x1b[2J"}, seed=9, repeated=True),
    make_trial(Role.WRONG, "wrong-two", {"one": PASSED, "two": FAILED}, fails=["two"]),
    make_trial(Role.WRONG, "wrong-lost", fails=["one"], error=SubmissionError("no runnable app")),
    make_trial(Role.STUB, "python/always-200", {"one": FAILED, "two": FAILED}),
    make_trial(Role.STARTER, "starter/python", {"one": PASSED, "two": FAILED}),
)
MUTANTS = (
    MutantResult("reference-flask", Mutant("app.py", 2, "comparison", "", DIFF), ""),
    MutantResult("reference-flask", Mutant("app.py", 9, "guard", "", "-a\n+pass\n"), "two"),
    MutantResult("reference-flask", Mutant("app.py", 9, "sql", "", "-a\n+b\n"), "start_failed"),
)


def validation() -> Validation:
    """Return one with something of everything in it."""
    return Validation(
        name="probe",
        challenge=load_challenge(PROBE),
        results=RESULTS,
        mutants=MUTANTS,
        findings=judge("probe", RESULTS, MUTANTS, floor=1, complete=True),
        left_out="nothing of weight",
        seed=7,
        duration_s=61.5,
    )


def good() -> Validation:
    """Return one of a challenge that may be published."""
    return Validation(name="probe", challenge=load_challenge(PROBE), results=RESULTS[:2], duration_s=3.2)


def test_the_table_has_a_row_for_each_submission() -> None:
    """It shows what each earned of which suite, and marks those that are not as they should be."""
    lines = render(validation(), TextStyle()).splitlines()
    rows = {line.split()[1]: line for line in lines if line.startswith(("  ✓", "  ✗"))}
    assert list(rows)[:5] == ["reference-flask", "starter/python", "wrong-two", "wrong-lost", "python/always-200"]
    assert re.search(r"✗ reference-flask +2/2 +2/2  1 of 2 repeats; 2 of 3", rows["reference-flask"])
    assert re.search(r"✓ starter/python +1/2 +its floor", rows["starter/python"])
    assert re.search(r"✓ wrong-two +1/2 +fails 1, as declared", rows["wrong-two"])
    assert re.search(r"✗ wrong-lost +-", rows["wrong-lost"])
    assert re.search(r"✓ python/always-200 +0/2 +failed", rows["python/always-200"])


def test_findings_follow_with_what_to_do() -> None:
    """Errors first, each with its command; the diff of a survivor; what was left out; the last line says it all."""
    text = render(validation(), TextStyle())
    assert text.index("Errors (2)") < text.index("Notes (") < text.index("Left out: nothing of weight.")
    assert "  ✗ flaky: two\n" in text
    assert "\n    > grader grade probe --solution reference-flask --seed 9 --shuffle --audience instructor\n" in text
    assert "\n    -x < 1\n    +x <= 1\n" in text
    assert text.endswith(
        "\nprobe may not be published: 2 errors. 11 gradings in 62 s.\nTo repeat: grader validate probe --seed 7\n"
    )


def test_a_good_challenge_ends_with_a_good_word() -> None:
    """No heading stands over nothing."""
    text = render(good(), TextStyle())
    assert text.endswith("\nprobe may be published. 2 gradings in 3 s.\n")
    assert "Errors" not in text
    assert "Notes" not in text


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("unicode", [True, False])
def test_text_fits_the_terminal(width: int, unicode: bool) -> None:  # noqa: FBT001
    """Lines are no wider than the screen, but for commands, and hold nothing that it lacks or obeys."""
    text = render(validation(), TextStyle(width=width, unicode=unicode))
    assert unicode or text.isascii()
    assert "\x1b" not in text
    for line in text.splitlines():
        assert cells(line) <= width or "> grader" in line, line


def test_a_challenge_that_cannot_be_read_has_all_its_problems() -> None:
    """There is no table, and the document has no version."""
    error = ChallengeError("it has 2 problems", problems=[Problem("slug", "is missing"), Problem("title", "is 5")])
    lost = unreadable("broken", error)
    text = render(lost, TextStyle())
    assert "slug: is missing" in text
    assert "title: is 5" in text
    assert "broken may not be published: 1 error." in text
    document = json.loads(render_json([lost]))
    assert document["challenges"][0]["version"] is None
    assert document["publishable"] is False


def test_the_total_names_those_that_may_not_be_published() -> None:
    """After many tables one line says where to look."""
    assert render_total([good(), good()], TextStyle()) == "All 2 challenges may be published. 6 s\n"
    assert render_total([good(), validation()], TextStyle()).startswith(
        "1 of 2 challenges may not be published: probe."
    )


def test_json_has_everything() -> None:
    """Programs find each grading with its seed, each finding with its rule, and each mutant with what killed it."""
    document = json.loads(render_json([validation()]))
    assert (document["schema_version"], document["publishable"]) == (1, False)
    (challenge,) = document["challenges"]
    assert (challenge["name"], challenge["version"], challenge["duration_s"]) == ("probe", "1.0.0", 61.5)
    assert [grading["seed"] for grading in challenge["gradings"] if grading["shuffled"]] == [8, 9]
    lost = next(grading for grading in challenge["gradings"] if grading["subject"] == "wrong-lost")
    assert (lost["verdict"], lost["score"]) == (None, None)
    rules = [(finding["rule"], finding["severity"]) for finding in challenge["findings"]]
    assert rules == [
        ("unreadable", "error"),
        ("flaky", "error"),
        ("unproven", "note"),
        ("survivor", "note"),
    ]
    (mutation,) = challenge["mutation"]
    assert (mutation["reference"], mutation["mutants"], mutation["killed"]) == ("reference-flask", 3, 2)
    assert mutation["score"] == pytest.approx(2 / 3, abs=1e-4)
    assert [mutant["killed_by"] for mutant in mutation["details"]] == [None, "two", "start_failed"]
    assert mutation["details"][0]["diff"] == DIFF
