"""Stored attempts: what comes back is what went in, and what is damaged is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.models import (
    Attempt,
    Check,
    CheckDetail,
    CheckResult,
    Detail,
    FeedbackLevel,
    Grade,
    Outcome,
    Phase,
    Restart,
    Verdict,
)
from grader.stored import UnreadableAttempt, from_stored, to_stored
from tests.builders import make_attempt, make_provenance

# learners' logs hold anything that decodes, lone surrogates excepted: nothing in the grader makes those
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
seconds = st.floats(0, 1e6, allow_nan=False)
checks = st.builds(Check, words, words, words, st.integers(0, 100), words, words, st.sampled_from(FeedbackLevel))
results = st.builds(CheckResult, checks, st.sampled_from(Outcome), words, seconds)
grades = st.builds(
    Grade,
    title=words,
    verdict=st.sampled_from(Verdict),
    score=st.integers(0, 100),
    max_score=st.integers(0, 100),
    pass_score=st.integers(0, 100),
    checks=st.lists(results, max_size=3).map(tuple),
    provenance=st.builds(make_provenance, seed=st.integers(0, 2**32), images=st.dictionaries(words, words, max_size=2)),
    message=words,
    app_log=words,
    restarts=st.lists(st.builds(Restart, words, words), max_size=2).map(tuple),
    timings=st.lists(st.builds(Phase, words, seconds, seconds), max_size=2).map(tuple),
    notes=st.lists(words, max_size=2).map(tuple),
)
details = st.builds(
    Detail,
    grade=st.none() | grades,
    checks=st.lists(st.builds(CheckDetail, words, words, words), max_size=2).map(tuple),
    app_log=words,
    tester_log=words,
)


@given(st.builds(Attempt, grades, details))
def test_what_comes_back_is_what_went_in(attempt: Attempt) -> None:
    """Both editions arrive whole, on one line that any encoding can carry."""
    text = to_stored(attempt)
    assert text.isascii()
    assert "\n" not in text
    assert from_stored(text) == attempt


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"stored_version":1,"attempt":{"grade":{}}}', "\x00"])
def test_what_is_damaged_is_refused(text: str) -> None:
    """A document that is cut off or something else is told apart from an attempt."""
    with pytest.raises(UnreadableAttempt, match="a stored attempt cannot be read: "):
        from_stored(text)


def test_another_version_is_refused() -> None:
    """An attempt of tomorrow's program is not guessed at."""
    text = to_stored(make_attempt()).replace('"stored_version":1', '"stored_version":2')
    with pytest.raises(UnreadableAttempt, match="is of version 2, and this program reads 1"):
        from_stored(text)


def test_a_verdict_that_does_not_exist_is_refused() -> None:
    """Values are checked as they are read, not where they are used."""
    text = to_stored(replace(make_attempt())).replace('"verdict":"', '"verdict":"x')
    with pytest.raises(UnreadableAttempt, match=r"attempt\.grade\.verdict"):
        from_stored(text)
