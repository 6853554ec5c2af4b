"""Text that is safe and pleasant to show on a terminal; knows nothing of grades.

Whatever a learner's app, a build or a file name contributed goes through `safe_text` (or one of its three named
limits) before anybody sees it, in every format: terminals obey control sequences (CWE-150), bidi controls and
invisible characters make text read as something that it is not (CVE-2021-42574), and CI systems obey commands in logs.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

import click

LINE_CHARS = 300
PROSE_CHARS = 4_000
LOG_CHARS = 64 * 1024

# Colour and cursor sequences are removed whole, since many frameworks colour their logs and the codes are noise.
# A match ends before whatever could begin another, so that unterminated ones neither swallow what follows nor make the
# search quadratic.
_SEQUENCES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b\\]|\x9d)[^\x07\x1b\x9c\x9d\n]*+(?:\x07|\x1b\\\\|\x9c)"  # OSC: window title, links, clipboard
)
# What GitHub's runner obeys at the beginning of a line, indented or not, and what it, Azure Pipelines and TeamCity obey
# anywhere in one. A line may be wrapped between two words, so every word that could begin a command is looked at.
_COLONS = re.compile(r"[^:]?:*\Z")
_CI_COMMANDS = re.compile(r"(?<!\S):(?=:[A-Za-z][\w-]*(?:[ \t][^\n]*?)?::)|#(?=#(?:\[|vso\[|teamcity\[))")
_SUSPECT = re.compile(r"[^\x20-\x7e\n]")
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that show nothing, which their Unicode category does not tell (Default_Ignorable_Code_Point).
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xE0100, 0xE01F0))
)

_DRAWING = "✓✗█░│·…"
_MIN_WIDTH = 40
_MAX_WIDTH = 100
_DEFAULT_WIDTH = 80


def safe_text(text: str, *, limit_chars: int, keep_newlines: bool, keep: Literal["head", "tail"] = "head") -> str:
    r"""Return `text` without anything that a terminal would obey or an eye could not see.

    Colour, cursor and title sequences are removed; every other control, format (bidi, zero-width), surrogate,
    private-use and unassigned character becomes a visible escape such as `\x1b` or `\u202e`. Newlines and tabs
    stay if `keep_newlines`, else they become spaces. A result longer than `limit_chars` keeps its head or its tail
    and says how much is missing, the words that say so included in the limit. Applying it twice changes nothing.
    """
    text = _SEQUENCES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if not keep_newlines:
        text = text.replace("\n", " ").replace("\t", " ")
    text = _CI_COMMANDS.sub(_escaped, _SUSPECT.sub(_visible, text))
    if len(text) <= limit_chars:
        return text
    gap = "\n" if keep_newlines else " "
    room = max(0, limit_chars - len(_marker(len(text))) - len(gap))
    marker = _marker(len(text) - room)
    cut = text[:room] + gap + marker if keep == "head" else marker + gap + text[len(text) - room :]
    # what follows the marker may have become the beginning of a line
    return _CI_COMMANDS.sub(_escaped, cut)[:limit_chars]


def safe_line(text: str) -> str:
    """Return `text` as one safe line: titles, groups, names, reasons."""
    return safe_text(text, limit_chars=LINE_CHARS, keep_newlines=False)


def number_of(count: int, noun: str) -> str:
    """Return the number with its noun, in the plural unless it is one: "1 check", "2 checks", "0 checks"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def safe_prose(text: str) -> str:
    """Return `text` as a few safe lines: feedback, hints, messages."""
    return safe_text(text, limit_chars=PROSE_CHARS, keep_newlines=True)


def safe_log(text: str) -> str:
    """Return the safe tail of `text`: logs and tracebacks, whose end says most."""
    return safe_text(text, limit_chars=LOG_CHARS, keep_newlines=True, keep="tail")


