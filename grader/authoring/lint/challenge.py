"""A challenge as lint sees it: all that can be read of it, whatever else is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.authoring.suites import SuiteSource, read_suite
from grader.authoring.texts import SuiteText, texts_of
from grader.challenge import MANIFEST, STATEMENT, folder_problems, links_out, shape_problems
from grader.challenge_manifest import Manifest
from grader.errors import ChallengeError, Problem
from grader.ignore import in_junk
from grader.manifests import BadManifest, plain_content, read_manifest
from grader.models import Submission, Suite
from grader.solutions import MISTAKE, Solution, read_bases, read_solutions, starter_folders

MAX_TEXT_BYTES = 256 * 1024
"""Larger files are not searched for texts: they are data, and nobody writes them by hand."""

_SILENCED = re.compile(r"lint: ok ([a-z-]+) +[^\s>-]")
_IN_TOML = re.compile(r"line (\d+)")
_IN_PATCH = re.compile(rf"(.+/{re.escape(MISTAKE)}):(\d+)")
_TABLE = re.compile(r"^\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"""^\s*(["']?)([A-Za-z0-9_-]+)\1\s*=""")


@dataclass(frozen=True)
class LintedChallenge:
    """Everything that rules read; `manifest` is None when it is broken, and then `problems` say why.

    Paths that rules are given or give are relative to `folder`, which is resolved.
    """

    folder: Path
    manifest: Manifest | None
    problems: tuple[Problem, ...]
    public: SuiteSource
    hidden: SuiteSource
    solutions: tuple[Solution, ...]
    solution_problems: tuple[Problem, ...]
    starters: tuple[Path, ...]
    bases: Mapping[str, Submission]

    @property
    def suites(self) -> tuple[SuiteSource, SuiteSource]:
        """Both suites."""
        return self.public, self.hidden

    @property
    def references(self) -> tuple[Solution, ...]:
        """The solutions that must earn every point."""
        return tuple(solution for solution in self.solutions if solution.expected is None)

    @cached_property
    def statement(self) -> str:
        """What the learner reads; empty if it is missing."""
        return self.text_of(STATEMENT)

    @cached_property
    def hidden_texts(self) -> tuple[SuiteText, ...]:
        """All texts of the hidden suite."""
        return texts_of(self.hidden)

    @cached_property
    def public_texts(self) -> tuple[SuiteText, ...]:
        """All texts of the public suite."""
        return texts_of(self.public)

    def name(self, path: Path) -> str:
        """Return a path below the challenge as findings name it."""
        return path.relative_to(self.folder).as_posix()

    def text_of(self, name: str) -> str:
        """Return the text of a file; empty if it is missing, too large, or no text."""
        path = self.folder / name
        try:
            content = path.read_bytes() if path.is_file() and path.stat().st_size <= MAX_TEXT_BYTES else b""
        except OSError:
            return ""
        return "" if b"\0" in content else content.decode("utf-8", "replace")

    def files_below(self, folder: Path) -> dict[str, bytes]:
        """Return the files below a folder by path relative to it, without junk and links."""
        found = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and not path.is_symlink() and not in_junk(name):
                found[name.as_posix()] = path.read_bytes()
        return found

    def silences(self, path: str, line: int, code: str) -> bool:
        """Tell whether the author has written at this place that this rule may strike here."""
        lines = self.text_of(path).splitlines()[max(0, line - 2) : line]
        return any(silenced[1] == code for line in lines if (silenced := _SILENCED.search(line)))

    def place_of(self, problem: Problem) -> tuple[str, int, str]:
        """Return the file, the line and the key, empty if there is none, of a problem with a manifest."""
        where, _, key = problem.where.removeprefix(f"{self.folder}/").partition(": ")
        if not key:
            if in_patch := _IN_PATCH.fullmatch(where):
                return in_patch[1], int(in_patch[2]), ""
            told = _IN_TOML.search(problem.what)
            return where, int(told[1]) if told else 0, ""
        return where, line_of_key(self.text_of(where), key), key


def read_challenge(folder: Path) -> LintedChallenge:
    """Return the challenge in `folder`, as much as can be read of it.

    Raises `ChallengeError` for a link that leads out of it, behind which nothing is read, quoted or repaired.
    """
    folder = folder.resolve()
    if leaving := list(links_out(folder)):
        raise ChallengeError(f"{folder} is not a whole challenge", problems=leaving, hint="copy what they lead to")
    manifest, problems = _read_manifest(folder)
    solutions, solution_problems = read_solutions(folder)
    return LintedChallenge(
        folder=folder,
        manifest=manifest,
        problems=problems,
        public=read_suite(folder, Suite.PUBLIC),
        hidden=read_suite(folder, Suite.HIDDEN),
        solutions=solutions,
        solution_problems=tuple(solution_problems),
        starters=starter_folders(folder),
        bases=read_bases(folder),
    )


def line_of_key(text: str, key: str) -> int:
    """Return the line of a TOML file that holds `key`, such as `limits.check_s`, or that of its table; 0 if neither."""
    *tables, last = re.sub(r"\.\d+(?=\.|$)", "", key).split(".")
    table, line_of_table = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = header[1].strip()
            if table in (".".join(tables), key):
                line_of_table = number
        elif (found := _KEY.match(line)) and f"{table}.{found[2]}".strip(".") in (key, ".".join([*tables, last])):
            return number
    return line_of_table


def _slug(manifest: Path) -> str | None:
    """Return the slug of a manifest that breaks its schema; None if it has none."""
    try:
        slug = tomllib.loads(plain_content(manifest).decode()).get("slug")
    except (BadManifest, ValueError, RecursionError):
        return None
    return slug if isinstance(slug, str) else None


def _read_manifest(folder: Path) -> tuple[Manifest | None, tuple[Problem, ...]]:
    try:
        manifest = read_manifest(folder / MANIFEST, Manifest)
    except OSError as error:
        return None, (Problem(MANIFEST, f"cannot be read: {error.strerror}", "the challenge's manifest"),)
    except BadManifest as bad:
        return None, (*bad.problems, *shape_problems(folder, _slug(folder / MANIFEST)))
    return manifest, tuple(folder_problems(folder, manifest))
