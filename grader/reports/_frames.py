"""Stack traces that leave room for what matters: the error, and the lines of the learner's own files; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

_FOLD_FROM = 3
# A frame is indented or numbered; one of a library names a file of the image outside of /app, or a module of the JDK.
_LIBRARY = re.compile(r"(?:\s|#\d+ ).*?(?:/usr/|/opt/|\bnode:|<frozen |<internal:|\bat (?:java|jdk)\.[\w.]+/)")
_PYTHON_FRAME = re.compile(r'\s+File "')
_GO_CALL = re.compile(r"\S.*\)$|created by ")  # Go writes the function, and below it, indented, its file


def fold_frames(lines: Sequence[str]) -> list[str]:
    """Return `lines` where three or more in a row that are a trace's way through libraries became one that says so."""
    return list(_folded(zip(lines, _of_libraries(lines), strict=True)))


def _of_libraries(lines: Sequence[str]) -> list[bool]:
    marks = [_LIBRARY.match(line) is not None for line in lines]
    frame = ""  # of Python, whose lines of code are below it and further in
    for number, line in enumerate(lines):
        if _PYTHON_FRAME.match(line):
            frame = line if marks[number] else ""
        elif frame and _indent(line) > _indent(frame):
            marks[number] = True
        else:
            frame = ""
        if number and marks[number] and line.startswith("\t") and _GO_CALL.match(lines[number - 1]):
            marks[number - 1] = True
    return marks


def _folded(marked: Iterable[tuple[str, bool]]) -> Iterator[str]:
    for of_libraries, group in groupby(marked, key=itemgetter(1)):
        run = [line for line, _ in group]
        if of_libraries and len(run) >= _FOLD_FROM:
            yield f"    [{len(run)} lines of libraries]"
        else:
            yield from run


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
