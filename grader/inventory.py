"""Judges the names of a submission, counts them against the limits, and gathers every problem found."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterator

from grader.display import number_of
from grader.errors import Problem, SubmissionError
from grader.ignore import IGNORE_FILE, Rules
from grader.models import SubmissionLimits
from grader.sources import Entry, Kind, shown

SHOWN_PROBLEMS = 20

_COMPONENT_BYTES = 255  # NAME_MAX of Linux file systems
_DRIVE = re.compile(r"[A-Za-z]:")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})  # control, formatting (text direction), line separators


def parents(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, the outermost first."""
    for end, char in enumerate(path):
        if char == "/":
            yield path[:end]


def again(label: str) -> str:
    """Return the hint to correct a submission and to run the same command again."""
    target = "-" if label == "standard input" else shlex.quote(label)
    return f"Correct this, then: grader grade CHALLENGE {target}"


def fault_of(component: str, *, first: bool) -> tuple[str, str] | None:
    """Return what is wrong with one component of a path, and what was expected; None if nothing is (CWE-22)."""
    relative = "a path inside the submission"
    faults = {
        "": ("is an absolute path" if first else "has an empty part", relative),
        ".": ('has a part "."', relative),
        "..": ("climbs out of its folder", relative),
    }
    if component in faults:
        return faults[component]
    if "\\" in component:
        return "has a backslash", 'parts separated by "/"'
    if first and _DRIVE.match(component):
        return "begins with a drive letter", relative
    return _unfit(component)


def _unfit(component: str) -> tuple[str, str] | None:
    # A surrogate stands for a byte that was not UTF-8. The length comes first: a hostile name can be megabytes long.
    if len(component) > _COMPONENT_BYTES or len(component.encode(errors="surrogateescape")) > _COMPONENT_BYTES:
        return "has too long a name", f"at most {_COMPONENT_BYTES} bytes"
    if component.isprintable():
        return None
    categories = {unicodedata.category(char) for char in component}
    if "Cs" in categories:
        return "is not valid UTF-8", "a name in UTF-8"
    if not categories.isdisjoint(_UNSAFE_CATEGORIES):
        return "has a control or formatting character", "a printable name"
    return None


class Findings:
    """The problems found so far: all are counted, the first ones kept."""

    def __init__(self, label: str) -> None:
        """`label` names the source."""
        self.label = label
        self.count = 0
        self._kept: list[Problem] = []
        self._over_limit = False

    def add(self, where: str, what: str, expected: str, *, limit: bool = False) -> None:
        """Note one problem; `limit` says that leaving something out would help."""
        self.count += 1
        self._over_limit |= limit
        if len(self._kept) < SHOWN_PROBLEMS:
            self._kept.append(Problem(shown(where), what, expected))

    def error(self) -> SubmissionError:
        """Return everything found as one error."""
        more = self.count - len(self._kept)
        problems = number_of(self.count, "problem")
        message = f"{self.label} cannot be graded: {problems}" + (
            f", {len(self._kept)} shown and {more} more" if more else ""
        )
        hint = again(self.label)
        if self._over_limit:
            hint = f"Name what does not belong to the submission in {IGNORE_FILE} (written as .gitignore). {hint}"
        return SubmissionError(message, problems=self._kept, hint=hint)


class Inventory:
    """Sorts every name of a source into files to read, left out, or a problem."""

    def __init__(self, limits: SubmissionLimits, rules: Rules, findings: Findings) -> None:
        """Start empty."""
        self._limits, self._rules, self._findings = limits, rules, findings
        self.files: dict[str, Entry] = {}
        self.ignored: set[str] = set()
        self._folders: set[str] = set()
        self._spellings: dict[str, str] = {}

    def add(self, path: str, entry: Entry) -> None:
        """Sort one name; raises `SubmissionError` once there are more entries than the limit allows."""
        if not self._is_wanted(path, folder=entry.kind is Kind.FOLDER):
            return
        if entry.kind is Kind.REFUSED:
            self._findings.add(path, entry.refusal, entry.expected)
            return
        for parent in parents(path):
            self._add_folder(parent)
        if entry.kind is Kind.FOLDER:
            self._add_folder(path)
        elif path in self._folders:
            self._findings.add(path, "is both a file and a folder", "one of them")
        elif path in self.files:
            self._findings.add(path, "is there twice", "each file once")
        elif self._is_new(path):
            self.files[path] = entry

    def _is_wanted(self, path: str, *, folder: bool) -> bool:
        """Check a path from the top down, so that what lies in an ignored folder is not judged at all."""
        depth, length = self._limits.depth, self._limits.path_chars
        parts = path.split("/", depth)
        prefix = ""
        for number, part in enumerate(parts, start=1):
            prefix = f"{prefix}/{part}" if number > 1 else part
            if number > depth:
                self._findings.add(path, "lies too deep", f"at most {depth} parts in a path", limit=True)
                return False
            if fault := fault_of(part, first=number == 1):
                self._findings.add(path, *fault)
                return False
            if self._rules.excludes(prefix, folder=folder or number < len(parts)):
                self.ignored.add(prefix)
                return False
            if len(prefix) > length:
                self._findings.add(path, "has too long a path", f"at most {length} characters", limit=True)
                return False
        return True

    def _add_folder(self, path: str) -> None:
        if path in self._folders:
            return
        if path in self.files:
            self._findings.add(path, "is both a file and a folder", "one of them")
        elif self._is_new(path):
            self._folders.add(path)

    def _is_new(self, path: str) -> bool:
        """Count a new path, unless it differs from another one only in case or Unicode form."""
        spelling = unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
        other = self._spellings.setdefault(spelling, path)
        if other != path:
            self._findings.add(path, f"differs from {shown(other)} only in case or Unicode form", "names that differ")
            return False
        if len(self._spellings) > self._limits.entries:
            tops = Counter(known.partition("/")[0] for known in self._spellings.values())
            top, most = tops.most_common(1)[0]
            where = f", most of them in {shown(top)}" if 2 * most > self._limits.entries else ""
            what = f"holds more than {self._limits.entries} files and folders{where}; counting stopped there"
            self._findings.add(self._findings.label, what, f"at most {self._limits.entries}", limit=True)
            raise self._findings.error()
        return True
