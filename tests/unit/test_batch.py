"""A class of submissions: who is in it, counts that add up, figures by hand, a gradebook that no spreadsheet obeys."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from grader.batch.entries import Class, Entry, Roster, find_class, name_of, read_roster
from grader.batch.gradebook import render_gradebook
from grader.batch.overview import render_overview
from grader.batch.results import Results, Settings, file_name, page_name
from grader.batch.run import Began, Ended, grade_all
from grader.batch.statistics import class_statistics
from grader.batch.summary import CheckFacts, Result, checks_of, error_result, graded_result, passed_count, tally
from grader.challenge import Challenge, load_challenge
from grader.cli._many import Chosen, Recorder, grade_many, render
from grader.cli._many_progress import Remaining
from grader.display import TextStyle
from grader.errors import SandboxError, SubmissionError, UsageError
from grader.models import Outcome, Submission, Suite, Verdict
from grader.records.store import open_records
from tests.builders import make_attempt, make_check, make_grade, make_result, make_submission
from tests.running import write_app, write_challenge

if TYPE_CHECKING:
    from grader.engine.engine import Engine

EVIL = '=HYPERLINK("http://x")<script>alert(1)</script>'


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    """Return a small challenge."""
    return load_challenge(write_challenge(tmp_path / "shelter"))


def result(name: str, outcomes: str) -> Result:
    """Return what is kept of a submission whose checks, of one point each, passed ("1") or failed ("0")."""
    results = [
        make_result(make_check(f"check-{number}", points=1), Outcome.PASSED if outcome == "1" else Outcome.FAILED)
        for number, outcome in enumerate(outcomes, start=1)
    ]
    return graded_result(Entry(name, Path(name)), make_attempt(make_grade(results)), Path(f"{name}.json"))


def facts(count: int) -> list[CheckFacts]:
    """Return so many checks of one point each."""
    return [CheckFacts(f"check-{number}", f"Check {number}", "group", 1) for number in range(1, count + 1)]


def fill(folder: Path, names: Sequence[str]) -> Path:
    """Make files and, where a name ends in a slash, folders."""
    folder.mkdir()
    for name in names:
        (folder / name).mkdir() if name.endswith("/") else (folder / name).write_text("")
    return folder


def test_every_folder_and_archive_is_a_submission(tmp_path: Path) -> None:
    """Even one that cannot be read, such as a .rar; anything else is told, hidden files are not."""
    parent = fill(tmp_path / "class", ["ada/", "bob.zip", "eve.TAR.GZ", "joe.rar", ".DS_Store", "README.md", ".git/"])
    fill(parent / "results", ["batch.json"])
    found = find_class([], [parent])
    assert [entry.name for entry in found.entries] == ["ada", "bob", "eve", "joe"]
    assert [path.name for path in found.left_out] == ["README.md"]


def test_two_submissions_of_one_name_are_refused(tmp_path: Path) -> None:
    """A gradebook could not tell them apart."""
    parent = fill(tmp_path / "class", ["ada/", "ada.zip"])
    with pytest.raises(UsageError, match="different names") as told:
        find_class([], [parent])
    assert told.value.problems[0].where == "ada"


def test_no_submission_at_all_is_refused(tmp_path: Path) -> None:
    """Rather than an empty gradebook."""
    with pytest.raises(UsageError, match="there is no submission in"):
        find_class([], [fill(tmp_path / "class", [".hidden/"])])


def test_a_folder_is_called_by_its_name_wherever_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is the present one."""
    monkeypatch.chdir(fill(tmp_path / "ada.d", []))
    assert name_of(Path()) == "ada.d"
    assert name_of(Path("../bob.tar.gz")) == "bob"


