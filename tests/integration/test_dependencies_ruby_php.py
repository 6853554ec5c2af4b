"""The dependency step of Ruby and PHP: gems and packages are fetched from a registry of the test's own, or refused."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import docker
import pytest

from tests.packages import build_gems, build_packages
from tests.registries import places_that_tell, registry
from tests.running import Command, Finished, write_challenge

pytestmark = pytest.mark.alone

Images = Callable[[], set[str]]
SERVE_RUBY = """
require "socket"
server = TCPServer.new("0.0.0.0", ENV.fetch("PORT"))
loop do
  client = server.accept
  name = client.gets.to_s[%r{/(\\w*)}, 1]
  nil until ["\\r\\n", nil].include?(client.gets)
  body = %({"name": "#{name}"})
  head = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Content-Length: #{body.size}", "", body]
  client.write(head.join("\\r\\n"))
  client.close
end
"""
SERVE_PHP = """
header("Content-Type: application/json");
echo json_encode(["name" => ltrim($_SERVER["REQUEST_URI"], "/")]);
"""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a submission that was never seen before, and return its folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.replace("FRESH", secrets.token_hex(8)))
    return folder


def refused(done: Finished) -> str:
    """Return what a learner is told whose dependencies were not installed."""
    assert (done.code, done.report["verdict"]) == (1, "build_failed"), done.out
    log: str = done.report["app_log"]
    return log


def test_gems(run_grader: Command, engine: docker.APIClient, images: Images, tmp_path: Path) -> None:
    """Bundler fetches what a Gemfile names, as its lock has it, for itself and for `require`; no gem runs."""
    challenge = write_challenge(tmp_path / "probe", stacks=["ruby"], start_s=30)
    gemfile = '# FRESH\ngem "rack"\ngem "inhouse"\ngem "builder", "~> 1.0"\n'
    tested = 'group :test do\n  gem "rspec"\nend\n'
    told = 'warn "#{INHOUSE} #{BUILDER} #{Rack.release.to_i} #{File.exist?("/opt/dependencies/ran")}"'
    lock = (
        "GEM\n  remote: http://198.51.100.1/\n  specs:\n    builder (1.0.0)\n    helper (1.2.0)\n"
        "    inhouse (1.0.0)\n      helper (~> 1.0)\n    rspec (3.13.0)\n\n"
        "PLATFORMS\n  arm64-darwin-24\n\nDEPENDENCIES\n  inhouse\n  rspec\n"
    )
    plain = write(
        tmp_path / "plain",
        {
            "Gemfile": f"{gemfile}{tested}",
            "Gemfile.lock": lock,
            "app.rb": f'require "rack"\nrequire "inhouse"\nrequire "builder"\n{told}\n{SERVE_RUBY}',
        },
    )
    bundled = write(
        tmp_path / "bundled",
        {
            "Gemfile": gemfile,
            "Procfile": "web: bundle exec ruby app.rb\n",
            "app.rb": f'require "bundler/setup"\nBundler.require\n{told}\n{SERVE_RUBY}',
        },
    )
    build_gems(engine, tmp_path / "registry")
    with registry(engine, tmp_path / "registry", login="operator:unspeakable") as served:
        operator = {"BUNDLE_MIRROR__ALL": served.address}
        done = run_grader.grade(plain, challenge=challenge, env=operator)
        assert done.report["verdict"] == "passed", done.out
        assert "1.0.0 1.0.0 3 false" in done.report["app_log"]
        assert {path for path in served.asked if path.startswith("/gems/")} == {
            "/gems/builder-1.0.0.gem",
            "/gems/helper-1.2.0.gem",
            "/gems/inhouse-1.0.0.gem",
        }
        done = run_grader.grade(bundled, challenge=challenge, env=operator)
        assert done.report["verdict"] == "passed", done.out
        assert "1.1.0 1.0.0 3 false" in done.report["app_log"]
        kept = images()
        for name, why in {
            "native": "has to be compiled (ext/extconf.rb)",
            "plugged": "is a plugin of RubyGems",
        }.items():
            write(plain, {"Gemfile": f'# FRESH\ngem "{name}"\n'})
            log = refused(run_grader.grade(plain, challenge=challenge, env=operator))
            assert f"{name} 1.0.0 cannot be installed: it {why}" in " ".join(log.split())
            assert "code of a gem ran" not in log
    assert images() == kept
    assert [places_that_tell(engine, tag, "unspeakable") for tag in kept] == [[], []]

    write(plain, {"Gemfile": gemfile})
    away = run_grader.grade(plain, "--audience", "instructor", challenge=challenge, env=operator)
    assert "http://***@" in away.error["detail"]
    assert away.code == 5, away.out
    assert "no package registry answers" in away.error["message"]


def test_gems_that_are_refused(run_grader: Command, images: Images, tmp_path: Path) -> None:
    """What is no released version by its name is refused with its line; offline, what is missing is told."""
    lines = ['source "http://198.51.100.1"', 'gem "a", path: "."', 'gem "b", git: "x"', "gemspec", "gem ENV.fetch('c')"]
    lock = "PATH\n  remote: .\n  specs:\n    a (1.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a!\n"
    app = write(
        tmp_path / "app", {"app.rb": SERVE_RUBY, "Gemfile": "# FRESH\n" + "\n".join(lines), "Gemfile.lock": lock}
    )
    challenge = write_challenge(tmp_path / "probe", stacks=["ruby"])
    log = refused(run_grader.grade(app, challenge=challenge))
    assert [number for number in range(2, len(lines) + 2) if f"Gemfile, line {number}: " not in log] == []
    assert "Gemfile.lock: a comes from elsewhere" in log

    (app / "Gemfile.lock").unlink()
    asked = 'gem "sinatra", "~> 4.1"\ngem "hanami"\ngem "rspec", group: :test\ngem "w", platforms: :windows\n'
    write(app, {"Gemfile": f"# FRESH\n{asked}"})
    offline = write_challenge(tmp_path / "offline" / "probe", stacks=["ruby"], dependencies="preinstalled")
    log = refused(run_grader.grade(app, challenge=offline))
    assert "which does not satisfy:\n  hanami >= 0: is not installed\nInstalled: " in log
    assert images() == set()


def test_composer(run_grader: Command, engine: docker.APIClient, images: Images, tmp_path: Path) -> None:
    """Composer fetches what a composer.json names, as its lock has it, and runs neither its scripts nor plugins."""
    challenge = write_challenge(tmp_path / "probe", stacks=["php"])
    manifest = {
        "name": "learner/FRESH",
        "require": {"php": ">=8.1", "ext-pdo": "*", "acme/greet": "^1.0", "acme/plugin": "*"},
        "require-dev": {"acme/unknown": "*"},
        "autoload": {"psr-4": {"App\\": "src/"}},
        "config": {"allow-plugins": True},
        "scripts": {"pre-update-cmd": "touch /opt/dependencies/vendor/ran"},
    }
    lock = {
        "packages": [
            {"name": "acme/greet", "version": "v1.0.0", "require": {"acme/base": "^1.0"}},
            {"name": "acme/base", "version": "1.0.0", "dist": {"type": "zip", "url": "http://198.51.100.1/x.zip"}},
        ]
    }
    app = write(
        tmp_path / "app",
        {
            "composer.json": json.dumps(manifest),
            "composer.lock": json.dumps(lock),
            "src/Own.php": "<?php\nnamespace App;\nclass Own { const X = 'own'; }\n",
            "index.php": "<?php\nrequire 'vendor/autoload.php';\n$ran = (int) file_exists('vendor/ran');\n"
            "$told = preg_match('/https?:../', file_get_contents('vendor/composer/installed.json'));\n"
            "error_log(greet() . ' ' . Acme\\Base\\Base::VERSION . ' ' . App\\Own::X . ' ' . $ran . $told);\n"
            + SERVE_PHP,
        },
    )
    (tmp_path / "registry").mkdir()
    with registry(engine, tmp_path / "registry", login="operator:unspeakable") as served:
        build_packages(tmp_path / "registry", served.url)
        operator = {"COMPOSER_MIRROR": served.address}
        done = run_grader.grade(app, challenge=challenge, env=operator)
        assert done.report["verdict"] == "passed", done.out
        assert "greet 1.0.0 1.0.0 own 00" in done.report["app_log"]
        (app / "composer.lock").unlink()
        write(app, {"composer.json": json.dumps(manifest | {"require": {"acme/greet": "^2.0"}})})
        log = refused(run_grader.grade(app, challenge=challenge, env=operator))
        assert "acme/greet" in log
        assert "found acme/greet[1.0.0, 1.1.0] but it does not match the constraint" in " ".join(log.split())
    (tag,) = images()
    assert places_that_tell(engine, tag, "unspeakable") == []

    write(app, {"composer.json": json.dumps(manifest)})
    away = run_grader.grade(app, "--audience", "instructor", challenge=challenge, env=operator)
    assert "http://***@" in away.error["detail"]
    assert away.code == 5, away.out
    assert "no package registry answers" in away.error["message"]


def test_packages_that_are_refused(run_grader: Command, images: Images, tmp_path: Path) -> None:
    """What is no released version by its name is refused; so is another PHP; offline, what is missing is told.

    The last folder could be of two stacks, so its own is told, and its Dockerfile is not used, which the report says.
    """
    challenge = write_challenge(tmp_path / "probe", stacks=["php"])
    branch = {"acme/branch": "dev-main", "acme/address": "http://198.51.100.1/x.zip", "../climbs": "1.0.0"}
    manifest = {"name": "learner/FRESH", "require": branch, "repositories": [{"type": "path", "url": "."}]}
    lock = {"packages": [{"name": "acme/locked", "version": "dev-main#0123"}]}
    app = write(
        tmp_path / "app",
        {"index.php": "<?php" + SERVE_PHP, "composer.json": json.dumps(manifest), "composer.lock": json.dumps(lock)},
    )
    log = refused(run_grader.grade(app, challenge=challenge))
    assert "composer.json: `repositories` is not read" in log
    for name, version in branch.items():
        assert f'composer.json: {name} "{version}"' in log
    assert 'composer.lock: acme/locked "dev-main#0123"' in log

    (app / "composer.lock").unlink()
    write(app, {"composer.json": json.dumps({"require": {"php": "^7.4", "ext-redis": "*", "acme/FRESH": "*"}})})
    log = refused(run_grader.grade(app, challenge=challenge))
    assert "This image cannot satisfy:\n  php ^7.4\n  ext-redis *\nInstalled: " in log

    write(app, {"composer.json": json.dumps({"name": "learner/FRESH", "require": {"php": ">=8", "slim/slim": "^4"}})})
    write(app, {"Dockerfile": "FROM scratch\n", "tool.py": ""})
    offline = write_challenge(tmp_path / "offline" / "probe", stacks=["python", "php"], dependencies="preinstalled")
    done = run_grader.grade(app, "--stack", "php", challenge=offline)
    assert "which does not satisfy:\n  slim/slim ^4\nInstalled: " in refused(done)
    assert any("Dockerfile was not used" in note for note in done.report["notes"])
    assert images() == set()
