"""The dependency step: what a requirements.txt asks for is installed once, in a container with limits, or refused."""

from __future__ import annotations

import io
import json
import secrets
import signal
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from grader.engine.dependency_cache import LABEL, trim
from grader.engine.ownership import RUN
from grader.recipes import image_ref
from tests.packages import build_npm_package
from tests.registries import places_that_tell, registry, silent_registry
from tests.running import PROBE, Command, finish, wait_for_line, write_challenge

pytestmark = pytest.mark.alone

Write = Callable[..., Path]
MIB = 1024**2
Images = Callable[[], set[str]]


@pytest.fixture
def fresh() -> str:
    """Return a comment that makes a requirements.txt one that was never seen before."""
    return f"# {secrets.token_hex(8)}\n"


def build_s(report: dict[str, Any]) -> float:
    """Return how long the dependency step took."""
    return next(float(phase["duration_s"]) for phase in report["timings"] if phase["name"] == "build")


def test_satisfied_by_the_image(
    run_grader: Command, app: Write, engine: docker.APIClient, images: Images, fresh: str, tmp_path: Path
) -> None:
    """Requirements that the stack's image meets need no network, install nothing, and cost nothing the second time."""
    requirements = "Flask>=3  # the framework\n\nsqlalchemy; python_version >= '3'\nsix; python_version < '3'\n"
    submission = app("import flask, sqlalchemy\nserve()", **{"requirements.txt": fresh + requirements})
    challenge = write_challenge(tmp_path / "probe", dependencies="preinstalled")
    first = run_grader.grade(submission, challenge=challenge)
    assert first.report["verdict"] == "passed", first.out
    (tag,) = images()
    assert engine.inspect_image(tag)["Id"] == engine.inspect_image(image_ref("stack-python"))["Id"]
    second = run_grader.grade(submission, challenge=challenge)
    assert second.report["verdict"] == "passed"
    assert build_s(second.report) < build_s(first.report) / 2


def test_installed_from_the_registry(
    run_grader: Command, app: Write, engine: docker.APIClient, images: Images, fresh: str
) -> None:
    """A package that the image lacks is fetched once and kept in an image that holds it and nothing of this machine."""
    code = "import six, flask\nprint('six', six.__version__, flush=True)\nserve()"
    submission = app(code, **{"requirements.txt": fresh + "six==1.16.0\n"})
    first = run_grader.grade(submission)
    assert first.report["verdict"] == "passed", first.out
    assert "six 1.16.0" in first.report["app_log"]
    (tag,) = images()
    image = engine.inspect_image(tag)
    second = run_grader.grade(submission)
    assert second.report["verdict"] == "passed"
    assert build_s(second.report) < build_s(first.report) / 2
    assert engine.inspect_image(tag)["Id"] == image["Id"]

    stack = engine.inspect_image(image_ref("stack-python"))
    assert image["Config"]["Env"] == stack["Config"]["Env"]
    told = {name: value for name, value in image["Config"]["Labels"].items() if value}
    assert told == {**stack["Config"]["Labels"], LABEL: tag.partition(":")[2]}
    new = files_of(engine, tag) - files_of(engine, image_ref("stack-python"))
    assert {path for path in new if not path.startswith("/opt/dependencies/")} == set()
    assert "/opt/dependencies/six.py" in new


