"""What Podman is asked for in the place of what its Docker-compatible socket refuses or ignores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.engine.doctor import engine_rows
from grader.engine.findings import Status
from grader.engine.hardening import Hardening, Tmpfs, host_config
from grader.engine.podman import host_config_for_podman, images_named_by_us, is_podman
from grader.paths import sandbox_dir

MIB = 1024**2
INFO: dict[str, Any] = {"Driver": "overlay", "CgroupVersion": "2", "CgroupDriver": "systemd", "SwapLimit": True}
VERSION: dict[str, Any] = {
    "Version": "5.4.2",
    "ApiVersion": "1.41",
    "Components": [
        {"Name": "Podman Engine", "Version": "5.4.2"},
        {"Name": "OCI Runtime (crun)", "Version": "crun version 1.21\ncommit: 1"},
    ],
}
SPEC = Hardening(
    memory_bytes=64 * MIB,
    cpus=1,
    pids=8,
    network="grader-1",
    tmpfs={"/app": Tmpfs(MIB, 7, 7, executable=True), "/tmp": Tmpfs(MIB, 7, 7, inodes=9)},
)
VOLUMES = {"/app": {"Name": "one", "Mountpoint": "/at/one"}, "/tmp": {"Name": "two", "Mountpoint": "/at/two"}}


def asked(**changes: Any) -> dict[str, Any]:
    """Return what Podman is asked for a container of ours."""
    return host_config_for_podman(host_config(SPEC) | changes, VOLUMES)


def test_podman_is_told_by_its_component() -> None:
    """Docker has other ones, and an answer without any is not Podman's."""
    assert is_podman(VERSION)
    assert not is_podman({"Components": [{"Name": "Engine"}]})
    assert not is_podman({})


def test_every_limit_goes_to_podman_as_it_goes_to_docker() -> None:
    """Only what is said otherwise differs: profile, folders, IPv6."""
    differing = {name for name, value in host_config(SPEC).items() if asked().get(name) != value}
    assert differing == {"SecurityOpt", "Tmpfs", "Binds", "ExtraHosts"}


def test_seccomp_profile_goes_as_the_path_of_the_same_profile() -> None:
    """The text is what Docker takes, and the file is where it comes from."""
    assert asked()["SecurityOpt"] == ["no-new-privileges:true", f"seccomp={sandbox_dir() / 'seccomp.json'}"]


def test_profile_that_is_not_ours_is_left_alone() -> None:
    """What is asked for without a filter gets none."""
    assert asked(SecurityOpt=["seccomp=unconfined"])["SecurityOpt"] == ["seccomp=unconfined"]


def test_folders_in_memory_are_volumes_and_run_programs_only_where_they_may() -> None:
    """`/tmp`, which Podman covers, is reached by what its volume is made of."""
    assert asked()["Binds"] == [
        "one:/app:rw,nocopy,nosuid,nodev,exec",
        "two:/mnt:ro,nocopy,nosuid,nodev,noexec",
        "/at/two:/tmp:rw,nosuid,nodev,noexec",
    ]


def test_folders_that_podman_opens_beside_a_read_only_root_are_closed() -> None:
    """It would make them writable, without a limit."""
    closed = asked()["Tmpfs"]
    assert set(closed) == {"/run", "/var/tmp", "/sys/fs/cgroup"}
    assert all(options.startswith("ro,") for options in closed.values())
    assert asked(ReadonlyRootfs=False)["Tmpfs"] == {}


def test_names_that_podman_gives_the_host_lead_nowhere() -> None:
    """Beside the names that we give."""
    app = host_config(replace(SPEC, hosts={"app": "10.213.0.2"}))["ExtraHosts"]
    names = ["host.containers.internal:127.0.0.1", "host.docker.internal:127.0.0.1"]
    assert asked(ExtraHosts=app)["ExtraHosts"] == ["app:10.213.0.2", *names]


def test_container_has_no_ipv6_unless_its_network_is_the_hosts() -> None:
    """Podman gives every interface a link-local address; the host's own settings are not ours to change."""
    assert set(asked()["Sysctls"].values()) == {"1"}
    assert asked(NetworkMode="host")["Sysctls"] == {}


def test_images_have_the_names_that_we_gave_them() -> None:
    """No registry that we never named; asked for by name, no name of another repository, lest that one be removed."""
    names = ["localhost/grader/a:1", "docker.io/grader/a:1", "docker.io/grader/b:2", "quay.io/other/c:3"]
    images: list[dict[str, Any]] = [{"Id": "x", "RepoTags": names}, {"Id": "y", "RepoTags": None}]
    assert [image["RepoTags"] for image in images_named_by_us(images)] == [
        ["grader/a:1", "grader/b:2", "quay.io/other/c:3"],
        [],
    ]
    assert [image["RepoTags"] for image in images_named_by_us(images, "grader/b")] == [["grader/b:2"], []]


def test_doctor_says_that_it_is_podman_and_whether_it_is_new_enough() -> None:
    """What makes its containers is told too, and not judged by the numbers of runc."""
    engine, _, runtime = engine_rows(INFO, VERSION)
    assert engine.status is Status.WARN
    assert engine.measured.startswith("this is Podman 5.4.2, API 1.41, storage overlay")
    assert (runtime.status, runtime.measured) == (Status.INFO, "crun version 1.21")
    assert engine_rows(INFO, VERSION | {"Version": "4.3.1"})[0].status is Status.FAIL
