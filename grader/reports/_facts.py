"""What several formats say of an attempt: groups, counts, time, whose fault an error is; pure, and nothing of a format.

Values are as the grade has them: a format makes them safe and escapes them when it writes them down.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.display import number_of
from grader.errors import GraderError, SubmissionError, UnknownChallenge, UsageError
from grader.models import Attempt, Audience, CheckDetail, CheckResult, Grade, Outcome, Provenance, Suite, Verdict
from grader.reports._frames import fold_frames

NOT_GRADED = "Not graded"
NOBODYS_FAULT = "This is not the submission's fault. It has no score, and nothing is lost."


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one group, in the suite's order."""

    name: str
    results: tuple[CheckResult, ...]

    @property
    def earned(self) -> int:
        """The points earned in it."""
        return sum(result.earned for result in self.results)

    @property
    def points(self) -> int:
        """The points there are to earn in it."""
        return sum(result.check.points for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether all of its checks passed."""
        return all(result.outcome is Outcome.PASSED for result in self.results)


def groups(grade: Grade) -> tuple[Group, ...]:
    """Return the groups; a suite may come back to an earlier one, whose first appearance decides the order."""
    found: defaultdict[str, list[CheckResult]] = defaultdict(list)
    for result in grade.checks:
        found[result.check.group].append(result)
    return tuple(Group(name, tuple(results)) for name, results in found.items())


def count(grade: Grade, outcome: Outcome) -> int:
    """Return how many checks ended so."""
    return sum(result.outcome is outcome for result in grade.checks)


def counted(grade: Grade) -> str:
    """Return how the checks ended, as in "36 of 37 checks passed, 1 failed"."""
    if not grade.checks:
        return "No check could run"
    others = [f"{count(grade, outcome)} {outcome}" for outcome in list(Outcome)[1:] if count(grade, outcome)]
    passed = f"{count(grade, Outcome.PASSED)} of {number_of(len(grade.checks), 'check')} passed"
    return ", ".join([passed, *others])


def verdict_words(verdict: Verdict | str) -> str:
    """Return a verdict as people read it: "start failed"."""
    return verdict.replace("_", " ")


def scored(grade: Grade) -> str:
    """Return the score as people read it, with what passes where it was not reached."""
    wanted = f" ({grade.pass_score} to pass)" if grade.verdict is Verdict.FAILED else ""
    return f"{grade.score} of {number_of(grade.max_score, 'point')}{wanted}"


def percent(part: int, whole: int) -> int:
    """Return the share in per cent, rounded down: nothing less than everything may look like it."""
    return 100 * part // whole if whole else 0


def took_s(grade: Grade) -> float:
    """Return the seconds from the beginning of the grading to the end of its last phase."""
    return max((phase.start_s + phase.duration_s for phase in grade.timings), default=0.0)


def command_to_repeat(origin: Provenance, command: str = "") -> str:
    """Return what to type for the same run once more; `command` takes the place of `grader grade ...`."""
    public = " --public" if origin.suite is Suite.PUBLIC else ""
    shuffle = " --shuffle" if origin.shuffled else ""
    command = command or f"grader grade {origin.challenge} PATH{public}"
    return f"{command} --seed {origin.seed}{shuffle}"


def said(result: CheckResult) -> str:
    """Return feedback, hint and weakness of a check that did not pass, a line each; nothing of one that did."""
    if result.outcome is Outcome.PASSED:
        return ""
    lines = [result.feedback or ("skipped" if result.outcome is Outcome.SKIPPED else "")]
    lines.append(f"Hint: {result.check.hint}" if result.check.hint else "")
    lines.append(f"Weakness: {result.check.cwe}" if result.check.cwe else "")
    return "\n".join(line for line in lines if line)


def details_for(attempt: Attempt, audience: Audience) -> Mapping[str, Sequence[CheckDetail]]:
    """Return id of a check -> what is behind its outcome; nothing at all for a learner."""
    found: defaultdict[str, list[CheckDetail]] = defaultdict(list)
    for item in attempt.detail.checks if audience is Audience.INSTRUCTOR else ():
        found[item.id].append(item)
    return found


def fingerprint(challenge: str, name: str) -> str:
    """Return what is the same for a finding whenever it is found again, in whatever version of the challenge."""
    return hashlib.sha256(f"{challenge}/{name}".encode()).hexdigest()


def quoted(details: Sequence[CheckDetail]) -> str:
    """Return details as text: each place in the suite, and what was found there."""
    return "\n\n".join(f"{item.node}\n{item.text}".rstrip() for item in details)


def logs_for(attempt: Attempt, audience: Audience) -> tuple[tuple[str, str], ...]:
    """Return heading and text of the logs that the audience may see, those that hold anything.

    A learner has use for the app's only where the attempt did not pass.
    """
    grade, detail = attempt.grade_for(audience), attempt.detail
    heading = "The end of the build" if grade.verdict is Verdict.BUILD_FAILED else "What the app printed"
    logs = [(heading, grade.app_log if grade.verdict is not Verdict.PASSED else "")]
    if audience is Audience.INSTRUCTOR:
        if detail.app_log != grade.app_log:
            logs.append(("All that the app printed (instructors only)", detail.app_log))
        logs.append(("All that the tester printed (instructors only)", detail.tester_log))
    return tuple((name, text) for name, text in logs if text.strip())


def tail(text: str, lines: int) -> str:
    """Return a text, or of one longer than `lines` the end, which says most, with ways through libraries folded."""
    every = text.strip("\n").split("\n")
    return "\n".join(every if len(every) <= lines else fold_frames(every)[-lines:])


def is_nobodys_fault(error: GraderError) -> bool:
    """Tell whether neither the learner nor whoever typed the command can do anything about an error."""
    return not isinstance(error, SubmissionError | UsageError | UnknownChallenge)


def told(error: GraderError, audience: Audience) -> str:
    """Return all of an error as text: what happened, each problem, what to do next, and the detail for instructors."""
    parts = [error.message, "\n".join(f"- {problem}" for problem in error.problems)]
    parts.append(NOBODYS_FAULT if is_nobodys_fault(error) else "")
    parts.append(f"Next: {error.hint}" if error.hint else "")
    parts.append(error.detail if audience is Audience.INSTRUCTOR else "")
    return "\n\n".join(part for part in parts if part)