def test_requirements_that_cannot_be_met(
    run_grader: Command, app: Write, images: Images, fresh: str, tmp_path: Path
) -> None:
    """What cannot be installed fails the build with the installer's words, no points, and nothing kept."""
    unknown = run_grader.grade(app(**{"requirements.txt": fresh + "grader-has-no-such-package==1.0\n"}))
    assert (unknown.code, unknown.report["verdict"]) == (1, "build_failed")
    assert (unknown.report["score"], unknown.report["max_score"]) == (0, 10)
    assert unknown.report["message"] == "what requirements.txt asks for cannot be installed"
    assert "No matching distribution found for grader-has-no-such-package" in unknown.report["app_log"]
    assert set(unknown.outcomes.values()) == {"errored"}

    lines = ["./local", "-r other.txt", "--index-url https://example.com", "https://example.com/a.whl", "-e .", "../up"]
    refused = run_grader.grade(app(**{"requirements.txt": fresh + "\n".join([*lines, "six @ file:///etc/passwd"])}))
    assert refused.report["verdict"] == "build_failed"
    for number, line in enumerate(lines, start=2):
        assert f"line {number}: {line!r}" in refused.report["app_log"]
    assert "six comes from an address" in refused.report["app_log"]

    endless = [f"six=={'9' * 5000}", f"six; {'(' * 9000}os_name == 'posix'{')' * 9000}"]
    refused = run_grader.grade(app(**{"requirements.txt": "\ufeff" + fresh + "flask\n" + "\n".join(endless)}))
    assert refused.report["message"] == "what requirements.txt asks for cannot be installed"
    for number in (3, 4):
        assert f"line {number}: 'six" in refused.report["app_log"]

    offline = write_challenge(tmp_path / "probe", dependencies="preinstalled")
    refused = run_grader.grade(app(**{"requirements.txt": fresh + "six\nflask"}), challenge=offline)
    assert refused.report["verdict"] == "build_failed"
    assert "what is installed already, which does not satisfy:\n  six\nInstalled: " in refused.report["app_log"]

    hurried = write_challenge(tmp_path / "hurried" / "probe", build_s=1)
    # a small package can be there within a second
    late = run_grader.grade(app(**{"requirements.txt": fresh + "scipy\npandas\n"}), challenge=hurried)
    assert late.report["verdict"] == "build_failed"
    assert late.report["message"] == "installing the dependencies took longer than 1 s"
    assert images() == set()


