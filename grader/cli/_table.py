"""Plain tables for terminals and pipes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from grader.display import TextStyle, cells, is_terminal, safe_line, wrap

_GAP = "  "
_LAST_CELLS = 24
"""With less room than this for a last column that needs it, a table is no table any more."""


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], style: TextStyle, *, right: str = "") -> str:
    """Return a table whose columns are as wide as they must be; those whose headings are in `right` end at one edge.

    The last column goes on below where it is too long for the screen, and where the others leave it too little room,
    each row is an entry of its own; in a pipe every row is one line.
    """
    shown = [[style.spell(safe_line(value)) for value in row] for row in rows]
    widths = [max(cells(row[column]) for row in (headings, *shown)) for column in range(len(headings))]
    flush = [heading in right.split() for heading in headings]
    if is_terminal(sys.stdout):
        room = style.width - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1)
        if room < min(_LAST_CELLS, widths[-1]):
            return "\n".join([*(line for row in shown for line in _entry(row, style)), ""])
        widths[-1] = min(widths[-1], room)
    first, *others = [line for row in (headings, *shown) for line in _lines(row, widths, flush)]
    return "\n".join([style.paint(first, dim=True), *others, ""])


def _entry(row: Sequence[str], style: TextStyle) -> Iterator[str]:
    """Yield the values of a row one after the other, on as many lines as that takes; the first stands out."""
    key, *values = [value for value in row if value]
    for number, line in enumerate(wrap((" · " if style.unicode else " - ").join(values), style.width - len(_GAP))):
        lead = style.paint(key, bold=True) + "\n" if number == 0 else ""
        yield f"{lead}{_GAP}{line}"


def _lines(row: Sequence[str], widths: Sequence[int], flush: Sequence[bool]) -> Iterator[str]:
    for number, last in enumerate(wrap(row[-1], widths[-1])):
        padded = []
        for value, width, right in zip([*row[:-1], last], widths, flush, strict=True):
            text = value if number == 0 or value is last else ""
            space = " " * (width - cells(text))
            padded.append(space + text if right else text + space)
        yield _GAP.join(padded).rstrip()
