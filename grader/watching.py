"""Waits for a learner to save: tells when a file changed that a submission would hold."""

from __future__ import annotations

from collections.abc import Generator
from itertools import accumulate
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from grader.errors import SubmissionError
from grader.ignore import IGNORE_FILE, MAX_IGNORE_BYTES, Rules

# What editors write beside a file while it is open, in addition to what the library knows.
_EDITORS_OWN = (r"^#.*#$",)
_QUIET_MS = 100
"""Nothing more must be saved for so long: editors and formatters write a file several times."""


def saves(root: Path) -> Generator[tuple[str, ...], None, None]:
    """Yield nothing changed, `()`, as soon as changes are noticed; then, after each burst of saving, what changed.

    Paths are relative to `root`, sorted. What a submission leaves out, and what editors keep beside an open file, does
    not count. What is saved while the caller is busy is yielded next. Ctrl-C while nothing is saved ends it.
    """
    root = root.resolve()
    editors = DefaultFilter(
        ignore_dirs=(), ignore_entity_patterns=(*DefaultFilter.ignore_entity_patterns, *_EDITORS_OWN)
    )
    # Without a time-out nothing would be yielded before the first change.
    noticed = watch(root, watch_filter=editors, step=_QUIET_MS, rust_timeout=_QUIET_MS, yield_on_timeout=True)
    try:
        for number, changes in enumerate(noticed):
            saved = _submitted(root, changes)
            if saved or number == 0:
                yield saved
    except KeyboardInterrupt:  # one that comes while the caller is busy is the caller's
        return


def _submitted(root: Path, changes: set[tuple[Change, str]]) -> tuple[str, ...]:
    """Return those of the changed paths that a submission in `root` would hold."""
    if not changes:
        return ()
    rules = _rules(root)
    saved = set()
    for change, path in changes:
        name, folder = Path(path).relative_to(root).as_posix(), Path(path).is_dir()
        # polling takes a new name in a folder for a change of the folder
        if folder and change is Change.modified:
            continue
        came_and_went = (Change.added, path) in changes and not Path(path).exists()  # an editor's draft
        if not came_and_went and not _is_left_out(rules, name, folder=folder):
            saved.add(name)
    return tuple(sorted(saved))


def _rules(root: Path) -> Rules:
    try:
        with (root / IGNORE_FILE).open("rb") as stream:
            return Rules(stream.read(MAX_IGNORE_BYTES + 1))
    except (OSError, SubmissionError):  # whoever reads the submission next tells what is wrong with it
        return Rules()


def _is_left_out(rules: Rules, name: str, *, folder: bool) -> bool:
    *above, _ = accumulate(name.split("/"), lambda parent, part: f"{parent}/{part}")
    try:
        return any(rules.excludes(path, folder=True) for path in above) or rules.excludes(name, folder=folder)
    except SubmissionError:
        return False
