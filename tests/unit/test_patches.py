"""Patches: what is written can be applied, what does not fit is refused with its place, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.diffs import BadPatch, read_patch
from grader.errors import SubmissionError
from grader.models import Submission
from grader.patches import apply_patch
from grader.submission import submission_of
from grader.unified import write_patch
from tests.builders import make_submission

QUICK = settings(max_examples=150, deadline=None, database=None)

LINES = st.sampled_from(
    [b"a", b"b", b"c", b"", b" ", b"-", b"--- a/x", b"+++ b/x", b"@@ -1 +1 @@", b"\\ No", b"\0\xff", b"d\r"]
)
TEXTS = st.builds(
    lambda lines, end: b"\n".join(lines) + end, st.lists(LINES, max_size=12), st.sampled_from([b"\n", b""])
)
TREES = st.dictionaries(
    st.sampled_from(["app.py", "lib/a b.py", "lib/ö.py", "run"]), st.tuples(TEXTS, st.booleans()), max_size=4
)

BASE = "".join(f"line {number}\n" for number in range(1, 21))
HEAD = "--- a/app.py\n+++ b/app.py\n"
MIDDLE = f"{HEAD}@@ -9,3 +9,3 @@\n line 9\n-line 10\n+line ten\n line 11\n"


def tree(files: Mapping[str, tuple[bytes, bool]]) -> Submission:
    """Return a submission of these files, some of which are executable."""
    contents = {path: content for path, (content, _) in files.items()}
    return make_submission(contents, executable=[path for path, (_, executable) in files.items() if executable])


def applied(patch: str | bytes, base: str | bytes | Mapping[str, bytes] = BASE) -> Mapping[str, bytes]:
    """Return what a patch makes of files, or of the one file `app.py`."""
    content = base.encode() if isinstance(base, str) else base
    files = {"app.py": content} if isinstance(content, bytes) else content
    patch = patch.encode() if isinstance(patch, str) else patch
    return apply_patch(read_patch(patch, "mistake.patch"), make_submission(files), "reference-flask")[0]


def refused(patch: str | bytes, base: str | bytes | Mapping[str, bytes] = BASE) -> str:
    """Return what is said against a patch, a line for each problem."""
    with pytest.raises(BadPatch) as caught:
        applied(patch, base)
    return "\n".join(map(str, caught.value.problems))


@QUICK
@given(TREES, TREES)
def test_a_patch_makes_the_one_of_the_other(
    old: Mapping[str, tuple[bytes, bool]], new: Mapping[str, tuple[bytes, bool]]
) -> None:
    """Files are added, changed, removed and made executable, to the byte, whatever they hold and however they end."""
    before, after = tree(old), tree(new)
    patch = write_patch(before, after)
    if before == after:
        assert patch == b""
    else:
        assert apply_patch(read_patch(patch, "p"), before, "x") == (after.files, after.executable)


@QUICK
@given(st.lists(st.integers(0, 999), unique=True, min_size=9, max_size=30), st.integers(1, 9), st.data())
def test_a_reference_may_grow_above_a_mistake(numbers: list[int], grown: int, data: st.DataObject) -> None:
    """Where its lines are there once, a hunk is found wherever they have gone."""
    lines = [f"{number}\n" for number in numbers]
    place = data.draw(st.integers(0, len(lines) - 1))
    broken = [*lines[:place], "broken\n", *lines[place + 1 :]]
    patch = write_patch(
        make_submission({"app.py": "".join(lines).encode()}), make_submission({"app.py": "".join(broken).encode()})
    )
    above = [f"new {number}\n" for number in range(grown)]
    assert applied(patch, "".join([*above, *lines]))["app.py"].decode() == "".join([*above, *broken])


@QUICK
@given(TREES, TREES, st.data())
def test_a_damaged_patch_is_refused_or_is_another_patch(
    old: Mapping[str, tuple[bytes, bool]], new: Mapping[str, tuple[bytes, bool]], data: st.DataObject
) -> None:
    """Whatever bytes are cut out of it, nothing but a `BadPatch` comes of reading and applying it."""
    patch = write_patch(tree(old), tree(new))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(patch))] * 2)))
    try:
        files, _ = apply_patch(read_patch(patch[:start] + patch[end:], "p"), tree(old), "x")
    except BadPatch as bad:
        told = bad.problems
    else:
        told = ()
        assert all(isinstance(content, bytes) for content in files.values())
    assert all(problem.where.startswith("p") and problem.expected for problem in told)


def test_a_diff_of_git_is_read() -> None:
    """With its header, hashes, modes, the names of functions, files added and removed, and empty ones."""
    patch = """\
