"""A class is graded two at a time, interrupted, and gone on with: every count, row and page is right."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests.running import PROBE, Command, Finished, finish, wait_for_line, write_app

RIGHT = "serve()"
WRONG = "serve(third=lambda request: answer(request, 500))"
NEVER_STARTS = "raise SystemExit('no')"
CLASS = {"ada": RIGHT, "bob": WRONG, "dan": NEVER_STARTS, "fay": RIGHT, "gus": WRONG, "hal": RIGHT}
ROSTER = "submission,name,id\n" + "".join(f"{name},{name.title()} Vance,=1+{name}\n" for name in [*CLASS, "cyd", "joe"])


@dataclass(frozen=True, slots=True)
class Graded:
    """What the two calls printed and wrote."""

    interrupted: Finished
    kept: dict[str, int]
    resumed: Finished
    folder: Path
    attempts: list[dict[str, object]]


@pytest.fixture(scope="module")
def graded(engine: docker.APIClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """Yield a class of eight, two of which cannot be read, graded in two calls with Ctrl-C between."""
    home, command = tmp_path_factory.mktemp("class"), Command()
    for name, code in CLASS.items():
        write_app(home / "class" / name, code)
    (home / "class" / "cyd.zip").write_bytes(b"no archive")
    with zipfile.ZipFile(home / "class" / "eve.zip", "w") as archive:
        archive.writestr("../../evil.py", "")
    (home / "roster.csv").write_text(ROSTER)
    env = {"GRADER_DATABASE_URL": f"sqlite:///{home}/attempts.sqlite3"}
    words = ("grade", PROBE, "--each", home / "class", "--roster", home / "roster.csv", "--jobs", "2")
    try:
        first = command.start(*words, "--out", home / "results", env=env)
        wait_for_line(first, "[4/8]")
        first.send_signal(signal.SIGINT)
        interrupted = finish(first)
        assert command.left_in(engine) == []
        kept = {path.name: path.stat().st_mtime_ns for path in (home / "results" / "attempts").iterdir()}
        resumed = command(*words, "--out", home / "results", env=env)
        attempts = json.loads(command("attempts", "--json", env=env).out)["attempts"]
        yield Graded(interrupted, kept, resumed, home / "results", attempts)
    finally:
        command.kill_all()
    assert command.left_in(engine) == []


def test_an_interruption_keeps_what_is_done_and_says_how_far_it_got(graded: Graded) -> None:
    """One Ctrl-C is enough; the counts add up, and what is on disk is whole."""
    assert graded.interrupted.code == 130
    found = re.search(r"8 submitted = (\d) graded \+ (\d) invalid \+ 0 sandbox errors \+ (\d)", graded.interrupted.err)
    assert found is not None, graded.interrupted.err
    done, invalid, waiting = map(int, found.groups())
    assert done + invalid + waiting == 8
    assert waiting > 0
    assert len(graded.kept) == done > 0
    assert "the same command goes on" in graded.interrupted.err


def test_the_same_command_grades_only_what_is_left(graded: Graded) -> None:
    """What was kept is not touched, and every attempt is recorded once."""
    assert graded.resumed.code == 0, graded.resumed.err
    assert graded.resumed.err.count("(before)") == len(graded.kept)
    now = {path.name: path.stat().st_mtime_ns for path in (graded.folder / "attempts").iterdir()}
    assert len(now) == 6
    assert graded.kept.items() <= now.items()
    assert sorted(str(item["learner"]) for item in graded.attempts) == sorted(f"{n.title()} Vance" for n in CLASS)


def test_counts_gradebook_and_pages_say_the_same(graded: Graded) -> None:
    """Verdicts, points, people; nobody without a grade has a zero."""
    assert "8 submitted = 6 graded + 2 invalid + 0 sandbox errors" in graded.resumed.out
    assert "nothing handed in: Joe Vance" in graded.resumed.out
    rows = list(csv.DictReader(io.StringIO((graded.folder / "gradebook.csv").read_text(encoding="utf-8"))))
    assert [(row["submission"], row["name"], row["verdict"], row["score"]) for row in rows] == [
        ("ada", "Ada Vance", "passed", "10"),
        ("bob", "Bob Vance", "failed", "7"),
        ("cyd", "Cyd Vance", "invalid", ""),
        ("dan", "Dan Vance", "start_failed", "0"),
        ("eve", "", "invalid", ""),
        ("fay", "Fay Vance", "passed", "10"),
        ("gus", "Gus Vance", "failed", "7"),
        ("hal", "Hal Vance", "passed", "10"),
        ("joe", "Joe Vance", "not_submitted", ""),
    ]
    assert {row["id"] for row in rows} == {"", *(f"'=1+{name}" for name in [*CLASS, "cyd", "joe"])}
    page = (graded.folder / "overview.html").read_text(encoding="utf-8")
    assert "8 submitted = 6 graded + 2 invalid + 0 sandbox errors" in page
    reports = re.findall(r'href="(reports/[^"]+)"', page)
    assert len(reports) == 6
    assert all("CANARY" not in (graded.folder / report).read_text(encoding="utf-8") for report in reports)
    # of the five whose checks ran three passed the third check, and all passed the others
    assert page.count("3 of 5") == 1
    assert page.count("5 of 5") == 3


def test_options_of_one_report_are_refused_for_many(run_grader: Command, tmp_path: Path) -> None:
    """Before anything is graded."""
    refused = run_grader("grade", PROBE, tmp_path / "a", tmp_path / "b", "--output", tmp_path / "report")
    assert refused.code == 2
    assert "--output is for one submission" in refused.err
