"""Every built-in challenge proves itself: references score everything, the starter its floor, wrong ones fail exactly.

A challenge, a solution or a stub is found by its folder; adding one adds its tests. What is judged here, `grader
validate` judges too: this is one validation of each challenge, told solution by solution.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.authoring.proofs.stubs import stubs_for
from grader.authoring.proofs.trials import Finding, Rule, TrialResult, Validation
from grader.authoring.validate import Options, validate
from grader.catalogue import challenge_folders
from grader.challenge import load_challenge
from grader.engine.engine import Engine
from grader.models import Suite
from grader.solutions import load_solutions, starters

CHALLENGES = {folder.name: load_challenge(folder) for folder in challenge_folders()}
SOLUTIONS = [(slug, solution.name) for slug, each in CHALLENGES.items() for solution in load_solutions(each)]
STARTERS = [(slug, folder.name) for slug, each in CHALLENGES.items() for folder in starters(each)]
STUBS = [
    (slug, f"{folder.parent.name}/{folder.name}")
    for slug, each in CHALLENGES.items()
    for folder in stubs_for(each.manifest.stacks)
]
# Repeats and mutants need minutes more: `grader validate --all` has them.
QUICK = Options(repeat=0, mutants=0, jobs=2)


class Validations:
    """Validates each challenge once, when the first test asks for it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, Validation] = {}

    def of(self, slug: str) -> Validation:
        """Return the validation of a challenge."""
        if slug not in self._known:
            self._known[slug] = validate(slug, CHALLENGES[slug], self._engine, QUICK)
        return self._known[slug]

    def graded(self, slug: str, subject: str, suite: Suite = Suite.HIDDEN) -> TrialResult:
        """Return how a submission was graded."""
        (result,) = [
            result
            for result in self.of(slug).results
            if (result.trial.subject.name, result.trial.suite) == (subject, suite)
        ]
        return result

    def about(self, slug: str, subject: str) -> list[Finding]:
        """Return the errors that a submission showed."""
        return [finding for finding in self.of(slug).findings if finding.is_error and subject in finding.subjects]


@pytest.fixture(scope="module")
def validations() -> Iterator[Validations]:
    """Yield the validations of the built-in challenges."""
    with Engine() as engine:
        yield Validations(engine)
    assert engine.leftovers == ()


@pytest.mark.parametrize(("slug", "name"), [pair for pair in SOLUTIONS if pair[1].startswith("reference-")])
@pytest.mark.parametrize("suite", Suite)
def test_a_reference_scores_everything(validations: Validations, slug: str, name: str, suite: Suite) -> None:
    """A correct solution earns every point of the public and of the hidden suite."""
    assert validations.about(slug, name) == []
    attempt = validations.graded(slug, name, suite).attempt
    assert attempt is not None
    assert attempt.grade.score == attempt.grade.max_score
    assert attempt.grade.max_score == 100 or suite is Suite.PUBLIC


@pytest.mark.parametrize(("slug", "name"), STARTERS)
def test_a_starter_scores_its_floor(validations: Validations, slug: str, name: str) -> None:
    """The starter earns what the manifest says: no more, lest something is given away; no less, for it runs."""
    assert validations.about(slug, f"starter/{name}") == []
    attempt = validations.graded(slug, f"starter/{name}").attempt
    assert attempt is not None
    assert attempt.grade.score == CHALLENGES[slug].manifest.starter.score


@pytest.mark.parametrize(("slug", "name"), [pair for pair in SOLUTIONS if pair[1].startswith("wrong-")])
def test_a_wrong_solution_fails_exactly_what_it_should(validations: Validations, slug: str, name: str) -> None:
    """Each wrong solution is caught by the checks that are there for its mistake, and by no other."""
    assert validations.about(slug, name) == []
    result = validations.graded(slug, name)
    assert result.trial.subject.expected is not None
    assert sorted(result.failed) == sorted(result.trial.subject.expected.fails)


@pytest.mark.parametrize("slug", CHALLENGES)
def test_every_hidden_check_is_failed_by_some_wrong_solution_or_stub(validations: Validations, slug: str) -> None:
    """A check that nothing fails would prove nothing."""
    assert [finding for finding in validations.of(slug).findings if finding.rule is Rule.VACUOUS] == []


@pytest.mark.parametrize(("slug", "stub"), STUBS)
def test_a_useless_stub_earns_nothing(validations: Validations, slug: str, stub: str) -> None:
    """An app that does nothing of what was asked passes no check, negative ones included, and breaks none."""
    assert validations.about(slug, stub) == []
    attempt = validations.graded(slug, stub).attempt
    assert attempt is not None
    assert attempt.grade.score == 0


@pytest.mark.parametrize("slug", CHALLENGES)
def test_a_challenge_may_be_published(validations: Validations, slug: str) -> None:
    """Whatever else a validation looks at, it finds no error."""
    assert [finding for finding in validations.of(slug).findings if finding.is_error] == []
