"""`grader validate`: what it finds, how it says so, and what its exit code means."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.authoring.proofs.trials import Rule, Validation
from grader.authoring.validate import Options, validate
from grader.challenge import load_challenge
from grader.engine.engine import Engine
from grader.errors import SandboxError
from tests.running import DATA, Command, finish, wait_for_line

PARITY = DATA / "challenges" / "parity"
REFERENCE = "reference-python"
VALIDATION_S = 300  # some twenty gradings, on a machine that is kept busy meanwhile

Only = Callable[..., Validation]


@pytest.fixture
def parity(tmp_path: Path) -> Path:
    """Return a copy of a good challenge, to be broken."""
    return Path(shutil.copytree(PARITY, tmp_path / "parity"))


@pytest.fixture
def only() -> Iterator[Only]:
    """Yield a function that validates a challenge with some of its submissions."""
    with Engine() as engine:

        def run(folder: Path, *names: str, repeat: int = 0, mutants: int = 0) -> Validation:
            options = Options(repeat=repeat, mutants=mutants, only=names)
            return validate(str(folder), load_challenge(folder), engine, options)

        yield run
    assert engine.leftovers == ()


def replace(path: Path, old: str, new: str) -> None:
    """Change a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_good_challenge_may_be_published(run_grader: Command) -> None:
    """Everything is graded, progress counts it, and mutants that no check notices are shown without doing harm."""
    done = run_grader("validate", PARITY, "--repeat", "1", "--mutants", "6", "--json", timeout_s=VALIDATION_S)
    assert done.code == 0, done.err
    (challenge,) = done.report["challenges"]
    assert challenge["publishable"] is True
    assert {finding["rule"] for finding in challenge["findings"]} == {"survivor"}
    assert [finding for finding in challenge["findings"] if "> 1_000_000" in finding["diff"]]
    graded = challenge["gradings"]
    assert [one["score"] for one in graded if one["pressed"] and one["shuffled"]] == [100]
    assert {one["score"] for one in graded if one["role"] == "reference" and one["suite"] == "hidden"} == {100}
    assert {one["role"] for one in graded} == {"reference", "starter", "wrong", "stub"}
    (mutation,) = challenge["mutation"]
    assert mutation["mutants"] == 6
    assert 0 < mutation["killed"] < 6
    assert f"parity [{len(graded) + 6}/{len(graded) + 6}]" in done.err


def test_a_bad_challenge_may_not(run_grader: Command, parity: Path) -> None:
    """All that is wrong is told at once: what was expected, what came, and a command that shows it again."""
    check = "@pytest.mark.check(points=5, group='more')\ndef test_nothing(api):\n    '''It is there.'''\n"
    (parity / "checks/hidden/test_more.py").write_text(f"import pytest\n\n\n{check}")
    replace(parity / "solutions/wrong-always-even/expected.toml", '"odd-numbers"', '"even-numbers"')
    replace(parity / "challenge.toml", "[limits]", "[starter]\nscore = 3\n\n[limits]")
    done = run_grader("validate", parity, "--repeat", "0", "--no-mutation", timeout_s=VALIDATION_S)
    assert done.code == 4, done.err
    text = re.sub(r"\s+", " ", done.out)
    assert "wrong: wrong-always-even expected it to fail even-numbers, but it passes" in text
    assert "expected it to pass odd-numbers (GET /" in text
    assert "starter: starter/python must earn 3 points, as starter.score says, but it earns 5 of 105" in text
    assert re.search(
        r"stub: nothing is passed by useless stubs, which do nothing of what was asked: python/always-200, ", text
    )
    assert "vacuous: nothing no wrong solution and no stub fails it" in text
    assert re.search(
        rf"> grader grade {re.escape(str(parity))} --solution wrong-always-even --seed \d+ --audience instructor\n",
        done.out,
    )
    assert re.search(r"may not be published: \d+ errors\. 14 gradings in \d+ s\.", text)


def test_a_flaky_check_is_named_and_can_be_seen_again(run_grader: Command, only: Only, parity: Path) -> None:
    """A check that leans on one before it passes in the suite's own order and fails in others."""
    checks = "\n".join(
        f"@pytest.mark.check(points=1, group='g')\ndef test_step_{number}(api):\n    '''Step {number}.'''\n"
        f"    expect(STEPS == list(range({number})), 'expected the steps before')\n    STEPS.append({number})\n"
        for number in range(6)
    )
    (parity / "checks/hidden/test_steps.py").write_text(
        f"import pytest\nfrom grader_checks import expect\n\nSTEPS = []\n\n\n{checks}"
    )
    validation = only(parity, REFERENCE, repeat=2, mutants=3)
    assert not validation.publishable
    assert {finding.rule for finding in validation.findings} == {Rule.FLAKY}
    assert {finding.about for finding in validation.findings} <= {f"step-{number}" for number in range(6)}
    assert "mutants" in validation.left_out
    finding = validation.findings[0]
    assert "expected the steps before" in finding.message
    assert finding.seeds
    program, *arguments = shlex.split(finding.repeat)
    again = run_grader(*arguments, "--format", "json")
    assert (program, again.code) == ("grader", 1)
    assert again.outcomes[finding.about] == "failed"
    assert again.report["provenance"]["shuffled"] is True


