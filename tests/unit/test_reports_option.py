"""`--report FORMAT=FILE`: what it asks for is known, and known to be possible, before anything is graded."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli._reports import file_reports, write_all
from grader.errors import UsageError
from grader.output import ReportNotWritten


def test_each_report_has_its_format_and_its_file(tmp_path: Path) -> None:
    """The first equals sign parts them; a file's name may hold more."""
    html, junit = file_reports([f"html={tmp_path}/a=b.html", f"junit={tmp_path}/c.xml"])
    assert (html.report.name, html.path) == ("html", tmp_path / "a=b.html")
    assert (junit.report.name, junit.path) == ("junit", tmp_path / "c.xml")


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ("junit", '--report "junit" is not FORMAT=FILE', "--report junit=report.junit"),
        ("junit=", '--report "junit=" is not FORMAT=FILE', "--report junit=report.junit"),
        ("out.xml", '--report "out.xml" is not FORMAT=FILE', "--report html=report.html"),
        ("htm=out", 'unknown report format "htm" (known: ', "--report html=out"),
        ("html=-", "--report writes files", "for standard output: --format html"),
        ("html=no/such/folder/x", "there is no folder no/such/folder", "mkdir -p no/such/folder"),
        ("html=.", ". is a folder", "--report html=report.html"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_could(wanted: str, message: str, hint: str) -> None:
    """Every mistake is answered with what is wrong and the words to type instead."""
    with pytest.raises(UsageError) as error:
        file_reports([wanted])
    assert message in error.value.message
    assert error.value.hint == hint


def test_two_reports_cannot_go_to_one_file(tmp_path: Path) -> None:
    """The second would replace the first; --output counts too, and so does another way to write the same path."""
    place = tmp_path / "x"
    with pytest.raises(UsageError, match="two reports"):
        file_reports([f"html={place}", f"json={tmp_path}/./x"])
    with pytest.raises(UsageError, match="two reports"):
        file_reports([f"html={place}"], place)


def test_a_report_that_cannot_be_written_does_not_keep_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All others are written, and the first failure is told at the end."""
    gone = tmp_path / "gone"
    with pytest.raises(ReportNotWritten, match="gone"):
        write_all(
            [("first\n", gone / "a"), ("second\n", tmp_path / "b"), ("third\n", tmp_path / "c" / "d"), ("last\n", None)]
        )
    assert (tmp_path / "b").read_text() == "second\n"
    assert capsys.readouterr().out == "first\nthird\nlast\n"