diff --git a/app.py b/app.py
old mode 100644
new mode 100755
index 1234567..89abcde
--- a/app.py
+++ b/app.py
@@ -9,3 +9,2 @@ def count():
 line 9
-line 10
 line 11
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/new.py b/new.py
new file mode 100755
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+1
\\ No newline at end of file
diff --git a/old.py b/old.py
deleted file mode 100644
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-2
"""
    base = make_submission({"app.py": BASE.encode(), "old.py": b"2\n"})
    files, executable = apply_patch(read_patch(patch.encode(), "p"), base, "x")
    assert files == {"app.py": BASE.replace("line 10\n", "").encode(), "empty": b"", "new.py": b"1"}
    assert executable == {"app.py", "new.py"}


def test_a_diff_of_other_programs_is_read() -> None:
    """GNU diff dates the names, and editors cut off the space of an empty line."""
    patch = "diff -ru a/app.py b/app.py\n--- a/app.py\t2026-01-02 03:04\n+++ b/app.py\t2026-01-02\n"
    patch += "@@ -1,3 +1,3 @@\n a\n\n-b\n+c"
    assert applied(patch, "a\n\nb\n") == {"app.py": b"a\n\nc\n"}


def test_a_diff_of_two_folders_by_git_is_read() -> None:
    """Of a file that only one folder has, git names that folder twice, whether it is empty or not."""
    patch = """\
