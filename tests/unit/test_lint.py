"""Lint as people use it: what it says and writes, what it repairs, and that nothing in a suite makes it fail."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.authoring.lint import Finding, Severity, all_rules, lint
from grader.authoring.lint.fix import fix
from grader.authoring.lint.render import Linted, render
from grader.authoring.suites import KEYWORDS
from grader.catalogue import challenge_folders
from grader.cli import cli
from grader.display import TextStyle
from grader.errors import ChallengeError, GraderError
from grader.paths import sandbox_dir
from grader.solutions import read_solutions
from tests.linting import FILES, HIDDEN, replace, write, write_ticks
from tests.unit.unreadable import cannot_be_read

CHALLENGE, README = "challenge.toml", "README.md"
PUBLIC, SUITE = "checks/public/test_ticks.py", "checks/hidden/test_many_ticks.py"
FORGETS = "solutions/wrong-forgets/expected.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a challenge that lint has nothing to say about."""
    return write_ticks(tmp_path)


def find(folder: Path, code: str) -> list[Finding]:
    """Return what one rule finds."""
    return [finding for finding in lint(folder) if finding.rule == code]


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*arguments: str | Path) -> Result:
    """Run `grader lint` in this process."""
    return CliRunner().invoke(cli, ["lint", *map(str, arguments)])


def test_the_rest_is_linted_when_the_manifest_is_broken(folder: Path) -> None:
    """A manifest that is no TOML does not hide what is wrong elsewhere."""
    write(folder, CHALLENGE, "slug =")
    replace(folder, SUITE, "points=40", "points=1")
    replace(folder, FORGETS, '"counts"', '"count"')
    assert {"manifest", "points", "unknown-check"} <= {finding.rule for finding in lint(folder)}


def test_all_problems_of_a_manifest_are_told(folder: Path) -> None:
    """Each with its own line, or that of its table."""
    replace(folder, CHALLENGE, 'kind = "api"', "kind = 5")
    replace(folder, CHALLENGE, 'dependencies = "registry"', "dependency = 1")
    replace(folder, CHALLENGE, 'version = "1.0.0"', 'version = "1"')
    assert [finding.line for finding in find(folder, "manifest")] == [3, 5, 10]


def test_a_manifest_that_is_wrong_hides_nothing_else(folder: Path) -> None:
    """What is missing, and a slug that is not the folder's name, are told in the same breath."""
    replace(folder, CHALLENGE, 'kind = "api"', "kind = 5")
    replace(folder, CHALLENGE, 'slug = "ticks"', 'slug = "tocks"')
    (folder / README).unlink()
    assert {finding.where for finding in find(folder, "manifest")} == {README, f"{CHALLENGE}:2", f"{CHALLENGE}:5"}


@pytest.mark.parametrize(("work", "name"), [(lint, "hidden"), (fix, "hidden"), (lint, "requirements.txt")])
def test_what_cannot_be_read_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], object], name: str
) -> None:
    """By its name, and not as a bug of the grader."""
    cannot_be_read(monkeypatch, name)
    with pytest.raises(ChallengeError, match=rf"/{name} cannot be read: Permission denied"):
        work(folder)


