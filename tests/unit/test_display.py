"""Safe text: nothing that a terminal obeys or an eye misses gets through, and lines fit."""

from __future__ import annotations

import fcntl
import io
import os
import re
import struct
import termios
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.display import (
    TextStyle,
    cells,
    clip,
    fold,
    number_of,
    safe_line,
    safe_log,
    safe_prose,
    safe_text,
    terminal_width,
    wrap,
)

# Plain random text seldom holds what matters here, so mix in pieces of control sequences.
HOSTILE = st.lists(
    st.one_of(
        st.text(),
        st.sampled_from(
            [
                "::error::",
                "::add-mask x::",
                " ::",
                "##[",
                "#",
                ":",
                "a",
                " ",
                "\x1b",
                "\x1b[",
                "\x1b]",
                "\x9b",
                "[31m",
                "0;t",
                "\x07",
                "\x1b\\",
                "\r",
                "\n",
                "\t",
                "\u202e",
            ]
        ),
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]),
    )
).map("".join)
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
CI_COMMAND = re.compile(r"^\s*::[A-Za-z][\w-]*(?: [^\n]*)?::|##(?:\[|vso\[|teamcity\[)", re.MULTILINE)
KEEP: tuple[Literal["head", "tail"], ...] = ("head", "tail")


@given(text=HOSTILE, limit=st.integers(0, 60), keep=st.sampled_from(KEEP), keep_newlines=st.booleans())
def test_safe_text_holds_no_unsafe_character_and_keeps_its_limit(
    text: str, limit: int, keep: Literal["head", "tail"], *, keep_newlines: bool
) -> None:
    """Whatever comes in, no control, format, surrogate, private-use or unassigned character comes out."""
    safe = safe_text(text, limit_chars=limit, keep_newlines=keep_newlines, keep=keep)
    allowed = "\n\t" if keep_newlines else ""
    assert [c for c in safe if unicodedata.category(c) in UNSAFE and c not in allowed] == []
    assert len(safe) <= limit


@given(text=HOSTILE, limit=st.integers(0, 60), keep=st.sampled_from(KEEP), width=st.integers(4, 30))
def test_no_ci_system_obeys_safe_text(text: str, limit: int, keep: Literal["head", "tail"], width: int) -> None:
    """No line of it begins with a workflow command and none holds an old one, however it is cut and wrapped."""
    safe = safe_text(text, limit_chars=limit, keep_newlines=True, keep=keep)
    assert CI_COMMAND.search(safe) is None
    assert CI_COMMAND.search("\n".join(wrap(safe, width))) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error title=a::b", r"\x3a:error title=a::b"),
        ("got \t::add-mask::x", "got \t\\x3a:add-mask::x"),
        ("##[error]x ##vso[task.complete]", r"\x23#[error]x \x23#vso[task.complete]"),
        ("::1 - - [26/Nov] std::error::Error a::b::c", "::1 - - [26/Nov] std::error::Error a::b::c"),
    ],
)
def test_workflow_commands_become_visible_escapes(text: str, shown: str) -> None:
    """What a CI system would obey is shown, and what only looks like it a little stays as it is."""
    assert safe_log(text) == shown


@given(text=HOSTILE, limit=st.integers(0, 60), keep=st.sampled_from(KEEP), keep_newlines=st.booleans())
def test_safe_text_twice_is_safe_text_once(
    text: str, limit: int, keep: Literal["head", "tail"], *, keep_newlines: bool
) -> None:
    """Safe text goes through unchanged, so that layers need not know of each other."""
    once = safe_text(text, limit_chars=limit, keep_newlines=keep_newlines, keep=keep)
    assert safe_text(once, limit_chars=limit, keep_newlines=keep_newlines, keep=keep) == once


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;a new title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;never ended\nnext", "\\x1b]52;c;never ended\nnext"),
        ("\x1b\x1b[31m[31m", "\\x1b[31m"),
        ("\x1bc reset", "\\x1bc reset"),
        ("bell\x07 back\x08 nul\x00 del\x7f", "bell\\x07 back\\x08 nul\\x00 del\\x7f"),
        ("50 %\r100 %\r\ndone", "50 %\n100 %\ndone"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\xad"),
        ("\u2028\u2029\x85\x0b\x0c", "\\u2028\\u2029\\x85\\x0b\\x0c"),
        ("\ud800 \ue000 \U000e0041 \uffff", "\\ud800 \\ue000 \\U000e0041 \\uffff"),
        ("\u3164\U000e0100", "\\u3164\\U000e0100"),
        ("Zoë 買い物 ❤️ \ttab", "Zoë 買い物 ❤️ \ttab"),
    ],
)
def test_safe_prose_removes_sequences_and_shows_what_is_hidden(hostile: str, shown: str) -> None:
    """Colours vanish, other controls and invisible characters become readable, people's languages stay."""
    assert safe_prose(hostile) == shown


def test_safe_line_is_one_line() -> None:
    """A title with line breaks and tabs stays on its line."""
    assert safe_line("a\nb\r\nc\td") == "a b c d"


def test_a_cut_says_how_much_is_missing() -> None:
    """Prose keeps its beginning, a log its end; both say how many characters are gone."""
    assert safe_text("a" * 100, limit_chars=40, keep_newlines=False) == "a" * 10 + " [... 90 characters left out]"
    tail = safe_text("a" * 90 + "the end", limit_chars=40, keep_newlines=True, keep="tail")
    assert tail == "[... 86 characters left out]\naaaathe end"
    assert safe_log("x" * 70_000 + "end").endswith("xend")


@pytest.mark.parametrize("piece", ["\x1b]", "\x9d", "\x1b[", "\x9b", "\x1b[0 "])
def test_a_flood_of_sequences_takes_linear_time(piece: str) -> None:
    """Sequences that begin and never end do not make the search quadratic: that would take minutes."""
    began = time.process_time()
    assert len(safe_log(piece * 100_000)) <= 64 * 1024
    assert time.process_time() - began < 10


@given(st.text(st.characters(exclude_categories=["C", "Z"])) | st.text("ab 買い\n"), st.integers(3, 30))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    """Every line has at most `width` cells; nothing but spaces at line ends is lost."""
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_wrap_breaks_between_words_and_keeps_indent_newlines_and_spaces() -> None:
    """A quoted value keeps its two spaces, a listing its indent."""
    assert wrap('got "a  b"\n  then this', 11) == ['got "a  b"', "  then this"]
    assert wrap("  one two three", 9) == ["  one two", "  three"]
    assert wrap("abcdefgh ij", 5) == ["abcde", "fgh", "ij"]
    assert wrap("a abcdefgh ij", 5, fold_words=False) == ["a", "abcdefgh", "ij"]


def test_wide_characters_count_twice_and_marks_not_at_all() -> None:
    """Columns are what a terminal shows, not how many characters there are."""
    assert cells("買い") == 4
    assert cells("e\u0301") == 1
    assert fold("買い物", 4) == ["買い", "物"]


def test_clip_shows_that_something_is_missing() -> None:
    """A clipped text ends in dots, in ASCII where the text is."""
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abc..."
    assert clip("äbcdefg", 6) == "äbcde…"
    assert clip("abcdefg", 2) == ""


@contextmanager
def terminal(columns: int, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Yield the writing end of a pseudo-terminal that wide."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(slave, "w", encoding=encoding) as stream:
        yield stream
    os.close(master)


@pytest.mark.parametrize(("columns", "width"), [(20, 40), (72, 72), (300, 100)])
def test_style_takes_the_terminal_width_within_reason(columns: int, width: int) -> None:
    """Lines are neither too narrow to lay out nor too long to read."""
    with terminal(columns) as stream:
        assert terminal_width(stream) == columns
        assert TextStyle.of(stream, {}) == TextStyle(width=width, colour=True, unicode=True)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_style_has_no_colour_where_nobody_wants_it(environ: dict[str, str]) -> None:
    """NO_COLOR and dumb terminals are respected."""
    with terminal(80) as stream:
        assert not TextStyle.of(stream, environ).colour


def test_style_of_a_file_is_plain() -> None:
    """A file or a pipe gets 80 columns, no colour, and ASCII where its encoding has no more."""
    assert TextStyle.of(io.TextIOWrapper(io.BytesIO(), "utf-8"), {}) == TextStyle(80, colour=False, unicode=True)
    assert TextStyle.of(io.TextIOWrapper(io.BytesIO(), "latin-1"), {}) == TextStyle(80, colour=False, unicode=False)


def test_spell_and_paint_follow_the_style() -> None:
    """Without Unicode a letter is spelled as an escape; without colour paint adds nothing."""
    assert TextStyle(unicode=False).spell("Zoë") == "Zo\\xeb"
    assert TextStyle().paint("x", fg="red", bold=True) == "x"
    assert TextStyle(colour=True).paint("x", fg="red") == "\x1b[31mx\x1b[0m"


def test_a_noun_is_in_the_plural_unless_there_is_one() -> None:
    """None are many, too."""
    assert [number_of(count, "check") for count in (0, 1, 2)] == ["0 checks", "1 check", "2 checks"]
