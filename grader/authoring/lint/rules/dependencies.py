"""Dependencies of the starter and the solutions, which must be the same tomorrow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from typing import Any

from grader.authoring.lint.challenge import LintedChallenge
from grader.authoring.lint.rule import Fault, Severity, rule
from grader.solutions import MISTAKE, Solution

_PINNED = re.compile(r"[A-Za-z0-9._-]+\s*(\[[^\]]*\])?\s*={2,3}\s*[^*\s;,]+(\s.*|;.*)?")
_GEM = re.compile(r"""^\s*gem\s+(["'])(?P<name>[^"']+)\1(?P<rest>.*)$""")
_EXACT = re.compile(r"[v=]?\d+\.\d+(\.\d+)*([-+][\w.+-]+)?")


@rule(
    "unpinned",
    Severity.ERROR,
    'a dependency of a starter or solution has no exact version; a warning unless `app.dependencies` is `"registry"`',
)
def unpinned(challenge: LintedChallenge) -> Iterator[Fault]:
    """Read the files in the roots of submissions, where stacks look for them."""
    online = challenge.manifest is not None and challenge.manifest.app.dependencies == "registry"
    severity = Severity.ERROR if online else Severity.WARNING
    for folder in (*challenge.starters, *(solution.folder for solution in challenge.solutions)):
        for pattern, (lock, reader) in _READERS.items():
            for path in sorted(folder.glob(pattern)):
                if path.is_file() and not (lock and (folder / lock).is_file()):
                    name = challenge.name(path)
                    for line, what, expected in reader(challenge.text_of(name)):
                        yield Fault(name, line, f"{what} has no exact version", expected, severity)
    for solution in challenge.solutions:
        yield from _of_mistake(challenge, solution, severity)


def _of_mistake(challenge: LintedChallenge, solution: Solution, severity: Severity) -> Iterator[Fault]:
    """Look at what a mistake brings; what it is based on is told of by itself."""
    if solution.expected is None or solution.expected.based_on is None:
        return
    base, files = challenge.bases[solution.expected.based_on].files, solution.submission.files
    for pattern, (lock, reader) in _READERS.items():
        for name in files:
            if fnmatch(name, pattern) and "/" not in name and lock not in files and files[name] != base.get(name):
                for _, what, expected in reader(files[name].decode("utf-8", "replace")):
                    place = f"{challenge.name(solution.folder)}/{MISTAKE}"
                    yield Fault(place, 0, f"{what} in {name} has no exact version", expected, severity)


def _requirements(text: str) -> Iterator[tuple[int, str, str]]:
    continued = False
    for number, line in enumerate(text.splitlines(), start=1):
        words = re.sub(r"(^|\s)#.*", "", line).strip()
        if words and not continued and not words.startswith("-") and not _PINNED.fullmatch(words.rstrip("\\").strip()):
            yield number, words, "NAME==VERSION"
        continued = line.endswith("\\")


def _gemfile(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if (gem := _GEM.match(line)) and not re.match(r"""\s*,\s*(["'])=?\s*\d[\w.]*\1""", gem["rest"]):
            yield number, gem["name"], f'gem "{gem["name"]}", "VERSION", or a Gemfile.lock'


def _npm(text: str) -> Iterator[tuple[int, str, str]]:
    yield from _json(text, ("dependencies", "devDependencies"), "package-lock.json")


def _composer(text: str) -> Iterator[tuple[int, str, str]]:
    yield from _json(text, ("require", "require-dev"), "composer.lock")


def _json(text: str, tables: tuple[str, ...], lock: str) -> Iterator[tuple[int, str, str]]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        return  # whoever builds it will be told
    for table in tables:
        wanted = document.get(table) if isinstance(document, dict) else None
        for name, version in wanted.items() if isinstance(wanted, dict) else ():
            if name == "php" or name.startswith("ext-"):
                continue  # the platform, which the stack's image decides
            if not isinstance(version, str) or not _EXACT.fullmatch(version):
                line = next((n for n, row in enumerate(text.splitlines(), start=1) if f'"{name}"' in row), 0)
                yield line, f"{name} {version}", f"one version such as 1.2.3, or a {lock}"


Reader = Callable[[str], Iterator[tuple[int, str, str]]]
_READERS: dict[str, tuple[str, Reader]] = {
    "requirements*.txt": ("", _requirements),
    "package.json": ("package-lock.json", _npm),
    "Gemfile": ("Gemfile.lock", _gemfile),
    "composer.json": ("composer.lock", _composer),
}
