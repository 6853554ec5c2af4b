"""Grades one submission: the straight line that everything else serves. Read this first."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader import __version__
from grader.challenge import Challenge, pack_suite
from grader.controls import Controls
from grader.engine.containers import APP_PORT, Containers
from grader.engine.dependencies import with_dependencies
from grader.engine.engine import Engine
from grader.engine.network_access import registry_settings
from grader.engine.services import ServiceContainer
from grader.engine.tester import TesterContainer
from grader.feedback import for_learner
from grader.models import Attempt, Detail, Grade, Limits, Provenance, Submission, Suite
from grader.progress import Note, PhaseStep, Progress, quiet
from grader.protocol import VERSION
from grader.recipes import DOCKERFILE, image_ref
from grader.scoring import results_in_order, verdict_of
from grader.services import ServiceUse, app_environment, use_services
from grader.sources import shown
from grader.stacks import Stack, dependency_files, detect_stack, limits_for, start_command
from grader.submission import load_submission, to_tar
from grader.suite import SuiteRun, follow_suite
from grader.timeline import Timeline

TESTER = "tester"
SEED_BITS = 32
NAMED_FILES = 8

Source = Path | Literal["-"] | Submission
"""A folder, an archive, an archive on standard input, or a submission that was read before."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is graded with what: everything that is known before Docker is asked for anything."""

    challenge: Challenge
    suite: Suite
    seed: int
    shuffled: bool
    submission: Submission
    stack: Stack
    command: str
    services: tuple[ServiceUse, ...] = ()

    @property
    def limits(self) -> Limits:
        """What the attempt may use: what the challenge says, and never less than its stack needs."""
        return limits_for(self.stack, self.challenge.limits)


def grade(
    challenge: Challenge,
    source: Source,
    engine: Engine,
    *,
    suite: Suite = Suite.HIDDEN,
    stack: str | None = None,
    seed: int | None = None,
    shuffled: bool = False,
    progress: Progress = quiet,
) -> Attempt:
    """Grade the submission at `source` (a directory, an archive, "-" for an archive on standard input, or one read).

    Returns an `Attempt` for anything that the submission did, not building and not starting included. Raises a
    `GraderError` when nothing was learned about it: it cannot be read (`SubmissionError`), the challenge is at fault
    (`ChallengeError`), or Docker is (`SandboxError`; safe to repeat). `stack` names the one that it is written in
    instead of its files, `seed` repeats a run's random data exactly; `shuffled` lets it decide the order of the checks
    too.
    """
    timeline = Timeline(progress)
    job = prepare(challenge, source, suite, seed, timeline, stack=stack, shuffled=shuffled)
    images = engine.image_ids(TESTER, *sorted({use.service.image for use in job.services}))
    build_stack(job.stack, engine, timeline)
    images |= engine.image_ids(job.stack.image)
    hosts = [use.host for use in job.services]
    with ThreadPoolExecutor(2 + len(hosts)) as pool, engine.run(job.limits, hosts) as containers:
        services = {use.host: ServiceContainer(containers, use) for use in job.services}
        starting_services = [pool.submit(start_service, service, timeline) for service in services.values()]
        starting_tester = pool.submit(start_tester, job, containers, timeline)
        starting_app = pool.submit(start_app, job, containers, services, starting_services, timeline)
        with starting_tester.result() as tester:
            run = follow_suite(
                tester.channel,
                starting_app,
                job.limits,
                timeline,
                tester_log=tester.log,
                cut_off=tester.was_cut_off,
                ready=challenge.manifest.app.ready,
                feedback=challenge.feedback_of(suite),
            )
    return conclude(job, run, images, engine.facts.version, timeline)


def prepare(
    challenge: Challenge,
    source: Source,
    suite: Suite,
    seed: int | None,
    timeline: Timeline,
    *,
    stack: str | None = None,
    shuffled: bool = False,
) -> Job:
    """Return what is graded with what; raises `SubmissionError`, `ChallengeError`, or `UsageError` for `stack`."""
    with timeline.phase("read", "reading the submission"):
        submission = source if isinstance(source, Submission) else load_submission(source)
        found = detect_stack(submission, challenge.manifest.stacks, wanted=stack)
        return Job(
            challenge=challenge,
            suite=suite,
            seed=secrets.randbits(SEED_BITS) if seed is None else seed,
            shuffled=shuffled,
            submission=submission,
            stack=found,
            command=start_command(submission, found),
            services=use_services({host: table.use for host, table in challenge.manifest.services.items()}),
        )


def build_stack(stack: Stack, engine: Engine, timeline: Timeline) -> None:
    """Build the stack's image if this machine does not have it: nobody needs those of all languages from the start."""
    if engine.has(stack.image):
        return
    with timeline.phase("image", f"building the image of {stack.title}, once: a minute or two"):
        built = engine.build(stack.image, lambda line: timeline.report(PhaseStep("image", line)))
    timeline.report(Note(built))


