"""Where a report goes: into a file, whole or not at all; through a device, a pipe or a link, which stays what it is."""

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


def test_a_link_is_written_through_and_stays_a_link(tmp_path: Path) -> None:
    """Where it leads to a file, and where that file is yet to be made."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "old.html").write_text("an older and longer report\n")
    for name in ("old.html", "new.html"):
        link = tmp_path / name
        link.symlink_to(shared / name)
        check_writable(link)
        write_report("report\n", link)
        assert link.is_symlink()
        assert (shared / name).read_text() == "report\n"


@pytest.mark.parametrize(
    ("target", "said", "hint"),
    [
        ("missing/report.html", "there is no folder .*/missing", "mkdir -p .*/missing"),
        ("folder", "link.html is a folder", "--report html=.*/link.html/report.html"),
        ("link.html", "its links lead in a circle", "name another file"),
        ("file/report.html", "there is no folder .*/file", "mkdir -p .*/file"),
    ],
)
def test_a_link_that_leads_to_no_file_is_refused_before_anything_is_graded(
    tmp_path: Path, target: str, said: str, hint: str
) -> None:
    """With where it leads."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    link = tmp_path / "link.html"
    link.symlink_to(tmp_path / target)
    with pytest.raises(UsageError, match=said) as error:
        file_reports([f"html={link}"])
    assert re.match(hint, error.value.hint)
    assert link.is_symlink()


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
