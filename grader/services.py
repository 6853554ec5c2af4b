"""Reads the services, the databases and the like that run beside an app, and makes one run's use of them.

A service is a folder under `sandbox/services/` with a Dockerfile and a `service.toml`; nothing here knows any of them.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from grader.errors import ChallengeError, Problem, SandboxError
from grader.manifests import BadManifest, Table, Text, VariableName, read_manifest
from grader.paths import sandbox_dir
from grader.recipes import image_ref

MANIFEST = "service.toml"

FolderPath = Annotated[str, StringConstraints(pattern=r"^(/[a-z0-9_-]+)+$")]


def _fillable(url: str) -> str:
    try:
        url.format(host="", port=0, app_password="", suite_password="")
    except (LookupError, ValueError) as error:
        raise ValueError("no other names in braces than host, port, app_password, suite_password") from error
    return url


Url = Annotated[str, StringConstraints(pattern=r"^[a-z0-9+]+://\S+$"), AfterValidator(_fillable)]


class _Manifest(Table):
    """`service.toml`."""

    schema_version: Literal[1] = Field(description="version of this format")
    title: Text = Field(description="name shown to authors")
    version: Text = Field(description="version of the program")
    port: int = Field(ge=1024, le=65535, description="TCP port on which it serves")
    data_dir: FolderPath = Field(description="folder of its data, in memory")
    data_mib: int = Field(ge=1, le=4096, description="size of that folder; counts as memory")
    memory_mib: int = Field(ge=64, le=8192, description="its memory; it never swaps")
    app_variable: VariableName = Field(description="environment variable in which the app finds its URL")
    app_url: Url = Field(description="the app's URL; {host}, {port} and {app_password} are filled in")
    suite_url: Url = Field(description="the suite's URL; {host}, {port} and {suite_password} are filled in")


@dataclass(frozen=True, slots=True)
class Service:
    """One service as its folder describes it; sizes in bytes."""

    name: str
    title: str
    version: str
    port: int
    data_dir: str
    data_bytes: int
    memory_bytes: int
    app_variable: str
    app_url: str
    suite_url: str

    @property
    def image(self) -> str:
        """The name of its image, as `grader images build` takes it."""
        return f"service-{self.name}"

    @property
    def image_ref(self) -> str:
        """The reference of its image as the present sources make it."""
        return image_ref(self.image)


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """A service in one run: the host name by which the app and the suite find it, and passwords of this run alone."""

    host: str
    service: Service
    app_password: str
    suite_password: str

    @property
    def app_url(self) -> str:
        """Where the app connects, with the app's own credentials."""
        values = {"host": self.host, "port": self.service.port, "app_password": self.app_password}
        return self.service.app_url.format(**values)

    @property
    def suite_url(self) -> str:
        """Where the suite connects, with credentials that no container but the tester gets."""
        values = {"host": self.host, "port": self.service.port, "suite_password": self.suite_password}
        return self.service.suite_url.format(**values)


def load_services(sandbox: Path | None = None) -> dict[str, Service]:
    """Return every service of `sandbox` (None: the grader's own) by name, sorted.

    Raises `SandboxError` with every problem of every manifest (whoever added the service acts).
    """
    root = (sandbox_dir() if sandbox is None else sandbox) / "services"
    services: dict[str, Service] = {}
    problems: list[Problem] = []
    for path in sorted(root.glob(f"*/{MANIFEST}")):
        try:
            manifest = read_manifest(path, _Manifest)
        except BadManifest as bad:
            problems += bad.problems
        else:
            services[path.parent.name] = _service(path.parent.name, manifest)
    if problems:
        raise SandboxError("a service of the grader cannot be read", problems=problems, hint="correct what is listed")
    return services


def use_services(wanted: Mapping[str, str], sandbox: Path | None = None) -> tuple[ServiceUse, ...]:
    """Return one run's use of `wanted` (host name -> name of a service), in that order, with fresh random passwords.

    Raises `ChallengeError` for a name that is no service, and for two that would reach the app by the same variable.
    """
    known = load_services(sandbox) if wanted else {}
    if unknown := [name for name in wanted.values() if name not in known]:
        raise ChallengeError(
            f"there is no service {' or '.join(map(repr, unknown))}: the services are {', '.join(known)}",
            hint="correct `use` in the manifest's [services]",
        )
    uses = tuple(
        ServiceUse(host, known[name], secrets.token_hex(16), secrets.token_hex(16)) for host, name in wanted.items()
    )
    variables = Counter(use.service.app_variable for use in uses)
    if twice := [variable for variable, count in variables.items() if count > 1]:
        raise ChallengeError(
            f"two services of the challenge would both be the app's {twice[0]}", hint="remove one from [services]"
        )
    return uses


def app_environment(uses: Sequence[ServiceUse]) -> dict[str, str]:
    """Return the variables in which the app finds its services."""
    return {use.service.app_variable: use.app_url for use in uses}


def _service(name: str, manifest: _Manifest) -> Service:
    return Service(
        name=name,
        title=manifest.title,
        version=manifest.version,
        port=manifest.port,
        data_dir=manifest.data_dir,
        data_bytes=manifest.data_mib * 1024**2,
        memory_bytes=manifest.memory_mib * 1024**2,
        app_variable=manifest.app_variable,
        app_url=manifest.app_url,
        suite_url=manifest.suite_url,
    )
