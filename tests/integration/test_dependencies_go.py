"""The dependency step of `go`: what a go.mod asks for comes from a proxy of modules, or lies in `vendor`."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path

import docker

from grader.engine.dependency_cache import REPOSITORY
from grader.recipes import image_ref
from tests.registries import registry
from tests.running import Command, write_challenge

MODULE, VERSION = "example.com/leaf", "v1.0.0"
LIBRARY = {"go.mod": f"module {MODULE}\n\ngo 1.24\n", "leaf.go": 'package leaf\n\nconst Name = "leaf 1.0"\n'}
MAIN = """
package main

import (
	"fmt"
	"net/http"
	"os"

	"example.com/leaf"
)

func main() {
	fmt.Println(leaf.Name)
	http.HandleFunc("/{name...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"name": %q}`, r.PathValue("name"))
	})
	panic(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
"""
GO_MOD = f"module app\n\ngo 1.24\n\nrequire {MODULE} {VERSION}\n"


def digest(files: dict[str, str]) -> str:
    """Return the digest of go.sum: https://go.dev/ref/mod#go-sum-files."""
    lines = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(files.items()))
    return f"h1:{base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()}"


def publish(proxy: Path) -> str:
    """Put the library into a proxy's folder; return the lines for go.sum."""
    folder = proxy / MODULE / "@v"
    folder.mkdir(parents=True)
    files = {f"{MODULE}@{VERSION}/{name}": text for name, text in LIBRARY.items()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    (folder / f"{VERSION}.zip").write_bytes(content.getvalue())
    (folder / f"{VERSION}.mod").write_text(LIBRARY["go.mod"])
    (folder / f"{VERSION}.info").write_text(json.dumps({"Version": VERSION, "Time": "2026-01-01T00:00:00Z"}))
    return f"{MODULE} {VERSION} {digest(files)}\n{MODULE} {VERSION}/go.mod {digest({'go.mod': LIBRARY['go.mod']})}\n"


def test_modules(run_grader: Command, engine: docker.APIClient, tmp_path: Path) -> None:
    """Modules are fetched by name and digest; a proxy that is away is nobody's fault; `vendor` needs none."""
    submission = tmp_path / "app"
    submission.mkdir()
    sums = publish(tmp_path / "proxy")
    for name, text in {"main.go": MAIN, "go.mod": GO_MOD, "go.sum": sums}.items():
        (submission / name).write_text(text)
    challenge = write_challenge(tmp_path / "probe", stacks=["go"])
    stack = engine.inspect_image(image_ref("stack-go"))["Id"]
    try:
        with registry(engine, tmp_path / "proxy") as served:
            env = {"GOPROXY": served.url}
            done = run_grader.grade(submission, challenge=challenge, env=env)
            assert done.report["verdict"] == "passed", done.out
            assert "leaf 1.0" in done.report["app_log"]
            (submission / "go.sum").write_text(f"{MODULE} {VERSION} {digest({'other': ''})}\n{sums.splitlines()[1]}\n")
            refused = run_grader.grade(submission, challenge=challenge, env=env)
        assert refused.report["verdict"] == "build_failed"
        assert "verifying example.com/leaf@v1.0.0: checksum mismatch" in refused.report["app_log"]
        away = run_grader.grade(submission, challenge=challenge, env=env)
        assert away.code == 5, away.out
        assert "no package registry answers" in away.error["message"]

        library = submission / "vendor" / MODULE
        library.mkdir(parents=True)
        (library / "leaf.go").write_text(LIBRARY["leaf.go"])
        (submission / "vendor/modules.txt").write_text(f"# {MODULE} {VERSION}\n## explicit; go 1.24\n{MODULE}\n")
        vendored = run_grader.grade(submission, challenge=challenge, env=env)
        assert vendored.report["verdict"] == "passed", vendored.out
    finally:
        made = [image for image in engine.images(REPOSITORY) if image["ParentId"] == stack]
        for tag in [tag for image in made for tag in image["RepoTags"]]:
            engine.remove_image(tag)
