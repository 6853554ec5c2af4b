"""`grader doctor` on the real Engine, and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from grader.engine.client import connect
from grader.engine.images import build_images
from grader.engine.networks import create_run_network
from grader.engine.ownership import RUN, labels, this_owner
from grader.engine.probe import measure
from grader.engine.sweep import remove_run
from grader.errors import SandboxError
from grader.recipes import image_names, image_ref

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    """A client of the Engine, with every image that the grader needs."""
    client = connect()
    build_images(client, image_names(), print)
    yield client
    client.close()


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "grader", "doctor", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
        env=os.environ | environment,
    )


def probe_objects(client: docker.APIClient) -> list[str]:
    """Return the labels of what probes have in the Engine now."""
    found = [*client.containers(all=True, filters={"label": RUN}), *client.networks(filters={"label": RUN})]
    return [item["Labels"][RUN] for item in found if item["Labels"][RUN].startswith("probe-")]


def test_doctor_finds_this_machine_ready_and_leaves_nothing(client: docker.APIClient) -> None:
    """Where the tests run, grading can: exit code 0, every measured control bites, all of it removed."""
    ended = doctor("--json")
    document = json.loads(ended.stdout)
    assert [finding for finding in document["findings"] if finding["status"] == "fail"] == []
    assert (ended.returncode, document["ready"]) == (0, True)
    names = {finding["name"] for finding in document["findings"]}
    assert {"Docker Engine", "images", "memory", "system calls", "this host", "the internet"} <= names
    assert probe_objects(client) == []


OTHER_RUNTIME = "io.containerd.runc.v2"  # every Engine since 20.10 knows the default by this name too
UNCONFINED = """
import grader.engine.probe as probe
real = probe.host_config
probe.host_config = lambda *a, **k: real(*a, **k) | {"SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]}
from grader.cli import main
main()
"""


def test_strict_doctor_refuses_a_machine_whose_seccomp_does_not_bite(client: docker.APIClient) -> None:
    """Measured in containers that the filter was really kept from: exit code 5, the control, and what to type."""
    ended = subprocess.run(
        [sys.executable, "-c", UNCONFINED, "doctor", "--strict"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode == 5
    assert "\n  ✗ system calls     not refused: " in ended.stdout
    assert "> docker info --format '{{.SecurityOptions}}'" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("Not confined, or not seen to be: system calls")
    assert probe_objects(client) == []


@pytest.mark.usefixtures("client")
def test_strict_doctor_finds_this_machine_confined() -> None:
    """Where the tests run, every control is seen to bite, but for a quota of CPU while others keep it busy."""
    ended = doctor("--strict", "--json")
    assert set(json.loads(ended.stdout)["broken_controls"]) <= {"CPU"}
    assert ended.returncode == (5 if json.loads(ended.stdout)["broken_controls"] else 0)


def test_doctor_measures_the_runtime_that_was_chosen(client: docker.APIClient) -> None:
    """By a name that is not the default's; one that the Engine does not have is a failure with those it has."""
    ended = doctor(GRADER_RUNTIME=OTHER_RUNTIME)
    assert f"✓ runtime          {OTHER_RUNTIME}, as GRADER_RUNTIME asks" in ended.stdout
    assert ended.returncode == 0
    ended = doctor(GRADER_RUNTIME="no-such-runtime")
    assert ended.returncode == 5
    assert "no runtime 'no-such-runtime'" in " ".join(ended.stdout.split())
    assert probe_objects(client) == []


def test_doctor_without_an_engine_says_how_to_get_one(tmp_path: Path) -> None:
    """Nothing can be measured: exit code 5, and the command that installs or starts an Engine."""
    ended = doctor(DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert ended.returncode == 5
    assert "no Docker Engine answers" in ended.stdout
    assert "make engine" in ended.stdout
    assert ended.stderr == ""


def test_doctor_tells_what_a_killed_run_left(client: docker.APIClient) -> None:
    """A network whose grader is dead is a warning with the command that removes it, and does not stop anybody."""
    boot, namespace, _, ticks = this_owner().split("/")
    dead = f"{boot}/{namespace}/99999999/{ticks}"
    create_run_network(client, labels("killed-run", "1", time.time() + 600, owner=dead))
    try:
        ended = doctor()
    finally:
        remove_run(client, "killed-run")
    assert "0 containers and 1 network of runs that were killed" in ended.stdout
    assert "> grader prune" in ended.stdout
    assert ended.returncode == 0


@pytest.mark.usefixtures("client")
def test_doctor_with_a_range_that_cannot_be_used_names_the_variable() -> None:
    """A mistake in GRADER_SUBNETS is a finding like any other."""
    ended = doctor(GRADER_SUBNETS="8.8.8.0/24")
    assert ended.returncode == 5
    assert "GRADER_SUBNETS='8.8.8.0/24' cannot be used" in ended.stdout


def test_probe_without_an_interpreter_is_an_error_and_leaves_nothing(client: docker.APIClient) -> None:
    """An image that cannot run the probe is the operator's to put right; what was made for it is removed."""
    with pytest.raises(SandboxError, match="without a report"):
        measure(client, image_ref("base"))
    assert probe_objects(client) == []
