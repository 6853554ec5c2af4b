"""How a statement is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.challenge import load_challenge
from grader.cli import cli
from grader.cli.show import head, laid_out
from grader.cli.watch import result_line
from grader.display import TextStyle, cells
from grader.models import Outcome
from tests.builders import make_check, make_grade, make_result
from tests.running import PROBE, ROOT, write_challenge

STATEMENTS = sorted((ROOT / "challenges").glob("*/README.md"))


def test_in_a_pipe_it_is_the_authors_markdown(tmp_path: Path) -> None:
    """Without a terminal nothing is laid out, and what a terminal would obey is made visible."""
    folder = write_challenge(tmp_path / "demo")
    (folder / "README.md").write_text("# Demo\n\n*Do* `this`.\n\x1b[2J\x07\n")
    result = CliRunner().invoke(cli, ["show", str(folder)], catch_exceptions=False)
    assert result.stdout.endswith("\n\n# Demo\n\n*Do* `this`.\n\\x07\n")
    assert "challenge   demo 1.0.0\nkind        api\ndifficulty  easy\nstacks      python\n" in result.stdout


def test_the_head_says_what_matters() -> None:
    """Services, skills and limits are there; what the challenge has not is not."""
    challenge = load_challenge(ROOT / "challenges/library-schema")
    text = head(challenge, TextStyle(width=100))
    assert "services    postgres (host db)\n" in text
    assert "skills      sql, " in text
    probe = head(load_challenge(PROBE), TextStyle(width=40))
    assert "services" not in probe
    assert "5 s to start" in probe
    assert max(map(cells, probe.splitlines())) <= 40


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.parent.name)
def test_every_statement_fits_a_terminal(path: Path, width: int) -> None:
    """No statement is laid out wider than the screen, and without colour no control sequence is written."""
    text = laid_out(path.read_text(encoding="utf-8"), TextStyle(width=width))
    assert max(map(cells, text.splitlines())) <= width
    assert "\x1b" not in text


def test_on_a_terminal_with_colours_it_has_some() -> None:
    """Headings are set off; code keeps the reader's own background."""
    text = laid_out("# Demo\n\n`code`\n", TextStyle(colour=True))
    assert "\x1b[1" in text
    assert "\x1b[36mcode\x1b[0m" in text


def test_a_statement_that_is_no_text_is_the_authors_fault(tmp_path: Path) -> None:
    """The message names the file, and the exit code the owner."""
    folder = write_challenge(tmp_path / "demo")
    (folder / "README.md").write_bytes(b"\xff")
    result = CliRunner().invoke(cli, ["show", str(folder)])
    assert "README.md cannot be read" in str(result.exception)
    assert getattr(result.exception, "exit_code", None) == 4


def test_watching_says_what_changed() -> None:
    """The line above a report holds the verdict, the points, and those of the time before if they were others."""
    good = make_grade([make_result(), make_result(make_check("other"))])
    half = make_grade([make_result(), make_result(make_check("other"), Outcome.FAILED)])
    assert result_line(good, None).endswith("  PASSED  2 of 2 points")
    assert result_line(half, good).endswith("  FAILED  1 of 2 points (2 before)")
    assert result_line(half, half).endswith("  FAILED  1 of 2 points")
