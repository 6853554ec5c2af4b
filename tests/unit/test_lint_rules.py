"""Every rule of lint strikes where something is wrong, and there only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.authoring.lint import Finding, all_rules, lint
from tests.linting import FILES, HIDDEN, replace, write, write_ticks

CHALLENGE, README = "challenge.toml", "README.md"
PUBLIC, SUITE, HELPERS = "checks/public/test_ticks.py", "checks/hidden/test_many_ticks.py", "checks/hidden/helpers.py"
FORGETS, TRUSTS = "solutions/wrong-forgets/expected.toml", "solutions/wrong-trusts/expected.toml"
STARTER = "starter/python/app.py"
TOKEN = "mark-7f3Kq92Lx81Zr"

MISTAKE = "solutions/wrong-trusts/mistake.patch"
PROGRAM = "".join(f"print({number})\n" for number in range(30))

Change = Callable[[Path], None]


def swap(name: str, old: str, new: str) -> Change:
    """Return what changes one place of one file."""
    return lambda folder: replace(folder, name, old, new)


def put(name: str, content: str | bytes) -> Change:
    """Return what writes one file."""
    return lambda folder: write(folder, name, content)


def remove(name: str) -> Change:
    """Return what removes a file or folder."""
    return lambda folder: (shutil.rmtree if (folder / name).is_dir() else Path.unlink)(folder / name)


def both(*changes: Change) -> Change:
    """Return what makes all these changes."""

    def change_all(folder: Path) -> None:
        for change in changes:
            change(folder)

    return change_all


def mistake(patch: str) -> Change:
    """Return what makes a wrong solution a mistake in the reference."""
    return both(
        put(MISTAKE, patch),
        put(TRUSTS, FILES[TRUSTS] + 'based_on = "reference-flask"\n'),
        remove("solutions/wrong-trusts/app.py"),
    )


def copied(lines: int, expected: str = "") -> Change:
    """Return what makes a wrong solution a copy of the reference, `lines` of which are others."""
    wrong = PROGRAM.splitlines(keepends=True)[lines:] + ["print('trusts')\n"] * lines
    return both(
        put("solutions/reference-flask/app.py", PROGRAM),
        put("solutions/wrong-trusts/app.py", "".join(wrong)),
        put(TRUSTS, expected + FILES[TRUSTS]),
    )


@dataclass(frozen=True)
class Case:
    """One fault: what it is, the rule that must find it, where, and a word that it must say."""

    about: str
    rule: str
    change: Change
    where: str
    says: str = ""


def line_of(text: str, words: str) -> int:
    """Return the number of the first line that holds some words."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if words in line)


def at(name: str, words: str) -> str:
    """Return `file:line` of the first line that holds some words."""
    return f"{name}:{line_of(FILES[name], words)}"


WITHOUT_HINT = swap(SUITE, ', hint="Count each tick once."', "")
TITLES_ONLY = swap(CHALLENGE, 'kind = "api"', 'kind = "api"\nfeedback = "title"')

