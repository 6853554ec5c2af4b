"""Plain tables for terminals and pipes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from grader.display import TextStyle, cells, is_terminal, safe_line, wrap

_GAP = "  "
_LAST_CELLS = 24
"""With less room than this for the last column, lines are longer than the screen."""


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], style: TextStyle, *, right: str = "") -> str:
    """Return a table whose columns are as wide as they must be; those whose headings are in `right` end at one edge.

    The last column goes on below where it is too long for the screen; in a pipe every row is one line.
    """
    shown = [[style.spell(safe_line(value)) for value in row] for row in rows]
    widths = [max(cells(row[column]) for row in (headings, *shown)) for column in range(len(headings))]
    flush = [heading in right.split() for heading in headings]
    if is_terminal(sys.stdout):
        taken = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
        widths[-1] = min(widths[-1], max(_LAST_CELLS, style.width - taken))
    first, *others = [line for row in (headings, *shown) for line in _lines(row, widths, flush)]
    return "\n".join([style.paint(first, dim=True), *others, ""])


def _lines(row: Sequence[str], widths: Sequence[int], flush: Sequence[bool]) -> Iterator[str]:
    for number, last in enumerate(wrap(row[-1], widths[-1])):
        padded = []
        for value, width, right in zip([*row[:-1], last], widths, flush, strict=True):
            text = value if number == 0 or value is last else ""
            space = " " * (width - cells(text))
            padded.append(space + text if right else text + space)
        yield _GAP.join(padded).rstrip()
