"""The package on its own: built as a wheel, installed outside the checkout, it does all that a checkout does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from grader import __version__
from grader.catalogue import find_challenge
from grader.challenge import load_challenge
from grader.recipes import image_names, image_ref
from grader.solutions import load_solutions
from tests.running import ROOT, Command, write_app, write_challenge

SHIPPED = ("grader", "sandbox", "challenges")
NEEDED = ("pyproject.toml", "README.md", "LICENSE")
CACHES = ("__pycache__/x.pyc", ".pytest_cache/x", ".mypy_cache/x", ".ruff_cache/x", ".DS_Store")
BUNDLED = "grader/_bundled/"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """Return the paths of the checkout's own files: what git tracks, or would."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *SHIPPED, *NEEDED]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]


@pytest.fixture(scope="module")
def wheel(sources: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from a copy of the checkout in which tools have left their caches."""
    copy = tmp_path_factory.mktemp("checkout")
    for path in sources:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy / path)
    for folder in ("grader", "sandbox/tester/grader_checks", "challenges/todo-api/checks/hidden", "tests"):
        for cache in CACHES:
            (copy / folder / cache).parent.mkdir(parents=True, exist_ok=True)
            (copy / folder / cache).write_text("left over")
    made = tmp_path_factory.mktemp("dist")
    build = ("wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", made, copy)
    run(sys.executable, "-m", "pip", *build)
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh virtual environment with the wheel in it; what the wheel depends on is this one's."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(home, symlinks=True)
    install = ("install", "--quiet", "--no-deps", "--no-index", wheel)
    run(sys.executable, "-m", "pip", "--python", home / "bin/python", *install)
    (packages,) = home.glob("lib/*/site-packages")
    # a folder that a .pth file names is searched, but .pth files in it, such as the checkout's own, are not heeded
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


@pytest.fixture
def elsewhere(installed: Path, engine: docker.APIClient) -> Iterator[Command]:
    """Yield the installed `grader`; afterwards nothing that it made may be left in Docker."""
    command = Command(installed / "bin/grader")
    try:
        yield command
    finally:
        command.kill_all()
    assert command.left_in(engine) == []


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a command that must succeed, in an environment that tells it nothing of the checkout; return its output."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GRADER", "PIP_"))}
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, env=environment, capture_output=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_sources_and_nothing_else(wheel: Path, sources: list[str]) -> None:
    """Every file of the package, the sandbox and the challenges is in it; no test, no cache, no tool's leftovers."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = [path for path in sources if path.startswith(tuple(f"{folder}/" for folder in SHIPPED))]
    assert held == {"grader_checks.pth", *(path if path.startswith("grader/") else BUNDLED + path for path in ours)}
    assert f"{BUNDLED}challenges/todo-api/checks/hidden/test_create.py" in held


def test_programs_stay_programs(installed: Path, sources: list[str]) -> None:
    """What can be executed in the checkout can be executed where it is installed."""
    (package,) = installed.glob("lib/*/site-packages/grader")
    programs = [path for path in sources if path.startswith(SHIPPED[1:]) and os.access(ROOT / path, os.X_OK)]
    assert programs
    assert [path for path in programs if not os.access(package / "_bundled" / path, os.X_OK)] == []


def test_images_are_those_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    """The tags that follow from the sources are the same, so nothing is built twice on one machine."""
    code = "import grader, json; from grader.recipes import *; print(grader.__file__)"
    code += "; print(json.dumps({name: image_ref(name) for name in image_names()}))"
    where, refs = run(installed / "bin/python", "-c", code, cwd=tmp_path).splitlines()
    assert Path(where).is_relative_to(installed)
    assert json.loads(refs) == {name: image_ref(name) for name in image_names()}


def test_a_type_checker_finds_what_suites_import(installed: Path, tmp_path: Path) -> None:
    """So does an editor: nothing has to be set up for a suite outside a checkout."""
    suite = tmp_path / "test_hits.py"
    suite.write_text("from grader_checks import Api\n\ndef test_x(api: Api) -> None:\n    api.get('/').expcet(200)\n")
    mypy = (sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "--config-file", os.devnull)
    words = (*mypy, "--python-executable", installed / "bin/python", suite)
    told = subprocess.run(list(map(str, words)), cwd=tmp_path, capture_output=True, check=False, encoding="utf-8")
    assert '"Reply" has no attribute "expcet"; maybe "expect"?' in told.stdout, told.stdout + told.stderr
    assert "Found 1 error in 1 file" in told.stdout


def test_it_answers_without_docker(installed: Path, tmp_path: Path) -> None:
    """Version, list and statement come from the package alone."""
    grader = installed / "bin/grader"
    assert run(grader, "--version", cwd=tmp_path) == f"grader, version {__version__}\n"
    listed = json.loads(run(grader, "list", "--json", cwd=tmp_path))
    slugs = sorted(path.parent.name for path in (ROOT / "challenges").glob("*/challenge.toml"))
    assert [challenge["slug"] for challenge in listed["challenges"]] == slugs
    assert all(Path(challenge["folder"]).is_relative_to(installed) for challenge in listed["challenges"])
    assert run(grader, "show", "todo-api", cwd=tmp_path).endswith((ROOT / "challenges/todo-api/README.md").read_text())


def test_it_knows_that_it_has_no_makefile(elsewhere: Command, tmp_path: Path) -> None:
    """Without an Engine it names a command that works where there is no checkout."""
    away = {"DOCKER_HOST": f"unix://{tmp_path}/missing.sock"}
    refused = elsewhere.grade(write_app(tmp_path / "submission"), challenge="todo-api", cwd=tmp_path, env=away)
    assert refused.code == 5
    assert "apt-get install docker.io" in refused.error["hint"]
    assert "make" not in refused.error["hint"]


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in (ROOT / "challenges").glob("*/challenge.toml")))
def test_nothing_hidden_is_given_out(installed: Path, tmp_path: Path, slug: str) -> None:
    """What `grader start` writes holds no folder of what is hidden, and no line that only the hidden suite has."""
    challenge = ROOT / "challenges" / slug
    stacks = sorted(folder.name for folder in (challenge / "starter").iterdir())
    for stack in stacks:
        run(installed / "bin/grader", "start", slug, stack, "--stack", stack, cwd=tmp_path)
    given = [path for stack in stacks for path in (tmp_path / stack).rglob("*") if path.is_file()]
    public = [*challenge.glob("README.md"), *files(challenge / "starter"), *files(challenge / "checks/public")]
    known = {line for path in public for line in path.read_text().splitlines()}
    hidden = {line for path in files(challenge / "checks/hidden") for line in path.read_text().splitlines()} - known
    assert len(hidden) > 50
    for path in given:
        assert not {"hidden", "solutions"} & set(path.relative_to(tmp_path).parts)
        assert hidden & set(path.read_text().splitlines()) == set(), path
    assert all(str(installed) not in (tmp_path / stack / ".grader.toml").read_text() for stack in stacks)


