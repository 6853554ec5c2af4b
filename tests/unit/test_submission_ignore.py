"""What is left out of a submission: build junk, and patterns as git reads them."""

from __future__ import annotations

import pytest

from grader.errors import SubmissionError
from grader.ignore import MAX_IGNORE_BYTES, MAX_PATTERNS, Rules, is_junk


def kept(text: str, path: str) -> bool:
    """Ask from the top down, as the loader does; the path of a folder ends in "/"."""
    rules = Rules(text.encode())
    parts = path.removesuffix("/").split("/")
    return not any(
        rules.excludes("/".join(parts[:end]), folder=end < len(parts) or path.endswith("/"))
        for end in range(1, len(parts) + 1)
    )


# Each verified against `git ls-files --others --exclude-standard`.
@pytest.mark.parametrize(
    ("text", "excluded", "included"),
    [
        ("*.log", "a.log b/c/d.log .log", "a.logs log a.log.txt"),
        ("foo", "foo foo/x b/foo b/foo/x", "foobar b/xfoo"),
        ("/foo", "foo foo/x", "b/foo"),
        ("foo/", "foo/x b/foo/x", "foo b/foo"),
        ("a/b", "a/b a/b/c", "x/a/b b"),
        ("a/*", "a/b a/b/c", "a b/a/c"),
        ("**/b", "b a/b a/c/b", "bb a/bb"),
        ("a/**", "a/b a/b/c", "a b/a"),
        ("a/**/b", "a/b a/x/b a/x/y/b", "a/xb b x/a/b"),
        ("a/***/b", "a/b a/x/y/b", "a/xb"),
        ("a*b*c", "abc axbxc abbcc", "ab acb xabc"),
        ("?.py", "a.py x/b.py", "ab.py .py"),
        ("[ab]x", "ax bx", "cx x"),
        ("[!ab]x", "cx zx", "ax bx x"),
        ("[^ab]x", "cx", "ax"),
        ("[a-c]x", "ax bx cx", "dx -x"),
        ("[]a]x", "]x ax", "bx"),
        ("[a-]x", "ax -x", "bx"),
        ("[\\]]x", "]x", "\\x ax"),
        ("\\*x", "*x", "ax"),
        ("\\#x", "#x", "x"),
        ("\\!x", "!x", "x"),
        ("# *", "", "a #"),
        ("*\n!*.py", "a b.txt", "a.py"),
        ("*\n!*/\n!*.py", "a d/a d/e/x.txt", "a.py d/a.py d/e/a.py"),
        ("!a\n*", "a b", ""),
        ("d/\n!d/a", "d/a d/b", "a"),
        ("d/*\n!d/a", "d/b", "d/a"),
        ("b\n!a.d", "b a.d/b", "a.d a.d/c"),
        ("é*", "é.txt ét/x", "e"),
        ("a.log  ", "a.log", "a.log2"),
        ("**", "a b/c", ""),
        ("\r\na\r\n", "a", "b"),
    ],
)
def test_patterns_mean_what_git_says(text: str, excluded: str, included: str) -> None:
    """Every pattern excludes exactly what git excludes."""
    assert [path for path in excluded.split() if kept(text, path)] == []
    assert [path for path in included.split() if not kept(text, path)] == []


def test_trailing_spaces_count_only_when_escaped() -> None:
    """An escaped space at the end belongs to the pattern; another one does not."""
    assert not kept("a\\ ", "a ")
    assert kept("a\\ ", "a")
    assert not kept("a ", "a")


@pytest.mark.parametrize(
    "path",
    [
        *(".git/config", ".git", "x/.hg/y", ".svn/x", "node_modules/a/b.js", "web/node_modules/x", ".venv/bin/python"),
        *("venv/pyvenv.cfg", "a/__pycache__/b.pyc", "a.pyc", "a/b.pyo", ".DS_Store", "x/.DS_Store", "__MACOSX/._a"),
        ".grader.toml",
        *("._a", ".pytest_cache/x", ".mypy_cache/x", ".ruff_cache/x", ".idea/x", ".vscode/settings.json", ".tox/x"),
    ],
)
def test_build_junk_is_left_out_and_cannot_be_brought_back(path: str) -> None:
    """What tools make is left out at any depth, whatever `.graderignore` says."""
    assert not kept("", path)
    assert not kept("!*\n!**/*", path)


