"""Stacks: what their manifests may say, which one a submission is, and how its app starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import ChallengeError, SandboxError, SubmissionError, UsageError
from grader.models import Limits, Submission
from grader.paths import sandbox_dir
from grader.recipes import image_names
from grader.stacks import COMMAND_CHARS, Stack, dependency_files, detect_stack, limits_for, load_stacks, start_command
from tests.builders import make_submission

MANIFEST = """
schema_version = 1
title = "Cobol"
version = "85"
detect = ["*.cob", "cobol.lock"]
dependencies = ["cobol.lock"]
registry_variables = ["COBOL_REGISTRY"]
environment = { COBOL_HOME = "/opt/cobol" }

[[start]]
file = "main.cob"
command = "cobol main.cob"

[[start]]
file = "app.cob"
command = "cobol app.cob"
"""
SNOBOL = 'schema_version = 1\ntitle = "Snobol"\nversion = "4"\ndetect = ["*.sno"]\n'


def submission(*names: str, **contents: str) -> Submission:
    """Return a submission of empty files `names`, and of files with contents."""
    return make_submission(dict.fromkeys(names, b"") | {name: text.encode() for name, text in contents.items()})


def stacks_folder(root: Path, manifests: Mapping[str, str]) -> Path:
    """Write the stacks of a `sandbox` folder: name -> manifest."""
    for name, text in manifests.items():
        (root / "stacks" / name).mkdir(parents=True)
        (root / "stacks" / name / "stack.toml").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A `sandbox` folder with two stacks."""
    return stacks_folder(tmp_path, {"cobol": MANIFEST, "snobol": SNOBOL})


def test_manifest_becomes_a_stack(sandbox: Path) -> None:
    """Every key of a manifest is in the stack, whose name is its folder's."""
    stack = load_stacks(sandbox)["cobol"]
    assert (stack.name, stack.title, stack.version, stack.image) == ("cobol", "Cobol", "85", "stack-cobol")
    assert stack.detect == ("*.cob", "cobol.lock")
    assert stack.dependencies == ("cobol.lock",)
    assert stack.registry_variables == ("COBOL_REGISTRY",)
    assert [(start.file, start.command) for start in stack.start] == [
        ("main.cob", "cobol main.cob"),
        ("app.cob", "cobol app.cob"),
    ]
    assert stack.environment == {"COBOL_HOME": "/opt/cobol"}


def test_all_problems_of_all_manifests_are_told_at_once(tmp_path: Path) -> None:
    """Five mistakes in two manifests are five problems, each with its file and key."""
    broken = 'schema_version = 2\ntitle = ""\ndetect = []\nport = 80\nversion = 85\n'
    with pytest.raises(SandboxError) as caught:
        load_stacks(stacks_folder(tmp_path, {"cobol": broken, "fortran": "title = ", "snobol": SNOBOL}))
    where = sorted(Path(problem.where).parent.name + problem.where[-8:] for problem in caught.value.problems)
    assert len(where) == 6
    keys = {problem.where.rpartition(": ")[2] for problem in caught.value.problems}
    assert {"schema_version", "title", "detect", "port", "version"} < keys
    assert sum("not TOML" in problem.what for problem in caught.value.problems) == 1


@pytest.mark.parametrize("name", ["../etc/passwd", "a b", ""])
def test_start_file_is_one_name_in_the_root(tmp_path: Path, name: str) -> None:
    """A start file that is a path, holds a space or is empty is refused."""
    text = SNOBOL + f'[[start]]\nfile = "{name}"\ncommand = "run"\n'
    with pytest.raises(SandboxError) as caught:
        load_stacks(stacks_folder(tmp_path, {"snobol": text}))
    assert ["start.0.file" in problem.where for problem in caught.value.problems] == [True]


def test_shipped_stacks_can_be_read_and_have_an_image() -> None:
    """Every stack of the grader has a valid manifest and a Dockerfile."""
    stacks = load_stacks()
    assert "python" in stacks
    assert {stack.image for stack in stacks.values()} <= set(image_names())
    folders = {path.name for path in (sandbox_dir() / "stacks").iterdir() if path.is_dir()}
    assert folders == set(stacks)


@pytest.mark.parametrize(
    ("files", "name"),
    [(["main.cob"], "cobol"), (["cobol.lock", "README"], "cobol"), (["x.sno", "lib/main.cob"], "snobol")],
)
def test_files_in_the_root_tell_the_stack(sandbox: Path, files: list[str], name: str) -> None:
    """A file of a stack's patterns in the root picks it; files in folders do not count."""
    assert detect_stack(submission(*files), ["cobol", "snobol"], sandbox).name == name


