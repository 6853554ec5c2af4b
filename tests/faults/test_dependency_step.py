"""Docker misbehaves while what a submission asks for is installed: its author is not told that it cannot be."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import ImageNotFound

from grader.engine.dependencies import _key
from grader.engine.dependency_cache import REPOSITORY
from grader.recipes import image_ref
from tests.faults.proxy import Fault, Rule
from tests.running import Finished, write_app

STEP = "/containers/step"
RULES = {
    # the settings, which are one line here, and the first of the files
    "files cut between two": Rule(Fault.INPUT_TRUNCATED, "POST", f"{STEP}/attach", after_bytes=1 + 1024),
    "end not told": Rule(Fault.REFUSED, "POST", f"{STEP}/wait"),
    "end told as nonsense": Rule(Fault.WRONG_JSON, "POST", f"{STEP}/wait"),
    "not kept": Rule(Fault.ERROR, "POST", "/images/.*/tag"),
    "kept, and the answer lost": Rule(Fault.ANSWER_LOST, "POST", "/images/.*/tag"),
}


@pytest.fixture
def submission(tmp_path: Path, engine: docker.APIClient) -> Iterator[Path]:
    """An app that asks for what its image has, in words that nobody used before."""
    text = f"flask\n# {secrets.token_hex(8)}\n"
    yield write_app(tmp_path / "app", files={"requirements.txt": text})
    key = _key(image_ref("stack-python"), {"requirements.txt": text.encode()}, online=True)
    try:
        engine.remove_image(f"{REPOSITORY}:{key}")
    except ImageNotFound:
        pass  # it was not kept


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_dependency_step_is_disturbed(graded: Callable[..., Finished], submission: Path, rule: Rule) -> None:
    """No verdict, or the right one; never `build_failed`."""
    graded(rule, submission=submission)
