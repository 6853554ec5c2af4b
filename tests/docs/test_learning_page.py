"""What docs/learning.md shows on a terminal is what the program prints."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, blocks
from tests.running import Command

SHOWN = [block.text for block in blocks(DOCS / "learning.md") if block.text.startswith("$ grader ")]


def test_there_are_calls_with_their_output() -> None:
    """Picking and beginning are shown."""
    assert [shown.split()[2] for shown in SHOWN] == ["list", "start"]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.split()[2])
def test_calls_print_what_the_page_shows(shown: str, tmp_path: Path) -> None:
    """Typed as they stand there, the commands print the same, line by line."""
    call, _, output = shown.partition("\n")
    environment = {"PYTHONPATH": str(ROOT), "GRADER_CHALLENGES": ""}
    ended = Command()(*shlex.split(call.removeprefix("$ grader ")), cwd=tmp_path, env=environment)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == output