@pytest.mark.parametrize(
    "name", ["vendor", "dist", "build", "target", "env", ".env", "git", "pyc", "a.py", ".gitignore"]
)
def test_what_people_hand_in_on_purpose_is_no_junk(name: str) -> None:
    """Names that only look like junk stay."""
    assert not is_junk(name)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        (b"ok\n[abc", ".graderignore:2", "a [ has no closing ]"),
        (b"[", ".graderignore:1", "a [ has no closing ]"),
        (b"[a-", ".graderignore:1", "a [ has no closing ]"),
        (b"[\\", ".graderignore:1", "a [ has no closing ]"),
        (b"[z-a]", ".graderignore:1", "the range z-a is empty"),
        (b"[[:digit:]]", ".graderignore:1", "named classes such as [:alpha:] are not supported"),
        (b"a\\", ".graderignore:1", "the pattern ends in a backslash"),
        (b"a//b", ".graderignore:1", "the pattern has an empty part"),
        (b"\n\n/", ".graderignore:3", "the pattern has an empty part"),
        (b"!", ".graderignore:1", "the pattern has an empty part"),
        (b"a\xff", ".graderignore", "byte 1 is not valid UTF-8"),
        (b"a" * (MAX_IGNORE_BYTES + 1), ".graderignore", "is too large"),
        (b"a\n" * (MAX_PATTERNS + 1), ".graderignore", f"holds {MAX_PATTERNS + 1} patterns"),
    ],
)
def test_a_line_that_is_not_understood_is_named(text: bytes, where: str, what: str) -> None:
    """A pattern that would silently never match is an error with its line."""
    with pytest.raises(SubmissionError) as caught:
        Rules(text)
    assert (caught.value.problems[0].where, caught.value.problems[0].what) == (where, what)
    assert "git" in caught.value.hint


def test_all_wrong_lines_are_named_at_once() -> None:
    """One run shows every line to correct."""
    with pytest.raises(SubmissionError) as caught:
        Rules(b"[\nok\n[a\n\\")
    assert [problem.where for problem in caught.value.problems] == [
        ".graderignore:1",
        ".graderignore:3",
        ".graderignore:4",
    ]


def test_as_many_patterns_as_allowed_are_read() -> None:
    """The bounds themselves are allowed, and a byte order mark and comments do not count."""
    rules = Rules(b"\xef\xbb\xbf# c\n" + b"a\n" * MAX_PATTERNS)
    assert rules.excludes("a", folder=False)
    assert Rules(b"#" * (MAX_IGNORE_BYTES - 2) + b"\na").excludes("a", folder=False)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "*b", "a" * 239),
        ("*" * 200 + "b", "a" * 239),
        ("**/a/" * 40 + "b", "a/" * 119 + "a"),
        ("**/*a*a*a*/" * 10 + "*a*a*b", "aaaaaaaaaaaaaa/" * 15 + "a"),
    ],
)
def test_patterns_made_to_be_slow_match_at_once(pattern: str, path: str) -> None:
    """Backtracking engines need years for these; here a hundred matches stay within the budget of one second."""
    rules = Rules(pattern.encode())
    assert not any(rules.excludes(path, folder=False) for _ in range(100))


def test_patterns_cannot_take_more_than_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """When hostile patterns and hostile paths meet, matching ends with an error."""
    monkeypatch.setattr("grader.ignore._MATCHING_S", 0.02)
    rules = Rules(b"\n".join([b"*" + b"[ab]" * 12 + b"c"] * MAX_PATTERNS))
    with pytest.raises(SubmissionError, match="cannot be applied"):
        any(rules.excludes("a" * 239, folder=False) for _ in range(20000))
