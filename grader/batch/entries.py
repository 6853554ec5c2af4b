"""Which submissions there are: named one by one, or all that lie in a folder, and who handed in which."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from grader.batch.results import SETTINGS
from grader.errors import Problem, UsageError
from grader.sources import shown

ROSTER_COLUMNS = ("submission", "name")
_ARCHIVE = re.compile(r"(\.tar)?\.(zip|tar|tgz|gz|tbz2?|bz2|txz|xz|zst|7z|rar)$", re.IGNORECASE)
_ROSTER_BYTES = 8 * 1024**2


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission of a class: what it is called, where it is, whose it is, and what else the roster says of them."""

    name: str
    path: Path
    person: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people read: whose it is, else what it is called."""
        return self.person or self.name


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in the class: name of a submission -> name of a person, and the other columns."""

    people: Mapping[str, Mapping[str, str]]
    columns: tuple[str, ...] = ()

    def entry(self, name: str, path: Path) -> Entry:
        """Return the entry of a submission, with its person where the roster has one."""
        row = self.people.get(name, {})
        return Entry(name, path, row.get("name", ""), {column: row.get(column, "") for column in self.columns})


NOBODY = Roster({})


@dataclass(frozen=True, slots=True)
class Class:
    """All submissions, sorted by name; people of the roster without one; files that are no submissions."""

    entries: tuple[Entry, ...]
    absent: tuple[Entry, ...] = ()
    left_out: tuple[Path, ...] = ()
    unknown: tuple[Entry, ...] = ()
    columns: tuple[str, ...] = ()


def find_class(sources: Sequence[Path], parents: Sequence[Path], roster: Roster = NOBODY) -> Class:
    """Return the submissions at `sources`, and each folder and archive in `parents`.

    Hidden files and folders of results are passed over, and so is what is neither a folder nor looks like an archive.
    Raises `UsageError` when there is none, or two have the same name.
    """
    left_out: list[Path] = []
    paths = [*sources, *(path for parent in parents for path in _children(parent, left_out))]
    entries = sorted((roster.entry(name_of(path), path) for path in paths), key=lambda entry: entry.name)
    if not entries:
        where = ", ".join(shown(str(parent)) for parent in parents) or "the command line"
        raise UsageError(f"there is no submission in {where}", hint="--each DIR, with a folder or archive for each")
    twice = [name for name, count in Counter(entry.name for entry in entries).items() if count > 1]
    if twice:
        raise UsageError(
            "submissions need different names",
            problems=[
                Problem(shown(name), " and ".join(shown(str(entry.path)) for entry in entries if entry.name == name))
                for name in twice
            ],
            hint="rename them, or put them into one folder: --each DIR",
        )
    names = {entry.name for entry in entries}
    return Class(
        tuple(entries),
        tuple(roster.entry(name, Path()) for name in roster.people if name not in names),
        tuple(left_out),
        tuple(entry for entry in entries if roster.people and entry.name not in roster.people),
        roster.columns,
    )


def name_of(path: Path) -> str:
    """Return what a submission is called: the name of its folder, or of its archive without the ending."""
    name = path.resolve().name if path.name in {"", ".", ".."} else path.name
    return name if path.is_dir() else _ARCHIVE.sub("", name) or name


def read_roster(path: Path) -> Roster:
    """Return who is in the class, from a CSV file with at least the columns `submission` and `name`.

    A semicolon may separate the cells. Raises `UsageError` with every problem of it.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(_ROSTER_BYTES).decode("utf-8-sig")
    except OSError as error:
        hint = f"ls -l {quote(str(path))}"
        raise UsageError(f"the roster {path} cannot be read: {error.strerror}", hint=hint) from error
    except UnicodeDecodeError as error:
        hint = f"save it as CSV UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8 {quote(str(path))} > roster-utf8.csv"
        raise UsageError(f"the roster {path} cannot be read: it is not UTF-8 text", hint=hint) from error
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first and "," not in first else ",")
    try:
        header = [cell.strip().casefold() for cell in next(rows, [])]
        lines = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"the roster {path} is no CSV: line {rows.line_num}: {error}") from error
    people: dict[str, dict[str, str]] = {}
    problems = list(_faults(header, lines))
    for _, row in lines if not problems else ():
        cells = dict(zip(header, map(str.strip, row), strict=False))
        people[_ARCHIVE.sub("", cells["submission"])] = cells
    if problems:
        raise UsageError(f"the roster {path} cannot be used", problems=problems, hint="see docs/grading-many.md")
    return Roster(people, tuple(column for column in header if column and column not in ROSTER_COLUMNS))


def _faults(header: Sequence[str], lines: Sequence[tuple[int, Sequence[str]]]) -> Iterator[Problem]:
    missing = [column for column in ROSTER_COLUMNS if column not in header]
    if missing:
        yield Problem("line 1", f"has no column {' and no column '.join(missing)}", ", ".join(ROSTER_COLUMNS))
        return
    for column, count in Counter(header).items():
        if count > 1:
            yield Problem("line 1", f"has the column {column!r} twice")
    seen: dict[str, int] = {}
    at = header.index("submission")
    for number, row in lines:
        name = _ARCHIVE.sub("", row[at].strip()) if at < len(row) else ""
        if not name:
            yield Problem(f"line {number}", "names no submission", "the name of a folder or archive")
        elif name in seen:
            yield Problem(f"line {number}", f"has the submission {name!r}, as line {seen[name]} does")
        seen.setdefault(name, number)


def _children(parent: Path, left_out: list[Path]) -> Iterator[Path]:
    try:
        found = sorted(parent.iterdir())
    except OSError as error:
        raise UsageError(f"{parent} cannot be looked into: {error.strerror}", hint=f"ls -ld {parent}") from error
    for path in found:
        if path.name.startswith(".") or (path / SETTINGS).is_file():
            continue
        if path.is_dir() or _ARCHIVE.search(path.name):
            yield path
        else:
            left_out.append(path)
