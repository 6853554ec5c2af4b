"""The grader's images on the real Engine: how they are built, what is in them, and what `launch` does."""

from __future__ import annotations

import io
import json
import secrets
import tarfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import ImageNotFound

from grader.engine.client import connect
from grader.engine.containers import END
from grader.engine.images import build_images, missing_images, remove_outdated
from grader.engine.network_access import VARIABLES
from grader.engine.ownership import labels
from grader.engine.streams import attach, hang_up
from grader.engine.sweep import remove_run
from grader.errors import SandboxError, UsageError
from grader.recipes import find_recipe, image_names, image_ref

CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nnot one, but easy to find again\n-----END CERTIFICATE-----\n"
# Builders give this digest to every step that changes no file.
NO_FILES = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
SERVER = """
import http.server, pathlib, subprocess, sys
file = pathlib.Path("starts")
starts = int(file.read_text()) + 1 if file.exists() else 1
file.write_text(str(starts))
server = http.server.HTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler)
server.socket.set_inheritable(True)
stubborn = "import signal, time\\nfor n in (1, 2, 3, 15): signal.signal(n, signal.SIG_IGN)\\ntime.sleep(1000)"
subprocess.Popen([sys.executable, "-c", stubborn], close_fds=False, start_new_session=True)
print("start", starts, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    """A client of the Engine, with every image that the grader ships."""
    client = connect()
    build_images(client, image_names(), print)
    yield client
    client.close()


@pytest.fixture
def run_labels(client: docker.APIClient) -> Iterator[dict[str, str]]:
    """Labels for containers that are removed after the test, or by the next sweep if this process is killed."""
    run_id = secrets.token_hex(6)
    yield labels(run_id, "1", time.time() + 120)
    remove_run(client, run_id)


def layers(client: docker.APIClient, name: str) -> set[str]:
    """Return the digests of the layers of one of our images; the one without a file in it does not count."""
    found: dict[str, Any] = client.inspect_image(image_ref(name))
    return set(found["RootFS"]["Layers"]) - {NO_FILES}


def tar_of(files: Mapping[str, bytes]) -> bytes:
    """Return a tar of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def start(
    client: docker.APIClient, run_labels: dict[str, str], name: str, command: list[str], stdin: bytes = b"", **more: Any
) -> str:
    """Start a hardened container of one of our images as its own user and send it `stdin`; return its id."""
    container: str = client.create_container(
        image_ref(name),
        command,
        stdin_open=True,
        labels=run_labels,
        environment={"HOME": "/tmp"},
        host_config=client.create_host_config(
            read_only=True,
            init=True,
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            mem_limit="256m",
            pids_limit=64,
            tmpfs={"/app": "exec,size=4m,uid=10001,gid=10001,mode=0755", "/tmp": "size=8m,mode=1777"},
        ),
        **more,
    )["Id"]
    connection = attach(client, container, stdout=False)
    client.start(container)
    connection.sendall(stdin)
    hang_up(connection)
    return container


def launch(client: docker.APIClient, run_labels: dict[str, str], name: str, command: str, content: bytes) -> str:
    """Start a container in which `launch` runs `command` beside the files of a tar; return its id."""
    return start(client, run_labels, name, ["launch", str(len(content)), command], content + END)


def outcome(client: docker.APIClient, container: str) -> tuple[int, str]:
    """Wait until a container has ended; return its exit status and all it printed."""
    status: int = client.wait(container, timeout=30)["StatusCode"]
    output: bytes = client.logs(container)
    return status, output.decode()


def wait_for(client: docker.APIClient, container: str, text: str) -> str:
    """Wait until a container has printed `text`; return all it printed."""
    end = time.monotonic() + 30
    while text not in (output := client.logs(container).decode()):
        assert time.monotonic() < end, f"{text!r} was not printed within 30 s; what was: {output}"
        time.sleep(0.05)
    return str(output)


def python(client: docker.APIClient, run_labels: dict[str, str], name: str, program: str) -> str:
    """Run a Python program in one of our images and return what it prints; it must succeed."""
    if name == "tester":
        container = start(client, run_labels, name, ["-I", "-c", program], entrypoint=["/opt/venv/bin/python3"])
    else:
        container = start(client, run_labels, name, ["python", "-c", program])
    status, output = outcome(client, container)
    assert status == 0, output
    return output


def test_second_build_builds_nothing(client: docker.APIClient) -> None:
    """Asked again, every image is present: same ids, within seconds, no step of a Dockerfile."""
    first = build_images(client, image_names(), print)
    told: list[str] = []
    began = time.monotonic()
    assert build_images(client, image_names(), told.append) == first
    assert time.monotonic() - began < 5
    assert [line.partition(":")[2].split(",")[0] for line in told] == [" present"] * len(first)
    assert missing_images(client, image_names()) == []