def test_registry_of_the_operator(
    run_grader: Command, app: Write, engine: docker.APIClient, images: Images, fresh: str, tmp_path: Path
) -> None:
    """A registry that the operator names is asked instead of the public one; one that is away is nobody's fault."""
    submission = app(
        "import inhouse\nprint('inhouse', inhouse.ANSWER)\nserve()", **{"requirements.txt": fresh + "inhouse"}
    )
    project = tmp_path / "registry" / "inhouse"
    project.mkdir(parents=True)
    wheel = "inhouse-1.0-py3-none-any.whl"
    with zipfile.ZipFile(project / wheel, "w") as archive:
        archive.writestr("inhouse.py", "ANSWER = 42\n")
        archive.writestr("inhouse-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: inhouse\nVersion: 1.0\n")
        archive.writestr(
            "inhouse-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("inhouse-1.0.dist-info/RECORD", "")
    (project / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>')
    with registry(engine, project.parent, login="operator:unspeakable") as served:
        names = {"PIP_INDEX_URL": served.address, "PIP_TRUSTED_HOST": served.host}
        done = run_grader.grade(submission, env=names)
    assert done.report["verdict"] == "passed", done.out
    assert "inhouse 42" in done.report["app_log"]
    assert served.asked == ["/inhouse/", f"/inhouse/{wheel}"]
    (tag,) = images()
    assert places_that_tell(engine, tag, "unspeakable") == []

    (submission / "requirements.txt").write_text("# another\n" + fresh + "inhouse")
    away = run_grader.grade(submission, "--audience", "instructor", env=names)
    assert away.code == 5, away.out
    assert "no package registry answers" in away.error["message"]
    assert "unspeakable" not in away.out

    with registry(engine, project.parent) as proxy:
        settings = {"proxies": {"default": {"httpProxy": proxy.url}}}
        (tmp_path / "config.json").write_text(json.dumps(settings))
        names = {"PIP_INDEX_URL": "http://packages.test/", "PIP_TRUSTED_HOST": "packages.test"}
        done = run_grader.grade(submission, env={**names, "DOCKER_CONFIG": str(tmp_path)})
    assert done.report["verdict"] == "passed", done.out
    assert proxy.asked == ["http://packages.test/inhouse/", f"http://packages.test/inhouse/{wheel}"]
    stack = engine.inspect_image(image_ref("stack-python"))["Config"]["Env"]
    assert [engine.inspect_image(tag)["Config"]["Env"] for tag in images()] == [stack, stack]


def wheel(folder: Path, name: str, content: bytes = b"", metadata: str = "") -> None:
    """Write version 1.0 of a package, which holds one file, where pip looks for it in a registry."""
    project, archive = folder / name, f"{name}-1.0-py3-none-any.whl"
    project.mkdir(parents=True)
    with zipfile.ZipFile(project / archive, "w") as packed:
        packed.writestr(f"{name}.bin", content)
        facts = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}"
        packed.writestr(f"{name}-1.0.dist-info/METADATA", facts, zipfile.ZIP_DEFLATED)
        tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        packed.writestr(f"{name}-1.0.dist-info/WHEEL", tags)
        packed.writestr(f"{name}-1.0.dist-info/RECORD", "")
    (project / "index.html").write_text(f'<a href="{archive}">{archive}</a>')


def test_an_installer_that_is_killed_leaves_no_doubt_of_the_registry(
    run_grader: Command, app: Write, engine: docker.APIClient, images: Images, fresh: str, tmp_path: Path
) -> None:
    """Packages that fill the room and the memory fail the build: otherwise an attempt could be had for nothing."""
    places = tmp_path / "registry"
    # beside them the witness has no room, and what pip reads of the last is more than its memory
    for number in range(3):
        wheel(places, f"full{number}", b"\0" * (212 * MIB))
    wheel(places, "heavy", metadata=f"X: {'a ' * (200 * MIB)}\n")
    wheel(places, "pip", b"\0" * (4 * MIB))
    submission = app(**{"requirements.txt": fresh + "full0\nfull1\nfull2\nheavy\n"})
    with registry(engine, places) as served:
        names = {"PIP_INDEX_URL": served.url, "PIP_TRUSTED_HOST": served.host}
        done = run_grader.grade(submission, env=names, timeout_s=120)
    assert (done.code, done.report["verdict"]) == (1, "build_failed"), done.out
    assert done.report["message"] == "installing what requirements.txt asks for took more than its 1024 MiB of memory"
    assert images() == set()


def node_app(folder: Path, **dependencies: str) -> Path:
    """Write an app for `probe` in Node.js that prints the version of `is-odd`; return its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "server.js").write_text(
        """
        console.log("is-odd", require("is-odd/package.json").version);
        require("node:http").createServer((request, response) => {
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify({ name: request.url.slice(1) }));
        }).listen(Number(process.env.PORT));
        """
    )
    (folder / "package.json").write_text(json.dumps({"name": secrets.token_hex(8), "dependencies": dependencies}))
    return folder


def test_package_json(run_grader: Command, engine: docker.APIClient, images: Images, tmp_path: Path) -> None:
    """Npm fetches what the image lacks, for the whole of it; what comes from elsewhere than the registry is refused."""
    challenge = write_challenge(tmp_path / "probe", stacks=["python", "node"])
    done = run_grader.grade(node_app(tmp_path / "app", **{"is-odd": "3.0.0"}), challenge=challenge, timeout_s=300)
    assert done.report["verdict"] == "passed", done.out
    assert "is-odd 3.0.0" in done.report["app_log"]
    (tag,) = images()
    new = files_of(engine, tag) - files_of(engine, image_ref("stack-node"))
    assert {path for path in new if not path.startswith("/opt/dependencies/node_modules/")} == set()

    with registry(engine, tmp_path / "registry", login="operator:unspeakable") as served:
        build_npm_package(tmp_path / "registry", served.url)
        operator = {"NPM_CONFIG_REGISTRY": served.address}
        done = run_grader.grade(node_app(tmp_path / "app", **{"is-odd": "^9.0.0"}), challenge=challenge, env=operator)
    assert done.report["verdict"] == "passed", done.out
    assert "is-odd 9.0.0" in done.report["app_log"]
    (inhouse,) = images() - {tag}
    assert places_that_tell(engine, inhouse, "unspeakable") == places_that_tell(engine, inhouse, served.host) == []

    addresses = {"a": "git+https://example.com/a.git", "b": "https://example.com/b.tgz", "c": "file:../c"}
    refused = run_grader.grade(node_app(tmp_path / "app", express="^5.0.0", **addresses), challenge=challenge)
    assert refused.report["verdict"] == "build_failed"
    for name, address in addresses.items():
        assert f'{name}: "{address}"' in refused.report["app_log"]

    packages = {
        "node_modules/asks": {"version": "1.0.0", "dependencies": {"other": "http://127.0.0.1:9/other.tgz"}},
        "node_modules/called": {"version": "1.0.0", "name": "http://127.0.0.1:9/called.tgz"},
        "node_modules/comes": {"version": "http://127.0.0.1:9/comes.tgz"},
        "node_modules/../../climbs": {"version": "1.0.0"},
        "node_modules/linked": {"link": True},
    }
    submission = node_app(tmp_path / "app", asks="1.0.0")
    (submission / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    refused = run_grader.grade(submission, challenge=challenge)
    assert refused.report["verdict"] == "build_failed"
    assert [place for place in packages if place not in refused.report["app_log"]] == []
    (submission / "package-lock.json").unlink()

    offline = write_challenge(tmp_path / "offline" / "probe", stacks=["node"], dependencies="preinstalled")
    refused = run_grader.grade(node_app(tmp_path / "app", express="^5.0.0", left="^1.0.0"), challenge=offline)
    assert refused.report["verdict"] == "build_failed"
    assert "which does not satisfy:\n  left@^1.0.0\nInstalled: express 5." in refused.report["app_log"]


def test_registry_that_cannot_be_reached(
    run_grader: Command, app: Write, images: Images, fresh: str, tmp_path: Path
) -> None:
    """When not even a package that surely exists can be fetched, the operator must act and the learner has no score."""
    (tmp_path / "bundle.pem").write_text("none that anybody trusts")
    submission = app(**{"requirements.txt": fresh + "six==1.16.0\n"})
    done = run_grader.grade(submission, env={"SSL_CERT_FILE": str(tmp_path / "bundle.pem")})
    assert done.code == 5
    assert "no package registry answers" in done.error["message"]
    assert images() == set()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "KILL"])
def test_interrupted(
    run_grader: Command, app: Write, engine: docker.APIClient, images: Images, fresh: str, sign: signal.Signals
) -> None:
    """A run that ends during the dependency step leaves nothing; after a kill `grader prune` removes it."""
    victim = Command() if sign is signal.SIGKILL else run_grader
    submission = app(**{"requirements.txt": fresh + "six==1.16.0\n"})
    with silent_registry(engine) as url:
        process = victim.start("grade", PROBE, submission, env={"PIP_INDEX_URL": url})
        wait_for_line(process, "4 checks")
        process.send_signal(sign)
        done = finish(process)
    if sign is signal.SIGKILL:
        assert run_grader("prune").code == 0
    else:
        assert done.code == 130
    assert victim.left_in(engine) == []
    assert images() == set()


def files_of(engine: docker.APIClient, image: str) -> set[str]:
    """Return the path of every file of an image that is not empty, as those are that Docker mounts something on."""
    command = ["find", "/", "-xdev", "-size", "+0", "(", "-type", "f", "-o", "-type", "l", ")"]
    container = engine.create_container(image, command, user="0", entrypoint=[], labels={f"{RUN}.test": ""})["Id"]
    try:
        engine.start(container)
        engine.wait(container)
        return set(engine.logs(container, stderr=False).decode().splitlines())
    finally:
        engine.remove_container(container, force=True)


def test_the_oldest_images_make_room(engine: docker.APIClient) -> None:
    """Images of dependencies are bounded together: what they hold beyond their stacks' images counts."""
    repository, made = f"grader/test-{secrets.token_hex(4)}", []
    try:
        for number in range(3):
            installed = tarred("installed", secrets.token_bytes(MIB))
            engine.import_image_from_data(installed, repository, str(number), changes=[f"LABEL {LABEL}={number}"])
            made.append(f"{repository}:{number}")
            time.sleep(1.1)  # the Engine tells ages in seconds
        engine.tag(image_ref("stack-python"), repository, "satisfied")
        made.append(f"{repository}:satisfied")
        assert trim(engine, repository=repository, keep_bytes=3 * MIB + MIB // 2) == []
        assert trim(engine, repository=repository, keep_bytes=2 * MIB + MIB // 2) == made[:1]
        left = {name for image in engine.images(repository) for name in image["RepoTags"]}
        assert left == set(made[1:])
    finally:
        for name in {name for image in engine.images(repository) for name in image["RepoTags"] or ()}:
            engine.remove_image(name)


def tarred(name: str, content: bytes) -> bytes:
    """Return an archive with one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
