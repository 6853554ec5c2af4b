"""Judges a challenge by how its solutions, starters and stubs were graded; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from shlex import quote

from grader.authoring.proofs.trials import Finding, MutantResult, Role, Rule, TrialResult, of_role
from grader.display import number_of
from grader.errors import ChallengeError
from grader.models import Outcome, Suite, Verdict

_BY_CHECKS = (Verdict.PASSED, Verdict.FAILED)


def judge(
    name: str,
    results: Sequence[TrialResult],
    mutants: Sequence[MutantResult] = (),
    *,
    floor: int,
    complete: bool = False,
) -> tuple[Finding, ...]:
    """Return all findings, errors first; `name` is what people call the challenge, `floor` what its starter earns.

    Unless `complete`, some wrong solutions or stubs were left out, and nothing is said about checks that none fails.
    """
    graded = [result for result in results if result.attempt is not None]
    findings = [
        *unreadable(results),
        *references(name, graded),
        *starters(name, graded, floor),
        *wrong_solutions(name, graded),
        *stubs(name, graded),
        *errored_checks(name, graded),
        *(unfailed_checks(graded) if complete else ()),
        *survivors(mutants),
    ]
    return tuple(sorted(findings, key=lambda finding: not finding.is_error))


def unreadable(results: Iterable[TrialResult]) -> Iterator[Finding]:
    """Yield a finding for each error that left a solution or a suite ungraded."""
    told: set[tuple[str, str]] = set()
    for result in results:
        if result.error is None:
            continue
        of_suite = isinstance(result.error, ChallengeError)
        about = f"{result.trial.suite} suite" if of_suite else result.trial.subject.name
        error = result.error
        message = ": ".join([error.message, *(str(problem) for problem in error.problems)])
        if of_suite and error.detail:
            message += f"\n{error.detail}"
        if (about, error.message) not in told:
            told.add((about, error.message))
            yield Finding(Rule.UNREADABLE, about, message, (result.trial.subject.name,))


def references(name: str, results: Sequence[TrialResult]) -> Iterator[Finding]:
    """Yield what references did not earn: always, which is a mistake in the suite, or only in some of their runs."""
    runs: defaultdict[tuple[str, Suite], list[TrialResult]] = defaultdict(list)
    for result in of_role(results, Role.REFERENCE):
        runs[result.trial.subject.name, result.trial.suite].append(result)
    for (reference, suite), of_one in runs.items():
        troubles: defaultdict[str, list[TrialResult]] = defaultdict(list)
        for result in of_one:
            for trouble in _troubles(result):
                troubles[trouble].append(result)
        always = [trouble for trouble, shown in troubles.items() if len(shown) == len(of_one)]
        if always:
            first = of_one[0]
            told = [_told(first, trouble) for trouble in always]
            message = f"must earn every point of the {suite} suite, but {_score(first)}: {'; '.join(told)}"
            yield _finding(Rule.REFERENCE, reference, message, always, of_one, _command(name, first))
        for trouble, shown in troubles.items():
            if trouble in always:
                continue
            message = (
                f"{reference} fails it in {len(shown)} of {len(of_one)} runs{_circumstances(shown)}: "
                f"{_told(shown[0], trouble)}"
            )
            yield _finding(Rule.FLAKY, trouble, message, [trouble], shown, _command(name, shown[0]))


def starters(name: str, results: Sequence[TrialResult], floor: int) -> Iterator[Finding]:
    """Yield the starters that earn something else than the manifest says."""
    for result in of_role(results, Role.STARTER):
        score = result.grade.score
        if score != floor:
            passed = _passed(result)
            message = (
                f"must earn {number_of(floor, 'point')}, as starter.score says, but {_score(result)}; "
                f"it passes {', '.join(passed) or 'no check'}"
            )
            yield _finding(Rule.STARTER, _name(result), message, passed, [result], _command(name, result))


def wrong_solutions(name: str, results: Sequence[TrialResult]) -> Iterator[Finding]:
    """Yield the wrong solutions that end otherwise, or fail other checks, than their expected.toml says."""
    for result in of_role(results, Role.WRONG):
        expected, grade = result.trial.subject.expected, result.grade
        assert expected is not None  # noqa: S101 - that is what makes it a wrong solution
        declared, known, errored = set(expected.fails), set(result.outcomes), set(result.errored)
        unknown = sorted(declared - known)
        unfailed = sorted((declared & known) - set(result.failed))
        too_many = [check for check in result.failed if check not in declared | errored]
        told = []
        if grade.verdict is not expected.verdict:
            reason = f" ({grade.message})" if grade.message else ""
            told.append(f"expected the verdict {expected.verdict}, got {grade.verdict}{reason}")
            too_many = [check for check in too_many if check in result.ran]  # an early end says why there is no more
        told += [f"expected it to fail {check}, but it passes" for check in unfailed]
        told += [f"expected it to pass {_told(result, check)}" for check in too_many]
        told += [f"expected.toml names {check}, which is no check of the suite" for check in unknown]
        if told:
            checks = [*unfailed, *too_many, *unknown]
            yield _finding(Rule.WRONG, _name(result), "; ".join(told), checks, [result], _command(name, result))


def stubs(name: str, results: Sequence[TrialResult]) -> Iterator[Finding]:
    """Yield the checks that useless stubs pass: whoever does nothing of what was asked earns their points."""
    passed: defaultdict[str, list[TrialResult]] = defaultdict(list)
    for result in of_role(results, Role.STUB):
        for check in _passed(result):
            passed[check].append(result)
    for check, shown in passed.items():
        message = f"is passed by useless stubs, which do nothing of what was asked: {_names(shown)}"
        yield _finding(Rule.STUB, check, message, [check], shown, _command(name, shown[0]))


def errored_checks(name: str, results: Sequence[TrialResult]) -> Iterator[Finding]:
    """Yield the checks that broke over a wrong solution, starter or stub, where they should have failed."""
    broken: defaultdict[str, list[TrialResult]] = defaultdict(list)
    for result in of_role(results, Role.STARTER, Role.WRONG, Role.STUB):
        for check in result.errored:
            broken[check].append(result)
    for check, shown in broken.items():
        message = f"ends by an error of its own with {_names(shown)}: {shown[0].feedback(check) or 'no message'}"
        yield _finding(Rule.ERRORED, check, message, [check], shown, _command(name, shown[0]))


def unfailed_checks(results: Sequence[TrialResult]) -> Iterator[Finding]:
    """Yield the hidden checks that nothing fails, and those that only useless stubs fail."""
    hidden = [result for result in results if result.trial.suite is Suite.HIDDEN]
    everything = list(dict.fromkeys(check for result in hidden for check in result.outcomes))
    by_wrong, by_stubs = (_failed_by(of_role(hidden, role)) for role in (Role.WRONG, Role.STUB))
    for check in everything:
        if check not in by_wrong | by_stubs:
            message = "no wrong solution and no stub fails it: it proves nothing"
            yield Finding(Rule.VACUOUS, check, message, checks=(check,))
        elif check not in by_wrong:
            message = "only useless stubs fail it: a wrong solution would show that it catches a mistake"
            yield Finding(Rule.UNPROVEN, check, message, checks=(check,))


def survivors(mutants: Iterable[MutantResult]) -> Iterator[Finding]:
    """Yield the mutants that earned every point."""
    for result in mutants:
        if result.survived:
            message = f"no check notices this mistake ({result.mutant.operator})"
            place = f"{result.reference}/{result.mutant.file}, line {result.mutant.line}"
            yield Finding(Rule.SURVIVOR, place, message, (result.reference,), diff=result.mutant.diff)


def is_broken(results: Sequence[TrialResult]) -> bool:
    """Return whether the hidden suite cannot be run, so that no other grading would tell more."""
    return any(isinstance(result.error, ChallengeError) for result in results if result.trial.suite is Suite.HIDDEN)


def is_sound(results: Sequence[TrialResult]) -> bool:
    """Return whether all references earned everything, so that it makes sense to look for mistakes in them."""
    return bool(results) and all(result.earned_all for result in of_role(results, Role.REFERENCE))


def _troubles(result: TrialResult) -> list[str]:
    """Return what kept a reference from its points: checks that ran and did not pass, and an early end."""
    verdict = result.grade.verdict
    early = [] if verdict in _BY_CHECKS or result.earned_all else [f"verdict {verdict}"]
    return [check for check in result.failed if check in result.ran] + early


def _told(result: TrialResult, trouble: str) -> str:
    if trouble not in result.outcomes:
        return f"{trouble} ({result.grade.message})"
    feedback = result.feedback(trouble)
    return f"{trouble} ({feedback})" if feedback else trouble


def _circumstances(results: Sequence[TrialResult]) -> str:
    """Return what all these runs have in common that the plain one has not."""
    common = []
    if all(result.trial.shuffled for result in results):
        common.append("in shuffled order")
    if all(result.trial.pressed for result in results):
        common.append("on a busy machine")
    return f", {' and '.join(common)}" if common else ""


def _passed(result: TrialResult) -> tuple[str, ...]:
    return tuple(check for check, outcome in result.outcomes.items() if outcome is Outcome.PASSED)


def _failed_by(results: Sequence[TrialResult]) -> set[str]:
    return {check for result in results for check, outcome in result.outcomes.items() if outcome is Outcome.FAILED}


def _score(result: TrialResult) -> str:
    grade = result.grade
    return f"it earns {grade.score} of {grade.max_score}"


def _name(result: TrialResult) -> str:
    return result.trial.subject.name


def _names(results: Sequence[TrialResult]) -> str:
    return ", ".join(dict.fromkeys(map(_name, results)))


def _finding(
    rule: Rule, about: str, message: str, checks: Sequence[str], shown: Sequence[TrialResult], repeat: str
) -> Finding:
    subjects, seeds = dict.fromkeys(map(_name, shown)), dict.fromkeys(result.trial.seed for result in shown)
    return Finding(rule, about, message, tuple(subjects), tuple(checks), tuple(seeds), repeat)


def _command(name: str, result: TrialResult) -> str:
    trial = result.trial
    options = [*(["--public"] if trial.suite is Suite.PUBLIC else []), "--seed", str(trial.seed)]
    options += [*(["--shuffle"] if trial.shuffled else []), "--audience", "instructor"]
    solution = trial.subject.role in (Role.REFERENCE, Role.WRONG)
    what = ["--solution", quote(trial.subject.name)] if solution else [quote(str(trial.subject.folder))]
    return " ".join(["grader grade", quote(name), *what, *options])
