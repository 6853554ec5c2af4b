"""What a `challenge.toml` may say: every key, its range, its default and what it means (docs/authoring.md)."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from grader.manifests import Table, Text

_SLUG, _SLUG_CHARS = r"[a-z0-9]+(-[a-z0-9]+)*", 64

Slug = Annotated[str, StringConstraints(pattern=f"^{_SLUG}$", max_length=_SLUG_CHARS)]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]


_TAKEN = ("app", "tester")


def _not_taken(name: str) -> str:
    if name in _TAKEN:
        raise ValueError("a name that no other container of a run has")
    return name


# One label of a host name (RFC 1123).
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$"), AfterValidator(_not_taken)]


def is_slug(text: str) -> bool:
    """Return whether a challenge may have this slug."""
    return len(text) <= _SLUG_CHARS and re.fullmatch(_SLUG, text) is not None


class LimitsTable(Table):
    """`[limits]`: what one attempt may use."""

    build_s: float = Field(default=120.0, gt=0, le=600, description="wall seconds for the dependency step")
    start_s: float = Field(default=15.0, gt=0, le=120, description="wall seconds until the app's first answer")
    check_s: float = Field(default=10.0, gt=0, le=120, description="wall seconds for each check")
    total_s: float = Field(default=60.0, gt=0, le=900, description="wall seconds for all checks together")
    memory_mib: int = Field(default=512, ge=64, le=8192, description="memory of the app; it never swaps")
    cpus: float = Field(default=1.0, gt=0, le=8, description="CPUs of the app")
    pids: int = Field(default=128, ge=8, le=1024, description="processes and threads of the app")
    disk_mib: int = Field(
        default=64, ge=1, le=1024, description="size of the app's working directory; counts as memory"
    )


class AppTable(Table):
    """`[app]`: how the learner's program is run."""

    ready: Literal["http", "exit"] = Field(
        default="http",
        description="when the checks begin: http, when it first answers; exit, when it has ended with status 0",
    )
    ready_path: str = Field(
        default="/", pattern=r"^/[^\s]*$", description="any HTTP answer to a GET of it means: started"
    )
    dependencies: Literal["preinstalled", "registry"] = Field(
        default="preinstalled",
        description="whether a dependency file may bring packages that are not in the stack's image",
    )


class ServiceTable(Table):
    """`[services.NAME]`: something that runs beside the app and that it finds as the host NAME."""

    use: Slug = Field(description="which service it is")


class StarterTable(Table):
    """`[starter]`: what the starter must score, exactly."""

    score: int = Field(default=0, ge=0, description="points that the starter earns")


class AttemptsTable(Table):
    """`[attempts]`: how often and how soon somebody may submit."""

    limit: int = Field(default=0, ge=0, le=1000, description="graded submissions a learner has; 0: no limit")
    cooldown_min: float = Field(
        default=0, ge=0, le=10_080, description="minutes from one graded submission to the next"
    )


class Manifest(Table):
    """`challenge.toml`."""

    schema_version: Literal[1] = Field(description="version of this format")
    slug: Slug = Field(description="the folder's name")
    version: Version = Field(description="semantic version; raise it when a grade may change")
    title: Text = Field(description="name shown to learners")
    kind: Slug = Field(description="api, schema, security, ...: what it asks for; every kind is graded alike")
    difficulty: Literal["easy", "medium", "hard"] = Field(description="as learners would judge it")
    skills: tuple[Slug, ...] = Field(default=(), strict=False, description="what it teaches")
    stacks: tuple[Slug, ...] = Field(strict=False, min_length=1, description="stacks a learner may answer in")
    pass_score: int = Field(default=100, ge=1, le=100, description="per cent of the points that passes")
    isolation: Literal["run", "group", "check"] = Field(
        default="run", description="when the app starts again with fresh files"
    )
    app_log: Literal["boot", "full"] = Field(
        default="boot", description="how much of the app's own log its author may see"
    )
    feedback: Literal["message", "hint", "title", "silent"] = Field(
        default="message", description="how much a learner is told of a hidden check, unless the check says otherwise"
    )
    starter: StarterTable = StarterTable()
    app: AppTable = AppTable()
    services: dict[HostName, ServiceTable] = Field(
        default={},
        max_length=8,
        description="what runs beside the app, by host name",
        json_schema_extra={"additionalProperties": False, "propertyNames": {"not": {"enum": list(_TAKEN)}}},
    )
    limits: LimitsTable = LimitsTable()
    attempts: AttemptsTable = AttemptsTable()
