"""What holds for every tree and for every sequence of bytes."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.ignore import Rules, is_junk
from grader.inventory import SHOWN_PROBLEMS
from grader.models import Submission, SubmissionLimits
from grader.submission import load_submission, to_tar
from tests.unit.packing import tar_of, zip_of

QUICK = settings(max_examples=35, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)

LETTERS = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="/\\:\0")
NAMES = st.text(LETTERS | st.sampled_from("abc.-_ "), min_size=1, max_size=6).filter(
    lambda name: name not in (".", "..") and not is_junk(name)
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


def _spelling(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _consistent(tree: Mapping[str, tuple[bytes, bool]]) -> dict[str, tuple[bytes, bool]]:
    """Drop what cannot lie beside what came before, and add a file at the root, so that archives are not unwrapped."""
    kept: dict[str, tuple[bytes, bool]] = {"zz-root": (b"", False)}
    spelled = {"zz-root": ("zz-root", False)}
    for path, value in tree.items():
        parts = path.split("/")
        steps = [("/".join(parts[:end]), end < len(parts)) for end in range(1, len(parts) + 1)]
        if all(spelled.get(_spelling(step), (step, is_folder)) == (step, is_folder) for step, is_folder in steps):
            if path not in kept:
                kept[path] = value
            spelled |= {_spelling(step): (step, is_folder) for step, is_folder in steps}
    return kept


TREES = st.dictionaries(PATHS, st.tuples(st.binary(max_size=200), st.booleans()), max_size=8).map(_consistent)


def _from_folder(tree: Mapping[str, tuple[bytes, bool]]) -> Submission:
    with tempfile.TemporaryDirectory() as root:
        for path, (content, executable) in tree.items():
            file = Path(root) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o755 if executable else 0o644)
        return load_submission(Path(root))


def _from_bytes(data: bytes) -> Submission:
    return load_submission("-", stdin=io.BytesIO(data))


@QUICK
@given(TREES, st.randoms(use_true_random=False))
def test_every_tree_is_the_same_whatever_it_came_in(tree: dict[str, tuple[bytes, bool]], random: Random) -> None:
    """A folder, a zip, tars of every dialect in any order, wrapped or not, and our own tar: one submission."""
    expected = _from_folder(tree)
    assert dict(expected.files) == {path: content for path, (content, _) in tree.items()}
    assert list(expected.files) == sorted(tree)
    assert expected.executable == {path for path, (_, executable) in tree.items() if executable}
    order = list(tree)
    random.shuffle(order)
    files = {path: tree[path][0] for path in order}
    wrapped = {f"wrapper/{path}": content for path, content in files.items()}
    in_wrapper = [f"wrapper/{path}" for path in expected.executable]
    packed = [
        zip_of(files, executable=expected.executable),
        zip_of(wrapped, executable=in_wrapper),
        tar_of(wrapped, executable=in_wrapper, gz=True),
        *(tar_of(files, executable=expected.executable, format_=f) for f in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)),
        to_tar(expected),
    ]
    for data in packed:
        assert _from_bytes(data) == expected


@settings(QUICK, max_examples=30)
@given(st.lists(TREES, min_size=2, max_size=2))
def test_two_trees_have_one_digest_only_if_they_are_equal(trees: list[dict[str, tuple[bytes, bool]]]) -> None:
    """The digest tells trees apart."""
    one, other = (_from_bytes(to_tar(_from_folder(tree))) for tree in trees)
    assert (one.digest == other.digest) == (trees[0] == trees[1])


LIMITS = SubmissionLimits(total_bytes=4000, file_bytes=2000, entries=12, depth=4, path_chars=40)
VALID = [
    pack(
        {"a/b.py": b"print()" * 20, "c": b"x" * 300, "é" * 60 if pack is tar_of else "d": b"", ".graderignore": b"*.x"}
    )
    for pack in (zip_of, tar_of)
]
VALID += [tar_of({"a/b.py": b"print()" * 20, "c": b"x" * 300}, gz=True)]
EDITS = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255) | st.binary(max_size=8)), max_size=6)


def _loads_within_limits_or_refuses(data: bytes) -> None:
    outcome: Submission | SubmissionError
    try:
        outcome = load_submission("-", LIMITS, stdin=io.BytesIO(data))
    except SubmissionError as error:
        outcome = error
    if isinstance(outcome, SubmissionError):
        assert 0 < len(outcome.problems) <= SHOWN_PROBLEMS
        assert outcome.hint
        assert all(str(problem).isprintable() for problem in outcome.problems)
        return
    sizes = [len(content) for content in outcome.files.values()]
    assert 0 < len(sizes) <= LIMITS.entries
    assert sum(sizes) <= LIMITS.total_bytes
    assert max(sizes) <= LIMITS.file_bytes
    assert all(path.count("/") < LIMITS.depth and len(path) <= LIMITS.path_chars for path in outcome.files)
    assert all(os.path.normpath(path) == path and not path.startswith(("/", "..")) for path in outcome.files)


@settings(QUICK, max_examples=250)
@given(st.sampled_from(VALID), EDITS, st.none() | st.integers(0, 1 << 14))
def test_a_mutilated_archive_loads_within_limits_or_is_refused(
    data: bytes, edits: list[tuple[int, int | bytes]], cut: int | None
) -> None:
    """Whatever happens to an archive on its way, the outcome is a submission or a `SubmissionError`."""
    mutilated = bytearray(data)
    for place, edit in edits:
        at = place % len(mutilated)
        if isinstance(edit, int):
            mutilated[at] = edit
        else:
            mutilated[at : at + len(edit)] = edit
    _loads_within_limits_or_refuses(bytes(mutilated[:cut]))


@settings(QUICK, max_examples=150)
@given(st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00"]), st.binary(max_size=1500))
def test_arbitrary_bytes_load_within_limits_or_are_refused(magic: bytes, data: bytes) -> None:
    """The same for bytes that never were an archive."""
    _loads_within_limits_or_refuses(magic + data)


@settings(QUICK, max_examples=150)
@given(st.text("ab*?[]!^-\\/. \n#é", max_size=40) | st.binary(max_size=40), PATHS)
def test_arbitrary_patterns_match_or_are_refused(text: str | bytes, path: str) -> None:
    """Whatever a `.graderignore` says, the outcome is an answer or a `SubmissionError`."""
    try:
        rules = Rules(text if isinstance(text, bytes) else text.encode())
    except SubmissionError:
        return
    assert rules.excludes(path, folder=False) in (True, False)
    assert rules.excludes(path, folder=True) in (True, False)