def test_a_check_that_breaks_is_no_verdict(only: Only, parity: Path) -> None:
    """An odd answer must fail a check, not end it by an error of the suite."""
    suite = parity / "checks/hidden/test_parity.py"
    replace(suite, "expect(api.get", 'assert api.get("/7").json()["even"] is False\n    expect(api.get')
    validation = only(parity, "python/always-200")
    (finding,) = validation.findings
    assert (finding.rule, finding.about) == (Rule.ERRORED, "refuses-words")
    assert "KeyError" in finding.message


def test_what_learners_are_not_told_is_judged_all_the_same(only: Only, parity: Path) -> None:
    """A silent check has no name for a learner, but an author declares it, and is told that it killed a mutant."""
    replace(parity / "checks/hidden/test_parity.py", 'group="numbers"', 'group="numbers", feedback="silent"')
    validation = only(parity, REFERENCE, "wrong-always-even", mutants=2)
    assert validation.publishable
    killed_by = {result.mutant.operator: result.killed_by for result in validation.mutants}
    assert killed_by["comparison"] == "even-numbers"


def test_a_reference_that_fails_leaves_no_sense_in_mutants(only: Only, parity: Path) -> None:
    """It is told as the reference's error, once, however often it was graded."""
    shutil.rmtree(parity / "solutions/wrong-takes-words")  # a mistake in the line that is changed
    replace(parity / "solutions/reference-python/app.py", "return 400", "return 422")
    validation = only(parity, REFERENCE, repeat=1, mutants=5)
    (finding,) = validation.findings
    assert (finding.rule, finding.about, finding.checks) == (Rule.REFERENCE, REFERENCE, ("refuses-words",))
    assert "it earns 80 of 100: refuses-words (GET /word: expected status 400)" in finding.message
    assert validation.mutants == ()
    assert "mutants" in validation.left_out


def test_a_suite_that_cannot_be_run_ends_it_soon(run_grader: Command, parity: Path) -> None:
    """Nothing else is graded, and the author reads where the suite is broken."""
    (parity / "checks/hidden/test_parity.py").write_text("def test_(:\n")
    done = run_grader("validate", parity, "--json")
    assert done.code == 4
    (challenge,) = done.report["challenges"]
    linted, finding = challenge["findings"]
    assert linted["rule"] == "lint"
    assert (finding["rule"], finding["about"]) == ("unreadable", "hidden suite")
    assert "SyntaxError" in finding["message"]
    assert "hidden suite" in challenge["left_out"]
    assert len(challenge["gradings"]) == 2


def test_several_challenges_are_told_one_by_one(run_grader: Command, parity: Path) -> None:
    """One that cannot be read does not keep the next from being validated; the last line counts."""
    (parity / "solutions/reference-python").rename(parity / "solutions/other")
    broken = shutil.copytree(parity, parity.parent / "broken")
    (broken / "challenge.toml").write_text("schema_version = 2\n")
    done = run_grader("validate", broken, parity, "no-such-challenge")
    assert done.code == 4
    told = " ".join(done.out.split())
    assert "solutions/other: has another name" in told
    assert "wrong-always-even/expected.toml: based_on: is 'reference-python', which is no reference or starter" in told
    assert "schema_version" in told
    assert f"next: correct what is listed, then: grader lint {parity}" in told
    assert "there is no challenge 'no-such-challenge'" in done.out
    assert "3 of 3 challenges may not be published" in done.out


@pytest.mark.parametrize("arguments", [(), ("--all", "todo-api")])
def test_what_to_validate_must_be_said(run_grader: Command, arguments: tuple[str, ...]) -> None:
    """Nothing, or names and --all, is a mistake of whoever typed it."""
    done = run_grader("validate", *arguments)
    assert done.code == 2
    assert "grader validate" in done.err


def test_without_docker_nothing_is_learned(run_grader: Command) -> None:
    """That is no verdict about the challenge: exit code 5, safe to repeat."""
    done = run_grader("validate", PARITY, env={"DOCKER_HOST": "unix:///nowhere/docker.sock"})
    assert done.code == SandboxError.exit_code
    assert "published" not in done.out


def test_an_interruption_ends_it_and_leaves_nothing(run_grader: Command) -> None:
    """What was being graded is removed before the program ends, and no mutant is begun."""
    process = run_grader.start("validate", PARITY, "--mutants", "50", start_new_session=True)
    wait_for_line(process, "parity [ 3/")
    process.send_signal(signal.SIGTERM)
    done = finish(process)
    assert done.code == 130
    assert "mutant" not in done.err


def test_the_document_goes_to_standard_output_alone(run_grader: Command, parity: Path) -> None:
    """Progress is no part of it, so that a program can read it."""
    shutil.rmtree(parity / "solutions")
    done = run_grader("validate", parity, "--json")
    assert json.loads(done.out)["challenges"][0]["findings"][0]["message"].startswith("parity has no reference")
    assert done.code == 4
