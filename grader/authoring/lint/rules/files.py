"""What lies around: caches, and the ends of lines."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Edit, Fault, Severity, rule
from grader.challenge import STATEMENT
from grader.manifests import BadManifest, plain_content
from grader.paths import challenges_dir, is_checkout

# Fewer than what is left out of a suite or a submission: only what nobody misses once it is removed.
_CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"})


def remove_caches(challenge: LintedChallenge) -> Iterator[Edit]:
    """Remove them."""
    for path in _caches(challenge):
        yield Edit(path, None, "removed")


def tidy_ends(challenge: LintedChallenge) -> Iterator[Edit]:
    """Remove white space at ends of lines of TOML, where that changes no value, and end each file with one newline."""
    for path, tidy in _untidy(challenge):
        yield Edit(path, tidy, "ends of lines are tidy")


@rule("caches", Severity.WARNING, "caches of Python tools lie in the challenge", fix=remove_caches)
def caches(challenge: LintedChallenge) -> Iterator[Fault]:
    """They decide no grade and reach no learner, but whoever copies or reads the challenge gets them too."""
    for path in _caches(challenge):
        yield Fault(challenge.name(path), 0, "is a cache", "no such file or folder", fixable=True)


@rule(
    "line-ends",
    Severity.WARNING,
    "a manifest or the statement has untidy ends of lines, or no newline at its end",
    fix=tidy_ends,
)
def line_ends(challenge: LintedChallenge) -> Iterator[Fault]:
    """In Markdown two spaces at the end of a line mean something, so they may stay there."""
    for path, tidy in _untidy(challenge):
        old, new = path.read_bytes().splitlines(keepends=True), tidy.splitlines(keepends=True)
        line = next((n for n, pair in enumerate(zip(old, new, strict=False), start=1) if pair[0] != pair[1]), len(new))
        expected = "no trailing white space, one newline at the end"
        yield Fault(challenge.name(path), line, "has untidy ends of lines", expected, fixable=True)


def _caches(challenge: LintedChallenge) -> Iterator[Path]:
    if not is_checkout() and challenge.folder.is_relative_to(challenges_dir()):
        return  # pip compiles whatever it installs
    for path in sorted(challenge.folder.rglob("*")):
        inside = _CACHES.intersection(path.relative_to(challenge.folder).parts[:-1])
        if not inside and ((path.name in _CACHES and path.is_dir()) or path.suffix == ".pyc"):
            yield path


def _untidy(challenge: LintedChallenge) -> Iterator[tuple[Path, bytes]]:
    for path in (challenge.folder / STATEMENT, *sorted(challenge.folder.glob("*.toml"))):
        yield from _tidied(path)
    for path in sorted(challenge.folder.glob("solutions/*/expected.toml")):
        yield from _tidied(path)


def _tidied(path: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield path and tidy content, if that is something else, and says the same."""
    try:
        content = plain_content(path)
        text = content.decode()
    except (OSError, UnicodeDecodeError, BadManifest):
        return
    lines = text.replace("\r\n", "\n").split("\n")
    if path.suffix == ".toml":
        lines = [line.rstrip(" \t") for line in lines]
    tidy = "\n".join(lines).rstrip("\n") + "\n"
    if tidy.encode() == content or not text.strip():
        return
    if path.suffix == ".toml":
        try:
            if tomllib.loads(tidy) != tomllib.loads(text):
                return  # a text of several lines
        except (ValueError, RecursionError):
            return
    yield path, tidy.encode()
