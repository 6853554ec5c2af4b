"""How a challenge is judged by the way its solutions, starters and stubs were graded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from grader.authoring.proofs.judgement import is_broken, is_sound, judge
from grader.authoring.proofs.mutants import Mutant
from grader.authoring.proofs.trials import NOTES, Finding, MutantResult, Role, Rule, TrialResult, Validation
from grader.errors import ChallengeError, SubmissionError
from grader.models import CheckDetail, Outcome, Suite, Verdict
from tests.builders import make_detail, make_trial

PASSED, FAILED, ERRORED = Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED
REFERENCE = make_trial()
PUBLIC = make_trial(suite=Suite.PUBLIC)
STARTER = make_trial(Role.STARTER, "starter/python", {"one": PASSED, "two": FAILED})
WRONG = make_trial(Role.WRONG, "wrong-two", {"one": PASSED, "two": FAILED}, fails=["two"])
OTHER = make_trial(Role.WRONG, "wrong-one", {"one": FAILED, "two": PASSED}, fails=["one"])
STUB = make_trial(Role.STUB, "python/always-200", {"one": FAILED, "two": FAILED})
GOOD = (REFERENCE, PUBLIC, STARTER, WRONG, OTHER, STUB)
MUTANT = Mutant("app.py", 3, "comparison", "x <= 1", "-x < 1\n+x <= 1\n")


def found(results: Sequence[TrialResult], mutants: Sequence[MutantResult] = ()) -> list[Finding]:
    """Return the findings about a challenge whose starter must earn one point."""
    return list(judge("todo-api", results, mutants, floor=1, complete=True))


def only(results: Sequence[TrialResult]) -> Finding:
    """Return the one finding that there is."""
    (finding,) = found(results)
    return finding


def test_a_good_challenge_has_no_findings() -> None:
    """References earn everything, the starter its floor, wrong solutions fail what they declare, stubs earn nothing."""
    assert found(GOOD) == []
    assert is_sound(GOOD)


def test_a_reference_that_fails_is_an_error_that_quotes_the_check() -> None:
    """The author reads which reference, which suite, how many points, what the check said, and how to see it again."""
    bad = make_trial(name="reference-b", outcomes={"one": PASSED, "two": "GET /: expected 200, got 500"}, seed=11)
    finding = only([*GOOD, bad])
    assert (finding.rule, finding.about, finding.checks) == (Rule.REFERENCE, "reference-b", ("two",))
    assert "hidden suite" in finding.message
    assert "1 of 2" in finding.message
    assert "two (GET /: expected 200, got 500)" in finding.message
    assert finding.repeat == "grader grade todo-api --solution reference-b --seed 11 --audience instructor"
    assert not is_sound([*GOOD, bad])


def test_a_reference_that_fails_the_public_suite_is_an_error() -> None:
    """The suite that learners get is right about correct solutions too, and the command shows that suite."""
    finding = only([*GOOD, make_trial(name="reference-b", outcomes={"one": FAILED}, suite=Suite.PUBLIC)])
    assert finding.rule is Rule.REFERENCE
    assert "public suite" in finding.message
    assert "--public" in finding.repeat


def test_a_check_that_fails_a_reference_only_sometimes_is_flaky() -> None:
    """It is named with the seeds that showed it, how often, and what these runs had in common."""
    runs = [make_trial(seed=seed, repeated=True) for seed in (1, 2, 3)]
    flakes = [make_trial(outcomes={"one": "too late", "two": PASSED}, seed=seed, repeated=True) for seed in (4, 5)]
    finding = only([*GOOD, *runs, *flakes])
    assert (finding.rule, finding.about, finding.seeds) == (Rule.FLAKY, "one", (4, 5))
    assert finding.subjects == ("reference-one",)
    assert "reference-one fails it in 2 of 6 runs, in shuffled order and on a busy machine: one (too late)" in (
        finding.message
    )
    assert finding.repeat == "grader grade todo-api --solution reference-one --seed 4 --shuffle --audience instructor"


def test_a_check_that_failed_the_plain_run_alone_is_flaky_too() -> None:
    """What failed at first and passed in every repeat is no wrong suite, but one that cannot be relied upon."""
    plain = make_trial(name="reference-b", outcomes={"one": FAILED, "two": PASSED}, seed=1)
    repeats = [make_trial(name="reference-b", seed=seed, repeated=True) for seed in (2, 3)]
    finding = only([*GOOD, plain, *repeats])
    assert (finding.rule, finding.about, finding.seeds) == (Rule.FLAKY, "one", (1,))
    assert "busy" not in finding.message


def test_an_early_end_of_some_runs_is_flaky() -> None:
    """A reference that once ran out of time is told with its verdict; the checks that had no turn are not blamed."""
    late = make_trial(
        outcomes={"one": PASSED, "two": ERRORED}, verdict=Verdict.TIMED_OUT, message="took too long", repeated=True
    )
    finding = only([*GOOD, late])
    assert (finding.rule, finding.about) == (Rule.FLAKY, "verdict timed_out")
    assert "took too long" in finding.message


@pytest.mark.parametrize("outcomes", [{"one": PASSED, "two": PASSED}, {"one": FAILED, "two": FAILED}])
def test_a_starter_that_earns_something_else_is_an_error(outcomes: dict[str, Outcome]) -> None:
    """More is as wrong as less; the message has both numbers, and the checks that it passes."""
    finding = only([*GOOD, make_trial(Role.STARTER, "starter/node", outcomes)])
    assert (finding.rule, finding.about) == (Rule.STARTER, "starter/node")
    assert "must earn 1 point," in finding.message
    assert ("one, two" if outcomes["one"] is PASSED else "no check") in finding.message


def test_a_wrong_solution_that_passes_what_it_should_fail_is_an_error() -> None:
    """So a check that lost its assertions is found by the solution that was there for it."""
    finding = only([*GOOD, make_trial(Role.WRONG, "wrong-c", {"one": FAILED, "two": PASSED}, fails=["one", "two"])])
    assert (finding.rule, finding.about, finding.checks) == (Rule.WRONG, "wrong-c", ("two",))
    assert finding.message == "expected it to fail two, but it passes"


def test_a_wrong_solution_that_fails_something_else_is_an_error() -> None:
    """The check that should have left it alone is quoted."""
    finding = only([*GOOD, make_trial(Role.WRONG, "wrong-c", {"one": FAILED, "two": "got 500"}, fails=["one"])])
    assert (finding.rule, finding.checks) == (Rule.WRONG, ("two",))
    assert finding.message == "expected it to pass two (got 500)"


def test_a_wrong_solution_that_ends_otherwise_is_an_error() -> None:
    """The verdict is compared too, and the one that came is explained."""
    stopped = make_trial(
        Role.WRONG,
        "wrong-c",
        {"one": ERRORED, "two": ERRORED},
        fails=["one"],
        verdict=Verdict.START_FAILED,
        message="your app exited with code 1",
    )
    finding = only([*GOOD, stopped])
    assert finding.message == ("expected the verdict failed, got start_failed (your app exited with code 1)")
    fine = make_trial(
        Role.WRONG,
        "wrong-c",
        {"one": ERRORED, "two": ERRORED},
        fails=["one", "two"],
        verdict=Verdict.START_FAILED,
        expected_verdict=Verdict.START_FAILED,
    )
    assert found([*GOOD, fine]) == []


def test_a_declared_check_that_does_not_exist_is_an_error() -> None:
    """A check that was renamed leaves its old name in expected.toml."""
    finding = only([*GOOD, make_trial(Role.WRONG, "wrong-c", {"one": FAILED, "two": PASSED}, fails=["one", "old"])])
    assert finding.message == "expected.toml names old, which is no check of the suite"


def test_a_check_that_a_stub_passes_is_an_error() -> None:
    """It is told once with all stubs that pass it: they do nothing of what was asked."""
    stubs = [make_trial(Role.STUB, name, {"one": PASSED, "two": FAILED}) for name in ("python/echoes", "python/closes")]
    finding = only([*GOOD, *stubs])
    assert (finding.rule, finding.about, finding.subjects) == (Rule.STUB, "one", ("python/echoes", "python/closes"))
    assert "useless stubs, which do nothing of what was asked: python/echoes, python/closes" in finding.message


def test_a_check_that_breaks_is_told_once_with_all_who_broke_it() -> None:
    """An error of the suite's own is no verdict about a solution, even where the solution should fail that check."""
    broken = []
    for role, name in ((Role.STUB, "python/echoes"), (Role.WRONG, "wrong-c")):
        result = make_trial(role, name, {"one": ERRORED, "two": FAILED}, fails=["two"])
        detail = make_detail([CheckDetail("one", "test.py::one", "one (call)\n    reply['id']\nE   KeyError: 'id'")])
        assert result.attempt is not None
        broken.append(replace(result, attempt=replace(result.attempt, detail=detail)))
    finding = only([*GOOD, *broken])
    assert (finding.rule, finding.about) == (Rule.ERRORED, "one")
    assert finding.subjects == ("python/echoes", "wrong-c")
    assert "python/echoes, wrong-c: KeyError: 'id'" in finding.message
    assert "--audience instructor" in finding.repeat


