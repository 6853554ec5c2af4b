"""Lays an attack over its honest twin, and writes what is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.authoring.audit.archives import build
from grader.authoring.audit.battery import Attack
from grader.authoring.audit.judgement import Twin
from grader.challenge import Challenge
from grader.models import Submission
from grader.solutions import load_solutions, starters
from grader.stacks import PROCFILE, detect_stack, start_command
from grader.submission import load_submission

MARKER = "AUDIT_MARKER"
"""The variable with the audit's own word; what an attack prints after `seen-` or `breach-` and this word counts."""


def twins_of(challenge: Challenge) -> tuple[Twin, ...]:
    """Return all references, then all starters, each in the order of the challenge's stacks.

    Raises `ChallengeError` and `SubmissionError` (the author acts).
    """
    twins = [
        *(
            _twin("reference", solution.folder, solution.submission, challenge)
            for solution in load_solutions(challenge)
            if solution.expected is None
        ),
        *(_twin("starter", folder, load_submission(folder), challenge) for folder in starters(challenge)),
    ]
    stacks = challenge.manifest.stacks
    return tuple(sorted(twins, key=lambda twin: (twin.role, stacks.index(twin.stack))))


def twin_for(attack: Attack, twins: tuple[Twin, ...]) -> Twin:
    """Return the honest twin of an attack: of its stacks, and of the role that it asks for if there is one."""
    fitting = [twin for twin in twins if not attack.stacks or twin.stack in attack.stacks]
    return next((twin for twin in fitting if twin.role == attack.twin), fitting[0])


def files_of(attack: Attack, twin: Twin, environment: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files of the submission: the twin's, the attack's, and a Procfile that starts both."""
    variables = " ".join(f"{name}={value}" for name, value in environment.items())
    command = attack.command.replace("{honest}", twin.command)
    return {**twin.files, **attack.files, PROCFILE: f"web: export {variables}; {command}\n".encode()}


def hand_in(attack: Attack, twin: Twin, environment: Mapping[str, str], folder: Path) -> Path:
    """Write the submission below `folder`, which is empty, and return its path."""
    files = files_of(attack, twin, environment)
    if attack.archive is not None:
        path = folder / f"submission.{attack.archive.format}"
        path.write_bytes(build(attack.archive, files, environment[MARKER]))
        return path
    for name, content in files.items():
        path = folder / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755 if name in twin.executable else 0o644)
    return folder / "submission"


def _twin(role: str, folder: Path, submission: Submission, challenge: Challenge) -> Twin:
    stack = detect_stack(submission, challenge.manifest.stacks)
    command = start_command(submission, stack)
    return Twin(role, folder, submission.files, submission.executable, stack.name, command)
