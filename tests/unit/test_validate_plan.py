"""What a validation grades: everything that an author made, in the order in which it makes sense."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from grader.authoring.proofs.stubs import stubs_for
from grader.authoring.proofs.trials import Role, Rule
from grader.authoring.validate import Options, lint_errors, make_plan, unwanted
from grader.challenge import Challenge, load_challenge
from grader.errors import ChallengeError
from grader.models import Suite
from tests.running import DATA

PARITY = DATA / "challenges" / "parity"
STUBS = len(stubs_for(["python"]))


@pytest.fixture
def parity() -> Challenge:
    """Return a challenge with one reference, three wrong solutions and one starter."""
    return load_challenge(PARITY)


def test_everything_is_graded(parity: Challenge) -> None:
    """References with both suites, all others with the hidden one, the repeats shuffled and pressed."""
    plan = make_plan(parity, Options(repeat=4, mutants=3))
    assert [(trial.subject.name, trial.suite) for trial in plan.references] == [
        ("reference-python", Suite.PUBLIC),
        ("reference-python", Suite.HIDDEN),
    ]
    roles = Counter(trial.subject.role for trial in plan.others)
    assert roles == {Role.STUB: STUBS, Role.WRONG: 3, Role.STARTER: 1}
    assert {trial.suite for trial in plan.others} == {Suite.HIDDEN}
    assert [(trial.shuffled, trial.pressed) for trial in plan.repeats] == [(True, True)] * 4
    assert [(subject.name, mutant.file) for subject, mutant in plan.mutants] == [("reference-python", "app.py")] * 3
    assert plan.count == 2 + STUBS + 4 + 4 + 3


def test_every_grading_has_data_of_its_own(parity: Challenge) -> None:
    """No two share a seed, so that a value that is right by chance is not right twice."""
    plan = make_plan(parity, Options(repeat=4))
    seeds = [trial.seed for trial in (*plan.references, *plan.others, *plan.repeats)]
    assert len(set(seeds)) == len(seeds)


def test_a_seed_repeats_all_of_it(parity: Challenge) -> None:
    """The last line of a report names the seed; without one each validation has other data."""
    assert make_plan(parity, Options(seed=7)) == make_plan(parity, Options(seed=7))
    assert make_plan(parity, Options()) != make_plan(parity, Options())


def test_some_can_be_chosen(parity: Challenge) -> None:
    """Solutions, starters and stubs, by name."""
    plan = make_plan(parity, Options(only=["wrong-always-even", "python/echoes", "starter/python"]))
    assert {trial.subject.name for trial in plan.others} == {"wrong-always-even", "python/echoes", "starter/python"}
    assert (plan.references, plan.repeats, plan.mutants) == ((), (), ())


def test_what_lint_calls_an_error_bars_it(tmp_path: Path, parity: Challenge) -> None:
    """A check without a hint earns its points all the same, and learners would be left alone with it."""
    assert list(lint_errors("parity", parity.folder)) == []
    folder = Path(shutil.copytree(PARITY, tmp_path / "my parity"))
    check = '@pytest.mark.check(points=5, group=\'more\')\ndef test_more(api):\n    """There is more."""\n'
    (folder / "checks/hidden/test_more.py").write_text(f"import pytest\n\n\n{check}")
    (found,) = lint_errors(str(folder), folder)
    assert (found.rule, found.is_error) == (Rule.LINT, True)
    assert found.message.startswith("3 errors, the first in challenge.toml:")
    assert found.repeat == f"grader lint '{folder}'"


def test_what_was_spared_is_told() -> None:
    """Without repeats nothing is known of flaky checks, whatever the exit code says."""
    assert list(unwanted(Options(repeat=0, mutants=0))) == ["repeats, which find flaky checks", "mutants"]
    assert list(unwanted(Options())) == []


def test_without_a_reference_there_is_nothing_to_prove(tmp_path: Path) -> None:
    """The author is told where to put one."""
    folder = Path(shutil.copytree(PARITY, tmp_path / "parity"))
    shutil.rmtree(folder / "solutions")
    with pytest.raises(ChallengeError, match="no reference") as caught:
        make_plan(load_challenge(folder), Options())
    assert "solutions/reference-NAME" in caught.value.hint