def test_only_allowed_stacks_are_considered(sandbox: Path) -> None:
    """Where a challenge allows one stack it is that one, whatever the files look like."""
    assert detect_stack(submission("x.sno"), ["cobol"], sandbox).name == "cobol"


def test_files_of_two_stacks_are_ambiguous(sandbox: Path) -> None:
    """The error lists for each stack which of its files were seen."""
    with pytest.raises(SubmissionError, match=r"cobol \(main\.cob\), snobol \(x\.sno\)"):
        detect_stack(submission("main.cob", "x.sno"), ["cobol", "snobol"], sandbox)


def test_files_of_no_stack_are_told(sandbox: Path) -> None:
    """The error says what is there and which files of each stack were looked for."""
    with pytest.raises(SubmissionError, match=r"README") as caught:
        detect_stack(submission("README", "src/main.cob"), ["cobol", "snobol"], sandbox)
    assert "cobol.lock" in caught.value.hint
    assert "*.sno" in caught.value.hint
    assert "--each" not in caught.value.hint


@pytest.mark.parametrize("files", [["ada.zip", "bob.tar.gz", "README.md"], ["ada/main.cob", "bob/main.cob"]])
def test_a_folder_of_many_submissions_is_told_how_to_be_graded(sandbox: Path, files: list[str]) -> None:
    """Whoever forgets --each is told so."""
    with pytest.raises(SubmissionError) as caught:
        detect_stack(submission(*files), ["cobol", "snobol"], sandbox)
    assert "grader grade CHALLENGE --each FOLDER" in caught.value.hint


def test_a_stack_that_outranks_the_others_is_taken(tmp_path: Path) -> None:
    """Files of the stacks below it decide nothing where its own are there, and everything where they are not."""
    above = SNOBOL.replace("sno", "spit").replace("\n", '\noutranks = ["snobol"]\n', 1)
    sandbox = stacks_folder(tmp_path, {"cobol": MANIFEST, "snobol": SNOBOL, "spitbol": above})
    stacks = ["cobol", "snobol", "spitbol"]
    assert detect_stack(submission("a.sno", "b.spit"), stacks, sandbox).name == "spitbol"
    assert detect_stack(submission("a.sno"), stacks, sandbox).name == "snobol"
    with pytest.raises(SubmissionError, match=r"cobol \(main\.cob\), spitbol \(b\.spit\)") as caught:
        detect_stack(submission("a.sno", "b.spit", "main.cob"), stacks, sandbox)
    assert "--stack cobol" in caught.value.hint


def test_the_stack_that_is_wanted_counts_more_than_files(sandbox: Path) -> None:
    """Whoever says which stack it is, is believed, unless the challenge cannot be answered in it."""
    both = submission("main.cob", "x.sno")
    assert detect_stack(both, ["cobol", "snobol"], sandbox, wanted="snobol").name == "snobol"
    assert detect_stack(submission("README"), ["cobol", "snobol"], sandbox, wanted="cobol").name == "cobol"
    for wanted, allowed in (("snobol", ["cobol"]), ("algol", ["cobol", "snobol"])):
        with pytest.raises(UsageError, match=f"'{wanted}': its stacks are {', '.join(allowed)}"):
            detect_stack(both, allowed, sandbox, wanted=wanted)


def test_a_stack_raises_limits_and_never_lowers_them(tmp_path: Path) -> None:
    """What it needs at least is what its apps have; what a challenge gives beyond that stays."""
    text = SNOBOL + "[at_least]\nmemory_mib = 700\nstart_s = 12\n"
    stacks = load_stacks(stacks_folder(tmp_path, {"cobol": MANIFEST, "snobol": text}))
    limits = Limits(start_s=15, check_s=10, memory_bytes=512 * 1024**2, pids=128)
    assert limits_for(stacks["cobol"], limits) == limits
    raised = limits_for(stacks["snobol"], limits)
    assert (raised.start_s, raised.memory_bytes, raised.pids) == (15, 700 * 1024**2, 128)
    assert raised.check_s == 12, "a check that starts the app again has time for it"


