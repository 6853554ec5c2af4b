"""Every built-in challenge proves itself: references score everything, the starter its floor, wrong ones fail exactly.

A challenge, a solution or a stub is found by its folder; adding one adds its tests.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from grader.challenge import Challenge, challenge_folders, load_challenge
from grader.engine.engine import Engine
from grader.grading import grade
from grader.models import Grade, Outcome, Suite

STUBS = Path(__file__).parents[1] / "data" / "stubs"
CHALLENGES = {folder.name: load_challenge(folder) for folder in challenge_folders()}
SOLUTIONS = [
    (slug, path.name)
    for slug, challenge in CHALLENGES.items()
    for path in sorted((challenge.folder / "solutions").iterdir())
    if path.is_dir()
]
STARTERS = [
    (slug, path.name)
    for slug, challenge in CHALLENGES.items()
    for path in sorted((challenge.folder / "starter").iterdir())
    if path.is_dir()
]
SERVED = [slug for slug, challenge in CHALLENGES.items() if "python" in challenge.manifest.stacks]


def impatient(challenge: Challenge) -> Challenge:
    """Return the challenge with less time, for submissions that would use it all up."""
    limits = challenge.manifest.limits.model_copy(update={"start_s": 4.0, "total_s": 15.0})
    return replace(challenge, manifest=challenge.manifest.model_copy(update={"limits": limits}))


class Grades:
    """Grades two submissions at a time, ahead of the tests that ask for them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._grades: dict[tuple[str, Path, Suite], Future[Grade]] = {}

    def want(self, challenge: Challenge, submission: Path, suite: Suite = Suite.HIDDEN) -> None:
        """Begin to grade soon."""
        self._grades[challenge.slug, submission, suite] = self._pool.submit(self._grade, challenge, submission, suite)

    def of(self, slug: str, submission: Path, suite: Suite = Suite.HIDDEN) -> Grade:
        """Return the grade, when it is there."""
        return self._grades[slug, submission, suite].result()

    def _grade(self, challenge: Challenge, submission: Path, suite: Suite) -> Grade:
        return grade(challenge, submission, self._engine, suite=suite).grade

    def close(self) -> None:
        """Forget what has not begun."""
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def grades() -> Iterator[Grades]:
    """Yield the grades of everything that this module asks about."""
    with Engine() as engine:
        grades = Grades(engine)
        for slug, challenge in CHALLENGES.items():
            for of, name in SOLUTIONS:
                if of == slug:
                    grades.want(challenge, challenge.folder / "solutions" / name)
                    if name.startswith("reference-"):
                        grades.want(challenge, challenge.folder / "solutions" / name, Suite.PUBLIC)
            for of, name in STARTERS:
                if of == slug:
                    grades.want(challenge, challenge.folder / "starter" / name)
        for slug in SERVED:
            for stub in sorted(STUBS.iterdir()):
                grades.want(impatient(CHALLENGES[slug]), stub)
        yield grades
        grades.close()
    assert engine.leftovers == ()


def _failures(grade: Grade) -> str:
    return f"{grade.verdict}: {grade.message}\n" + "\n".join(
        f"{result.check.id}: {result.outcome} {result.feedback}"
        for result in grade.checks
        if result.outcome is not Outcome.PASSED
    )


@pytest.mark.parametrize(("slug", "name"), [pair for pair in SOLUTIONS if pair[1].startswith("reference-")])
@pytest.mark.parametrize("suite", Suite)
def test_a_reference_scores_everything(grades: Grades, slug: str, name: str, suite: Suite) -> None:
    """A correct solution earns every point of the public and of the hidden suite."""
    grade = grades.of(slug, CHALLENGES[slug].folder / "solutions" / name, suite)
    assert grade.score == grade.max_score, _failures(grade)
    assert grade.max_score == 100 or suite is Suite.PUBLIC


@pytest.mark.parametrize(("slug", "name"), STARTERS)
def test_a_starter_scores_its_floor(grades: Grades, slug: str, name: str) -> None:
    """The starter earns what the manifest says: no more, lest something is given away; no less, for it runs."""
    challenge = CHALLENGES[slug]
    assert grades.of(slug, challenge.folder / "starter" / name).score == challenge.manifest.starter.score


@pytest.mark.parametrize(("slug", "name"), [pair for pair in SOLUTIONS if pair[1].startswith("wrong-")])
def test_a_wrong_solution_fails_exactly_what_it_should(grades: Grades, slug: str, name: str) -> None:
    """Each wrong solution is caught by the checks that are there for its mistake, and by no other."""
    folder = CHALLENGES[slug].folder / "solutions" / name
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    grade = grades.of(slug, folder)
    failed = sorted(result.check.id for result in grade.checks if result.outcome is not Outcome.PASSED)
    assert (grade.verdict.value, failed) == (expected["verdict"], sorted(expected["fails"])), _failures(grade)
    assert not any(result.outcome is Outcome.ERRORED for result in grade.checks), _failures(grade)


@pytest.mark.parametrize("slug", CHALLENGES)
def test_every_hidden_check_is_failed_by_some_wrong_solution_or_stub(grades: Grades, slug: str) -> None:
    """A check that nothing fails would prove nothing."""
    folder = CHALLENGES[slug].folder / "solutions"
    wrong = [folder / name for of, name in SOLUTIONS if of == slug and name.startswith("wrong-")]
    stubs = sorted(STUBS.iterdir()) if slug in SERVED else []
    everything: set[str] = set()
    caught: set[str] = set()
    for submission in wrong + stubs:
        for result in grades.of(slug, submission).checks:
            everything.add(result.check.id)
            if result.outcome is Outcome.FAILED:
                caught.add(result.check.id)
    assert everything - caught == set()


@pytest.mark.parametrize("stub", sorted(path.name for path in STUBS.iterdir()))
@pytest.mark.parametrize("slug", SERVED)
def test_a_useless_stub_earns_nothing(grades: Grades, slug: str, stub: str) -> None:
    """An app that does nothing of what was asked passes no check, negative ones included."""
    grade = grades.of(slug, STUBS / stub)
    assert grade.score == 0, [result.check.id for result in grade.checks if result.earned]