@pytest.mark.parametrize(
    "text", ["submission,name,id\nada.zip,Ada Vance,7\n", "\ufeffSubmission;Name;ID\r\nada;Ada Vance;7\r\n\r\n"]
)
def test_a_roster_gives_names(tmp_path: Path, text: str) -> None:
    """As spreadsheets write it: with commas or semicolons, with or without endings of archives."""
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8", newline="")
    roster = read_roster(tmp_path / "roster.csv")
    parent = fill(tmp_path / "class", ["ada.zip", "bob/"])
    found = find_class([], [parent], roster)
    assert [(entry.label, dict(entry.more)) for entry in found.entries] == [
        ("Ada Vance", {"id": "7"}),
        ("bob", {"id": ""}),
    ]
    assert [entry.name for entry in found.unknown] == ["bob"]
    assert found.absent == ()


def test_people_who_handed_nothing_in_are_known(tmp_path: Path) -> None:
    """They are no submissions."""
    found = find_class([], [fill(tmp_path / "class", ["ada/"])], Roster({"ada": {}, "bob": {"name": "Bob"}}))
    assert [(entry.name, entry.label) for entry in found.absent] == [("bob", "Bob")]
    assert len(found.entries) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\nAda\n", "line 1: has no column submission"),
        ("submission,name,name\nada,A,B\n", "line 1: has the column 'name' twice"),
        ("submission,name\nada,A\nbob,B\nada.zip,C\n", "line 4: has the submission 'ada', as line 2 does"),
        ("submission,name\n,Ada\n", "line 2: names no submission"),
        ("", "line 1: has no column submission"),
    ],
)
def test_a_roster_that_cannot_be_used_says_where(tmp_path: Path, text: str, told: str) -> None:
    """All problems at once, by line."""
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(UsageError) as error:
        read_roster(tmp_path / "roster.csv")
    assert any(told in str(problem) for problem in error.value.problems)


def test_results_are_found_again_by_what_they_graded(tmp_path: Path, challenge: Challenge) -> None:
    """Other files, or another version of the challenge, are graded anew; a damaged file counts as none."""
    attempt, one, two = make_attempt(), make_submission(digest="1"), make_submission(digest="2")
    with Results(tmp_path / "results", challenge, Suite.HIDDEN) as results:
        path = results.file_of("ada", one)
        assert results.load(path) is None
        results.save(path, attempt)
        seed = results.settings.seed
    with Results(tmp_path / "results", challenge, Suite.HIDDEN) as again:
        assert again.settings.seed == seed
        assert again.load(again.file_of("ada", one)) == attempt
        assert again.load(again.file_of("ada", two)) is None
        assert again.load(again.file_of("bob", one)) is None
        path.write_text(path.read_text()[:100])
        assert again.load(path) is None
    assert path.stat().st_mode & 0o077 == 0
    (challenge.folder / "checks/hidden/test_paths.py").write_text("# other checks\n")
    with Results(tmp_path / "results", load_challenge(challenge.folder), Suite.HIDDEN) as changed:
        assert changed.file_of("ada", one) != path