def test_unknown_stack_is_the_challenges_fault(sandbox: Path) -> None:
    """A manifest that allows a stack which does not exist is told so, with those that do."""
    with pytest.raises(ChallengeError, match=r"'algol'.*cobol, snobol"):
        detect_stack(submission("main.cob"), ["cobol", "algol"], sandbox)


def test_first_start_that_fits_is_taken(sandbox: Path) -> None:
    """The order of the manifest decides, not that of the submission's files."""
    stack = load_stacks(sandbox)["cobol"]
    assert start_command(submission("app.cob", "main.cob"), stack) == "cobol main.cob"
    assert start_command(submission("app.cob", "src/main.cob"), stack) == "cobol app.cob"


def test_nothing_to_start_is_told(sandbox: Path) -> None:
    """The error names what was looked for and what was seen, and the hint is a Procfile that would do."""
    with pytest.raises(SubmissionError, match=r"Procfile, main\.cob, app\.cob.*It holds: README, util\.cob") as caught:
        start_command(submission("README", "util.cob", "src/app.cob"), load_stacks(sandbox)["cobol"])
    assert "web: cobol main.cob" in caught.value.hint


def test_many_files_are_not_all_listed(sandbox: Path) -> None:
    """An error stays readable when the submission is large."""
    with pytest.raises(SubmissionError, match=r"file11 and 88 more$"):
        start_command(submission(*(f"file{n:02}" for n in range(100))), load_stacks(sandbox)["cobol"])


@pytest.mark.parametrize(
    ("procfile", "command"),
    [
        ("web: cobol other.cob", "cobol other.cob"),
        ("web:cobol other.cob --port $PORT  ", "cobol other.cob --port $PORT"),
        ("# processes\nworker: cobol work.cob\r\nweb:\tcobol a.cob | tee\tlog\r\n", "cobol a.cob | tee\tlog"),
        ("\ufeffweb: cobol a.cob", "cobol a.cob"),
        ("web: sh -c 'echo web: x'", "sh -c 'echo web: x'"),
    ],
)
def test_procfile_is_read_as_twelve_factor_hosts_do(sandbox: Path, procfile: str, command: str) -> None:
    """The web process of a Procfile wins over the stack's own start, with Windows line ends and a byte order mark."""
    assert start_command(submission("main.cob", Procfile=procfile), load_stacks(sandbox)["cobol"]) == command


@pytest.mark.parametrize(
    ("procfile", "message"),
    [
        ("", "has no web process; it has no process"),
        ("worker: x\nrelease: y", "has no web process; it has release, worker"),
        ("web cobol main.cob", "has no web process"),
        ("web:", "has no web process"),
        ("web: a\nweb: b", "more than one web process"),
        ("web: a\x00b", "cannot be seen"),
        ("web: echo \u202e", "cannot be seen"),
        ("web: " + "x" * (COMMAND_CHARS + 1), f"the limit is {COMMAND_CHARS}"),
    ],
)
def test_procfile_without_a_usable_web_process_is_told(sandbox: Path, procfile: str, message: str) -> None:
    """A Procfile is never passed over silently: what is wrong with it is said."""
    with pytest.raises(SubmissionError, match=message):
        start_command(submission("main.cob", Procfile=procfile), load_stacks(sandbox)["cobol"])


def test_procfile_that_is_not_text_is_told(sandbox: Path) -> None:
    """Bytes that are not UTF-8 name their place."""
    with pytest.raises(SubmissionError, match="not UTF-8 text: invalid start byte at byte 5"):
        start_command(make_submission({"Procfile": b"web: \xff"}), load_stacks(sandbox)["cobol"])


@given(content=st.binary(max_size=200))
def test_any_procfile_gives_a_safe_command_or_a_submission_error(content: bytes) -> None:
    """No bytes in a Procfile end in anything else."""
    stack = Stack("cobol", "Cobol", "85", detect=("*.cob",), dependencies=(), start=(), environment={})
    try:
        command = start_command(make_submission({"Procfile": b"web: " + content}), stack)
    except SubmissionError:
        return
    assert command
    assert "\n" not in command
    assert "\0" not in command


def test_dependency_files_are_those_the_stack_names(sandbox: Path) -> None:
    """Only files in the root that the stack installs from are handed to its dependency step."""
    stack = load_stacks(sandbox)["cobol"]
    assert dependency_files(submission("main.cob", **{"cobol.lock": "x 1"}), stack) == {"cobol.lock": b"x 1"}
    assert dependency_files(submission("main.cob", "lib/cobol.lock"), stack) == {}
