"""What cannot be graded: each with its exit code, a message that tells what to do next, and nothing left in Docker."""

from __future__ import annotations

import ctypes
import json
import resource
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.running import PROBE, ROOT, Command, write_app, write_challenge
from tests.unit.packing import RawMember, deflated_zeros, raw_zip, tar_of

# linux/prctl.h, linux/capability.h
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

Write = Callable[..., Path]


def assert_refused(run_grader: Command, submission: Path, *said: str, code: int = 3, **options: Any) -> None:
    """Grade, and find each of `said` in the JSON report, and the same message on standard error."""
    refused = run_grader.grade(submission, **options)
    assert refused.code == code, refused.err
    error = refused.error
    told = " ".join([error["message"], *(" ".join(problem.values()) for problem in error["problems"]), error["hint"]])
    for text in said:
        assert text in told
    assert "Traceback" not in refused.err
    assert "score" not in refused.report
    assert "".join(error["message"].split()) in "".join(refused.err.split())


def test_no_docker(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """Without an Engine the message names the socket and the command that provides one."""
    missing = {"DOCKER_HOST": f"unix://{tmp_path}/missing.sock"}
    assert_refused(run_grader, app(), "no Docker Engine answers", "missing.sock", "make engine", code=5, env=missing)


def test_docker_without_rights(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A user who may not talk to Docker is told how to be allowed to."""
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(f"{tmp_path}/closed.sock")
        (tmp_path / "closed.sock").chmod(0)
        environment = {"DOCKER_HOST": f"unix://{tmp_path}/closed.sock"}
        said = ("this user may not talk to the Docker Engine", "closed.sock", "usermod -aG docker")
        assert_refused(run_grader, app(), *said, code=5, env=environment, preexec_fn=_without_rights_of_root)


def test_missing_image(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """An image that is not built from the present sources is named with the command that builds it."""
    checkout = tmp_path / "checkout"
    for name in ("grader", "sandbox"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (checkout / "sandbox" / "tester" / "Dockerfile").open("a") as dockerfile:
        dockerfile.write("#")
    said = ("not built from the present sources: tester", "grader images build tester")
    assert_refused(run_grader, app(), *said, code=5, cwd=checkout, env={"PYTHONPATH": str(checkout)})


def test_unknown_challenge(run_grader: Command, app: Write) -> None:
    """The names that are nearest to an unknown one are suggested, and the folders given are looked in."""
    challenges = {"GRADER_CHALLENGES": str(PROBE.parent)}
    assert_refused(run_grader, app(), "'todo-ap'", "todo-api", code=2, challenge="todo-ap")
    assert_refused(run_grader, app(), "'porbe'", "probe", code=2, challenge="porbe", env=challenges)


def test_submission_without_an_app(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A submission that is not there, is empty, or cannot be started, is refused with what is missing."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert_refused(run_grader, tmp_path / "submision", "does not exist")
    assert_refused(run_grader, empty, "holds no files")
    (empty / "notes.txt").write_text("to do")
    assert_refused(run_grader, empty, "no runnable app", "Procfile", "notes.txt", "web: ")
    assert_refused(run_grader, app(Procfile="worker: python app.py"), "has no web process", "worker", "web: ")


def test_unreadable_files(run_grader: Command, app: Write) -> None:
    """Every file and folder that cannot be read is listed."""
    folder = app()
    (folder / "secret.py").touch(mode=0)
    (folder / "closed").mkdir(mode=0)
    said = ("2 problems", "secret.py cannot be read: Permission denied", "closed cannot be read: Permission denied")
    assert_refused(run_grader, folder, *said, preexec_fn=_without_rights_of_root)


def test_archives_that_are_no_submission(run_grader: Command, tmp_path: Path) -> None:
    """An archive that climbs out of its folder, unpacks to gigabytes or is cut short is refused in moments."""
    climbs, bomb, torn = tmp_path / "climbs.zip", tmp_path / "bomb.zip", tmp_path / "torn.tar.gz"
    climbs.write_bytes(raw_zip([RawMember(b"../../outside.py"), RawMember(b"/etc/outside.py")]))
    zeros = RawMember(b"zeros", deflated_zeros(1024), size=1024**3)
    bomb.write_bytes(raw_zip([zeros], deflated=True))
    torn.write_bytes(b"\x1f\x8b\x08")
    assert_refused(run_grader, climbs, "2 problems", "../../outside.py", "/etc/outside.py")
    assert_refused(run_grader, bomb, "zeros", "10 MiB", ".graderignore")
    assert_refused(run_grader, torn, "is damaged", "tar -czf")
    assert not list(tmp_path.parent.rglob("outside.py"))


def test_a_hundred_thousand_files(run_grader: Command, tmp_path: Path) -> None:
    """An archive of a hundred thousand files is refused without being unpacked, with advice on what to leave out."""
    many = tmp_path / "many.tar.gz"
    many.write_bytes(tar_of({f"data/{number}": b"" for number in range(100_000)}, gz=True))
    began = time.monotonic()
    assert_refused(run_grader, many, "files and folders; counting stopped there", "node_modules")
    assert time.monotonic() - began < 20


def test_suite_with_a_syntax_error(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A suite that cannot be read is the challenge's fault; an instructor sees where, and a learner no byte of it."""
    challenge = write_challenge(tmp_path / "broken", "def test_secret_name(api) CANARY = 1")
    learner = run_grader.grade(app(), challenge=challenge)
    assert learner.code == 4
    for told in (learner.err, learner.out):
        assert "the suite cannot be collected" in told
        assert "--audience instructor" in told
        for hidden in ("CANARY", "secret_name", "SyntaxError", "test_paths"):
            assert hidden not in told
    instructor = run_grader.grade(app(), "--audience=instructor", challenge=challenge)
    assert instructor.code == 4
    for told in (instructor.err, instructor.error["detail"]):
        for shown in ("test_paths.py", "SyntaxError", "CANARY"):
            assert shown in told


def test_folder_called_like_an_audience(run_grader: Command, tmp_path: Path) -> None:
    """A submission in a folder called "instructor" does not make its author one."""
    challenge = write_challenge(tmp_path / "broken", "def test_secret(api) CANARY = 1")
    write_app(tmp_path / "instructor")
    learner = run_grader("grade", challenge, "instructor", cwd=tmp_path, env={"PYTHONPATH": str(ROOT)})
    assert learner.code == 4
    assert "CANARY" not in learner.out + learner.err


BROKEN_SUITES = {
    "empty": "",
    "without a module": "import missing_module",
    "half skipped": "pytest.skip('CANARY', allow_module_level=True)",
    "half unmarked": "def test_unmarked(api):\n    'A title.'",
}


@pytest.mark.parametrize("name", BROKEN_SUITES)
def test_suite_that_would_lose_checks(run_grader: Command, app: Write, tmp_path: Path, name: str) -> None:
    """A suite whose score would silently be out of fewer points is refused as a whole."""
    challenge = write_challenge(tmp_path / "broken", BROKEN_SUITES[name])
    if "half" in name:
        shutil.copy(PROBE / "checks/hidden/test_paths.py", challenge / "checks/hidden/test_good_half.py")
    assert_refused(run_grader, app(), "the suite cannot be collected", code=4, challenge=challenge)


def test_manifest_with_five_mistakes(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """All mistakes of a manifest are listed at once, each with file, key and what was expected."""
    texts: dict[str, Any] = {"version": "one", "difficulty": "cosy", "colour": "red", "check_s": "long"}
    challenge = write_challenge(tmp_path / "probe", memory_mib=1, **texts)
    said = ("5 problems", "challenge.toml: version", "'easy', 'medium' or 'hard'", "colour", "no such key")
    more = ("limits.memory_mib", "greater than or equal to 64", "limits.check_s", "a number")
    assert_refused(run_grader, app(), *said, *more, code=4, challenge=challenge)


def test_report_on_a_full_disk(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """It goes to the next place, the operator is told, and it is an attempt: nobody submits for nothing that way."""
    env = {"GRADER_CHALLENGES": str(tmp_path)}
    challenge = write_challenge(tmp_path / "shelter")
    with (challenge / "challenge.toml").open("a") as manifest:
        manifest.write("\n[attempts]\nlimit = 1\n")
    write_app(challenge / "starter" / "python")
    assert run_grader("start", "shelter", tmp_path / "mine", env=env).code == 0
    with Path("/dev/full").open("w") as full:
        done = run_grader("submit", tmp_path / "mine", stdout=full, env=env)
    assert done.code == 5
    assert "could not be written to standard output: No space left on device" in " ".join(done.err.split())
    assert "10 of 10 points" in done.err
    assert "Traceback" not in done.err
    assert "shelter" in run_grader("attempts", "shelter", env=env).out
    again = run_grader("submit", tmp_path / "mine", env=env)
    assert again.code == 2
    assert "your 1 attempt at shelter is used up" in again.err

    done = run_grader.grade(app(), "--output", tmp_path / "report.json", preexec_fn=_without_room)
    assert done.code == 5
    assert "report.json:Filetoolarge" in "".join(done.err.split())
    assert done.report["score"] == 10
    assert list(tmp_path.glob("*report*")) == []


def test_output_that_cannot_be(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A file that cannot be made is refused before anything is graded; one that can holds the report, errors too."""
    missing = tmp_path / "a-folder-whose-path-is-longer-than-a-line-of-eighty-characters-in-any-case"
    done = run_grader.grade(app(), "--output", missing / "report.json")
    assert done.code == 2
    assert f"mkdir -p {missing}" in " ".join(done.err.split())
    assert "reading the submission" not in done.err

    report = tmp_path / "report.json"
    done = run_grader.grade(tmp_path / "nothing", "--output", report)
    assert done.code == 3
    assert done.out == ""
    assert json.loads(report.read_text())["verdict"] == "invalid"


def _without_rights_of_root() -> None:
    """Take from this process the right to open what its mode forbids; only root had it (capabilities(7))."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def _without_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
