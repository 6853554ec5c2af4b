"""The dependency step of `java`: what a pom.xml asks for comes from a repository in Maven's layout, or is refused."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import zipfile
from pathlib import Path

import docker
import pytest

from grader.engine.dependency_cache import REPOSITORY
from grader.recipes import image_ref
from tests.registries import places_that_tell, registry
from tests.running import Command, Finished, write_challenge

MAIN = """
import com.sun.net.httpserver.HttpServer;

void main() throws IOException {
    for (var name : List.of("tree", "leaf"))
        try (var content = ClassLoader.getSystemResourceAsStream(name + ".txt")) {
            IO.println(new String(content.readAllBytes()));
        }
    IO.println(Files.list(Path.of("/opt/dependencies")).count() + " jars");
    var server = HttpServer.create(new java.net.InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
    server.createContext("/", exchange -> {
        var body = "{\\"name\\": \\"%s\\"}".formatted(exchange.getRequestURI().getPath().substring(1)).getBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    });
    server.start();
}
"""


def coordinates(artifact: str, version: str) -> str:
    """Return what names a library of the group org.example in a pom.xml; without a version it is managed elsewhere."""
    told = f"<version>{version}</version>" if version else ""
    return f"<groupId>org.example</groupId><artifactId>{artifact}</artifactId>{told}"


def dependency(artifact: str, version: str = "", more: str = "") -> str:
    """Return an element of `dependencies`."""
    return f"<dependency>{coordinates(artifact, version)}{more}</dependency>"


def project(artifact: str, version: str, *parts: str) -> str:
    """Return a pom.xml."""
    return f"<project><modelVersion>4.0.0</modelVersion>{coordinates(artifact, version)}{''.join(parts)}</project>"


def publish(repository: Path, artifact: str, version: str, *parts: str) -> Path:
    """Put a library into a repository, with a jar that tells its name and version; return the jar."""
    folder = repository / "org/example" / artifact / version
    folder.mkdir(parents=True)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as jar:
        jar.writestr(f"{artifact}.txt", f"{artifact} {version}")
    files = {"pom": project(artifact, version, *parts).encode(), "jar": content.getvalue()}
    for suffix, data in files.items():
        (folder / f"{artifact}-{version}.{suffix}").write_bytes(data)
        (folder / f"{artifact}-{version}.{suffix}.sha1").write_text(
            hashlib.sha1(data, usedforsecurity=False).hexdigest()
        )
    return folder / f"{artifact}-{version}.jar"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository: `tree` needs `leaf`, of which `platform` demands the newer version; `rotten` was changed."""
    folder = tmp_path / "repository"
    publish(folder, "leaf", "1.0")
    publish(folder, "leaf", "2.0")
    test = dependency("none", "1.0", "<scope>test</scope>")
    publish(folder, "tree", "1.0", f"<dependencies>{dependency('leaf', '1.0')}{test}</dependencies>")
    managed = dependency("tree", "1.0") + dependency("leaf", "2.0")
    versions = f"<dependencyManagement><dependencies>{managed}</dependencies></dependencyManagement>"
    publish(folder, "platform", "1.0", "<packaging>pom</packaging>", versions)
    publish(folder, "rotten", "1.0").write_bytes(b"PK other")
    return folder


def grade(
    run_grader: Command, folder: Path, pom: str, *, env: dict[str, str], dependencies: str = "registry"
) -> Finished:
    """Grade an app with a pom.xml that was never seen before."""
    (folder / "app").mkdir(exist_ok=True)
    (folder / "app/Main.java").write_text(MAIN)
    (folder / "app/pom.xml").write_text(f"{pom}<!-- {secrets.token_hex(8)} -->")
    challenge = write_challenge(folder / dependencies / "probe", stacks=["java"], dependencies=dependencies)
    return run_grader.grade(folder / "app", challenge=challenge, env=env)


@pytest.mark.usefixtures("repository")
def test_jars_with_what_they_need(run_grader: Command, engine: docker.APIClient, tmp_path: Path) -> None:
    """Maven's rules decide what is on the class path, parents and properties included; the operator's proxy is used."""
    pom = project(
        "app",
        "1",
        f"<parent>{coordinates('platform', '1.0')}</parent>",
        "<properties><tree>1.0</tree></properties>",
        f"<dependencies>{dependency('tree', '${tree}')}</dependencies>",
    )
    stack = engine.inspect_image(image_ref("stack-java"))["Id"]
    with registry(engine, tmp_path) as proxy:
        (tmp_path / "config.json").write_text(json.dumps({"proxies": {"default": {"httpProxy": proxy.url}}}))
        mirror = "http://operator:unspeakable@packages.test/repository"
        env = {"MAVEN_MIRROR_URL": mirror, "DOCKER_CONFIG": str(tmp_path)}
        done = grade(run_grader, tmp_path, pom, env=env)
    try:
        assert done.report["verdict"] == "passed", done.out
        assert "tree 1.0\nleaf 2.0\n2 jars\n" in done.report["app_log"]
        assert "http://packages.test/repository/org/example/leaf/2.0/leaf-2.0.jar.sha1" in proxy.asked
        assert not any("none" in address for address in proxy.asked)
        made = [tag for image in engine.images(REPOSITORY) if image["ParentId"] == stack for tag in image["RepoTags"]]
        assert made
        assert [place for tag in made for place in places_that_tell(engine, tag, "unspeakable")] == []
    finally:
        for image in engine.images(REPOSITORY):
            if image["ParentId"] == stack:
                for tag in image["RepoTags"]:
                    engine.remove_image(tag)


def test_what_is_refused(run_grader: Command, engine: docker.APIClient, repository: Path, tmp_path: Path) -> None:
    """What cannot be had fails the build, in Maven's words; a pom.xml that names a place of its own is not followed."""
    place = "<repositories><repository><id>mine</id><url>http://packages.test/mine</url></repository></repositories>"
    file = dependency("tree", "1.0", "<scope>system</scope><systemPath>/etc/passwd</systemPath>")
    foreign = project("app", "1", place, f"<dependencies>{file}</dependencies>")
    with registry(engine, repository) as served:
        env = {"MAVEN_MIRROR_URL": served.url}
        refused = grade(run_grader, tmp_path, foreign, env=env)
        assert served.asked == []
        wanted = "".join(dependency(name, "1.0") for name in ("leaf", "rotten", "missing"))
        unsound = grade(run_grader, tmp_path, project("app", "1", f"<dependencies>{wanted}</dependencies>"), env=env)
    assert refused.report["verdict"] == unsound.report["verdict"] == "build_failed"
    assert "the repository mine is not asked" in refused.report["app_log"]
    assert "org.example:tree is a file" in refused.report["app_log"]
    assert "org.example:rotten:jar:1.0" in unsound.report["app_log"]
    assert "Checksum validation failed" in unsound.report["app_log"]
    assert "org.example:missing:jar:1.0" in unsound.report["app_log"]
    assert "org.example:leaf" not in unsound.report["app_log"]

    wanted = dependency("tree", "1.0") + (
        "<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>[42.7,43)</version></dependency>"
    )
    pom = project("app", "1", f"<dependencies>{wanted}</dependencies>")
    offline = grade(run_grader, tmp_path, pom, env=env, dependencies="preinstalled")
    assert "which does not satisfy:\n  org.example:tree 1.0\nInstalled: " in offline.report["app_log"]
    bomb = "".join(f"<a{number}>${{a{number + 1}}}${{a{number + 1}}}</a{number}>" for number in range(40))
    growing = project("app", "1", f"<properties>{bomb}</properties>")
    unfinished = grade(run_grader, tmp_path, "<project><dependencies>", env=env, dependencies="preinstalled")
    assert unfinished.report["message"] == "what pom.xml asks for cannot be installed"
    assert unfinished.report["app_log"].startswith("pom.xml:\n  cannot be read: ")
    endless = grade(run_grader, tmp_path, growing, env=env, dependencies="preinstalled")
    assert endless.report["verdict"] == "build_failed"
    assert "pom.xml: properties name each other so often that" in endless.report["app_log"]
    away = grade(run_grader, tmp_path, pom, env=env)
    assert away.code == 5, away.out
    assert "no package registry answers" in away.error["message"]
