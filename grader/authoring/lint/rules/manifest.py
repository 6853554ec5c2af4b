"""The manifest, and what it names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from grader.authoring.lint.challenge import LintedChallenge, line_of_key
from grader.authoring.lint.rule import Edit, Fault, Severity, rule
from grader.challenge import MANIFEST
from grader.challenge_manifest import is_slug
from grader.manifests import BadManifest, plain_content
from grader.services import load_services
from grader.stacks import load_stacks

_SLUG_LINE = re.compile(rb"""(?m)^(slug[ \t]*=[ \t]*)("[^"\\\n]*"|'[^'\n]*')""")


def set_slug(challenge: LintedChallenge) -> Iterator[Edit]:
    """Write the folder's name into the manifest, if it may be a slug and is all that changes."""
    path = challenge.folder / MANIFEST
    name = path.parent.name
    try:
        content = plain_content(path)
        before = tomllib.loads(content.decode())
    except (OSError, BadManifest, ValueError, RecursionError):
        return
    if before.get("slug") == name or not is_slug(name):
        return
    changed = _SLUG_LINE.sub(rb'\g<1>"' + name.encode() + b'"', content, count=1)
    if tomllib.loads(changed.decode()) == {**before, "slug": name}:
        yield Edit(path, changed, f"slug is now {name!r}, the folder's name")


@rule(
    "manifest",
    Severity.ERROR,
    "the manifest breaks its schema, its slug is not the folder's name, or a part of the challenge is missing",
    fix=set_slug,
)
def manifest(challenge: LintedChallenge) -> Iterator[Fault]:
    """Say everything that `grader grade` would say."""
    for problem in challenge.problems:
        path, line, key = challenge.place_of(problem)
        fixable = key == "slug" and any(set_slug(challenge))
        yield Fault(path, line, f"{key} {problem.what}".strip(), problem.expected or "TOML", fixable=fixable)


@rule("not-installed", Severity.ERROR, "the manifest names a stack or a service that this grader does not have")
def not_installed(challenge: LintedChallenge) -> Iterator[Fault]:
    """Compare names with the folders of the sandbox."""
    if challenge.manifest is None:
        return
    text = challenge.text_of(MANIFEST)
    stacks, services = load_stacks(), load_services()
    for name in challenge.manifest.stacks:
        if name not in stacks:
            expected = f"one of {', '.join(stacks)}"
            yield Fault(MANIFEST, line_of_key(text, "stacks"), f"there is no stack {name!r}", expected)
    for host, table in challenge.manifest.services.items():
        if table.use not in services:
            line = line_of_key(text, f"services.{host}.use")
            yield Fault(MANIFEST, line, f"there is no service {table.use!r}", f"one of {', '.join(services)}")