diff --git b/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git b/lib/new.py b/lib/new.py
new file mode 100644
index 0000000..d00491f
--- /dev/null
+++ b/lib/new.py
@@ -0,0 +1 @@
+1
diff --git a/none b/none
deleted file mode 100644
index e69de29..0000000
diff --git a/old.py a/old.py
deleted file mode 100644
index 0cfbf08..0000000
--- a/old.py
+++ /dev/null
@@ -1 +0,0 @@
-2
"""
    base = {"app.py": b"1\n", "none": b"", "old.py": b"2\n"}
    made = {"app.py": b"1\n", "empty": b"", "lib/new.py": b"1\n"}
    assert applied(patch, base) == made
    assert applied(patch.replace("a/none b/none", "a/none a/none"), base) == made


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (MIDDLE.replace("+9,3", "+9,4"), "@@ -9,3 +9,3 @@"),
        (MIDDLE.replace("-9,3 +9,3", "-9,4 +9,4"), "@@ -9,3 +9,3 @@"),
        (MIDDLE.replace("-9,3 +9,3", "-9,2 +9,2"), "@@ -9,3 +9,3 @@"),
        (MIDDLE.replace("-9,3", "-9"), "@@ -9,3 +9,3 @@"),
        (MIDDLE.replace("+line ten", "+line ten\n+more"), "@@ -9,3 +9,4 @@"),
        (MIDDLE + "+more\n" + MIDDLE.replace("app", "other"), "@@ -9,3 +9,4 @@"),
        (MIDDLE.replace("+9,3", "+9,4") + "@@ -15 +15 @@\n-line 15\n", "@@ -9,3 +9,3 @@"),
        (MIDDLE.replace("+9,3", "+9,4") + f"diff -ru a b\n{MIDDLE}", "@@ -9,3 +9,3 @@"),
        (f"{HEAD}@@ -20,2 +20,2 @@\n-line 20\n+20\n\\ No newline at end of file\n", "@@ -20,1 +20,1 @@"),
    ],
)
def test_a_hunk_that_is_miscounted_says_what_would_be_right(patch: str, expected: str) -> None:
    """At its @@, so that nobody has to count."""
    told = refused(patch)
    assert told.startswith("mistake.patch:3: has a hunk whose @@ counts "), told
    assert f"(expected {expected}, or other lines" in told


def test_what_looks_like_a_space_or_like_nothing_is_shown() -> None:
    """Tabs, the CR of other systems, colours, and a line that is empty."""
    crlf, tabs = BASE.replace("\n", "\r\n"), BASE.replace("line 10", "\tline 10")
    assert refused(MIDDLE, crlf).endswith('whose line 9 is "line 9\\r" (expected "line 9")')
    assert refused(MIDDLE, tabs).endswith('whose line 10 is "\\tline 10" (expected "line 10")')
    empty = MIDDLE.replace(" line 9", "").replace("-9,3 +9,3", "-8,3 +8,3")
    assert refused(empty, BASE).endswith('whose line 9 is "line 9" (expected an empty line)')
    assert "belongs to nothing: an empty line" in refused(MIDDLE + "\n")
    assert 'belongs to nothing: "\\x1b[1mdiff' in refused(f"\x1b[1mdiff\x1b[m\n{MIDDLE}")


def test_a_hunk_of_which_nothing_is_there_names_a_line_that_tells_something() -> None:
    """Not an empty one."""
    for others in ("else\n", "else\n\n"):
        told = refused(MIDDLE.replace(" line 9", ""), others)
        assert told.startswith("mistake.patch:5: "), told
        assert told.endswith('none of its lines is there (expected "line 10")')


def test_a_hunk_that_no_longer_fits_says_where_and_what_was_expected() -> None:
    """Place in the patch, file, hunk, line of the reference, what is there, and what the patch expects."""
    told = refused(MIDDLE, BASE.replace("line 11", "line eleven"))
    assert told == (
        'mistake.patch:7: hunk 1 of app.py does not fit reference-flask, whose line 11 is "line eleven" '
        '(expected "line 11")'
    )
    assert "which has no line 11" in refused(MIDDLE, BASE.partition("line 11")[0])
    assert (
        'mistake.patch:4: hunk 1 of app.py does not fit reference-flask: none of its lines is there (expected "line 9")'
        in refused(MIDDLE, "else\n")
    )
    assert 'whose line 11 is "line 11" without a newline' in refused(MIDDLE, BASE.partition("\nline 12")[0])


def test_every_file_that_does_not_fit_is_told() -> None:
    """Not only the first."""
    other = MIDDLE.replace("app.py", "other.py")
    told = refused(MIDDLE + other, {"app.py": b"1\n", "other.py": b"2\n"}).splitlines()
    assert [line.partition(": ")[0] for line in told] == ["mistake.patch:4", "mistake.patch:11"]


def test_of_several_places_the_one_that_the_patch_names_is_taken() -> None:
    """Where it names none of them, nobody could know which was meant."""
    block = "start\nline 9\nline 10\nline 11\n"
    assert applied(MIDDLE.replace("-9,3", "-6,3"), block * 2)["app.py"].decode() == block + block.replace("10", "ten")
    told = refused(MIDDLE, block * 2)
    assert "mistake.patch:3: hunk 1 of app.py does not fit reference-flask at line 9, but in 2 other places" in told


@pytest.mark.parametrize(
    ("patch", "where", "says"),
    [
        ("", 1, "holds no change"),
        ("hello\n", 1, 'belongs to nothing: "hello"'),
        (MIDDLE.replace("+9,3", "+9,1"), 3, "@@ counts 3 and 1 lines, old and new, where 3 and 3 follow"),
        (f"From 1234567\nSubject: x\n---\n{MIDDLE}", 1, "belongs to nothing"),
        (f"{MIDDLE}-- \n2.39.5\n", 8, 'belongs to nothing: "-- "'),
        (MIDDLE.replace("\n", "\r\n"), 1, "lines that end in CR LF"),
        (f"diff --git a/app.py b/app.py\nold mode 100644\n{MIDDLE}".replace("\n", "\r\n"), 1, "end in CR LF"),
        (MIDDLE.replace(" line 11", "*line 11"), 7, 'has "*line 11" within a hunk'),
        (MIDDLE.replace("@@ -9", "@@ 9"), 3, "a hunk that begins with"),
        (MIDDLE.partition("@@")[0], 3, "no hunk for app.py"),
        (MIDDLE.replace("+++ b/app.py\n", ""), 2, "where a name belongs"),
        (MIDDLE.replace("b/app.py", "b/other.py"), 1, "another name: a/app.py and b/other.py"),
        (MIDDLE.replace("a/", "a/a/").replace("b/", "b/b/"), 1, "another name: a/a/app.py and b/b/app.py"),
        (f"{HEAD.replace('a/app.py', '/dev/null').replace('b/app.py', '/dev/null')}@@ -0,0 +1 @@\n+1\n", 1, "name"),
        (MIDDLE + MIDDLE, 8, "changes app.py a second time"),
        (MIDDLE.replace("a/app.py", "app.py"), 1, "names app.py"),
        (MIDDLE.replace("a/app.py", '"a/\\303\\266.py"'), 1, "names"),
        (MIDDLE.replace("app.py\n@@", "app.py\t1970-01-01 00:00\n@@"), 2, "by a date"),
        ("diff --git a/x b/y\nsimilarity index 90%\nrename from x\n", 2, "another name"),
        ("diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n", 3, "no text"),
        ("diff --git a/x b/x\nnew file mode 120000\n", 2, "no plain file (mode 120000)"),
        ("diff --git a/x b/yy\nnew file mode 100644\n", 1, "under another name"),
        ("diff --git b/x b/x\ndeleted file mode 100644\n", 1, "under another name"),
        ("diff --git a/x a/x\nnew file mode 100644\n", 1, "names a/x"),
        (f"diff --git b/app.py b/app.py\n{MIDDLE}", 1, "tells of app.py under another name"),
        (f"diff --git a/x b/x\ndeleted file mode 100644\n{MIDDLE}", 1, "tells of app.py under another name"),
        ("diff --git a/x b/x\nindex 1..2\n", 3, "belongs to nothing"),
        (f"{HEAD}@@ -1 +1,2 @@\n-line 1\n+1\n\\ No newline at end of file\n+2\n", 3, "behind the end"),
        (f"{HEAD}@@ -1 +1 @@\n-line 1\n+1\n\\ No newline at end of file\n", 5, "in the midst"),
        (f"{HEAD}@@ -5,0 +6 @@\n+new\n", 3, "no line to find its place by"),
        (f"{HEAD}@@ -1 +1 @@\n-1\n+2\n".replace("app", "no"), 1, "a file of reference-flask, such as app.py"),
        ("--- a/no.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n", 1, "removes no.py, which reference-flask does not have"),
        ("--- /dev/null\n+++ b/app.py\n@@ -0,0 +1 @@\n+2\n", 1, "adds app.py, which reference-flask has"),
        ("--- a/app.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-line 1\n", 1, 'not its line "line 2"'),
    ],
)  # fmt: skip
def test_what_is_no_patch_or_does_not_fit_is_refused(patch: str, where: int, says: str) -> None:
    """An error names the line, never takes a part of a hunk for the whole, and never does something else instead."""
    told = refused(patch)
    assert told.startswith(f"mistake.patch:{where}: "), told
    assert says in told


def test_a_patch_that_changes_nothing_is_no_mistake() -> None:
    """What it writes is what was there."""
    assert "changes nothing of reference-flask" in refused(MIDDLE.replace("line ten", "line 10"))


@pytest.mark.parametrize(
    "path",
    ["../out.py", "lib/../../out.py", "/etc/passwd", "lib//a.py", "./a.py", "C:/a.py", "a\\b.py", "a\x1b[31m.py"],
)
def test_no_path_leads_out_of_a_submission(path: str) -> None:
    """Neither of a file that is added nor of one that is changed or removed (CWE-22)."""
    for patch in (
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+1\n",
        f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-1\n+2\n",
        f"--- a/{path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n",
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n",
    ):
        told = refused(patch)
        assert told.startswith("mistake.patch:"), told
        assert "names " in told
        assert "\x1b" not in told


def test_what_a_patch_makes_is_judged_as_any_submission() -> None:
    """Names that differ in case alone, and files in place of folders, are refused although each path is fine."""
    added = "".join(f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+1\n" for name in ("APP.py", "app.py/inner"))
    with pytest.raises(SubmissionError) as caught:
        submission_of(applied(added), (), "wrong-x")
    assert {problem.where for problem in caught.value.problems} == {"APP.py", "app.py"}


def test_a_hunk_made_to_take_hours_is_not_looked_for() -> None:
    """A challenge may come from a stranger: every place of a long file would be compared with the hunk."""
    hunk = "@@ -1,20001 +1,20000 @@\n" + " a\n" * 20_000 + "-b\n"
    said = refused(HEAD + hunk, "a\n" * 40_000)
    assert "at line 1, and is too long to be looked for elsewhere (expected the line in its @@)" in said
    fitting = applied(HEAD + hunk, "a\n" * 20_000 + "b\n" + "a\n" * 20_000)
    assert fitting["app.py"] == b"a\n" * 40_000
