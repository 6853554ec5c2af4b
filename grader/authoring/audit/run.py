"""Runs an audit: grades the honest submissions, then every attack, and looks at what came of each."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from grader.authoring.audit.battery import Attack
from grader.authoring.audit.bench import Bench, Watch
from grader.authoring.audit.canaries import plant
from grader.authoring.audit.judgement import Audit, why_left_out
from grader.authoring.audit.overlay import twins_of
from grader.challenge import Challenge
from grader.errors import ChallengeError
from grader.grading import SEED_BITS


def audit(challenge: Challenge, battery: Sequence[Attack], jobs: int, watch: Watch) -> Audit:
    """Return what came of every attack of the battery that applies to the challenge, `jobs` at a time.

    Raises `ChallengeError` when the challenge has nothing honest to compare with, or its reference does not pass (the
    author acts), and `SandboxError` when Docker is at fault: nothing was learned then.
    """
    began, seed = time.monotonic(), secrets.randbits(SEED_BITS)
    twins = twins_of(challenge)
    if not twins:
        raise ChallengeError(
            f"{challenge.slug} has neither a reference nor a starter, so there is nothing honest to compare with",
            hint=f"make one, {challenge.folder / 'solutions' / 'reference-NAME'}, that earns every point",
        )
    manifest = challenge.manifest
    stacks = frozenset(twin.stack for twin in twins)
    services = frozenset(service.use for service in manifest.services.values())
    reasons = {attack.name: why_left_out(attack, stacks, services, manifest.app.ready) for attack in battery}
    attacks = [attack for attack in battery if not reasons[attack.name]]
    with tempfile.TemporaryDirectory(prefix="grader-audit-") as scratch:
        planted, canaries = plant(challenge, Path(scratch))
        with Bench(planted, canaries, seed, jobs, watch, Path(scratch)) as bench:
            cases, aftermaths = bench.try_all(attacks, twins)
    return Audit(
        challenge=challenge.slug,
        version=manifest.version,
        seed=seed,
        cases=tuple(cases),
        aftermaths=tuple(aftermaths),
        left_out={name: reason for name, reason in reasons.items() if reason},
        duration_s=time.monotonic() - began,
    )
