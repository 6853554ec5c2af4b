"""Services: what their manifests may say, and what one run makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import ChallengeError, SandboxError
from grader.paths import sandbox_dir
from grader.recipes import image_names
from grader.services import app_environment, load_services, use_services

MANIFEST = """
schema_version = 1
title = "A store"
version = "3"
port = 4000
data_dir = "/data"
data_mib = 10
memory_mib = 64
app_variable = "STORE_URL"
app_url = "store://app:{app_password}@{host}:{port}/x"
suite_url = "store://suite:{suite_password}@{host}:{port}/x"
"""


def services_folder(root: Path, **manifests: str) -> Path:
    """Write the services of a `sandbox` folder: name -> manifest."""
    for name, text in manifests.items():
        (root / "services" / name).mkdir(parents=True)
        (root / "services" / name / "service.toml").write_text(text, encoding="utf-8")
    return root


def test_manifest_becomes_a_service(tmp_path: Path) -> None:
    """Every key is in the service, sizes in bytes; its name is its folder's."""
    service = load_services(services_folder(tmp_path, store=MANIFEST))["store"]
    assert (service.name, service.title, service.version, service.port) == ("store", "A store", "3", 4000)
    assert (service.data_dir, service.data_bytes, service.memory_bytes) == ("/data", 10 * 1024**2, 64 * 1024**2)
    assert service.image == "service-store"


def test_use_fills_in_the_urls(tmp_path: Path) -> None:
    """Host, port and the right one of two random passwords are in each URL; the app gets its own only."""
    sandbox = services_folder(tmp_path, store=MANIFEST)
    (use,) = use_services({"things": "store"}, sandbox)
    assert use.app_url == f"store://app:{use.app_password}@things:4000/x"
    assert use.suite_url == f"store://suite:{use.suite_password}@things:4000/x"
    assert app_environment([use]) == {"STORE_URL": use.app_url}
    (other,) = use_services({"things": "store"}, sandbox)
    assert len({use.app_password, use.suite_password, other.app_password, other.suite_password}) == 4
    assert min(len(password) for password in (use.app_password, use.suite_password)) >= 32


def test_uses_keep_the_order_of_the_manifest(tmp_path: Path) -> None:
    """Addresses are given out in this order."""
    second = MANIFEST.replace("STORE_URL", "SECOND_URL")
    sandbox = services_folder(tmp_path, store=MANIFEST, another=second)
    assert [use.host for use in use_services({"z": "store", "a": "another"}, sandbox)] == ["z", "a"]


def test_no_services_need_no_folder(tmp_path: Path) -> None:
    """A challenge without services does not even read them."""
    assert use_services({}, tmp_path) == ()
    assert load_services(tmp_path) == {}


def test_unknown_service_is_the_authors(tmp_path: Path) -> None:
    """The message lists those that there are."""
    with pytest.raises(ChallengeError, match="no service 'shop': the services are store"):
        use_services({"db": "shop"}, services_folder(tmp_path, store=MANIFEST))


def test_two_services_cannot_share_a_variable(tmp_path: Path) -> None:
    """The app would see one of them only."""
    with pytest.raises(ChallengeError, match="STORE_URL"):
        use_services({"a": "store", "b": "store"}, services_folder(tmp_path, store=MANIFEST))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("port = 4000", "port = 80", "port"),
        ('data_dir = "/data"', 'data_dir = "data"', "data_dir"),
        ("{host}", "{server}", "app_url"),
        ("{suite_password}", "{suite_password", "suite_url"),
        ("STORE_URL", "store-url", "app_variable"),
        ("schema_version = 1", "schema_version = 2", "schema_version"),
        ("data_mib = 10", "data_mib = 10\ncolour = 1", "colour"),
    ],
)
def test_mistake_is_told_with_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    """A manifest that cannot work is refused before anything is started."""
    with pytest.raises(SandboxError) as caught:
        load_services(services_folder(tmp_path, store=MANIFEST.replace(old, new, 1)))
    assert any(problem.where.endswith(f"service.toml: {key}") for problem in caught.value.problems)


def test_shipped_services_can_be_read_and_have_an_image() -> None:
    """Every service of the grader has a valid manifest and a Dockerfile, and fits into its memory."""
    services = load_services()
    assert "postgres" in services
    assert {service.image for service in services.values()} <= set(image_names())
    folders = {path.name for path in (sandbox_dir() / "services").iterdir() if path.is_dir()}
    assert folders == set(services)
    for service in services.values():
        assert service.data_bytes + 64 * 1024**2 < service.memory_bytes