BAD = [
    Case("key", "manifest", swap(CHALLENGE, 'kind = "api"', 'kinds = "api"'), f"{CHALLENGE}:5", "kinds is not known"),
    Case("value", "manifest", swap(CHALLENGE, '"registry"', '"any"'), f"{CHALLENGE}:10", "app.dependencies"),
    Case("toml", "manifest", swap(CHALLENGE, '"easy"', '"easy'), f"{CHALLENGE}:6", "is not TOML"),
    Case("slug", "manifest", swap(CHALLENGE, '"ticks"', '"tocks"'), f"{CHALLENGE}:2", "slug is 'tocks'"),
    Case("no manifest", "manifest", remove(CHALLENGE), CHALLENGE, "cannot be read"),
    Case("no statement", "manifest", remove(README), README, "is missing"),
    Case("no suite", "manifest", remove(PUBLIC), "checks/public", "holds no test_*.py"),
    Case("stack", "not-installed", swap(CHALLENGE, '["python"]', '["python", "cobol"]'), f"{CHALLENGE}:7", "'cobol'"),
    Case(
        "service",
        "not-installed",
        put(CHALLENGE, FILES[CHALLENGE] + '[services.db]\nuse = "oracle"\n'),
        f"{CHALLENGE}:12",
        "'oracle'",
    ),
    Case("syntax", "suite-syntax", swap(HELPERS, "def refuse_this(", "def refuse_this"), f"{HELPERS}:10", "not Python"),
    Case("nul", "suite-syntax", put(HELPERS, b"\0"), HELPERS, "not Python"),
    Case("empty suite", "no-checks", put(PUBLIC, "import pytest\n"), "checks/public", "no test functions"),
    Case("import", "unknown-import", swap(SUITE, "attempt, expect", "attemt, expect"), f"{SUITE}:2", "has no attemt"),
    Case(
        "fixture",
        "unknown-fixture",
        swap(SUITE, "def test_counts(api, rng)", "def test_counts(apl, rng, *, request)"),
        at(SUITE, "def test_counts"),
        "asks for apl",
    ),
    Case(
        "parameter",
        "unknown-fixture",
        swap(SUITE, 'parametrize("name"', 'parametrize("names"'),
        at(SUITE, "def test_refuses"),
        "asks for name,",
    ),
    Case(
        "no title",
        "declaration",
        swap(SUITE, '    """Ticks are counted."""\n', ""),
        at(SUITE, "def test_counts"),
        "no docstring",
    ),
    Case(
        "blank title",
        "declaration",
        swap(SUITE, '"""Ticks are counted."""', '"""  """'),
        at(SUITE, "def test_counts"),
        "no docstring",
    ),
    Case(
        "no mark",
        "declaration",
        swap(PUBLIC, '@pytest.mark.check(points=1, group="count", hint="Count.")\n', ""),
        f"{PUBLIC}:4",
        "has no mark",
    ),
    Case("positional", "declaration", swap(PUBLIC, "(points=1", "(1, points=1"), f"{PUBLIC}:4", "positional"),
    Case("keyword", "declaration", swap(PUBLIC, "hint=", "hints="), f"{PUBLIC}:4", "no keyword 'hints'"),
    Case("points", "declaration", swap(PUBLIC, "points=1", "points=True"), f"{PUBLIC}:4", "points are True"),
    Case("many points", "declaration", swap(PUBLIC, "points=1", "points=10001"), f"{PUBLIC}:4", "points are 10001"),
    Case("long hint", "declaration", swap(PUBLIC, "Count.", "x" * 2140), f"{PUBLIC}:4", "hint has 2,140 characters"),
    Case("long title", "declaration", swap(SUITE, "Ticks are", "t" * 501), at(SUITE, "def test_counts"), "title has "),
    Case(
        "long id",
        "declaration",
        swap(SUITE, "test_counts", "test_" + "x" * 201),
        at(SUITE, "def test_counts"),
        "id has ",
    ),
    Case(
        "many checks",
        "declaration",
        put("checks/hidden/test_more.py", "".join(f"def test_{number}(): ...\n" for number in range(1000))),
        "checks/hidden",
        "checks",
    ),
    Case("no points", "declaration", swap(PUBLIC, "points=1, ", ""), f"{PUBLIC}:4", "points are missing"),
    Case("group", "declaration", swap(PUBLIC, 'group="count"', "group=None"), f"{PUBLIC}:4", "the group is missing"),
    Case("hint type", "declaration", swap(PUBLIC, 'hint="Count."', "hint=5"), f"{PUBLIC}:4", "hint is 5"),
    Case("level", "declaration", swap(PUBLIC, "hint=", "feedback='all', hint="), f"{PUBLIC}:4", "feedback is 'all'"),
    Case("cwe", "declaration", swap(SUITE, "CWE-89", "89"), at(SUITE, "CWE-89"), "cwe is '89'"),
    Case(
        "computed",
        "unreadable",
        swap(SUITE, "points=40", "points=4 * len('0123456789')"),
        at(SUITE, "def test_counts"),
        "points cannot be known",
    ),
    Case("sum", "points", swap(SUITE, "points=40", "points=41"), "checks/hidden", "add up to 101"),
    Case(
        "same name twice",
        "duplicate-check",
        put(SUITE, HIDDEN + HIDDEN[HIDDEN.index("@pytest") : HIDDEN.index("@pytest.mark.check(points=30")]),
        f"{SUITE}:{len(HIDDEN.splitlines()) + 2}",
        f"taken by {at(SUITE, 'def test_counts')}",
    ),
    Case(
        "same id in two files",
        "duplicate-check",
        put("checks/public/test_z.py", FILES[PUBLIC].replace("201", "200")),
        "checks/public/test_z.py:5",
        "'ticks-are-counted'",
    ),
    Case("hint", "hint", swap(PUBLIC, ', hint="Count."', ""), f"{PUBLIC}:5", "has no hint"),
    Case("blank hint", "hint", swap(SUITE, "Count each tick once.", " "), at(SUITE, "def test_counts"), "has no hint"),
    Case(
        "hint that the mark alone shows",
        "hint",
        both(WITHOUT_HINT, TITLES_ONLY, swap(SUITE, "points=40", "points=40, feedback='hint'")),
        at(SUITE, "def test_counts"),
        "has no hint",
    ),
    Case(
        "skip",
        "skipped",
        swap(SUITE, "def test_counts", "@pytest.mark.skip(reason='later')\ndef test_counts"),
        at(SUITE, "def test_counts"),
        "skip",
    ),
    Case(
        "xfail of a file",
        "skipped",
        swap(PUBLIC, "import pytest\n", "import pytest\n\npytestmark = [pytest.mark.xfail]\n"),
        f"{PUBLIC}:3",
        "xfail",
    ),
    Case(
        "refusals only",
        "no-witness",
        swap(SUITE, "    tick_once(api, rng)\n    refuse_this", "    refuse_this"),
        at(SUITE, "def test_refuses"),
        "only expects refusals",
    ),
    Case(
        "absence only",
        "no-witness",
        swap(
            SUITE,
            'first, second = tick_once(api, rng), tick_once(api, rng)\n    expect(second == first + 1, "',
            'expect("secret" not in api.get("/ticks").text, "',
        ),
        at(SUITE, "def test_counts"),
        "only expects refusals",
    ),
    Case(
        "file in the statement",
        "hidden-name",
        swap(README, "counts;", "counts (test_many_ticks.py);"),
        at(README, "counts;"),
        "'test_many_ticks.py'",
    ),
    Case(
        "helper in the statement",
        "hidden-name",
        swap(README, "counts;", "counts: tick_once;"),
        at(README, "counts;"),
        "'tick_once'",
    ),
    Case(
        "folder in public",
        "hidden-name",
        swap(PUBLIC, "import pytest", "import pytest  # see checks/hidden/"),
        f"{PUBLIC}:1",
        "'checks/hidden'",
    ),
    Case(
        "function in a hint",
        "hidden-name",
        swap(SUITE, "Count each tick once.", "See tick_once."),
        at(SUITE, "Count each"),
        "'tick_once'",
    ),
    Case(
        "attack in the statement",
        "hidden-value",
        swap(README, "`O'Brien`", "`x'; DROP TABLE todos; --`"),
        at(README, "O'Brien"),
        "DROP TABLE",
    ),
    Case(
        "marker in the starter",
        "hidden-value",
        both(swap(SUITE, "table = rng.random()", f"table = '{TOKEN}'"), put(STARTER, f"\nsecret = '{TOKEN}'\n")),
        f"{STARTER}:2",
        TOKEN,
    ),
    Case(
        "marker in public",
        "hidden-value",
        both(swap(SUITE, "table = rng.random()", f"table = '{TOKEN}'"), swap(PUBLIC, "Count.", f"Count {TOKEN}.")),
        f"{PUBLIC}:4",
        TOKEN,
    ),
    Case(
        "attack in a message",
        "secret-message",
        swap(SUITE, "expected one more", "x'; drop table t1; -- counted"),
        at(SUITE, "expected one more"),
        "to the learner",
    ),
    Case(
        "attack in a title",
        "secret-message",
        swap(SUITE, "A name is never SQL.", "A name such as x'; DROP TABLE t; -- is no SQL."),
        at(SUITE, "A name is never SQL."),
        "to the learner",
    ),
    Case(
        "parameter in a message",
        "secret-message",
        both(
            swap(SUITE, "[5, None]", """["' OR 1=1 --"]"""),
            swap(SUITE, "refuse_this(api, name)", "expect(0, f'{name}')"),
        ),
        at(SUITE, "refuse_this(api, name)"),
        "the value of name",
    ),
    Case(
        "one of several in a message",
        "secret-message",
        swap(
            SUITE,
            "    refuse_this(api, name)",
            """    for sent, status in (("a", 422), ("' OR 1=1 --", 422)):\n"""
            """        expect(name, f"{status} for {sent}")""",
        ),
        f"{SUITE}:{line_of(HIDDEN, 'refuse_this(api, name)') + 1}",
        "the value of sent",
    ),
    Case(
        "constant in a message",
        "secret-message",
        both(
            swap(SUITE, "\n\n\n@pytest", f"\n\nMARKER = '{TOKEN}'\n\n\n@pytest"),
            swap(SUITE, '"POST /ticks: expected one more"', "f'{MARKER}'"),
        ),
        f"{SUITE}:{line_of(HIDDEN, 'expected one more') + 2}",
        "the value of MARKER",
    ),
    Case(
        "attack in both suites",
        "shared-payload",
        swap(SUITE, "x'; DROP TABLE t{table}; --", "{table}' or '1'='1"),
        at(SUITE, "DROP TABLE"),
        f"{PUBLIC}:7",
    ),
    Case(
        "same code",
        "copied-check",
        put(PUBLIC, HIDDEN.replace("test_names_are_never_sql", "test_sql").replace("test_counts", "test_x")),
        f"{PUBLIC}:{line_of(HIDDEN, 'def test_counts')}",
        "test_counts",
    ),
    Case(
        "suite in starter", "copied-file", put("starter/python/helpers.py", FILES[HELPERS]), "starter/python/helpers.py"
    ),
    Case(
        "expected.toml in starter",
        "copied-file",
        put("starter/python/expected.toml", FILES[FORGETS]),
        "starter/python/expected.toml",
        "wrong solution",
    ),
    Case(
        "reference as starter",
        "copied-file",
        both(put(STARTER, "print('right')\n"), remove("starter/python/requirements.txt")),
        "starter/python",
        "reference-flask",
    ),
    Case("strange folder", "solutions", put("solutions/other/app.py", ""), "solutions/other", "another name"),
    Case("bad expected", "solutions", swap(FORGETS, '"failed"', '"lost"'), f"{FORGETS}:2", "verdict"),
    Case(
        "order",
        "fails-order",
        swap(FORGETS, '"counts", "refuses-bad-names"', '"refuses-bad-names", "counts"'),
        f"{FORGETS}:3",
        "not sorted",
    ),
    Case("unknown id", "unknown-check", swap(FORGETS, '"counts"', '"count"'), f"{FORGETS}:3", "'count'"),
    Case(
        "not failed",
        "unproven-check",
        swap(FORGETS, '"counts", ', ""),
        at(SUITE, "def test_counts"),
        "fails test_counts",
    ),
    Case(
        "wrong twins",
        "same-solution",
        put("solutions/wrong-trusts/app.py", "print('forgets')\n"),
        "solutions/wrong-trusts",
        "wrong-forgets",
    ),
    Case(
        "wrong is right",
        "same-solution",
        put("solutions/wrong-trusts/app.py", "print('right')\n"),
        "solutions/wrong-trusts",
        "reference-flask",
    ),
    Case("copy", "whole-copy", copied(2), f"{TRUSTS}:1", "has 30 lines, 4 of them its mistake in reference-flask"),
    Case("copy, no reason", "whole-copy", copied(2, "# lint: ok whole-copy\n"), f"{TRUSTS}:1", "has 30 lines"),
    Case(
        "copy of the starter",
        "whole-copy",
        both(copied(1), put("starter/python/app.py", PROGRAM), remove("solutions/reference-flask")),
        f"{TRUSTS}:1",
        "has 30 lines",
    ),
    Case(
        "misfit",
        "solutions",
        mistake("--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-print('left')\n+print('trusts')\n"),
        f"{MISTAKE}:4",
        "does not fit reference-flask",
    ),
    Case(
        "no mistake",
        "solutions",
        mistake("--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-print('right')\n+print('right')\n"),
        MISTAKE,
        "changes nothing",
    ),
    Case(
        "dependency of a mistake",
        "unpinned",
        mistake("--- /dev/null\n+++ b/requirements.txt\n@@ -0,0 +1 @@\n+flask>=3\n"),
        MISTAKE,
        "flask>=3 in requirements.txt",
    ),
    Case("no reference", "no-reference", remove("solutions/reference-flask"), "solutions", "no reference"),
    Case(
        "no reference in node",
        "unproven-stack",
        swap(CHALLENGE, '["python"]', '["python", "node"]'),
        f"{CHALLENGE}:7",
        "node",
    ),
    Case("one wrong", "few-wrong", remove("solutions/wrong-trusts"), "solutions", "holds 1 wrong"),
    Case("no starter", "starter", remove("starter"), f"{CHALLENGE}:7", "no starter"),
    Case("other starter", "starter", put("starter/ruby/app.rb", "1\n"), "starter/ruby", "manifest does not name"),
    Case(
        "requirements",
        "unpinned",
        swap("starter/python/requirements.txt", "==3.1.0", ">=3"),
        "starter/python/requirements.txt:2",
        "flask>=3",
    ),
    Case(
        "package.json",
        "unpinned",
        put("starter/python/package.json", '{\n  "dependencies": {\n    "koa": "^2.15.0"\n  }\n}\n'),
        "starter/python/package.json:3",
        "koa ^2.15.0",
    ),
    Case(
        "Gemfile",
        "unpinned",
        put("solutions/reference-flask/Gemfile", 'source "x"\ngem "sinatra"\ngem "rack", "~> 3"\n'),
        "solutions/reference-flask/Gemfile:3",
        "rack",
    ),
    Case(
        "composer.json",
        "unpinned",
        put("starter/python/composer.json", '{"require": {"php": ">=8", "slim/slim": "4.*"}}'),
        "starter/python/composer.json:1",
        "slim/slim",
    ),
    Case("link", "broken-link", swap(README, "starter/python/app.py", "app.py"), at(README, "starter/"), "nowhere"),
    Case(
        "image",
        "broken-link",
        swap(README, "## Endpoints", '## Endpoints\n<img src="no.png">'),
        f"{README}:7",
        "no.png",
    ),
    Case("anchor", "broken-link", swap(README, "(#endpoints)", "(#endpoint)"), at(README, "#endpoints"), "no heading"),
    Case(
        "link to the hidden",
        "broken-link",
        swap(README, "starter/python/app.py", "solutions/reference-flask/app.py"),
        at(README, "starter/"),
        "does not get",
    ),
    Case("cache", "caches", put("starter/python/__pycache__/app.pyc", b"\0"), "starter/python/__pycache__", "cache"),
    Case("white space", "line-ends", swap(CHALLENGE, 'kind = "api"', 'kind = "api" '), f"{CHALLENGE}:5", "untidy"),
    Case("no newline", "line-ends", put(README, "# Ticks"), f"{README}:1", "untidy"),
]


