"""Useless stubs: found by stack, and given less time than honest submissions."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.proofs.stubs import START_S, STUBS, TOTAL_S, impatient, stubs_for
from grader.catalogue import challenge_folders
from grader.challenge import load_challenge
from grader.stacks import detect_stack, load_stacks, start_command
from grader.submission import load_submission
from tests.running import DATA

EVERY_STUB = stubs_for([folder.name for folder in STUBS.iterdir()])


def test_stubs_of_a_stack_are_its_folders() -> None:
    """A challenge gets those of all its stacks, by stack and name, and of no other."""
    names = [f"{stub.parent.name}/{stub.name}" for stub in stubs_for(["sql", "python"])]
    assert names == sorted(names)
    assert {"python/always-200", "python/echoes", "sql/empty"} <= set(names)
    assert {stub.parent.name for stub in stubs_for(["sql"])} == {"sql"}
    assert stubs_for(["cobol"]) == ()


def test_what_tools_leave_among_stubs_is_no_stub(tmp_path: Path) -> None:
    """Neither a cache of compiled files nor a file beside the folders is graded."""
    for name in ("python/good", "python/__pycache__", "python/.git"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "python/README.md").write_text("")
    assert [stub.name for stub in stubs_for(["python"], tmp_path)] == ["good"]


@pytest.mark.parametrize("stub", EVERY_STUB, ids=lambda stub: f"{stub.parent.name}/{stub.name}")
def test_a_stub_is_a_submission_of_its_stack(stub: Path) -> None:
    """Its folder names a stack that exists, whose start command it has: it fails by doing nothing, not by a mistake."""
    submission = load_submission(stub)
    stack = detect_stack(submission, list(load_stacks()))
    assert stack.name == stub.parent.name
    assert start_command(submission, stack)


def test_every_stack_of_a_built_in_challenge_has_stubs() -> None:
    """A stack without stubs would leave its challenges without their cheapest proof."""
    stacks = {stack for folder in challenge_folders() for stack in load_challenge(folder).manifest.stacks}
    assert all(stubs_for([stack]) for stack in stacks)


def test_a_stub_has_less_time_and_never_more() -> None:
    """A challenge with short limits keeps them; everything else in its manifest stays."""
    challenge = load_challenge(DATA / "challenges" / "ledger")
    less = impatient(challenge)
    assert (less.limits.start_s, less.limits.total_s) == (START_S, TOTAL_S)
    assert less.limits.check_s == challenge.limits.check_s
    assert less.manifest.services == challenge.manifest.services
    limits = challenge.manifest.limits.model_copy(update={"start_s": 1.0, "total_s": 2.0})
    short = impatient(
        type(challenge)(challenge.folder, challenge.manifest.model_copy(update={"limits": limits}), challenge.digest)
    )
    assert (short.limits.start_s, short.limits.total_s) == (1.0, 2.0)