def start_tester(job: Job, containers: Containers, timeline: Timeline) -> TesterContainer:
    """Start the tester and hand it the suite: it loads pytest and collects while the app is prepared."""
    with timeline.phase("tester", "starting the tester"):
        tester = containers.create_tester(image_ref(TESTER))
        tester.start()
        manifest, limits = job.challenge.manifest, job.limits
        archive = pack_suite(job.challenge, job.suite)
        settings = {
            "type": "run",
            "protocol": VERSION,
            "suite_bytes": len(archive),
            "base_url": f"http://app:{APP_PORT}",
            "ready": manifest.app.ready,
            "ready_path": manifest.app.ready_path,
            "services": {use.host: {"url": use.suite_url, "port": use.service.port} for use in job.services},
            "start_s": limits.start_s,
            "check_s": limits.check_s,
            "isolation": manifest.isolation,
            "seed": job.seed,
            "shuffled": job.shuffled,
        }
        tester.send_suite(settings, archive)
        return tester


def start_service(service: ServiceContainer, timeline: Timeline) -> None:
    """Start a service and return when it serves."""
    with timeline.phase("service", "starting a service"):
        service.start()


def start_app(
    job: Job,
    containers: Containers,
    services: Mapping[str, ServiceContainer],
    starting_services: Sequence[Future[None]],
    timeline: Timeline,
) -> Controls:
    """Install what the submission depends on, if anything, and start it; raises `Stopped` if that fails.

    Its container starts beside those of the services, but it gets the submission when they serve: no app has to wait.
    """
    image = job.stack.image_ref
    if wanted := dependency_files(job.submission, job.stack):
        with timeline.phase("build", "preparing its dependencies"):
            online = job.challenge.manifest.app.dependencies == "registry"
            registry = registry_settings(job.stack.registry_variables)
            image = with_dependencies(
                containers, image, wanted, online=online, registry=registry, timeout_s=job.limits.build_s
            )
    environment = {**job.stack.environment, **app_environment(job.services)}
    app = containers.create_app(image, job.command, environment, job.limits, to_tar(job.submission))
    with timeline.phase("app", "starting the app"):
        app.start(when=lambda: [starting.result() for starting in starting_services])
    return Controls(app, services, job.limits.start_s, job.submission.files)


def conclude(job: Job, run: SuiteRun, images: Mapping[str, str], engine_version: str, timeline: Timeline) -> Attempt:
    """Return the two documents of the attempt: what the learner may see, and what only an instructor may."""
    manifest = job.challenge.manifest
    results = results_in_order(run)
    max_score = sum(check.points for check in run.checks)
    everything = Grade(
        title=manifest.title,
        verdict=verdict_of(run, results, manifest.pass_score),
        score=sum(result.earned for result in results),
        max_score=max_score,
        pass_score=math.ceil(max_score * manifest.pass_score / 100),
        checks=results,
        provenance=Provenance(
            grader_version=__version__,
            engine_version=engine_version,
            challenge=manifest.slug,
            challenge_version=manifest.version,
            challenge_digest=job.challenge.digest,
            suite=job.suite,
            submission_digest=job.submission.digest,
            stack=job.stack.name,
            images=images,
            seed=job.seed,
            shuffled=job.shuffled,
            limits=job.limits,
        ),
        message=message_of(run, job.limits),
        app_log=visible_log(job, run),
        restarts=tuple(run.restarts),
        timings=timeline.phases(),
        notes=notes_on(job.submission, job.stack),
    )
    grade = for_learner(everything)
    detail = Detail(
        grade=None if grade == everything else everything,
        checks=tuple(run.details),
        app_log=run.full_log,
        tester_log=run.tester_log,
    )
    return Attempt(grade, detail)


def message_of(run: SuiteRun, limits: Limits) -> str:
    """Return why the attempt ended as it did, where the checks alone do not tell."""
    if run.stopped is not None:
        return run.stopped.message
    if run.out_of_memory:
        return f"your app used more than its {limits.memory_bytes // 1024**2} MiB of memory and was killed"
    return ""


def visible_log(job: Job, run: SuiteRun) -> str:
    """Return the part of the app's own log that its author may see.

    An app sees every hidden request that it serves, so what it prints after the first one could tell what the hidden
    suite asks: only what came before is shown, unless the manifest opens the rest.
    """
    if run.stopped is not None and run.stopped.log:
        return run.stopped.log
    everything = job.suite is Suite.PUBLIC or job.challenge.manifest.app_log == "full"
    return run.full_log if everything else run.boot_log


def notes_on(submission: Submission, stack: Stack) -> tuple[str, ...]:
    """Return what a learner should know about how the submission was read."""
    notes: list[str] = []
    if submission.ignored:
        named, more = submission.ignored[:NAMED_FILES], len(submission.ignored) - NAMED_FILES
        notes.append(
            f"left out of the submission: {', '.join(map(shown, named))}{f' and {more} more' if more > 0 else ''}"
        )
    if DOCKERFILE in submission.files:
        notes.append(f"your {DOCKERFILE} was not used: every app runs in the image of its stack, {stack.title}")
    return tuple(notes)