def test_unknown_image_is_a_usage_error(client: docker.APIClient) -> None:
    """Nothing is built when one of the names is wrong."""
    told: list[str] = []
    with pytest.raises(UsageError, match="tesster"):
        build_images(client, ["base", "tesster"], told.append)
    assert told == []


def test_tester_shares_no_layer_with_what_a_learner_reaches(client: docker.APIClient) -> None:
    """No other image holds a layer of the tester's, so they share no page of memory either."""
    tester = layers(client, "tester")
    assert tester
    for name in set(image_names()) - {"tester"}:
        assert layers(client, name).isdisjoint(tester), name


def test_images_are_labelled_and_unprivileged(client: docker.APIClient) -> None:
    """Each says which image it is, and none would run as root if nobody said otherwise."""
    for name in image_names():
        config = client.inspect_image(image_ref(name))["Config"]
        assert config["Labels"] == {"org.grader.image": name}
        assert config["User"] not in ("", "0", "root")


def test_no_program_can_raise_its_rights(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """There is no setuid or setgid program in the image that learners' code runs in."""
    command = ["sh", "-c", "find / -xdev -perm /6000 -type f 2>/dev/null; true"]
    assert outcome(client, start(client, run_labels, "stack-python", command)) == (0, "")


def test_no_certificate_of_the_host_is_left(client: docker.APIClient, tmp_path: Path) -> None:
    """Neither the bundle's name nor a folder of the build is in any file system that an image adds."""
    seen: set[str] = set()
    for name in image_names():
        archive = tmp_path / f"{name}.tar"
        with archive.open("wb") as file:
            file.writelines(client.get_image(image_ref(name)))
        with tarfile.open(archive) as image:
            for member in filter(tarfile.TarInfo.isfile, image.getmembers()):
                if member.name in seen:  # a layer that another image has, too
                    continue
                seen.add(member.name)
                content = image.extractfile(member)
                if content is None or not tarfile.is_tarfile(content):
                    continue
                content.seek(0)
                with tarfile.open(fileobj=content) as layer:
                    names = layer.getnames()
                assert not [path for path in names if path.endswith("ca.crt") or path.split("/")[0] == "build"]


def test_python_stack_has_what_it_promises(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """The common frameworks import under `python`, compiled, in the pinned versions, for the unprivileged user."""
    program = """
import json, os, sys, importlib.metadata as m
import fastapi, flask, gunicorn, psycopg, pydantic, sqlalchemy, uvicorn
print(json.dumps({
    "python": sys.version_info[:2], "prefix": sys.prefix, "uid": os.getuid(), "first": sys.path[1],
    "compiled": os.path.exists(flask.__cached__), "libpq": psycopg.pq.version() > 0,
    "versions": {d.name.lower(): d.version for d in m.distributions()},
}))"""
    found = json.loads(python(client, run_labels, "stack-python", program))
    assert (found["python"], found["prefix"], found["uid"]) == ([3, 13], "/opt/venv", 10001)
    assert found["first"] == "/opt/dependencies"
    assert found["compiled"]
    assert found["libpq"]
    lock = (Path(__file__).parents[2] / "sandbox/stacks/python/requirements.lock").read_text(encoding="utf-8")
    pinned = [line.split()[0].split("==") for line in lock.splitlines() if "==" in line]
    assert len(pinned) > 20
    for name, version in pinned:
        assert found["versions"].get(name, found["versions"].get(name.replace("-", "_"))) == version, name


def test_tester_has_what_suites_use_and_nothing_else(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """pytest, the clients and grader_checks are there, compiled; no package manager and no other language is."""
    program = """
import importlib.util, json, os, shutil
import faker, psycopg, pytest, requests, sqlalchemy
checks = importlib.util.find_spec("grader_checks")
tools = [t for t in ("pip", "pip3", "apt", "apt-get", "dpkg", "perl") if shutil.which(t)]
print(json.dumps({"uid": os.getuid(), "compiled": os.path.exists(checks.cached), "tools": tools,
    "autoload": os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"], "pip": importlib.util.find_spec("pip") is not None}))"""
    found = json.loads(python(client, run_labels, "tester", program))
    assert found == {"uid": 10002, "compiled": True, "tools": [], "autoload": "1", "pip": False}


def test_tester_starts_by_itself_and_ends_with_its_host(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """Its entry point is grader_checks, which goes when the host hangs up."""
    container = start(client, run_labels, "tester", [])
    status, output = outcome(client, container)
    assert status != 0
    assert "Traceback" not in output


def test_launch_runs_the_submission_and_ends_with_its_status(
    client: docker.APIClient, run_labels: dict[str, str]
) -> None:
    """The files are in /app, they belong to the app's user, and standard input is empty."""
    command = "cat hello.txt; stat --format=%U:%a hello.txt; cat; exit 7"
    container = launch(client, run_labels, "base", command, tar_of({"hello.txt": b"hello\n"}))
    assert outcome(client, container) == (7, "\0hello\napp:644\n")


@pytest.mark.parametrize("content", [tar_of({"big": bytes(5 * 1024**2)}), b"not a tar"])
def test_launch_tells_when_the_files_do_not_fit(
    client: docker.APIClient, run_labels: dict[str, str], content: bytes
) -> None:
    """Nothing of a submission runs that could not be unpacked whole."""
    container = launch(client, run_labels, "base", "echo it ran", content)
    status, output = outcome(client, container)
    assert status == 125
    assert "could not be unpacked" in output
    assert "it ran" not in output


@pytest.mark.parametrize("cut", [-2, -4, -5, -10_240, 700, 512, 0])
def test_launch_tells_when_the_files_did_not_arrive(
    client: docker.APIClient, run_labels: dict[str, str], cut: int
) -> None:
    """A stream that ends anywhere before its end, between two files too, starts nothing."""
    whole = tar_of({"one.txt": b"1\n", "two.txt": b"2\n"})
    command = ["launch", str(len(whole)), "echo it ran"]
    container = start(client, run_labels, "base", command, (whole + END)[:cut])
    status, output = outcome(client, container)
    assert status == 124
    assert "did not arrive whole" in output
    assert "it ran" not in output
    assert "\0" not in output


def test_hangup_starts_the_app_again_with_its_files(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """Every process is killed, those included that ignore signals and hold the port; files stay."""
    container = launch(client, run_labels, "stack-python", "python app.py", tar_of({"app.py": SERVER.encode()}))
    wait_for(client, container, "start 1\n")
    for number in range(2, 5):
        client.kill(container, "HUP")
        output = wait_for(client, container, f"start {number}\n")
        assert "Traceback" not in output
    processes = client.top(container)["Processes"]
    assert sum("time.sleep" in process[-1] for process in processes) == 1


def test_many_hangups_end_in_one_running_app(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """Signals that come while and right after the app starts neither end the container nor are lost."""
    container = launch(client, run_labels, "stack-python", "python app.py", tar_of({"app.py": SERVER.encode()}))
    wait_for(client, container, "\0")  # the grader, too, sends none before the files have arrived
    for _ in range(25):
        client.kill(container, "HUP")
    time.sleep(0.5)
    before = client.logs(container).decode().count("start ")
    client.kill(container, "HUP")
    wait_for(client, container, "start ")
    end = time.monotonic() + 30
    while client.logs(container).decode().count("start ") <= before and time.monotonic() < end:
        time.sleep(0.05)
    assert client.logs(container).decode().count("start ") > before
    assert client.inspect_container(container)["State"]["Running"]


def test_app_that_ends_by_itself_is_not_started_again(client: docker.APIClient, run_labels: dict[str, str]) -> None:
    """Only a hangup starts it again: a crash after one still ends the container with the app's status."""
    command = "echo started; [ ! -e again ] || exit 3; touch again; sleep 600"
    container = launch(client, run_labels, "base", command, tar_of({}))
    wait_for(client, container, "started")
    client.kill(container, "HUP")
    assert outcome(client, container) == (3, "\0started\nstarted\n")


@pytest.fixture
def small_sandbox(client: docker.APIClient, tmp_path: Path) -> Iterator[Path]:
    """A `sandbox` folder with one image that is built in a second, on top of our base; removed with its images."""
    name = f"small-{secrets.token_hex(4)}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "Dockerfile").write_text(
        f"ARG PARENT={image_ref('base')}\nFROM ${{PARENT}} AS build\nCOPY *.txt ca.cr[t] /build/\n"
        "FROM ${PARENT}\nCOPY --from=build /build/a.txt /a.txt\n",
        encoding="utf-8",
    )
    (folder / "a.txt").write_text("a", encoding="utf-8")
    yield tmp_path
    for image in client.images(name=f"grader/{name}"):
        client.remove_image(image["Id"], force=True)


def test_changed_sources_are_built_and_the_old_image_goes(client: docker.APIClient, small_sandbox: Path) -> None:
    """An outdated image stays while somebody may be about to use it, or does; later it is removed."""
    (name,) = image_names(small_sandbox)
    build_images(client, [name], print, small_sandbox)
    outdated = image_ref(name, small_sandbox)
    (small_sandbox / name / "a.txt").write_text("b", encoding="utf-8")
    assert missing_images(client, [name], small_sandbox) == [name]
    build_images(client, [name], print, small_sandbox)
    current = image_ref(name, small_sandbox)
    assert client.inspect_image(outdated)["Id"] != client.inspect_image(current)["Id"]
    user = client.create_container(outdated, ["true"])["Id"]
    try:
        remove_outdated(client, find_recipe(name, small_sandbox), current, time.time() + 60)
        assert client.inspect_image(outdated)["Id"]
    finally:
        client.remove_container(user)
    remove_outdated(client, find_recipe(name, small_sandbox), current, time.time() + 60)
    with pytest.raises(ImageNotFound):
        client.inspect_image(outdated)
    assert client.inspect_image(current)["Id"]


def test_bundle_of_the_host_reaches_the_build_only(
    client: docker.APIClient, small_sandbox: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A build stage may read the host's CA bundle; no layer of the image holds a byte of it."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(CERTIFICATE)
    monkeypatch.setenv(VARIABLES[0], str(bundle))
    (name,) = image_names(small_sandbox)
    dockerfile = small_sandbox / name / "Dockerfile"
    dockerfile.write_text(
        dockerfile.read_text().replace("FROM ${PARENT}\n", "RUN test -s /build/ca.crt\nFROM ${PARENT}\n"),
        encoding="utf-8",
    )
    build_images(client, [name], print, small_sandbox)
    saved = b"".join(client.get_image(image_ref(name, small_sandbox)))
    assert b"a.txt" in saved
    assert b"easy to find again" not in saved


def test_failed_build_shows_the_end_of_its_output(client: docker.APIClient, small_sandbox: Path) -> None:
    """The error holds what the failing step printed and the next command, and leaves no image of that name."""
    (name,) = image_names(small_sandbox)
    with (small_sandbox / name / "Dockerfile").open("a", encoding="utf-8") as file:
        file.write("USER root\nRUN echo this went wrong && exit 9\n")
    with pytest.raises(SandboxError, match="this went wrong") as caught:
        build_images(client, [name], print, small_sandbox)
    assert "returned a non-zero code: 9" in caught.value.message
    assert f"grader images build {name}" in caught.value.hint
    assert missing_images(client, [name], small_sandbox) == [name]


def test_images_are_built_at_the_same_time_after_their_parent(client: docker.APIClient, small_sandbox: Path) -> None:
    """Two children of an image begin when it is there, and neither waits for the other; its failure is theirs."""
    (name,) = image_names(small_sandbox)
    children = [f"{name}-a", f"{name}-b"]
    for child in children:
        (small_sandbox / child).mkdir()
        (small_sandbox / child / "Dockerfile").write_text(
            f"ARG PARENT=grader/{name}\nFROM ${{PARENT}}\nRUN sleep 3 # {secrets.token_hex(4)}\n", encoding="utf-8"
        )
    told: list[str] = []
    try:
        assert list(build_images(client, children, told.append, small_sandbox, jobs=2)) == [name, *children]
    finally:
        for child in children:
            client.remove_image(image_ref(child, small_sandbox), force=True)
    events = [line for line in told if "built" in line or "RUN sleep" in line]
    assert events[0].startswith(f"{name}: built")
    assert [line.partition(" RUN")[1] for line in events[1:]] == [" RUN", " RUN", "", ""]
    assert missing_images(client, children, small_sandbox) == children

    with (small_sandbox / name / "Dockerfile").open("a", encoding="utf-8") as file:
        file.write("USER root\nRUN exit 9\n")
    with pytest.raises(SandboxError, match=f"the image {name} could not be built"):
        build_images(client, children, told.append, small_sandbox, jobs=2)


def test_two_graders_may_build_the_same_image_at_once(client: docker.APIClient, small_sandbox: Path) -> None:
    """Both succeed, and the image is there."""
    (name,) = image_names(small_sandbox)
    with ThreadPoolExecutor(max_workers=2) as pool:
        builds = [pool.submit(build_images, connect(), [name], print, small_sandbox) for _ in range(2)]
        assert [set(build.result()) for build in builds] == [{name}, {name}]
    assert missing_images(client, [name], small_sandbox) == []


def test_silent_build_is_given_up_and_stopped(
    client: docker.APIClient, small_sandbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that hangs ends in an error after the deadline for silence, and its container is gone soon after."""
    monkeypatch.setattr("grader.engine.images.SILENCE_S", 2)
    (name,) = image_names(small_sandbox)
    with (small_sandbox / name / "Dockerfile").open("a", encoding="utf-8") as file:
        file.write(f"RUN sleep 300 # {name}\n")
    with pytest.raises(SandboxError, match="no output for 2 s"):
        build_images(client, [name], print, small_sandbox)
    end = time.monotonic() + 20
    while running := [found for found in client.containers() if name in found["Command"]]:
        assert time.monotonic() < end, running
        time.sleep(0.2)
