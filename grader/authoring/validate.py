"""Proves a challenge on real Docker: grades everything that its author made, and says whether learners may get it."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shlex import quote

from grader.authoring.lint import Severity, lint
from grader.authoring.proofs.bench import Bench
from grader.authoring.proofs.judgement import is_broken, is_sound, judge
from grader.authoring.proofs.live import Planned, Remark, Watch, unwatched
from grader.authoring.proofs.mutants import Mutant, mutants_of
from grader.authoring.proofs.stubs import stubs_for
from grader.authoring.proofs.trials import Finding, MutantResult, Role, Rule, Subject, Trial, Validation
from grader.challenge import Challenge
from grader.display import number_of
from grader.engine.engine import Engine
from grader.errors import ChallengeError, SubmissionError
from grader.grading import SEED_BITS
from grader.models import Suite
from grader.solutions import load_solutions, starters
from grader.submission import load_submission


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly a challenge is proved.

    `repeat` is how often each reference is graded again, with other data, in another order, on a busy machine;
    `mutants` how many of each reference are graded; `only` restricts a validation to solutions, starters and stubs of
    these names. `seed` decides the seeds of all gradings.
    """

    repeat: int = 3
    jobs: int = 2
    mutants: int = 20
    only: Collection[str] | None = None
    seed: int = field(default_factory=lambda: secrets.randbits(SEED_BITS))


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be graded, in the order in which it makes sense."""

    references: tuple[Trial, ...]
    others: tuple[Trial, ...]
    repeats: tuple[Trial, ...]
    mutants: tuple[tuple[Subject, Mutant], ...]

    @property
    def count(self) -> int:
        """How many gradings that is."""
        return len(self.references) + len(self.others) + len(self.repeats) + len(self.mutants)


def validate(
    name: str, challenge: Challenge, engine: Engine, options: Options | None = None, watch: Watch = unwatched
) -> Validation:
    """Return what was found about the challenge that people call `name`.

    What is wrong with it is in the returned value. Raises `SandboxError` when Docker is at fault: nothing was learned
    then.
    """
    options, began = options or Options(), time.monotonic()
    try:
        plan = make_plan(challenge, options)
    except ChallengeError as error:
        return unreadable(name, error)
    floor = challenge.manifest.starter.score
    mutants: list[MutantResult] = []
    left_out = ""
    linted = tuple(lint_errors(name, challenge.folder)) if options.only is None else ()
    for finding in linted:
        watch(Remark(f"{finding.rule}: {finding.message}"))
    watch(Planned(challenge.slug, plan.count))
    with Bench(challenge, engine, options.jobs, lambda result: judge(name, [result], floor=floor), watch) as bench:
        results = bench.grade(plan.references)
        if is_broken(results):
            left_out = "all others: the hidden suite cannot be run"
        else:
            results += bench.grade(plan.others)
            results += bench.grade_under_pressure(plan.repeats)
            if is_sound(results):
                mutants = bench.kill(plan.mutants)
            elif plan.mutants:
                left_out = "mutants: a reference does not earn every point"
    if left_out:
        watch(Remark(f"left out: {left_out}"))
    elif options.only is None:
        left_out = "; ".join(unwanted(options))
    return Validation(
        name=name,
        challenge=challenge,
        results=tuple(results),
        mutants=tuple(mutants),
        findings=linted + judge(name, results, mutants, floor=floor, complete=options.only is None),
        left_out=left_out,
        seed=options.seed,
        duration_s=time.monotonic() - began,
    )


def make_plan(challenge: Challenge, options: Options) -> Plan:
    """Return all that is to be graded; raises `ChallengeError` when there is nothing that could prove the challenge."""
    subjects = subjects_of(challenge)
    if not any(subject.role is Role.REFERENCE for subject in subjects):
        raise ChallengeError(
            f"{challenge.slug} has no reference solution",
            hint=f"make one, {challenge.folder / 'solutions' / 'reference-NAME'}, that earns every point",
        )
    seeds = random.Random(options.seed)  # noqa: S311 - test data, no secret
    trial = partial(_trial, seeds)
    chosen = [subject for subject in subjects if options.only is None or subject.name in options.only]
    references = [subject for subject in chosen if subject.role is Role.REFERENCE]
    return Plan(
        references=tuple(trial(subject, suite=suite) for suite in Suite for subject in references),
        others=tuple(trial(subject) for subject in chosen if subject.role is not Role.REFERENCE),
        repeats=tuple(
            trial(subject, shuffled=True, pressed=True) for subject in references for _ in range(options.repeat)
        ),
        mutants=tuple(
            (subject, mutant)
            for subject in references
            for mutant in mutants_of(subject.submission.files, options.mutants)
        ),
    )


def subjects_of(challenge: Challenge) -> list[Subject]:
    """Return every submission that can show something; stubs come first, since those that hang take longest.

    Raises `ChallengeError` with every problem of the solutions, or of a starter.
    """
    stubs = [
        (Role.STUB, f"{folder.parent.name}/{folder.name}", folder) for folder in stubs_for(challenge.manifest.stacks)
    ]
    beginnings = [(Role.STARTER, f"starter/{folder.name}", folder) for folder in starters(challenge)]
    try:
        return [
            *(Subject(role, name, folder, load_submission(folder)) for role, name, folder in stubs),
            *(
                Subject(
                    Role.WRONG if each.expected else Role.REFERENCE,
                    each.name,
                    each.folder,
                    each.submission,
                    each.expected,
                )
                for each in load_solutions(challenge)
            ),
            *(Subject(role, name, folder, load_submission(folder)) for role, name, folder in beginnings),
        ]
    except SubmissionError as error:
        raise ChallengeError(f"a starter of {challenge.slug} cannot be read", problems=error.problems) from error


def lint_errors(name: str, folder: Path) -> Iterator[Finding]:
    """Yield a finding if lint has errors: what a grading cannot show, such as a hidden text in the statement."""
    errors = [finding for finding in lint(folder) if finding.severity is Severity.ERROR]
    if errors:
        count = number_of(len(errors), "error")
        message = f"{count}, the first in {errors[0].where}: {errors[0].what} (expected {errors[0].expected})"
        yield Finding(Rule.LINT, name, message, repeat=f"grader lint {quote(name)}")


def unwanted(options: Options) -> Iterator[str]:
    """Yield what whoever validates did not want to wait for."""
    if not options.repeat:
        yield "repeats, which find flaky checks"
    if not options.mutants:
        yield "mutants"


def unreadable(name: str, error: ChallengeError) -> Validation:
    """Return the validation of a challenge that cannot be read at all."""
    message = "\n".join([error.message, *map(str, error.problems), *([f"next: {error.hint}"] if error.hint else [])])
    return Validation(name=name, findings=(Finding(Rule.UNREADABLE, name, message),))


def _trial(
    seeds: random.Random,
    subject: Subject,
    *,
    suite: Suite = Suite.HIDDEN,
    shuffled: bool = False,
    pressed: bool = False,
) -> Trial:
    return Trial(subject, seeds.getrandbits(SEED_BITS), suite, shuffled, pressed)
