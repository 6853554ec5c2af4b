"""How `grader doctor` judges what the Engine and the machine say, and how it shows it."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from types import SimpleNamespace
from typing import Any

import pytest

from grader.cli.doctor import render, render_json
from grader.display import TextStyle
from grader.engine.doctor import _space, engine_rows, image_row, leftover_row, runc_row, space_rows, subnet_row
from grader.engine.findings import LIMITS, Report, Row, Status

GIB = 1024**3
INFO: dict[str, Any] = {"Driver": "overlay2", "CgroupVersion": "2", "CgroupDriver": "systemd", "SwapLimit": True}
VERSION: dict[str, Any] = {
    "Version": "20.10.24+dfsg1",
    "ApiVersion": "1.41",
    "Components": [{"Name": "runc", "Version": "1.3.3"}],
}
POOL = IPv4Network("10.9.0.0/24")  # sixteen runs


def test_engine_that_is_new_enough_is_ok() -> None:
    """Version, API, storage and control groups are told; nothing is to be done."""
    rows = engine_rows(INFO, VERSION)
    assert {row.status for row in rows} == {Status.OK}
    assert rows[0].measured == "20.10.24+dfsg1, API 1.41, storage overlay2"


@pytest.mark.parametrize(("api", "status"), [("1.40", Status.FAIL), ("1.41", Status.OK), ("1.100", Status.OK)])
def test_api_versions_are_compared_as_numbers(api: str, status: Status) -> None:
    """1.100 is newer than 1.41, and 1.40 too old for our seccomp profile."""
    assert engine_rows(INFO, VERSION | {"ApiVersion": api})[0].status is status


def test_engine_without_limits_on_swap_is_a_warning() -> None:
    """A memory limit that swap goes around is told, with what to do."""
    row = engine_rows(INFO | {"SwapLimit": False}, VERSION)[1]
    assert row.status is Status.WARN
    assert "swap" in row.next_command


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("1.3.3", Status.OK),
        ("1.2.8", Status.OK),
        ("1.4.0", Status.OK),
        ("2.0.0", Status.OK),
        ("1.3.2", Status.WARN),
        ("1.2.7", Status.WARN),
        ("1.1.99", Status.WARN),
        ("1.1.5+ds1", Status.INFO),
        ("1.1.12-0ubuntu2~22.04.1", Status.INFO),
        ("unknown", Status.INFO),
    ],
)
def test_runc_with_a_known_way_out_is_a_warning_unless_a_distribution_keeps_it(version: str, status: Status) -> None:
    """The fixes came in several branches; a distribution puts them into older ones."""
    assert runc_row(version, ["runc"]).status is status


def test_other_runtimes_are_named() -> None:
    """A stronger runtime that is there could be used; the aliases of runc are no news."""
    assert runc_row("1.3.3", ["io.containerd.runc.v2", "runc", "runsc"]).measured == "runc 1.3.3, also runsc"


@pytest.mark.parametrize(
    ("free", "status"), [(100 * GIB, Status.OK), (5 * GIB, Status.OK), (2 * GIB, Status.WARN), (GIB - 1, Status.FAIL)]
)
def test_disk_that_runs_out_is_told_before_it_is_full(free: int, status: Status) -> None:
    """Below 5 GiB a warning, below 1 GiB a failure."""
    assert space_rows(free, None, "/var/lib/docker")[0].status is status


def test_disk_and_memory_that_cannot_be_looked_at_are_not_judged() -> None:
    """An Engine elsewhere has its own disk: that is information."""
    assert [row.status for row in space_rows(None, None, "/x")] == [Status.INFO]
    assert [row.status for row in space_rows(None, GIB // 2, "/x")] == [Status.INFO, Status.WARN]


def test_this_machine_is_not_taken_for_the_engines() -> None:
    """A folder of the same name may well be here, and is not where an Engine elsewhere keeps its images."""
    elsewhere: Any = SimpleNamespace(base_url="http://elsewhere:2375", info=lambda: {"DockerRootDir": "/"})
    assert [row.status for row in _space(elsewhere)] == [Status.INFO]
    here: Any = SimpleNamespace(base_url="http+docker://localhost", info=elsewhere.info)
    assert Status.INFO not in [row.status for row in _space(here)]


@pytest.mark.parametrize(
    ("used", "free"),
    [
        ([], 16),
        (["10.9.0.0/28"], 15),
        (["10.9.0.0/27", "10.9.0.240/30", "172.17.0.0/16"], 13),
        (["10.0.0.0/8"], 0),
        (["10.9.0.128/25"], 8),
    ],
)
def test_free_networks_are_counted_whoever_uses_the_others(used: list[str], free: int) -> None:
    """Larger and smaller networks of others block every place that they overlap."""
    row = subnet_row(POOL, [IPv4Network(text) for text in used])
    assert row.measured == f"{free} of 16 free in 10.9.0.0/24"
    assert row.status is (Status.FAIL if free == 0 else Status.WARN if free < 16 else Status.OK)


def test_missing_images_are_named_in_the_command_that_builds_them() -> None:
    """What is to be typed stands there ready."""
    row = image_row(["base", "tester"], ["tester"])
    assert (row.status, row.next_command) == (Status.FAIL, "grader images build tester")
    assert image_row(["base"], []).status is Status.OK


def test_a_missing_stack_or_service_is_only_a_warning() -> None:
    """Challenges that do not use it can be graded."""
    row = image_row(["base", "stack-cobol"], ["stack-cobol"])
    assert (row.status, row.next_command) == (Status.WARN, "grader images build stack-cobol")


def test_leftovers_are_a_warning_with_the_command_that_removes_them() -> None:
    """A killed run's objects do no harm to the next one."""
    assert leftover_row(0, 0).status is Status.OK
    assert (leftover_row(2, 1).status, leftover_row(2, 1).next_command) == (Status.WARN, "grader prune")