def cells(text: str) -> int:
    """Return how many columns of a terminal safe `text` takes: wide East Asian characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def fold(line: str, width: int) -> list[str]:
    """Return `line` cut into pieces of at most `width` cells, wherever that falls: for logs and code."""
    pieces, used = [""], 0
    for char in line.expandtabs(4):
        size = cells(char)
        if used + size > width and pieces[-1]:
            # A piece that began with "::" could be a command to a CI system (see `_CI_COMMANDS`).
            taken = _COLONS.search(pieces[-1] if char == ":" else "")
            carried = taken[0] if taken and taken.start() else ""
            pieces[-1] = pieces[-1].removesuffix(carried)
            pieces.append(carried)
            used = cells(carried)
        pieces[-1] += char
        used += size
    return pieces


def wrap(text: str, width: int, *, fold_words: bool = True) -> list[str]:
    """Return `text` as lines of at most `width` cells, broken between words; its newlines and indents are kept.

    A word longer than a line is folded, unless it must be copied whole: then it sticks out. (`textwrap` counts
    characters, not cells, and drops repeated spaces, which would misquote a value.)
    """
    paragraphs = text.expandtabs(4).split("\n")
    return [line for paragraph in paragraphs for line in _wrap_paragraph(paragraph, width, fold_words=fold_words)]


def clip(text: str, width: int) -> str:
    """Return as much of `text` as fits into `width` cells, with a sign that some is missing."""
    if cells(text) <= width:
        return text
    sign = "…" if not text.isascii() else "..."
    return fold(text, width - len(sign))[0] + sign if width > len(sign) else ""


def terminal_width(stream: TextIO) -> int:
    """Return the columns of the terminal behind `stream`, or 80 where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _DEFAULT_WIDTH
    except (OSError, ValueError):  # not a terminal, or not a file at all
        return _DEFAULT_WIDTH


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What the reader's screen can show: columns, colours, and characters beyond ASCII."""

    width: int = _DEFAULT_WIDTH
    colour: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str] = os.environ) -> TextStyle:
        """Return the style that fits `stream`: no colour unless it is a terminal, nor with NO_COLOR (no-color.org).

        The width is the terminal's between 40 and 100 columns, since longer lines are hard to read.
        """
        return cls(
            width=min(max(terminal_width(stream), _MIN_WIDTH), _MAX_WIDTH),
            colour=is_terminal(stream, environ) and not environ.get("NO_COLOR"),
            unicode=_can_show(_DRAWING, stream.encoding),
        )

    def paint(self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
        """Return `text` in a colour where the screen has any; measure and wrap before painting."""
        if not self.colour or not text:
            return text
        return click.style(text, fg=fg, bold=bold or None, dim=dim or None)

    def spell(self, text: str) -> str:
        """Return `text` with characters that the screen lacks as escapes."""
        return text if self.unicode else text.encode("ascii", "backslashreplace").decode("ascii")


def is_terminal(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether `stream` is a terminal that understands colour and cursor sequences."""
    return stream.isatty() and environ.get("TERM") != "dumb"


def _visible(match: re.Match[str]) -> str:
    char = match[0]
    if char == "\t" or (unicodedata.category(char) not in _ESCAPED_CATEGORIES and char not in _INVISIBLE):
        return char
    return char.encode("unicode_escape").decode("ascii")


def _escaped(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0]):02x}"


def _marker(missing: int) -> str:
    return f"[... {missing} characters left out]"


def _cells_of(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _wrap_paragraph(paragraph: str, width: int, *, fold_words: bool) -> list[str]:
    indent = " " * min(len(paragraph) - len(paragraph.lstrip(" ")), width // 2)
    room = width - len(indent)
    lines: list[str] = []
    words: list[str] = []
    used = 0
    for word in paragraph.lstrip(" ").split(" "):
        if words and used + 1 + cells(word) > room:
            lines.append(" ".join(words))
            words, used = [], 0
        *full, rest = fold(word, room) if fold_words else [word]
        lines += full
        used += cells(rest) + bool(words)
        words.append(rest)
    lines.append(" ".join(words))
    return [(indent + line).rstrip() for line in lines]


def _can_show(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