def test_a_bug_costs_one_submission_its_grade_and_no_other(
    challenge: Challenge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong in the grader itself is told of the submission that met it; the class goes on."""

    def load(path: Path) -> Submission:
        if path.name == "ada":
            raise KeyError("forgotten")
        raise SubmissionError(f"{path.name} is empty")

    monkeypatch.setattr("grader.batch.run.load_submission", load)
    entries = [Entry(name, Path(name)) for name in ("ada", "bob")]
    ended: list[Began | Ended] = []
    never_asked = cast("Engine", None)
    with Results(tmp_path / "results", challenge, Suite.HIDDEN) as results:
        bug, empty = grade_all(entries, results, never_asked, jobs=1, watch=ended.append, keep=Recorder())
    assert (bug.verdict, bug.score) == ("sandbox_error", None)
    assert bug.message == "a bug in the grader: KeyError: 'forgotten'"
    assert empty.is_invalid
    assert len(ended) == 2


def test_what_was_typed_wrong_ends_the_class_at_once(challenge: Challenge, tmp_path: Path) -> None:
    """It would be the same for all: it is told as what it is, and no submission is blamed on a bug."""
    entries = [Entry(name, write_app(tmp_path / name)) for name in ("ada", "bob", "cyd")]
    seen: list[Began | Ended] = []
    nothing_begun = cast("Engine", SimpleNamespace(end_runs=lambda: None))
    with (
        Results(tmp_path / "results", challenge, Suite.HIDDEN, stack="cobol") as results,
        pytest.raises(UsageError, match="the stack 'cobol'"),
    ):
        grade_all(entries, results, nothing_begun, jobs=1, watch=seen.append, keep=Recorder())
    assert not any(isinstance(event, Ended) for event in seen)


def test_a_stack_that_cannot_be_is_refused_before_a_folder_of_results_is_made(
    challenge: Challenge, tmp_path: Path
) -> None:
    """Which would hold to it: the corrected command could not go on with it."""
    chosen = Chosen((), None, jobs=1, out=tmp_path / "results")
    with pytest.raises(UsageError, match="the stack 'cobol'"):
        grade_many(
            challenge,
            [str(write_app(tmp_path / "ada")), str(write_app(tmp_path / "bob"))],
            chosen,
            suite=Suite.HIDDEN,
            stack="cobol",
            seed=None,
            shuffled=False,
        )
    assert not (tmp_path / "results").exists()


def test_a_folder_of_results_is_of_one_kind_and_used_by_one_grader(tmp_path: Path, challenge: Challenge) -> None:
    """Whatever does not fit is told, and nothing is mixed."""
    folder = tmp_path / "results"
    with Results(folder, challenge, Suite.HIDDEN, 7), pytest.raises(UsageError, match="another grader is grading"):
        Results(folder, challenge, Suite.HIDDEN, 7)
    with pytest.raises(UsageError, match="holds results with seed 7"):
        Results(folder, challenge, Suite.HIDDEN, 8)
    with pytest.raises(UsageError, match="holds results with suite hidden"):
        Results(folder, challenge, Suite.PUBLIC)
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="cannot be written"):
        Results(tmp_path / "file", challenge, Suite.HIDDEN)


def test_everybody_has_a_page_of_their_own() -> None:
    """Even where file systems would take two names for one."""
    taken: list[str] = []
    for name in ("Ada V.", "ada-v", "Ada/V", "../.."):
        taken.append(page_name(name, taken))
    assert taken == ["Ada-V.html", "ada-v-2.html", "Ada-V-3.html", "submission.html"]


def test_a_file_is_called_as_its_learner() -> None:
    """Names keep their accents and scripts, one way of writing each; what is no letter or digit is a dash."""
    names = ["Zoë Müller", "Zoe\u0308 Mu\u0308ller", "Nguyễn-Ánh", "李小龍", "हिन्दी", "a/b\udcff\n\u202ec", "é" * 200]
    called = [file_name(name) for name in names]
    assert called[:6] == ["Zoë-Müller", "Zoë-Müller", "Nguyễn-Ánh", "李小龍", "हिन्दी", "a-b-c"]
    assert len(called[6].encode()) <= 200


def test_counts_add_up() -> None:
    """Whatever a submission ended as, it is counted once; what has no result yet is waiting."""
    entry = Entry("eve", Path("eve"))
    results = [
        result("ada", "1"),
        result("bob", "0"),
        error_result(entry, SubmissionError("eve is empty")),
        error_result(entry, SandboxError("Docker is away")),
    ]
    assert str(tally(4, results)) == "4 submitted = 2 graded + 1 invalid + 1 sandbox error"
    assert str(tally(6, results)) == "6 submitted = 2 graded + 1 invalid + 1 sandbox error + 2 not yet graded"
    assert passed_count(results) == 1


def test_figures_are_those_of_a_calculation_by_hand() -> None:
    """Four submissions, three checks; the check itself is not in what it is correlated with.

    The rests of `check-1` are 2, 1, 0, 1; of those that passed it (2, 1) the mean is 1.5, of the others 0.5, and their
    standard deviation 0.7071: (1.5 - 0.5) / 0.7071 * sqrt(0.5 * 0.5) = 0.7071.
    """
    results = [
        result("a", "111"),
        result("b", "110"),
        result("c", "000"),
        result("d", "010"),
    ]
    figures = class_statistics(results, facts(3), passed_count(results))
    first, second, third = figures.checks
    assert [(item.passed, item.ran) for item in figures.checks] == [(2, 4), (3, 4), (1, 4)]
    assert first.discrimination == pytest.approx(0.7071, abs=1e-4)
    assert second.discrimination == pytest.approx(0.5222, abs=1e-4)
    assert third.discrimination == pytest.approx(0.5222, abs=1e-4)
    assert (figures.mean, figures.median) == (50.0, 50.0)
    assert [(bin_.low, bin_.count) for bin_ in figures.distribution if bin_.count] == [
        (0, 1),
        (30, 1),
        (60, 1),
        (100, 1),
    ]


def test_checks_that_tell_nobody_apart_are_named() -> None:
    """Those that all pass or all fail have no discrimination; one that the weak pass is reversed."""
    results = [
        result("a", "1001"),
        result("b", "1010"),
        result("c", "1001"),
    ]
    always, never, *_ = class_statistics(results, facts(4), 0).checks
    assert (always.never_failed, always.never_passed, always.discrimination) == (True, False, None)
    assert (never.never_failed, never.never_passed, never.quality) == (False, True, "unknown")
    weak = [result("a", "110"), result("b", "110"), result("c", "001")]
    assert class_statistics(weak, facts(3), 0).checks[2].quality == "reversed"


def test_a_submission_that_did_not_start_says_nothing_of_any_check() -> None:
    """It is graded, and left out of the figures of the checks."""
    errored = [make_result(make_check("check-1"), Outcome.ERRORED)]
    attempt = make_attempt(make_grade(errored, verdict=Verdict.START_FAILED))
    failed = graded_result(Entry("a", Path("a")), attempt, Path("a.json"))
    figures = class_statistics([failed, result("b", "1")], facts(1), 1)
    assert (figures.graded, figures.ran, figures.checks[0].difficulty) == (2, 1, 1.0)
    assert checks_of(attempt)[0].id == "check-1"


def test_an_empty_class_has_no_figures() -> None:
    """Nothing is divided by nothing."""
    figures = class_statistics([error_result(Entry("a", Path("a")), SandboxError("away"))], (), 0)
    assert (figures.mean, figures.median, figures.graded) == (None, None, 0)


def test_no_cell_of_the_gradebook_is_a_formula_and_no_error_a_zero() -> None:
    """A spreadsheet neither obeys a name nor adds up what was not graded."""
    entries = [Entry(EVIL, Path("x"), "+1 Ada", {"id": "-7", "score": "@x"}), Entry("bob", Path("bob"), "Bob", {})]
    results = [
        Result(entries[0], "failed", "", 3, 4, "abc", "python"),
        error_result(entries[1], SandboxError("=cmd|' /C calc'!A0")),
    ]
    text = render_gradebook(results, [Entry("eve", Path(), "Eve")], ["id", "score"])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["verdict"] for row in rows] == ["failed", "sandbox_error", "not_submitted"]
    assert [row["score"] for row in rows] == ["3", "", ""]
    assert [row["percent"] for row in rows] == ["75", "", ""]
    assert (rows[0]["id"], rows[0]["roster_score"], rows[0]["name"]) == ("'-7", "'@x", "'+1 Ada")
    assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if re.match(r"\s*[=+\-@\t\r]", cell)]


def test_the_overview_shows_everybody_and_obeys_nobody(challenge: Challenge) -> None:
    """Names and titles are text; the page's own policy lets nothing in but its style."""
    entry = Entry("eve", Path("eve"), EVIL)
    results = [result("ada", "10"), result("bob", "00"), error_result(entry, SubmissionError(EVIL))]
    checks = [CheckFacts("check-1", EVIL, "group", 1), CheckFacts("check-2", "Two", "group", 1)]
    class_ = Class(tuple(item.entry for item in results), (Entry("joe", Path(), "Joe"),))
    settings = Settings("shelter", Suite.HIDDEN, 7, shuffled=False)
    page = render_overview(challenge, settings, class_, results, checks, {"ada": "ada.1.html"})
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "3 submitted = 2 graded + 1 invalid + 0 sandbox errors" in page
    assert 'href="reports/ada.1.html"' in page
    assert "Nobody passed this one" in page
    assert "nothing handed in" in page


def test_a_roster_that_a_spreadsheet_saved_in_its_own_encoding_is_told_how_to_be_read(tmp_path: Path) -> None:
    """The command does what it says."""
    path = tmp_path / "class list.csv"
    path.write_bytes("submission,name\ns01,José\n".encode("windows-1252"))
    with pytest.raises(UsageError, match="not UTF-8") as told:
        read_roster(path)
    command = told.value.hint.partition("or: ")[2]
    subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True, timeout=10)
    assert read_roster(tmp_path / "roster-utf8.csv").people["s01"]["name"] == "José"


