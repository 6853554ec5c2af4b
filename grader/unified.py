"""Writes unified diffs: of two submissions, or of one text."""

from __future__ import annotations

from difflib import SequenceMatcher

from grader.diffs import lines_of
from grader.models import Submission

CONTEXT_LINES = 3


def write_patch(old: Submission, new: Submission) -> bytes:
    """Return the patch that makes the files of `new` out of those of `old`, to be read by people and other programs."""
    every = sorted({*old.files, *new.files})
    changed = [path for path in every if _state(path, old) != _state(path, new)]
    same_kind = all(_state(path, old)[1:] == _state(path, new)[1:] for path in changed)
    return b"".join(
        (b"" if same_kind else _header(path, old, new)) + unified(path, old.files.get(path), new.files.get(path))
        for path in changed
    )


def unified(path: str, old: bytes | None, new: bytes | None, context: int = CONTEXT_LINES) -> bytes:
    """Return the diff of one text, None where there is no such file; empty if no line differs."""
    before, after = lines_of(old or b""), lines_of(new or b"")
    written = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(context):
        (_, low, _, first, _), (_, _, high, _, last) = group[0], group[-1]
        written.append(b"@@ -%b +%b @@\n" % (_span(low, high), _span(first, last)))
        for kind, start, end, start_new, end_new in group:
            gone, come = (b" ", b"") if kind == "equal" else (b"-", b"+")
            written += [_row(gone, line) for line in before[start:end]]
            written += [_row(come, line) for line in after[start_new:end_new]] if come else []
    if not written:
        return b""
    return b"--- %b\n+++ %b\n%b" % (_name(b"a/", path, old), _name(b"b/", path, new), b"".join(written))


def _state(path: str, of: Submission) -> tuple[bytes | None, bool, bool]:
    """Return what a file holds, whether there is one, and whether it is executable."""
    return of.files.get(path), path in of.files, path in of.executable


def _header(path: str, old: Submission, new: Submission) -> bytes:
    name = path.encode()
    header = b"diff --git a/%b b/%b\n" % (name, name)
    modes = [b"100755" if path in each.executable else b"100644" for each in (old, new)]
    if path not in old.files:
        return header + b"new file mode %b\n" % modes[1]
    if path not in new.files:
        return header + b"deleted file mode %b\n" % modes[0]
    return header if modes[0] == modes[1] else header + b"old mode %b\nnew mode %b\n" % (modes[0], modes[1])


def _name(prefix: bytes, path: str, content: bytes | None) -> bytes:
    if content is None:
        return b"/dev/null"
    name = prefix + path.encode()
    return name + b"\t" if b" " in name else name  # where GNU patch would take it for the end of the name


def _span(start: int, end: int) -> bytes:
    count = end - start
    first = start + 1 if count else start
    return b"%d" % first if count == 1 else b"%d,%d" % (first, count)


def _row(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n" + b"\\ No newline at end of file\n"