REPORT = Report(
    (
        Row("This machine", "Docker Engine", Status.OK, "29.0", "20.10 or later"),
        Row("This machine", "leftovers", Status.WARN, "2 containers", "none", "grader prune"),
        Row("Measured", "memory", Status.FAIL, "not killed", "killed by the kernel", "docker info"),
    )
)


def test_text_shows_what_was_required_and_the_command_only_where_they_differ() -> None:
    """What is fine is one line; what is not says what was expected and what to type."""
    assert render(REPORT) == (
        "This machine\n"
        "  ✓ Docker Engine    29.0\n"
        "  ! leftovers        2 containers\n"
        "                     expected: none\n"
        "                     > grader prune\n"
        "\n"
        "Measured\n"
        "  ✗ memory           not killed\n"
        "                     expected: killed by the kernel\n"
        "                     > docker info\n"
        "\n"
        "Not ready: 1 of 3 findings must be put right.\n"
    )


def test_text_says_last_which_controls_do_not_bite() -> None:
    """Whoever reads one line of a log knows why the machine was refused."""
    report = Report((Row(LIMITS, "memory", Status.FAIL, "not killed", "", "docker info"),))
    assert render(report).endswith("Not confined, or not seen to be: memory.\n")


def test_text_of_a_machine_that_is_ready_says_so() -> None:
    """Warnings do not keep anybody from grading."""
    assert render(Report(REPORT.rows[:2])).endswith("\nReady to grade.\n")


def test_text_stays_within_the_screen_and_its_characters() -> None:
    """Long findings are wrapped, and a terminal without Unicode gets ASCII signs."""
    report = Report((Row("g", "n", Status.FAIL, "word " * 60, "x"),))
    text = render(report, TextStyle(width=60, unicode=False))
    assert text.isascii()
    assert max(len(line) for line in text.splitlines()) <= 60


def test_json_holds_every_finding_and_the_conclusion() -> None:
    """Programs read the same findings under stable names."""
    document = json.loads(render_json(REPORT))
    assert (document["schema_version"], document["ready"], document["broken_controls"]) == (1, False, [])
    assert document["findings"][1] == {
        "group": "This machine",
        "name": "leftovers",
        "status": "warn",
        "measured": "2 containers",
        "required": "none",
        "next_command": "grader prune",
    }
