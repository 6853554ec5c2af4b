"""Builders of the values that tests grade and render: every field has a default, so a test names what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.authoring.proofs.trials import Role, Subject, Trial, TrialResult
from grader.errors import GraderError
from grader.models import (
    Attempt,
    Check,
    CheckDetail,
    CheckResult,
    Detail,
    Grade,
    Limits,
    Outcome,
    Phase,
    Provenance,
    Restart,
    Submission,
    Suite,
    Verdict,
)
from grader.solutions import Expected


def make_check(
    check_id: str = "create-answers-201",
    *,
    title: str = "POST /todos stores a to-do and answers 201 with it",
    group: str = "create",
    points: int = 1,
    hint: str = "",
    cwe: str = "",
) -> Check:
    """Return a check of a to-do API."""
    return Check(id=check_id, title=title, group=group, points=points, hint=hint, cwe=cwe)


def make_result(
    check: Check | None = None,
    outcome: Outcome = Outcome.PASSED,
    *,
    feedback: str = "",
    duration_s: float = 0.012,
) -> CheckResult:
    """Return the result of a check, passed by default."""
    return CheckResult(check=check or make_check(), outcome=outcome, feedback=feedback, duration_s=duration_s)


def make_detail(
    checks: Sequence[CheckDetail] = (), *, grade: Grade | None = None, app_log: str = "", tester_log: str = ""
) -> Detail:
    """Return what only an instructor may see, empty by default."""
    return Detail(grade=grade, checks=tuple(checks), app_log=app_log, tester_log=tester_log)


def make_provenance(
    *,
    challenge: str = "todo-api",
    challenge_version: str = "1.0.0",
    suite: Suite = Suite.HIDDEN,
    stack: str = "python",
    images: Mapping[str, str] | None = None,
    seed: int = 20_261_122,
    shuffled: bool = False,
    limits: Limits | None = None,
) -> Provenance:
    """Return where an attempt on `todo-api` comes from."""
    return Provenance(
        grader_version="0.1.0",
        engine_version="20.10.24",
        challenge=challenge,
        challenge_version=challenge_version,
        challenge_digest="sha256:" + "c" * 64,
        suite=suite,
        submission_digest="sha256:" + "5" * 64,
        stack=stack,
        images={"app": "sha256:" + "a" * 64, "tester": "sha256:" + "7" * 64} if images is None else images,
        seed=seed,
        shuffled=shuffled,
        limits=limits or Limits(),
    )


def make_grade(
    results: Sequence[CheckResult] | None = None,
    *,
    title: str = "A to-do list API",
    verdict: Verdict | None = None,
    pass_score: int | None = None,
    provenance: Provenance | None = None,
    message: str = "",
    app_log: str = "",
    restarts: Sequence[Restart] = (),
    timings: Sequence[Phase] = (Phase("start", 0.0, 1.25), Phase("checks", 1.25, 2.5)),
    notes: Sequence[str] = (),
) -> Grade:
    """Return the grade that `results` (one passed check by default) add up to, with the verdict that follows.

    `pass_score` is in points; by default all of them.
    """
    results = [make_result()] if results is None else results
    score = sum(result.earned for result in results)
    max_score = sum(result.check.points for result in results)
    pass_score = max_score if pass_score is None else pass_score
    passed = max_score > 0 and score >= pass_score
    return Grade(
        title=title,
        verdict=verdict or (Verdict.PASSED if passed else Verdict.FAILED),
        score=score,
        max_score=max_score,
        pass_score=pass_score,
        checks=tuple(results),
        provenance=provenance or make_provenance(),
        message=message,
        app_log=app_log,
        restarts=tuple(restarts),
        timings=tuple(timings),
        notes=tuple(notes),
    )


def make_attempt(grade: Grade | None = None, detail: Detail | None = None) -> Attempt:
    """Return an attempt: by default one that passed, of which there is nothing more to tell."""
    return Attempt(grade=grade or make_grade(), detail=detail or make_detail())


def make_submission(
    files: Mapping[str, bytes] | None = None,
    *,
    executable: Sequence[str] = (),
    digest: str = "sha256:" + "5" * 64,
    ignored: Sequence[str] = (),
) -> Submission:
    """Return a submission with one small app; its digest is a stand-in, not computed from its files."""
    files = {"app.py": b"print('hello')\n"} if files is None else files
    return Submission(
        files=dict(sorted(files.items())), executable=frozenset(executable), digest=digest, ignored=tuple(ignored)
    )


def make_trial(
    role: Role = Role.REFERENCE,
    name: str = "",
    outcomes: Mapping[str, Outcome | str] | None = None,
    *,
    fails: Sequence[str] = (),
    expected_verdict: Verdict = Verdict.FAILED,
    verdict: Verdict | None = None,
    message: str = "",
    suite: Suite = Suite.HIDDEN,
    seed: int = 7,
    repeated: bool = False,
    error: GraderError | None = None,
) -> TrialResult:
    """Return how a grading went: `outcomes` maps ids of checks to an outcome, or to what failed ones say.

    `fails` and `expected_verdict` are what a wrong solution declares. A check that is errored without a traceback has
    had no turn. `repeated` means shuffled, on a busy machine.
    """
    expected = Expected(why="A mistake.", verdict=expected_verdict, fails=tuple(fails)) if role is Role.WRONG else None
    subject = Subject(
        role, name or f"{role}-one", Path("solutions") / (name or f"{role}-one"), make_submission(), expected
    )
    trial = Trial(subject, seed, suite, shuffled=repeated, pressed=repeated)
    if error is not None:
        return TrialResult(trial, error=error)
    results, details = [], []
    for check, outcome in ({"one": Outcome.PASSED, "two": Outcome.PASSED} if outcomes is None else outcomes).items():
        said = "" if isinstance(outcome, Outcome) else outcome
        results.append(
            make_result(make_check(check), outcome if isinstance(outcome, Outcome) else Outcome.FAILED, feedback=said)
        )
        if outcome is not Outcome.ERRORED:
            details.append(CheckDetail(check, f"test_it.py::{check}", ""))
    grade = make_grade(results, verdict=verdict, message=message)
    return TrialResult(trial, make_attempt(grade, make_detail(details)), duration_s=1.5)