GOOD = {
    "points of a constant": both(
        swap(SUITE, "points=40", "points=FORTY"), swap(SUITE, "\n\n\n@pytest", "\n\nFORTY = 40\n\n\n@pytest")
    ),
    "a mark with another name": both(
        swap(SUITE, "@pytest.mark.check(points=40", "@check(points=40"),
        swap(SUITE, "\n\n\n@pytest", "\n\ncheck = pytest.mark.check\n\n\n@pytest"),
    ),
    "fixtures of the suite": both(
        swap(HELPERS, "def tick_once", "@pytest.fixture(name='clock')\ndef _clock(): ...\n\n\ndef tick_once"),
        swap(HELPERS, "from grader_checks", "import pytest\nfrom grader_checks"),
        swap(SUITE, "def test_counts(api, rng)", "def test_counts(api, rng, clock, tmp_path, often=2)"),
    ),
    "a mark of a class": put(
        PUBLIC,
        '''\
        from pytest import mark


        @mark.check(points=1, group="g", hint="H.")
        class TestTicks:
            def test_ticks(self, api):
                """POST /ticks answers 201."""
                api.post("/ticks").expect(201)
        ''',
    ),
    "a hint that is put together": swap(SUITE, '"Count each tick once."', '"Count each "\n    "tick once."'),
    "a documented example": both(
        swap(README, "`O'Brien`", '`O\'Brien` (`"2027-02-29"`, `/ticks/99999999999999999999`, `<b>`)'),
        swap(SUITE, "tick_once(api, rng)\n    refuse", 'tick_once(api, "2027-02-29", "O\'Brien", "<b>")\n    refuse'),
    ),
    "an alphabet in both suites": both(
        swap(SUITE, "rng.random()", 'rng.choice("abcdefghijklmnopqrstuvwxyz0123456789")'),
        swap(PUBLIC, "\n    api.post", '\n    "".join("abcdefghijklmnopqrstuvwxyz0123456789")\n    api.post'),
    ),
    "a helper that both suites have": swap(
        PUBLIC, "import pytest\n", "import pytest\n\n\ndef tick_once(api):\n    pass\n"
    ),
    "a title that is followed by more": swap(
        SUITE, '"""A name is never SQL."""', '"""A name is never SQL.\n\n    Not even x\'; DROP TABLE t; --\n    """'
    ),
    "a parameter that is a label": swap(SUITE, "refuse_this(api, name)", "expect(name != 7, f'POST with {name}')"),
    "a label beside an attack, and a name that holds an attack elsewhere": both(
        swap(
            SUITE,
            "    refuse_this(api, name)",
            """    for sent, what in (("' OR 1=1 --", "a condition"),):\n"""
            """        expect(sent != name, f"POST with {what}")\n"""
            """    for sent in ("a", "b"):\n        expect(sent != name, f"POST with {sent}")""",
        ),
        swap(
            HELPERS,
            "\n\n\ndef tick_once",
            '\n\n\ndef attack(api):\n    what = "\' OR 2=2 --"\n    api.get(what)\n\n\n'
            "def told(what):\n    expect(what, f'{what}')\n\n\ndef tick_once",
        ),
    ),
    "a helper with the name of a documented field": both(
        swap(HELPERS, "def refuse_this", "def created_at(tick):\n    return tick['created_at']\n\n\ndef refuse_this"),
        swap(README, "counts;", "counts, `created_at` is when;"),
    ),
    "one of several statuses": swap(HELPERS, "expect(201,", "expect((200, 201),"),
    "the starter's file in a reference": put("solutions/reference-flask/requirements.txt", "flask==3.1.0\n"),
    "a mistake in a reference": mistake("--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-print('right')\n+print('trusts')\n"),
    "a wrong solution that is a program of its own": copied(3),
    "a copy that is one with a reason": copied(2, "# lint: ok whole-copy it shows how they are written out\n"),
    "exact requirements of all kinds": put(
        "starter/python/requirements.txt",
        "-r more.txt\n\n"
        "a==1  # why\nb[c]==2.0.1; python_version > '3'\nd==3 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1",
    ),
    "ranges beside a lock": both(
        put("starter/python/package.json", '{"dependencies": {"koa": "^2"}}'),
        put("starter/python/package-lock.json", "{}"),
    ),
    "exact versions": both(
        put("starter/python/package.json", '{"dependencies": {"koa": "2.15.0"}}'),
        put("starter/python/Gemfile", 'source "x"\ngem "rack", "3.1.8"\n'),
        put("starter/python/composer.json", '{"require": {"php": ">=8", "ext-pdo": "*", "slim/slim": "4.14.0"}}'),
    ),
    "links of all kinds": put(
        README,
        """\
        # A `tick` counter, well-known

        ## Twice
        ## Twice

        <a name="here"></a> [a](#a-tick-counter-well-known) [b](#twice-1) [c](#here) [d](README.md#twice "title")
        [e]: starter/python/app.py
        ![f](<starter/python/app.py>) [g](mailto:a@example.org) `[h](nowhere)` ``[i](nowhere)``

        ~~~
        [j](nowhere)
        ```
        ~~~
        """,
    ),
    "no hint in a suite of titles": both(WITHOUT_HINT, TITLES_ONLY),
    "no hint in a silent check": both(WITHOUT_HINT, swap(SUITE, "points=40", "points=40, feedback='silent'")),
    "a line break in Markdown": swap(README, "counts;", "counts;  \n"),
    "white space that a value needs": swap(CHALLENGE, '"A tick counter"', '"""A \ntick counter"""'),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a challenge that lint has nothing to say about."""
    return write_ticks(tmp_path)


def find(folder: Path, code: str) -> list[Finding]:
    """Return what one rule finds."""
    return [finding for finding in lint(folder) if finding.rule == code]


def test_nothing_is_said_about_a_challenge_that_is_right(folder: Path) -> None:
    """The challenge that the other tests break is without a fault."""
    assert lint(folder) == ()


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case.rule}: {case.about}")
def test_a_fault_is_found_in_its_place(folder: Path, case: Case) -> None:
    """One thing that is wrong is found by its rule, with file, line, what is wrong and what was expected."""
    case.change(folder)
    found = {finding.where: finding for finding in find(folder, case.rule)}
    assert case.where in found, list(found)
    assert case.says in found[case.where].what
    assert found[case.where].expected


@pytest.mark.parametrize("about", GOOD)
def test_what_only_looks_like_a_fault_is_none(folder: Path, about: str) -> None:
    """Lint says nothing about what authors do by right."""
    GOOD[about](folder)
    assert [f"{finding.where} {finding.rule}: {finding.what}" for finding in lint(folder)] == []


def test_every_rule_has_a_challenge_that_breaks_it() -> None:
    """A rule that was never seen to strike proves nothing."""
    assert {case.rule for case in BAD} == {rule.code for rule in all_rules()}