def test_what_pip_compiled_is_no_fault_of_a_built_in_challenge(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed grader has such caches, and --fix leaves what is installed alone."""
    write(folder, "checks/hidden/__pycache__/test_x.pyc", "x")
    assert len(find(folder, "caches")) == 1
    monkeypatch.setattr("grader.authoring.lint.rules.files.is_checkout", lambda: False)
    assert len(find(folder, "caches")) == 1
    monkeypatch.setattr("grader.authoring.lint.rules.files.challenges_dir", lambda: folder.parent)
    assert find(folder, "caches") == []


def test_versions_matter_less_where_nothing_is_installed(folder: Path) -> None:
    """With the packages of the image alone, a range is a warning."""
    replace(folder, "starter/python/requirements.txt", "==", ">=")
    assert [finding.severity for finding in find(folder, "unpinned")] == [Severity.ERROR]
    replace(folder, CHALLENGE, "registry", "preinstalled")
    assert [finding.severity for finding in find(folder, "unpinned")] == [Severity.WARNING]


def test_a_missing_hint_matters_less_in_public(folder: Path) -> None:
    """Who can read the check needs no hint."""
    replace(folder, PUBLIC, ', hint="Count."', "")
    replace(folder, SUITE, ', hint="Count each tick once."', "")
    assert [finding.severity for finding in find(folder, "hint")] == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(
    ("comment", "silenced"),
    [
        ("# lint: ok unproven-check every useless app fails it", True),
        ("# lint: ok unproven-check", False),
        ("# lint: ok no-witness it is another rule", False),
    ],
)
def test_a_warning_is_silenced_in_its_place_with_a_reason(folder: Path, comment: str, *, silenced: bool) -> None:
    """Not without a reason, and not by the name of another rule."""
    replace(folder, FORGETS, '"counts", ', "")
    replace(folder, SUITE, "def test_counts(api, rng):", f"def test_counts(api, rng):  {comment}")
    assert (find(folder, "unproven-check") == []) is silenced


def test_a_warning_of_the_statement_is_silenced_in_the_line_above(folder: Path) -> None:
    """Markdown hides the reason in a comment."""
    replace(folder, README, "`O'Brien`", "`x'; DROP TABLE todos; --`")
    replace(folder, README, "`POST /ticks`", "<!-- lint: ok hidden-value it is an example -->\n`POST /ticks`")
    assert find(folder, "hidden-value") == []
    replace(folder, README, " it is an example", "")
    assert len(find(folder, "hidden-value")) == 1


def test_an_error_cannot_be_silenced(folder: Path) -> None:
    """What keeps a challenge from being published stays."""
    replace(folder, PUBLIC, "(points=1,", "(points=0,  # lint: ok declaration because\n")
    assert len(find(folder, "declaration")) == 1


def test_fix_sorts_what_a_wrong_solution_fails(folder: Path) -> None:
    """Sorted, each once, and nothing else of the file is changed."""
    replace(folder, FORGETS, '["counts", "refuses-bad-names"]', '["refuses-bad-names", "counts", "counts"]  # why')
    assert [(fixed.rule, fixed.path) for fixed in fix(folder)] == [("fails-order", FORGETS)]
    assert lint(folder) == ()
    assert (folder / FORGETS).read_text() == (
        'why = "Forgets."\nverdict = "failed"\nfails = [\n    "counts",\n    "refuses-bad-names",\n]  # why\n'
    )


def test_fix_leaves_a_list_with_comments_alone(folder: Path) -> None:
    """A comment belongs to its line, which nobody but its author can move."""
    replace(folder, FORGETS, '["counts", "refuses-bad-names"]', '[\n"refuses-bad-names", # first\n"counts",\n]')
    assert fix(folder) == ()
    assert [finding.fixable for finding in find(folder, "fails-order")] == [False]


def test_fix_tidies_ends_of_lines(folder: Path) -> None:
    """TOML loses white space at ends of lines, the statement only gets its newline; permissions stay."""
    write(folder, CHALLENGE, FILES[CHALLENGE].replace("\n", " \t\r\n") + "\n\n")
    (folder / CHALLENGE).chmod(0o640)
    write(folder, README, FILES[README].replace("counts;", "counts;  \n").rstrip())
    assert [fixed.path for fixed in fix(folder)] == [README, CHALLENGE]
    assert (folder / CHALLENGE).read_text() == FILES[CHALLENGE]
    assert (folder / CHALLENGE).stat().st_mode & 0o777 == 0o640
    assert (folder / README).read_text() == FILES[README].replace("counts;", "counts;  \n")


def test_fix_removes_caches_and_nothing_behind_a_link(folder: Path, tmp_path: Path) -> None:
    """Folders of caches go with what is in them; a link goes, what it leads to stays."""
    write(tmp_path, "elsewhere/kept.py", "kept = 1\n")
    write(folder, "checks/hidden/__pycache__/a.pyc", b"\0")
    write(folder, "solutions/reference-flask/.pytest_cache/v/x", "x")
    write(folder, "starter/python/old.pyc", b"\0")
    (folder / "starter/python/__pycache__").symlink_to(tmp_path / "elsewhere")
    assert len(fix(folder)) == 4
    assert (sorted(contents(folder)), lint(folder)) == (sorted(FILES), ())
    assert (tmp_path / "elsewhere/kept.py").is_file()


def test_nothing_behind_a_link_out_of_the_challenge_is_read_or_repaired(folder: Path, tmp_path: Path) -> None:
    """A challenge may come from a stranger, and the link lead to a file of whoever repairs it."""
    write(tmp_path, "elsewhere.md", "mine, untidy\n\n\n")
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to(tmp_path / "elsewhere.md")
    for work in (lint, fix):
        with pytest.raises(ChallengeError) as caught:
            work(folder)
        assert [problem.where for problem in caught.value.problems] == ["README.md"]
    assert (tmp_path / "elsewhere.md").read_text() == "mine, untidy\n\n\n"


@pytest.mark.parametrize("name", ["challenge.toml", "README.md"])
def test_a_named_pipe_holds_nobody_up(folder: Path, name: str) -> None:
    """It is no file, and there is nobody at its other end."""
    (folder / name).unlink()
    os.mkfifo(folder / name)
    fix(folder)
    assert name in {finding.path for finding in lint(folder)}


def test_fix_keeps_the_mistake_of_a_copy_alone(folder: Path) -> None:
    """What the challenge is stays the same to the byte, and nothing is left to be said or done."""
    program = "".join(f"print({number})\n" for number in range(30))
    write(folder, "solutions/reference-flask/app.py", program)
    write(folder, "solutions/reference-flask/lib/a.py", "a = 1\n")
    write(folder, "solutions/wrong-forgets/app.py", program.replace("17", "71").rstrip())
    write(folder, "solutions/wrong-forgets/lib/a.py", "a = 1\n")
    before = [each.submission for each in read_solutions(folder)[0]]
    assert [(fixed.rule, fixed.path) for fixed in fix(folder)] == [
        ("whole-copy", f"solutions/wrong-forgets/{name}")
        for name in ("mistake.patch", "expected.toml", "app.py", "lib")
    ]
    assert [each.submission for each in read_solutions(folder)[0]] == before
    assert sorted(path.name for path in (folder / "solutions/wrong-forgets").iterdir()) == [
        "expected.toml",
        "mistake.patch",
    ]
    assert (folder / FORGETS).read_text() == FILES[FORGETS] + 'based_on = "reference-flask"\n'
    assert (lint(folder), fix(folder)) == ((), ())


def test_fix_leaves_a_copy_alone_that_its_author_wants_or_that_holds_more(folder: Path) -> None:
    """A reason is a reason, and what is no part of a submission would be lost."""
    program = "".join(f"print({number})\n" for number in range(30))
    for name in ("reference-flask", "wrong-forgets", "wrong-trusts"):
        write(folder, f"solutions/{name}/app.py", program.replace("17", name))
    replace(folder, FORGETS, "why", "# lint: ok whole-copy it is shown to learners\nwhy")
    write(folder, "solutions/wrong-trusts/.graderignore", "*.txt\n")
    write(folder, "solutions/reference-flask/.graderignore", "*.txt\n")
    write(folder, "solutions/wrong-trusts/notes.txt", "mine\n")
    before = contents(folder)
    assert fix(folder) == ()
    assert contents(folder) == before


def test_fix_gives_the_challenge_the_name_of_its_folder(folder: Path) -> None:
    """The slug follows the folder, in a copy for instance."""
    copy = folder.rename(folder.parent / "tocks")
    assert [fixed.what for fixed in fix(copy)] == ["slug is now 'tocks', the folder's name"]
    assert lint(copy) == ()


@pytest.mark.parametrize("name", ["Tocks and Ticks", "t" * 65])
def test_fix_writes_no_slug_that_is_none(folder: Path, name: str) -> None:
    """A folder whose name cannot be a slug has to be renamed by hand."""
    copy = folder.rename(folder.parent / name)
    assert fix(copy) == ()
    assert [(finding.rule, finding.fixable) for finding in lint(copy)] == [("manifest", False)]


def test_fix_changes_nothing_where_nothing_is_wrong(folder: Path) -> None:
    """Not one byte."""
    before = contents(folder)
    assert fix(folder) == ()
    assert contents(folder) == before


def test_what_was_fixed_is_not_found_again(folder: Path) -> None:
    """Several repairs of one file do not undo each other."""
    replace(folder, FORGETS, '["counts", "refuses-bad-names"]', '["refuses-bad-names", "counts"]   ')
    result = run(folder, "--fix", "--strict")
    assert result.exit_code == 0, result.output
    assert result.output.count("\n  fixed ") == 2
    assert fix(folder) == ()


def test_command_says_place_rule_fault_and_expectation(folder: Path) -> None:
    """One finding is the place with the rule, and below it what is wrong and what was expected."""
    replace(folder, FORGETS, '"counts", ', "")
    result = run(folder)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        str(folder),
        f"  ! {SUITE}:7  unproven-check",
        "      no wrong solution fails test_counts",
        "      expected: 'counts' in `fails` of an expected.toml",
        "",
        "0 errors, 1 warning in 1 challenge.",
        f"Next: grader validate {folder}",
    ]


def test_what_comes_next_is_told(folder: Path) -> None:
    """When nothing bars it, the proof; otherwise the findings say what to do."""
    assert run(folder).stdout.endswith(f"\nNext: grader validate {folder}\n")
    replace(folder, SUITE, "points=40", "points=41")
    assert "Next:" not in run(folder).stdout


def test_exit_codes(folder: Path) -> None:
    """0 without errors, 4 with some, and with --strict for a warning as well."""
    assert run(folder, "--strict").exit_code == 0
    replace(folder, FORGETS, '"counts", ', "")
    assert (run(folder).exit_code, run(folder, "--strict").exit_code) == (0, 4)
    replace(folder, FORGETS, '["', '["ticks", "')
    assert run(folder).exit_code == 4


@pytest.mark.parametrize(("arguments", "code"), [((), 2), (("ticks", "--all"), 2), (("no-such-challenge",), 2)])
def test_a_command_that_names_nothing_is_refused(arguments: tuple[str, ...], code: int) -> None:
    """Neither nothing at all, nor everything and something, nor what is not there."""
    error = run(*arguments).exception
    assert isinstance(error, GraderError)
    assert error.exit_code == code


def test_a_slug_is_found_among_challenges_however_broken_they_are(folder: Path) -> None:
    """`--challenges` names the folder to look in; --all takes the built-in ones too."""
    write(folder, CHALLENGE, "slug =")
    result = run("ticks", "--challenges", folder.parent, "--json")
    assert (result.exit_code, json.loads(result.output)["challenges"][0]["findings"][0]["rule"]) == (4, "manifest")
    everything = run("--all", "--challenges", folder.parent, "--json")
    names = {Path(each["folder"]).name for each in json.loads(everything.output)["challenges"]}
    assert names == {"ticks", *(path.name for path in challenge_folders())}


def test_json_has_every_finding_with_the_documented_keys(folder: Path) -> None:
    """Keys and types of the document, and that it adds up."""
    replace(folder, FORGETS, '["counts", "refuses-bad-names"]', '["tick", "counts"]')
    write(folder, README, FILES[README].rstrip())
    document: dict[str, Any] = json.loads(run(folder, "--json").output)
    (challenge,) = document.pop("challenges")
    assert document == {"schema_version": 1, "errors": 1, "warnings": 3}
    assert {key: type(value) for key, value in challenge.items()} == {
        "folder": str,
        "errors": int,
        "warnings": int,
        "findings": list,
        "fixed": list,
    }
    assert challenge["findings"][-1] == {
        "rule": "unknown-check",
        "severity": "error",
        "path": FORGETS,
        "line": 3,
        "what": "there is no hidden check 'tick'",
        "expected": "the id of a hidden check: one of counts, names-are-never-sql, refuses-bad-names",
        "fixable": False,
    }
    repaired = json.loads(run(folder, "--json", "--fix").output)["challenges"][0]
    assert repaired["fixed"][0] == {"rule": "fails-order", "path": FORGETS, "what": "fails is sorted, each id once"}


def test_text_is_safe_for_terminals(folder: Path) -> None:
    """Control sequences in names and texts of a challenge are shown, not obeyed; narrow and plain screens do."""
    write(folder, "solutions/odd\x1b[31m\u202e/app.py", "")
    replace(folder, PUBLIC, 'group="count"', 'groups="\x1b]0;title\x07"')
    text = render([Linted(folder, lint(folder))], TextStyle(width=40, unicode=False))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.isascii()
    shown = [line for line in text.splitlines() if line.startswith("      ")]
    assert max(map(len, shown)) <= 40


def test_rules_are_told_apart_by_their_codes() -> None:
    """A code is one name in one spelling, and every rule says when it strikes."""
    codes = [rule.code for rule in all_rules()]
    assert len(codes) == len(set(codes)) > 20
    for rule in all_rules():
        assert rule.code == rule.code.lower().replace("_", "-")
        assert rule.means
        assert "|" not in rule.means


def test_a_suite_is_never_run(folder: Path) -> None:
    """What a file of a suite would do when it is imported does not happen."""
    trap = f"import pathlib\npathlib.Path({str(folder / 'ran')!r}).touch()\nraise SystemExit(9)\n"
    for name in (SUITE, PUBLIC, "checks/hidden/conftest.py"):
        write(folder, name, trap + FILES.get(name, ""))
    assert lint(folder) == ()
    assert not (folder / "ran").exists()


def test_keywords_of_the_mark_are_those_that_the_tester_takes() -> None:
    """A keyword that is new there is known here."""
    source = (sandbox_dir() / "tester" / "grader_checks" / "declarations.py").read_text(encoding="utf-8")
    taken = set(re.findall(r'values\.pop\("(\w+)"', source))
    assert {"points", "group", "hint", "cwe"} <= taken <= KEYWORDS


SUITES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(st.integers(0, len(HIDDEN)), st.integers(0, 60), st.binary(max_size=8)).map(
        lambda cut: HIDDEN.encode()[: cut[0]] + cut[2] + HIDDEN.encode()[cut[0] + cut[1] :]
    ),
    st.integers(1, 3_000).map(lambda depth: b"x = " + b"-" * depth + b"1\n"),
    st.integers(1, 3_000).map(lambda depth: b"x = " + b"1 + " * depth + b"f('a').b\n"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hidden=SUITES, public=SUITES, expected=st.binary(max_size=60))
def test_no_suite_makes_lint_fail(tmp_path: Path, hidden: bytes, public: bytes, expected: bytes) -> None:
    """Whatever bytes the files of a challenge hold, lint says something about it and repairs what it can."""
    folder = write_ticks(tmp_path)
    write(folder, SUITE, hidden)
    write(folder, PUBLIC, public)
    write(folder, FORGETS, expected)
    render([Linted(folder, lint(folder), fix(folder))])


@pytest.mark.parametrize("slug", sorted(path.name for path in challenge_folders()))
def test_built_in_challenges_have_no_faults(slug: str) -> None:
    """Not even a warning that is not silenced with a reason."""
    folder = next(path for path in challenge_folders() if path.name == slug)
    assert [f"{finding.where}: {finding.what}" for finding in lint(folder)] == []


def test_files_that_would_take_hours_to_compare_are_not_compared(folder: Path) -> None:
    """A challenge may come from a stranger; what is that long is data."""
    write(folder, "solutions/reference-flask/data.txt", "a\nb\n" * 20_000)
    write(folder, "solutions/wrong-forgets/data.txt", "b\na\na\n" * 14_000)
    assert "whole-copy" not in {finding.rule for finding in lint(folder)}
