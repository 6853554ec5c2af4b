"""The GitHub Action, step by step with its own commands, and what the other recipes of docs/ci.md type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.readers import READERS
from tests.running import PROBE, ROOT, write_app

ACTION = YAML(typ="safe").load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB = YAML(typ="safe").load((ROOT / "docs/ci/gitlab.yml").read_text(encoding="utf-8"))
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
TIMEOUT_S = 120


class Runner:
    """Runs steps of the action as a runner does: inputs by way of the environment, files for what a step says."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.temp = folder / "temp"
        self.temp.mkdir()
        self.output, self.summary = folder / "output", folder / "summary"
        self._inputs = {name: value.get("default", "") for name, value in ACTION["inputs"].items()} | inputs

    def run(self, step: str) -> subprocess.CompletedProcess[str]:
        """Run one step by its id, with the shell options that a runner gives bash."""
        (found,) = (item for item in ACTION["runs"]["steps"] if item.get("id") == step)
        environment = {key: self._filled(value) for key, value in found["env"].items()}
        files = {"GITHUB_OUTPUT": self.output, "GITHUB_STEP_SUMMARY": self.summary, "RUNNER_TEMP": self.temp}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]],
            env={**os.environ, **environment, **{key: str(value) for key, value in files.items()}, "PATH": PATH},
            cwd=ROOT,
            text=True,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def outputs(self) -> dict[str, str]:
        """Return what the steps told the job."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())

    def _filled(self, value: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: self._inputs[found[1]], value)


def shell(script: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of a recipe."""
    return subprocess.run(
        ["bash", "-e", "-c", script],
        env={**os.environ, **environment, "PATH": PATH},
        cwd=cwd,
        text=True,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_the_action_grades_annotates_and_sums_up(tmp_path: Path, app: Callable[..., Path]) -> None:
    """A submission that fails: exit code 1, annotations, a summary, outputs, and the reports in a folder."""
    submission = str(app("serve(second=lambda request: answer(request, 500))"))
    runner = Runner(tmp_path, challenge=str(PROBE), submission=submission, reports=f"csv={tmp_path}/a.csv\n", seed="7")
    ended = runner.run("grade")
    assert ended.returncode == 1, ended.stderr
    assert READERS["github"](ended.stdout).graded
    assert READERS["markdown"](runner.summary.read_text()).graded
    outputs = runner.outputs()
    assert (outputs["exit-code"], outputs["verdict"]) == ("1", "failed")
    assert 0 <= int(outputs["score"]) < int(outputs["max-score"])
    for name, file in {"html": "report.html", "junit": "junit.xml", "json": "report.json"}.items():
        assert READERS[name]((Path(outputs["folder"]) / file).read_text()).graded
    assert READERS["csv"]((tmp_path / "a.csv").read_text()).graded
    assert "--seed 7" in runner.summary.read_text()


def test_the_action_tells_what_was_not_graded(tmp_path: Path) -> None:
    """A submission that is not there is no zero: the outputs have no score."""
    runner = Runner(tmp_path, challenge=str(PROBE), submission=str(tmp_path / "none"), suite="public")
    ended = runner.run("grade")
    assert ended.returncode == 3
    assert not READERS["github"](ended.stdout).graded
    outputs = runner.outputs()
    assert (outputs["verdict"], outputs["score"], outputs["max-score"]) == ("invalid", "", "")


def test_a_wrong_input_is_told_as_a_wrong_command_line(tmp_path: Path) -> None:
    """No report is there then, and the step says so by its exit code alone."""
    runner = Runner(tmp_path, challenge=str(PROBE), submission=".", reports="nonsense")
    ended = runner.run("grade")
    assert ended.returncode == 2
    assert "FORMAT=FILE" in ended.stderr
    assert runner.outputs()["exit-code"] == "2"


def test_inputs_are_never_pasted_into_scripts() -> None:
    """Whoever can name a branch or a folder would write the script otherwise."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_gitlab_job_writes_what_gitlab_reads(tmp_path: Path) -> None:
    """Its script runs as it stands; each file that it declares is there and can be read."""
    job: dict[str, Any] = GITLAB[".grade"]
    submission = write_app(tmp_path / "submission")
    environment = job["variables"] | {"CHALLENGE": str(PROBE), "SUBMISSION": str(submission)}
    ended = shell("\n".join([*job["before_script"], *job["script"]]), tmp_path, **environment)
    assert ended.returncode == 0, ended.stderr
    reports = job["artifacts"]["reports"]
    assert READERS["junit"]((tmp_path / reports["junit"]).read_text()).graded
    assert READERS["gitlab"]((tmp_path / reports["codequality"]).read_text()).graded
    assert READERS["html"]((tmp_path / job["artifacts"]["paths"][0]).read_text()).graded


def test_the_gradescope_recipe_hands_an_archive_over(tmp_path: Path, app: Callable[..., Path]) -> None:
    """A tar through a pipe is graded, and what comes back is a results.json."""
    ended = shell(f"tar -C {app()} -cz . | grader grade {PROBE} - --quiet --format gradescope", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert READERS["gradescope"](ended.stdout).graded


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", "docs/ci/gitlab.yml")]
)
def test_files_for_ci_systems_are_valid(schema: str, file: str) -> None:
    """They keep to the schemas that the CI systems publish."""
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    ended = subprocess.run(check, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout
