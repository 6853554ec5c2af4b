"""One grading, all reports: as a program that reads them gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.reports import formats
from tests.readers import READERS
from tests.running import PROBE, Command, Finished, write_app

HOSTILE = r"print('\x1b[31m::error::forged ##[error]x </pre><script>alert(1)</script>', flush=True); serve()"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finished, Path]:
    """Return how one quiet grading of a hostile app ended, and the folder with its report in every format."""
    folder = tmp_path_factory.mktemp("reports")
    wanted = [word for name in formats() for word in ("--report", f"{name}={folder / name}")]
    submission = write_app(folder / "submission", HOSTILE)
    return Command()("grade", PROBE, submission, "--quiet", *wanted, env={"TERM": "xterm"}), folder


@pytest.mark.parametrize("name", formats())
def test_every_report_of_a_real_grading_can_be_read(graded: tuple[Finished, Path], name: str) -> None:
    """A strict reader of each format finds that something was graded."""
    assert READERS[name]((graded[1] / name).read_text(encoding="utf-8")).graded


def test_quiet_shows_the_report_alone_and_pipes_get_no_colour(graded: tuple[Finished, Path]) -> None:
    """Nothing is on standard error, and no sequence is in what goes to a pipe."""
    ended, folder = graded
    assert ended.err == ""
    assert ended.out == (folder / "text").read_text(encoding="utf-8")
    assert "\x1b" not in ended.out


def test_an_error_is_written_to_every_report(run_grader: Command, tmp_path: Path) -> None:
    """Each format says in its own way that nothing was graded; the exit code says who acts."""
    wanted = [word for name in formats() for word in ("--report", f"{name}={tmp_path / name}")]
    ended = run_grader("grade", PROBE, tmp_path / "nothing", *wanted)
    assert ended.code == 3
    assert [name for name in formats() if READERS[name]((tmp_path / name).read_text(encoding="utf-8")).graded] == []


@pytest.mark.parametrize("name", ["markdown", "text"])
def test_a_report_survives_an_output_without_unicode(run_grader: Command, tmp_path: Path, name: str) -> None:
    """Where standard output takes ASCII only, other characters become escapes; nothing breaks."""
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ended = run_grader("grade", PROBE, tmp_path / "n\u00f6thing", "--format", name, env=ascii_only)
    assert ended.code == 3, ended.err
    assert ended.out.isascii()


def test_a_wrong_report_is_refused_before_anything_is_graded(run_grader: Command, tmp_path: Path) -> None:
    """The next command is named, and no time is lost."""
    ended = run_grader("grade", PROBE, tmp_path, "--report", "junitt=out.xml")
    assert ended.code == 2
    assert "--report junit=out.xml" in ended.err