def files(folder: Path) -> list[Path]:
    """Return every file below `folder` that is no cache."""
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def test_it_grades(elsewhere: Command, installed: Path, tmp_path: Path) -> None:
    """A reference that came in the wheel earns everything, and the starter of a begun folder is checked."""
    (bundled,) = installed.glob("lib/*/site-packages/grader/_bundled/challenges/todo-api")
    assert {solution.name for solution in load_solutions(load_challenge(bundled))} == {
        solution.name for solution in load_solutions(find_challenge("todo-api"))
    }
    graded = elsewhere.grade_solution("reference-flask", challenge="todo-api", cwd=tmp_path)
    assert graded.code == 0, graded.err
    assert graded.report["score"] == graded.report["max_score"] == 100
    assert "recorded as attempt" in graded.err
    assert elsewhere("start", "todo-api", "--stack", "python", cwd=tmp_path).code == 0
    checked = elsewhere("check", "todo-api", "--format", "json", cwd=tmp_path)
    assert (checked.code, checked.report["score"]) == (1, 20), checked.err


def test_a_private_repository_of_challenges_is_graded(elsewhere: Command, tmp_path: Path) -> None:
    """An instructor needs no checkout: a folder of challenges and the installed grader are enough."""
    challenge = write_challenge(tmp_path / "exam" / "midterm")
    submission = write_app(tmp_path / "submission")
    exam = {"GRADER_CHALLENGES": str(challenge.parent)}
    graded = elsewhere.grade(submission, challenge="midterm", cwd=tmp_path, env=exam)
    assert (graded.code, graded.report["score"]) == (0, 10), graded.err
