"""Decides which paths are left out: build junk by name, and of a submission what its `.graderignore` says.

`.graderignore` has the syntax of gitignore(5), read at the root only. The matcher is our own because the patterns are
a stranger's: libraries turn a pattern into one backtracking expression, where `*a*a*a*a*b` costs twenty seconds on one
path, and they judge whole lists of files, where a walk must know for each folder whether to enter it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from grader.errors import Problem, SubmissionError

IGNORE_FILE = ".graderignore"
MAX_IGNORE_BYTES = 16 * 1024
MAX_PATTERNS = 200
_MATCHING_S = 1.0

# Names that tools make and nobody hands in on purpose. Not here, because people do commit them on purpose: `vendor`
# (PHP, Go), `dist`, `build`, `target`, `env`, `.env`.
_JUNK_NAMES = frozenset(
    {
        *(".git", ".hg", ".svn"),
        *("node_modules", ".venv", "venv", "__pycache__"),
        *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".gradle"),
        *(".idea", ".vscode"),
        *(".DS_Store", "__MACOSX", "Thumbs.db"),
        ".grader.toml",  # what `grader start` remembers
    }
)
_JUNK_SUFFIXES = (".pyc", ".pyo")
_JUNK_PREFIX = "._"  # AppleDouble: what tar on macOS adds beside each file


def is_junk(name: str) -> bool:
    """Return whether a file or folder of this name (not path) is always left out, wherever it lies."""
    return name in _JUNK_NAMES or name.endswith(_JUNK_SUFFIXES) or name.startswith(_JUNK_PREFIX)


def in_junk(path: PurePath) -> bool:
    """Return whether a path, relative to what is read, is junk or lies in it."""
    return any(map(is_junk, path.parts))


class Rules:
    """What one submission leaves out; ask from the top down and do not ask about what lies in an excluded folder.

    As in git, the last pattern that matches decides, and nothing inside an excluded folder can be brought back; build
    junk cannot be brought back at all.
    """

    def __init__(self, text: bytes = b"") -> None:
        """Read the content of a `.graderignore`.

        Raises `SubmissionError` (the learner acts) naming every line that is not understood, also when there are
        more than `MAX_IGNORE_BYTES` bytes or `MAX_PATTERNS` patterns.
        """
        self._rules = _parse(text)
        self._folders: dict[str, bool] = {}
        self._spent_s = 0.0

    def excludes(self, path: str, *, folder: bool) -> bool:
        """Return whether `path` (relative, POSIX) is left out.

        Raises `SubmissionError` once the patterns took more than a second of processor time in all: hundreds of
        patterns made to be slow, times thousands of paths made for them (CWE-407), is the only way to get there.
        """
        name = path.rpartition("/")[2]
        if is_junk(name):
            return True
        if not self._rules:
            return False
        if not folder:
            return self._ask(path, folder=False)
        if path not in self._folders:
            self._folders[path] = self._ask(path, folder=True)
        return self._folders[path]

    def _ask(self, path: str, *, folder: bool) -> bool:
        began_s = time.thread_time()
        names = path.split("/")
        decided = next((rule for rule in reversed(self._rules) if rule.matches(names, folder=folder)), None)
        self._spent_s += time.thread_time() - began_s
        if self._spent_s > _MATCHING_S:
            raise _error(
                [Problem(IGNORE_FILE, f"takes more than {_MATCHING_S:g} s to apply", "fewer and simpler patterns")]
            )
        return decided is not None and not decided.negated


@dataclass(frozen=True, slots=True)
class _Rule:
    """One pattern: an expression for each component of a path, `None` for `**` (any number of components)."""

    negated: bool
    folders_only: bool
    globs: tuple[re.Pattern[str] | None, ...]

    def matches(self, names: Sequence[str], *, folder: bool) -> bool:
        """Return whether the pattern covers exactly this path; only ever goes back to the last `**`."""
        if self.folders_only and not folder:
            return False
        at, glob_at = 0, 0
        retry: tuple[int, int] | None = None
        while at < len(names):
            glob = self.globs[glob_at] if glob_at < len(self.globs) else None
            if glob_at < len(self.globs) and glob is None:
                glob_at += 1
                retry = (at, glob_at)
            elif glob is not None and glob.fullmatch(names[at]):
                at, glob_at = at + 1, glob_at + 1
            elif retry is not None:
                at, glob_at = retry[0] + 1, retry[1]
                retry = (at, glob_at)
            else:
                return False
        return glob_at == len(self.globs)


def _parse(text: bytes) -> tuple[_Rule, ...]:
    if len(text) > MAX_IGNORE_BYTES:
        raise _error([Problem(IGNORE_FILE, "is too large", f"at most {MAX_IGNORE_BYTES // 1024} KiB")])
    try:
        lines = text.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise _error([Problem(IGNORE_FILE, f"byte {error.start} is not valid UTF-8", "UTF-8 text")]) from None
    rules: list[_Rule] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        pattern = _without_trailing_spaces(line.removesuffix("\r"))
        if not pattern or pattern.startswith("#"):
            continue
        try:
            rules.append(_rule(pattern))
        except ValueError as error:
            problems.append(Problem(f"{IGNORE_FILE}:{number}", str(error), "a pattern as in gitignore(5)"))
    if len(rules) > MAX_PATTERNS:
        problems.append(Problem(IGNORE_FILE, f"holds {len(rules)} patterns", f"at most {MAX_PATTERNS}"))
    if problems:
        raise _error(problems)
    return tuple(rules)


def _without_trailing_spaces(line: str) -> str:
    while line.endswith(" ") and not line.endswith("\\ "):
        line = line[:-1]
    return line


def _rule(pattern: str) -> _Rule:
    body = pattern.removeprefix("!")
    folders_only = body.endswith("/")
    body = body.removesuffix("/")
    anchored = "/" in body
    parts = body.removeprefix("/").split("/")
    if "" in parts:
        raise ValueError("the pattern has an empty part")
    globs = [None if anchored and len(part) > 1 and not part.strip("*") else _component(part) for part in parts]
    return _Rule(pattern.startswith("!"), folders_only, tuple(globs if anchored else [None, *globs]))


def _component(glob: str) -> re.Pattern[str]:
    """Compile one component; all but the last `*` are atomic, so a match costs at most length times length."""
    chunks = [""]
    rest = glob
    while rest:
        char, rest = rest[0], rest[1:]
        if char == "*":
            chunks.append("")
        elif char == "?":
            chunks[-1] += "."
        elif char == "[":
            expression, rest = _bracket(rest)
            chunks[-1] += expression
        elif char == "\\":
            if not rest:
                raise ValueError("the pattern ends in a backslash")
            chunks[-1] += re.escape(rest[0])
            rest = rest[1:]
        else:
            chunks[-1] += re.escape(char)
    if len(chunks) == 1:
        return re.compile(chunks[0], re.DOTALL)
    first, *between, last = chunks
    return re.compile(first + "".join(f"(?>.*?{chunk})" for chunk in between if chunk) + ".*" + last, re.DOTALL)


def _bracket(rest: str) -> tuple[str, str]:
    """Return the expression for what follows a `[`, and what follows its `]`."""
    negation = "^" if rest[:1] in ("!", "^") else ""
    rest = rest[len(negation) :]
    members: list[str] = []
    while not rest.startswith("]") or not members:
        if rest.startswith("[:"):
            raise ValueError("named classes such as [:alpha:] are not supported")
        low, rest = _bracket_member(rest)
        if rest.startswith("-") and not rest.startswith("-]"):
            high, rest = _bracket_member(rest[1:])
            if low > high:
                raise ValueError(f"the range {low}-{high} is empty")
            members.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            members.append(re.escape(low))
    return f"[{negation}{''.join(members)}]", rest[1:]


def _bracket_member(rest: str) -> tuple[str, str]:
    start = 1 if rest.startswith("\\") else 0
    if len(rest) <= start:
        raise ValueError("a [ has no closing ]")
    return rest[start], rest[start + 1 :]


def _error(problems: Sequence[Problem]) -> SubmissionError:
    return SubmissionError(
        f"{IGNORE_FILE} cannot be applied",
        problems=problems[:20],
        hint=f"Correct {IGNORE_FILE}, or check it as git reads it: "
        f"git -c core.excludesFile={IGNORE_FILE} status --ignored",
    )