def test_a_check_that_nothing_fails_is_vacuous() -> None:
    """Neither a wrong solution nor a stub fails it; a starter that does proves nothing."""
    outcomes = {"one": PASSED, "two": FAILED}
    findings = found([REFERENCE, PUBLIC, STARTER, WRONG, make_trial(Role.STUB, "python/a", outcomes)])
    assert [(finding.rule, finding.about) for finding in findings] == [(Rule.STUB, "one"), (Rule.VACUOUS, "one")]
    assert judge("todo-api", [REFERENCE, STARTER, WRONG], floor=1) == ()  # not all were asked


def test_a_check_without_a_turn_is_not_failed() -> None:
    """A stub that did not start fails nothing: it says nothing about any check."""
    silent = make_trial(Role.STUB, "python/dead", {"one": ERRORED, "two": ERRORED}, verdict=Verdict.START_FAILED)
    finding = only([REFERENCE, PUBLIC, STARTER, WRONG, silent])
    assert (finding.rule, finding.about) == (Rule.VACUOUS, "one")


def test_a_check_that_only_stubs_fail_is_worth_a_note() -> None:
    """It catches apps that do nothing, and nobody knows whether it catches a mistake."""
    finding = only([REFERENCE, PUBLIC, STARTER, WRONG, STUB])
    assert (finding.rule, finding.about) == (Rule.UNPROVEN, "one")
    assert not finding.is_error


