"""Fills a folder with what `tests.registries` serves: gems of Ruby, packages of Composer and of npm."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import docker

from grader.engine.ownership import RUN
from grader.recipes import image_ref
from tests.running import DATA


def build_gems(engine: docker.APIClient, folder: Path) -> None:
    """Let RubyGems build the gems of `data/registries/gems.rb` and their index, in the image of Ruby."""
    script = (DATA / "registries" / "gems.rb").read_text()
    container = engine.create_container(image_ref("stack-ruby"), ["ruby", "-e", script], labels={f"{RUN}.test": ""})[
        "Id"
    ]
    try:
        engine.start(container)
        assert engine.wait(container)["StatusCode"] == 0, engine.logs(container).decode()
        packed = io.BytesIO(b"".join(engine.get_archive(container, "/tmp/registry/.")[0]))
    finally:
        engine.remove_container(container, force=True)
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(folder, filter="data")


def build_packages(folder: Path, url: str) -> None:
    """Write packages for Composer and their index, which will be served at `url`."""
    packages: dict[str, dict[str, object]] = {}

    def add(name: str, version: str, files: dict[str, str], **settings: object) -> None:
        path = folder / f"{name.replace('/', '-')}-{version}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file, content in files.items():
                archive.writestr(f"top/{file}", f"<?php\n{content}\n")
        dist = {"type": "zip", "url": f"{url}/{path.name}"}
        packages.setdefault(name, {})[version] = {"name": name, "version": version, "dist": dist, **settings}

    for version in ("1.0.0", "1.1.0"):
        greet = {"helpers.php": f"function greet() {{ return 'greet {version}'; }}"}
        add(
            "acme/greet",
            version,
            greet,
            autoload={"files": ["helpers.php"]},
            require={"acme/base": "^1.0", "php": ">=8"},
        )
        base = {"src/Base.php": f"namespace Acme\\Base;\nclass Base {{ const VERSION = '{version}'; }}"}
        add("acme/base", version, base, autoload={"psr-4": {"Acme\\Base\\": "src/"}})
    add(
        "acme/plugin",
        "1.0.0",
        {"src/Plugin.php": "namespace Acme\\Plugin;\ntouch('/opt/dependencies/vendor/ran');"},
        type="composer-plugin",
        autoload={"psr-4": {"Acme\\Plugin\\": "src/"}},
        extra={"class": "Acme\\Plugin\\Plugin"},
        require={"composer-plugin-api": "^2.0"},
    )
    (folder / "packages.json").write_text(json.dumps({"packages": packages}))


def build_npm_package(folder: Path, url: str) -> None:
    """Write `is-odd` 9.0.0 for npm, which will be served at `url`."""
    manifest = {"name": "is-odd", "version": "9.0.0"}
    packed, content = io.BytesIO(), json.dumps(manifest).encode()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/package.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    folder.mkdir()
    (folder / "is-odd.tgz").write_bytes(packed.getvalue())
    digest = base64.b64encode(hashlib.sha512(packed.getvalue()).digest()).decode()
    dist = {"tarball": f"{url}/is-odd.tgz", "integrity": f"sha512-{digest}"}
    versions = {"9.0.0": {**manifest, "dist": dist}}
    (folder / "is-odd").write_text(
        json.dumps({"name": "is-odd", "dist-tags": {"latest": "9.0.0"}, "versions": versions})
    )
