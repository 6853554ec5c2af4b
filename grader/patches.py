"""Applies unified diffs: how a wrong solution is made of a reference and the mistake in it.

Strict, so that a mistake is never made elsewhere than its author meant: every line of a hunk must be there, and where
it is not at the line that the hunk names, in one place only. Files are values; nothing is read from disk or written.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from grader.diffs import BadPatch, Change, Hunk, Patch, lines_of, quoted
from grader.errors import Problem
from grader.models import Submission
from grader.sources import shown

MOST_COMPARISONS = 1_000_000
"""Of lines, to find a hunk's place: half a second, for 100 lines in a file of 10,000."""


class _Misfit(Exception):
    """A hunk does not fit; `number` is a line of the patch."""

    def __init__(self, number: int, what: str, expected: str) -> None:
        super().__init__(what)
        self.number, self.what, self.expected = number, what, expected


def apply_patch(patch: Patch, base: Submission, name: str) -> tuple[dict[str, bytes], frozenset[str]]:
    """Return the files of `base`, which people call `name`, as the patch changes them, and which are executable.

    Raises `BadPatch` with a problem for each file that it does not fit, or one if nothing is different afterwards.
    """
    files, executable, problems = dict(base.files), set(base.executable), list[Problem]()
    for change in patch.changes:
        if change.adds is (change.path in files):
            problems.append(Problem(f"{patch.label}:{change.number}", *_misnamed(change, base, name)))
            continue
        try:
            content = _changed(change, files.get(change.path, b""), name)
        except _Misfit as misfit:
            problems.append(Problem(f"{patch.label}:{misfit.number}", misfit.what, misfit.expected))
            continue
        if change.removes:
            del files[change.path]
            executable.discard(change.path)
            continue
        files[change.path] = content
        if change.executable is not None:
            (executable.add if change.executable else executable.discard)(change.path)
    if not problems and files == base.files and executable == base.executable:
        problems.append(Problem(patch.label, f"changes nothing of {name}", "a mistake"))
    if problems:
        raise BadPatch(problems)
    return files, frozenset(executable)


def _changed(change: Change, content: bytes, name: str) -> bytes:
    lines, done, at = lines_of(content), list[bytes](), 0
    for count, hunk in enumerate(change.hunks, start=1):
        about = f"hunk {count} of {shown(change.path)}"
        place = _place(hunk, lines, at, about, name)
        done += lines[at:place] + hunk.new
        at = place + len(hunk.old)
        if done and not done[-1].endswith(b"\n") and at < len(lines):
            what = f"{about} leaves a line without a newline in the midst of the file"
            raise _Misfit(hunk.rows[-1].number, what, "that at the end of the file alone")
    done += lines[at:]
    if change.removes and done:
        what = f"removes {shown(change.path)}, but not its line {quoted(done[0])}"
        raise _Misfit(change.number, what, f"all lines that {name} has")
    return b"".join(done)


def _place(hunk: Hunk, lines: Sequence[bytes], at: int, about: str, name: str) -> int:
    """Return where in `lines`, from `at` on, the hunk belongs."""
    old = [row.content for row in hunk.old]
    if not old and lines:
        raise _Misfit(hunk.number, f"{about} has no line to find its place by", "lines around it, as git diff has them")
    if hunk.start >= at and lines[hunk.start : hunk.start + len(old)] == old:
        return hunk.start
    if len(old) * (len(lines) - at) > MOST_COMPARISONS:
        what = f"{about} does not fit {name} at line {hunk.start + 1}, and is too long to be looked for elsewhere"
        raise _Misfit(hunk.number, what, "the line in its @@")
    places = [place for place in range(at, len(lines) - len(old) + 1) if lines[place : place + len(old)] == old]
    if len(places) > 1:
        elsewhere = f"but in {len(places)} other places, the first at line {places[0] + 1}"
        what = f"{about} does not fit {name} at line {hunk.start + 1}, {elsewhere}"
        raise _Misfit(hunk.number, what, "the line in its @@, or more lines around it")
    if not places:
        raise _nearest(hunk, lines, at, f"{about} does not fit {name}")
    return places[0]


def _nearest(hunk: Hunk, lines: Sequence[bytes], at: int, misfit: str) -> _Misfit:
    """Return what differs where the hunk fits best."""
    old = [row.content for row in hunk.old]

    def closeness(place: int) -> tuple[int, int, int, int]:
        pairs = list(zip(old, lines[place : place + len(old)], strict=False))
        same = [bool(wanted.strip()) for wanted, found in pairs if wanted == found]
        alike = sum(wanted.split() == found.split() != [] for wanted, found in pairs)
        return sum(same), alike, len(same), -abs(place - hunk.start)

    best = max(range(at, len(lines) + 1), key=closeness)
    there = [*lines[best : best + len(old)], *[b""] * len(old)]
    if closeness(best)[:2] == (0, 0):
        telling = next((row for row in hunk.old if row.content.strip()), hunk.old[0])
        return _Misfit(telling.number, f"{misfit}: none of its lines is there", quoted(telling.content))
    differing = next(count for count, line in enumerate(old) if line != there[count])
    number, line, found, wanted = hunk.old[differing].number, best + differing + 1, there[differing], old[differing]
    if found.strip() != wanted.strip():
        found, wanted = (text.lstrip(b" \t") for text in (found, wanted))  # easier to read where it makes no difference
    what = f"{misfit}, whose line {line} is {quoted(found)}" if found else f"{misfit}, which has no line {line}"
    return _Misfit(number, what, quoted(wanted))


def _misnamed(change: Change, base: Submission, name: str) -> tuple[str, str]:
    """Return what is wrong with a file that is there, or not, against what the patch says; and what was expected."""
    path = shown(change.path)
    if change.adds:
        return f"adds {path}, which {name} has", f"--- a/{path}, to change it"
    near = get_close_matches(change.path, base.files, n=1) or sorted(base.files)[:1]
    what = f"{'removes' if change.removes else 'changes'} {path}, which {name} does not have"
    return what, f"a file of {name}, such as {shown(near[0])}" if near else f"a file that {name} has"
