"""Runs the grader as people do, as a process of its own, and finds what it leaves in Docker."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import IO, TYPE_CHECKING, Any

from grader.engine.ownership import OWNER

if TYPE_CHECKING:  # tests/unit must not wait for it
    import docker

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
PROBE = DATA / "challenges" / "probe"
TIMEOUT_S = 90


@dataclass(frozen=True, slots=True)
class Finished:
    """How one call of the command line ended."""

    code: int
    out: str
    err: str
    duration_s: float

    @property
    def report(self) -> dict[str, Any]:
        """The JSON document on standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def outcomes(self) -> dict[str, str]:
        """Check id -> outcome."""
        return {check["id"]: check["outcome"] for check in self.report["checks"]}

    @property
    def feedback(self) -> dict[str, str]:
        """Check id -> feedback."""
        return {check["id"]: check["feedback"] for check in self.report["checks"]}

    @property
    def error(self) -> dict[str, Any]:
        """What prevented the grading, as the JSON document tells it."""
        document: dict[str, Any] = self.report["error"]
        return document


def _hear_interruptions() -> None:
    """Let Ctrl-C and a hang-up end what is started, also where the tests run in the background or under nohup."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Command:
    """`grader` as a subprocess; remembers the processes that it started."""

    def __init__(self, *program: str | Path) -> None:
        """Nothing was started yet. `program` is how to call it, by default that of this checkout."""
        self._program = list(map(str, program)) or [sys.executable, "-m", "grader"]
        self._processes: list[subprocess.Popen[str]] = []
        self._owners: set[str] = set()

    def start(
        self,
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        stdout: int | IO[Any] = subprocess.PIPE,
        **options: Any,
    ) -> subprocess.Popen[str]:
        """Start `grader ARGUMENTS` and return the process, with pipes for what is not given."""
        process = subprocess.Popen(
            [*self._program, *map(str, arguments)],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=stdout,
            stderr=options.pop("stderr", subprocess.PIPE),
            encoding="utf-8",
            env={**os.environ, **(env or {})},
            cwd=options.pop("cwd", ROOT),
            **{"preexec_fn": _hear_interruptions, **options},
        )
        self._processes.append(process)
        self._owners.add(f"{process.pid}/{_start_ticks(process.pid)}")
        return process

    def __call__(self, *arguments: str | Path, **options: Any) -> Finished:
        """Run `grader ARGUMENTS` to its end."""
        began, timeout_s = time.monotonic(), options.pop("timeout_s", TIMEOUT_S)
        return finish(self.start(*arguments, **options), began, timeout_s=timeout_s)

    def grade(
        self, submission: str | Path, *arguments: str | Path, challenge: str | Path = PROBE, **options: Any
    ) -> Finished:
        """Run `grader grade` with a JSON report."""
        return self("grade", challenge, submission, "--format", "json", *arguments, **options)

    def grade_solution(self, name: str, *arguments: str | Path, challenge: str | Path, **options: Any) -> Finished:
        """Run `grader grade --solution` with a JSON report."""
        return self("grade", challenge, "--solution", name, "--format", "json", *arguments, **options)

    def owns(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a Docker object with these labels was made by one of the processes."""
        return "/".join(labels.get(OWNER, "").split("/")[2:]) in self._owners

    def left_in(self, engine: docker.APIClient) -> list[str]:
        """Return the names of the containers and networks in Docker that the processes made."""
        found = [(item["Names"][0], item["Labels"]) for item in engine.containers(all=True, filters={"label": OWNER})]
        found += [(item["Name"], item["Labels"]) for item in engine.networks(filters={"label": OWNER})]
        return [name for name, labels in found if self.owns(labels or {})]

    def left_after_prune(self, engine: docker.APIClient) -> list[str]:
        """Return what `grader prune` leaves; it runs again, for 20 s, only where the Engine was still making more."""
        deadline = time.monotonic() + 20
        while True:
            there = set(self.left_in(engine))
            assert self("prune").code == 0
            left = self.left_in(engine)
            if there.intersection(left) or not left or time.monotonic() > deadline:
                return left

    def kill_all(self) -> None:
        """End what is still running."""
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.communicate()


def _start_ticks(pid: int) -> str:
    """Return when a process began, in the kernel's ticks: numbers of processes are used again."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def finish(process: subprocess.Popen[str], began: float | None = None, *, timeout_s: float = TIMEOUT_S) -> Finished:
    """Wait for the end of a process of `Command.start`."""
    began = time.monotonic() if began is None else began
    out, err = process.communicate(timeout=timeout_s)
    return Finished(process.returncode, out or "", err or "", time.monotonic() - began)


def wait_for_line(process: subprocess.Popen[str], text: str) -> None:
    """Return once the process has written a line with `text` to standard error."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if text in line:
            return
    raise AssertionError(f"{text!r} was never written; this was: {''.join(seen)}")


def write_app(folder: Path, code: str = "serve()", *, files: Mapping[str, str] | None = None) -> Path:
    """Write a submission whose `app.py` is `code`, with everything of data/apps/small.py at hand; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.py").write_bytes((DATA / "apps" / "small.py").read_bytes())
    header = "import os, socket, subprocess, sys, threading, time\nfrom small import *\n\n"
    for name, content in {"app.py": header + dedent(code) + "\n", **(files or {})}.items():
        (folder / name).write_text(content)
    return folder


def write_challenge(folder: Path, checks: str | None = None, **settings: object) -> Path:
    """Write the challenge `probe` under the name of `folder`, with other `checks` and keys of its manifest."""
    manifest = (PROBE / "challenge.toml").read_text()
    for key, value in {"slug": folder.name, **settings}.items():
        text = f"{key} = {json.dumps(value)}"
        manifest, count = re.subn(rf"^{key} = .*$", text, manifest, flags=re.MULTILINE)
        if not count:
            manifest = manifest.replace('stacks = ["python"]', f'stacks = ["python"]\n{text}')
    files = {
        "challenge.toml": manifest,
        "README.md": (PROBE / "README.md").read_text(),
        "checks/public/test_public.py": (PROBE / "checks/public/test_public.py").read_text(),
        "checks/hidden/test_paths.py": (PROBE / "checks/hidden/test_paths.py").read_text(),
    }
    if checks is not None:
        files["checks/hidden/test_paths.py"] = "import pytest\nfrom grader_checks import expect\n\n" + dedent(checks)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder
