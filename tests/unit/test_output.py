"""Where a report goes: into a file, whole or not at all; a device, a pipe and a standard stream stay what they are."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.cli._reports import file_reports
from grader.errors import UsageError
from grader.output import check_writable, replace_file, write_report


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    """As `/dev/null` stays a device: whoever is root could replace it by a file, for the whole machine."""
    pipe, heard = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text()), daemon=True)
    reader.start()
    check_writable(pipe)
    write_report("passed\n", pipe)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    reader.join(timeout=5)
    assert heard == ["passed\n"]
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("target", ["old.html", "new.html", "missing/new.html", "link.html"])
def test_a_report_takes_the_place_of_a_link(tmp_path: Path, target: str) -> None:
    """In a learner's folder it may lead to any file of whoever grades there; where it leads, nothing changes."""
    (tmp_path / "old.html").write_text("untouched")
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / target)
    check_writable(link)
    write_report("report\n", link)
    assert not link.is_symlink()
    assert link.read_text() == "report\n"
    assert (tmp_path / "old.html").read_text() == "untouched"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "old.html"]


def test_a_link_to_a_folder_is_refused_before_anything_is_graded(tmp_path: Path) -> None:
    """With a name that would do."""
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path)
    with pytest.raises(UsageError, match=r"link\.html is a folder") as error:
        file_reports([f"html={link}"])
    assert re.match(r"--report html=.*/link\.html/report\.html", error.value.hint)


def test_a_report_without_a_standard_output_goes_to_standard_error(tmp_path: Path) -> None:
    """As some daemons start programs; files are written all the same."""
    (tmp_path / "r").symlink_to(os.devnull)
    code = (
        "from pathlib import Path; from grader.output import ReportNotWritten, write_report\n"
        f"write_report('kept', Path({str(tmp_path / 'r')!r}))\n"
        "try: write_report('report', None)\n"
        "except ReportNotWritten as error: print(error.message, file=__import__('sys').stderr)"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=20,
        check=True,
    )
    assert done.stderr == "reportthe report could not be written to standard output: Bad file descriptor\n"
    assert (tmp_path / "r").read_text() == "kept"


def test_a_file_of_ours_takes_the_place_of_a_link(tmp_path: Path) -> None:
    """What a folder of results holds is never written through a link, which may be a stranger's."""
    foreign, link = tmp_path / "foreign", tmp_path / "ada.json"
    foreign.write_text("untouched")
    link.symlink_to(foreign)
    for private in (True, False):
        replace_file(link, "secret", private=private)
        assert not link.is_symlink()
        assert foreign.read_text() == "untouched"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_standard_stream_that_is_a_file_keeps_what_it_has(tmp_path: Path, stream: str) -> None:
    """A report to `/dev/stdout` and what else is printed follow each other, neither over the other."""
    # a link of the test's own leads there: a mistake must not cost the machine its /dev
    link = tmp_path / "link"
    link.symlink_to(f"/proc/self/fd/{('stdout', 'stderr').index(stream) + 1}")
    code = (
        "import sys; from pathlib import Path; from grader.output import write_report; "
        f"print('before', file=sys.{stream}); write_report('report\\n', Path({str(link)!r})); "
        f"print('after', file=sys.{stream})"
    )
    with (tmp_path / "log").open("w") as log:
        subprocess.run([sys.executable, "-c", code], check=True, timeout=20, **{stream: log})  # type: ignore[call-overload]
    assert (tmp_path / "log").read_text() == "before\nreport\nafter\n"
