"""Reads unified diffs, such as those of `git diff` and `diff -u`.

What a hunk holds is never guessed: a line that an editor added without counting it is an error, not the end of a hunk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.display import safe_line
from grader.errors import Problem
from grader.inventory import fault_of
from grader.sources import shown

_HUNK = re.compile(rb"@@ -(\d{1,7})(?:,(\d{1,7}))? \+(\d{1,7})(?:,(\d{1,7}))? @@(?: .*)?")
_MODE = re.compile(rb"(new|old|new file|deleted file) mode (\d+)")
_FACTS = {b"new": "new", b"old": "old", b"new file": "added", b"deleted file": "removed"}
_EXECUTABLE = {b"100644": False, b"100755": True}
_EPOCH = (b"1970-01-01", b"1969-12-31")  # by it GNU diff says that there is no such file
_GIT = "git diff --no-index --no-prefix --no-renames a b"
_SAME_NAME = f"one path behind a/ and b/; a file that moves is removed here and added there ({_GIT})"
_NEXT = f"nothing but a unified diff, whose files begin with --- a/PATH ({_GIT})"
_SIGNATURE = b"-- "  # under a diff that git format-patch writes
_VISIBLE = {ord(char): repr(char)[1:-1] for char in "\t\r\x1b"}


class BadPatch(Exception):
    """A patch that cannot be read, or does not fit; `problems` say where in it, and what was expected."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a hunk: its number in the patch, `+`, `-` or a space, and the line with its newline if it has one."""

    number: int
    sign: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place of a file that is changed; `start` counts from 0, `number` is the line of its `@@` in the patch."""

    number: int
    start: int
    rows: tuple[Row, ...]

    @property
    def old(self) -> list[Row]:
        """The lines that must be there."""
        return [row for row in self.rows if row.sign != b"+"]

    @property
    def new(self) -> list[bytes]:
        """The lines that take their place."""
        return [row.content for row in self.rows if row.sign != b"-"]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one file, told from line `number` on; `executable` is None where that stays as it is."""

    number: int
    path: str
    adds: bool
    removes: bool
    executable: bool | None
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch that was read; `label` is what people call it."""

    label: str
    changes: tuple[Change, ...]


def read_patch(content: bytes, label: str) -> Patch:
    """Return a unified diff as `git diff` or `diff -u` writes it, with paths `a/...` and `b/...`.

    Raises `BadPatch` for what is no line of one, for hunks that hold more or fewer lines than they say, for paths that
    no file of a submission may have, and for renames, links and files that are no text.
    """
    return Patch(label, tuple(_Reader(content, label).changes()))


def lines_of(content: bytes) -> list[bytes]:
    """Return lines with their newlines; nothing else ends one."""
    *whole, last = content.split(b"\n")
    return [line + b"\n" for line in whole] + ([last] if last else [])


def quoted(line: bytes) -> str:
    """Return a line of a file fit for a message, with what else would look like a space, or like nothing."""
    text = safe_line(line.removesuffix(b"\n").decode("utf-8", "replace").translate(_VISIBLE))
    told = f'"{text}"' if text else "an empty line"
    return told if line.endswith(b"\n") else f"{told} without a newline"


class _Reader:
    """Goes through the lines of a patch once."""

    def __init__(self, content: bytes, label: str) -> None:
        self._lines = [line.removesuffix(b"\n") for line in lines_of(content)]
        self._label = label
        self._at = 0

    def changes(self) -> Iterator[Change]:
        seen = set[str]()
        if self._line.endswith(b"\r"):
            raise self._bad("has lines that end in CR LF", "LF, as git diff writes it; dos2unix makes it so")
        while self._at < len(self._lines):
            change = self._change()
            if change.path in seen:
                raise self._bad(f"changes {shown(change.path)} a second time", "each file once", change.number)
            seen.add(change.path)
            yield change
        if not seen:
            raise self._bad("holds no change", "a unified diff, as git diff writes it", 1)

    @property
    def _line(self) -> bytes:
        """The line that is next; a patch ends like one that is empty."""
        return self._lines[self._at] if self._at < len(self._lines) else b""

    @property
    def _told(self) -> str:
        return quoted(self._line + b"\n")

    def _change(self) -> Change:
        number, header = self._at + 1, self._line
        facts = self._facts() if header.startswith(b"diff ") else {}
        executable = facts.get("new")
        if not self._line.startswith(b"--- "):
            if not facts:
                raise self._bad(f"has a line that belongs to nothing: {self._told}", _NEXT)
            # an empty file, or one that is only made executable
            half, removed = header[len(header) // 2 + 6 :], "removed" in facts
            path = self._path(half, b"a/" if removed and half.startswith(b"a/") else b"b/", number)
            change = Change(number, path, "added" in facts, removed, executable, ())
            self._check(header, change)
            return change
        old, new = self._named(b"--- ", b"a/"), self._named(b"+++ ", b"b/")
        named = new or old
        if named is None or (old and new and old != new):
            names = " and ".join(f"{side}/{shown(name)}" for side, name in (("a", old), ("b", new)) if name)
            raise self._bad(f"gives a file another name: {names or '/dev/null'}", _SAME_NAME, number)
        hunks = []
        while self._line.startswith(b"@@"):
            hunks.append(self._hunk())
        if not hunks:
            raise self._bad(f"has no hunk for {shown(named)}", "@@ -LINE,COUNT +LINE,COUNT @@")
        change = Change(number, named, old is None, new is None, executable, tuple(hunks))
        if header.startswith(b"diff --git "):
            self._check(header, change)
        return change

    def _check(self, header: bytes, change: Change) -> None:
        """Raise `BadPatch` if the header names another file; of two folders, git names the one that has the file."""
        sides = ["a/ b/", *(["b/ b/"] if change.adds else []), *(["a/ a/"] if change.removes else [])]
        if header not in [f"diff --git {each.replace('/', f'/{change.path}')}".encode() for each in sides]:
            expected = f"diff --git a/{change.path} b/{change.path}"
            raise self._bad(f"tells of {shown(change.path)} under another name", expected, change.number)

    def _facts(self) -> dict[str, bool]:
        """Pass over what git writes between `diff` and `---`: what happens to the file, and whether it can be run."""
        facts, self._at = dict[str, bool](), self._at + 1
        while self._at < len(self._lines) and not self._line.startswith((b"--- ", b"diff ")):
            if mode := _MODE.fullmatch(self._line):
                if mode[2] not in _EXECUTABLE:
                    raise self._bad(f"makes or changes what is no plain file (mode {mode[2].decode()})", "100644")
                facts[_FACTS[mode[1]]] = _EXECUTABLE[mode[2]]
                if mode[1] == b"new file":
                    facts["new"] = _EXECUTABLE[mode[2]]
            elif self._line.startswith((b"similarity ", b"rename ", b"copy ")):
                raise self._bad("gives a file another name", _SAME_NAME)
            elif self._line.startswith((b"GIT binary patch", b"Binary files ")):
                raise self._bad("changes a file that is no text", "a folder of files, without based_on")
            elif not self._line.startswith((b"index ", b"dissimilarity ")):
                raise self._bad(f"has a line that belongs to nothing: {self._told}", _NEXT)
            self._at += 1
        return facts

    def _named(self, mark: bytes, prefix: bytes) -> str | None:
        """Return the path in a line `--- a/PATH` or `+++ b/PATH`, None for /dev/null."""
        if not self._line.startswith(mark):
            raise self._bad(f"has {self._told} where a name belongs", f"{mark.decode()}{prefix.decode()}PATH")
        name, _, date = self._line.removeprefix(mark).partition(b"\t")
        if date.startswith(_EPOCH):
            raise self._bad("says by a date that there is no such file", f"/dev/null ({_GIT})")
        path = None if name == b"/dev/null" else self._path(name, prefix, self._at + 1)
        self._at += 1
        return path

    def _path(self, name: bytes, prefix: bytes, number: int) -> str:
        path = name.removeprefix(prefix).decode("utf-8", "surrogateescape")
        if not name.startswith(prefix):
            what = f"names {shown(name.decode('utf-8', 'surrogateescape'))}"
            how = "without quotes (git -c core.quotePath=false diff)" if name.startswith(b'"') else f"({_GIT})"
            raise self._bad(what, f"{prefix.decode()}PATH {how}", number)
        for place, part in enumerate(path.split("/")):
            if fault := fault_of(part, first=place == 0):
                raise self._bad(f"names {shown(path)}, which {fault[0]}", fault[1], number)
        return path

    def _hunk(self) -> Hunk:
        number, header = self._at + 1, _HUNK.fullmatch(self._line)
        if header is None:
            raise self._bad(f"has a hunk that begins with {self._told}", "@@ -LINE,COUNT +LINE,COUNT @@")
        self._at += 1
        old, new = (1 if header[group] is None else int(header[group]) for group in (2, 4))
        start, rows = max(0, int(header[1]) - (1 if old else 0)), list[Row]()
        while old > 0 or new > 0 or (rows and self._line.startswith(b"\\")):
            if self._at == len(self._lines) or self._line.startswith((b"@@", b"diff ")):
                raise self._miscounted(number, header)
            sign, content = self._line[:1] or b" ", self._line[1:] + b"\n"  # editors cut off white space
            if sign == b"\\" and rows:
                rows[-1] = replace(rows[-1], content=rows[-1].content.removesuffix(b"\n"))
            elif sign in b" -+":
                old -= sign != b"+"
                new -= sign != b"-"
                rows.append(Row(self._at + 1, sign, content))
            else:
                expected = f"a line that begins with a space, - or +: {old} old and {new} new ones are to come"
                raise self._bad(f"has {self._told} within a hunk", expected)
            self._at += 1
        goes_on = self._line.startswith((b" ", b"+", b"-")) and self._line != _SIGNATURE
        if old or new or (goes_on and not self._is_file(self._at)):
            raise self._miscounted(number, header)
        hunk = Hunk(number, start, tuple(rows))
        for side in ([row.content for row in hunk.old], hunk.new):
            if any(not line.endswith(b"\n") for line in side[:-1]):
                raise self._bad("has a hunk with lines behind the end of a file", "the end last", number)
        return hunk

    def _miscounted(self, number: int, header: re.Match[bytes]) -> BadPatch:
        """Return the error of a hunk, at line `number`, that does not end where its `@@` says."""
        at, old, new = number, 0, 0
        while at < len(self._lines) and (self._lines[at][:1] or b" ") in b" -+\\" and not self._is_file(at):
            sign = self._lines[at][:1] or b" "
            old += sign in b" -"
            new += sign in b" +"
            at += 1
        counted = " and ".join((header[group] or b"1").decode() for group in (2, 4))
        expected = f"@@ -{header[1].decode()},{old} +{header[3].decode()},{new} @@"
        return self._bad(
            f"has a hunk whose @@ counts {counted} lines, old and new, where {old} and {new} follow",
            f"{expected}, or other lines: those with - are old, with + new, with a space both",
            number,
        )

    def _is_file(self, at: int) -> bool:
        """Tell whether the next file begins at that line."""
        return [line[:4] for line in self._lines[at : at + 2]] == [b"--- ", b"+++ "]

    def _bad(self, what: str, expected: str, number: int | None = None) -> BadPatch:
        return BadPatch([Problem(f"{self._label}:{self._at + 1 if number is None else number}", what, expected)])