def test_what_did_not_start_says_why(challenge: Challenge) -> None:
    """In the table and in the overview: a zero without a reason sends an instructor to each report."""
    grade = make_grade([make_result(make_check(points=2), Outcome.ERRORED)])
    grade = replace(grade, verdict=Verdict.START_FAILED, message="your submission ended with exit code 127")
    entry = Entry("ada", Path("ada"))
    failed = graded_result(entry, make_attempt(grade), Path("ada.json"))
    class_ = Class((entry,))
    shown = render(class_, [failed], TextStyle())
    assert "start failed     0/2  your submission ended with exit code 127" in shown
    settings = Settings("shelter", Suite.HIDDEN, 7, shuffled=False)
    page = render_overview(challenge, settings, class_, [failed], facts(1), {})
    assert '<span class="why">your submission ended with exit code 127</span>' in page
    assert "nothing is known of the checks" in page
    assert "0 %<span" not in page


@pytest.mark.parametrize(("pairs", "told"), [(14, False), (15, True)])
def test_a_check_is_called_good_only_where_that_is_no_chance(challenge: Challenge, pairs: int, told: bool) -> None:  # noqa: FBT001
    """From thirty submissions on; the number itself is always there."""
    results = [result(f"{outcomes}-{number}", outcomes) for number in range(pairs) for outcomes in ("11", "00")]
    class_ = Class(tuple(item.entry for item in results))
    settings = Settings("shelter", Suite.HIDDEN, 7, shuffled=False)
    page = render_overview(challenge, settings, class_, results, facts(2), {})
    assert "+1.00" in page
    assert ('<span class="tag is-good">good</span>' in page) is told


def test_the_time_left_is_told_by_what_was_graded_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier call had graded took no time."""
    clock = iter([0.0, 60.0, 61.0, 3_600.0])
    monkeypatch.setattr("grader.cli._many_progress.time.monotonic", lambda: next(clock))
    remaining = Remaining(10)
    for _ in range(5):
        remaining.ended(before=True)
    assert str(remaining) == ""
    remaining.ended(before=False)
    assert str(remaining) == "about 4 min left"
    for _ in range(3):
        remaining.ended(before=False)
    assert str(remaining) == "about 15 s left"
    remaining.ended(before=False)
    assert str(remaining) == ""


def test_a_name_that_is_no_text_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder may be called by any bytes, and one of them must not end the grading of a class."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    entry = Entry(b"\xff\n::error::".decode(errors="surrogateescape"), tmp_path)
    Recorder()(entry, make_attempt(), make_submission())
    with open_records() as records:
        assert [record.learner for record in records.recent()] == [r"\udcff \x3a:error::"]