def test_a_survivor_is_a_note_with_its_diff() -> None:
    """A mutant that nothing notices may be no mistake at all, so it bars nobody."""
    (finding,) = found(GOOD, [MutantResult("reference-a", MUTANT, ""), MutantResult("reference-a", MUTANT, "one")])
    assert (finding.rule, finding.diff) == (Rule.SURVIVOR, MUTANT.diff)
    assert finding.about == "reference-a/app.py, line 3"
    assert Validation("todo-api", findings=(finding,)).publishable


def test_a_solution_that_cannot_be_read_and_a_suite_that_cannot_be_run_are_errors() -> None:
    """A broken suite is told once, however many submissions met it, with what only an author may read."""
    broken = ChallengeError("the suite cannot be collected", detail="SyntaxError in test_x.py")
    findings = found(
        [
            make_trial(name="reference-a", error=broken),
            make_trial(name="reference-b", error=broken),
            make_trial(name="reference-c", error=SubmissionError("no runnable app")),
        ]
    )
    assert [(finding.rule, finding.about) for finding in findings] == [
        (Rule.UNREADABLE, "hidden suite"),
        (Rule.UNREADABLE, "reference-c"),
    ]
    assert "SyntaxError in test_x.py" in findings[0].message


def test_only_a_broken_hidden_suite_makes_the_rest_pointless() -> None:
    """The public suite concerns references alone, and one unreadable solution concerns itself."""
    broken = ChallengeError("the suite cannot be collected")
    assert is_broken([make_trial(error=broken)])
    assert not is_broken([make_trial(error=broken, suite=Suite.PUBLIC)])
    assert not is_broken([make_trial(error=SubmissionError("empty"))])


def test_errors_come_before_notes() -> None:
    """What must be done stands first, and one error is enough to bar a challenge."""
    findings = found([*GOOD, make_trial(Role.STARTER, "starter/x")], [MutantResult("reference-a", MUTANT, "")])
    assert [finding.rule in NOTES for finding in findings] == [False, True]
    assert not Validation("todo-api", findings=tuple(findings)).publishable


def test_names_that_a_shell_would_split_are_quoted_in_commands() -> None:
    """The command below a finding can be copied, whatever a folder is called."""
    bad = make_trial(name="reference a", outcomes={"one": FAILED})
    (finding,) = judge("my challenges/todo", [bad], floor=0)
    assert finding.repeat == "grader grade 'my challenges/todo' --solution 'reference a' --seed 7 --audience instructor"
