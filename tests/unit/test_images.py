"""Images: which sources make which reference, in which order they are built, and what is told when a build fails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.engine.images import TAIL_LINES, _failure, _Output
from grader.engine.network_access import ca_bundle, proxy_settings
from grader.errors import SandboxError, UsageError
from grader.recipes import build_order, find_recipe, image_names, image_ref, recipes

ON_BASE = "ARG PARENT=grader/base\nFROM ${PARENT}\n"


def sandbox_folder(root: Path, files: Mapping[str, str]) -> Path:
    """Write a `sandbox` folder: relative path -> content."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A `sandbox` folder with a base, a tester, a service and two stacks, of which one stands on the other."""
    return sandbox_folder(
        tmp_path,
        {
            "PROTOCOL.md": "not an image",
            "base/Dockerfile": "ARG PARENT=debian:trixie-slim\nFROM ${PARENT}\n",
            "base/launch": "#!/bin/sh\n",
            "tester/Dockerfile": ON_BASE,
            "tester/checks/a.py": "a = 1\n",
            "services/postgres/Dockerfile": ON_BASE,
            "stacks/python/Dockerfile": ON_BASE,
            "stacks/django/Dockerfile": "ARG PARENT=grader/stack-python\nFROM ${PARENT}\n",
        },
    )


def test_folders_make_the_names(sandbox: Path) -> None:
    """A folder is an image, one in `stacks` or `services` with that word before its name."""
    assert image_names(sandbox) == ["base", "service-postgres", "stack-django", "stack-python", "tester"]


def test_shipped_images_are_found() -> None:
    """The grader's own folders make its own images, and all of them stand on base."""
    assert {"base", "tester", "stack-python"} <= set(image_names())
    assert [name for name, recipe in recipes().items() if recipe.parent_name is None] == ["base"]


def test_reference_follows_from_the_sources_alone(sandbox: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same files elsewhere have the same reference: 12 hex digits after the name."""
    copy = sandbox_folder(
        tmp_path_factory.mktemp("copy"),
        {str(path.relative_to(sandbox)): path.read_text() for path in sandbox.rglob("*") if path.is_file()},
    )
    assert image_ref("tester", sandbox) == image_ref("tester", copy)
    name, _, tag = image_ref("tester", sandbox).partition(":")
    assert name == "grader/tester"
    assert len(tag) == 12
    assert int(tag, 16) >= 0


@pytest.mark.parametrize(
    ("changed", "touched"),
    [
        ("base/launch", {"base", "tester", "service-postgres", "stack-python", "stack-django"}),
        ("tester/checks/a.py", {"tester"}),
        ("tester/checks/new.py", {"tester"}),
        ("stacks/python/Dockerfile", {"stack-python", "stack-django"}),
        ("tester/checks/__pycache__/a.pyc", set()),
        ("PROTOCOL.md", set()),
    ],
)
def test_a_changed_file_changes_its_image_and_what_stands_on_it(sandbox: Path, changed: str, touched: set[str]) -> None:
    """Nothing else changes, and what tools leave behind changes nothing."""
    before = {name: image_ref(name, sandbox) for name in image_names(sandbox)}
    (sandbox / changed).parent.mkdir(exist_ok=True)
    with (sandbox / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert {name for name in before if image_ref(name, sandbox) != before[name]} == touched


def test_moving_text_between_files_changes_the_reference(sandbox: Path) -> None:
    """Names and contents are told apart in the digest."""
    before = image_ref("tester", sandbox)
    (sandbox / "tester/checks/a.py").rename(sandbox / "tester/checks/b.py")
    assert image_ref("tester", sandbox) != before


def test_parents_are_built_first_and_once(sandbox: Path) -> None:
    """Asking for images brings everything that they stand on, in an order in which it can be built."""
    order = [recipe.name for recipe in build_order(["stack-django", "tester", "stack-python"], sandbox)]
    assert order == ["base", "stack-python", "stack-django", "tester"]


def test_unknown_name_is_answered_with_a_near_one(sandbox: Path) -> None:
    """A mistyped image is a usage error that lists the images and suggests one."""
    for call in (find_recipe, image_ref):
        with pytest.raises(UsageError, match="stack-pyton") as caught:
            call("stack-pyton", sandbox)
        assert caught.value.hint == "grader images build stack-python"
    with pytest.raises(UsageError):
        build_order(["nothing-like-it"], sandbox)


@pytest.mark.parametrize(
    ("dockerfile", "message"),
    [
        ("FROM debian\n", "does not say what it stands on"),
        ("ARG PARENT=grader/gone\n", "its parent is grader/gone, and there is none"),
        ("ARG PARENT=grader/tester\n", "its parent is grader/tester, and stands on itself"),
    ],
)
def test_dockerfile_without_a_usable_parent_is_told(sandbox: Path, dockerfile: str, message: str) -> None:
    """No parent, a missing one and a circle are errors that name the file."""
    (sandbox / "tester/Dockerfile").write_text(dockerfile, encoding="utf-8")
    with pytest.raises(SandboxError, match=message) as caught:
        image_ref("tester", sandbox)
    assert str(sandbox / "tester/Dockerfile") in caught.value.message


def test_steps_are_reported_and_the_end_of_the_output_is_kept() -> None:
    """A step of the Dockerfile is one short line of progress; lines are put together again and lose their colours."""
    told: list[str] = []
    output = _Output("base", told.append)
    stream = [
        "Step 2/9 : RUN apt-get   update \n",
        " ---> Running in 1\n",
        "\x1b[91mW:\x1b[0m",
        "\x1b[91m no net\n\x1b[0m",
    ]
    for text in (*stream, "Step 3/9 : RUN " + "x" * 200 + "\n", "unfinished"):
        output.take({"stream": text})
    output.take({"error": "it failed", "errorDetail": {}})
    assert told[0] == "base: 2/9 RUN apt-get update"
    assert [len(line) for line in told] == [28, 100]
    assert list(output.tail)[1:] == ["W: no net", "Step 3/9 : RUN " + "x" * 200, "unfinished", "it failed"]


def test_only_the_end_of_long_output_is_kept() -> None:
    """A build that prints a million lines costs no memory to speak of."""
    output = _Output("base", lambda _: None)
    for number in range(10_000):
        output.take({"stream": f"line {number}\n"})
    assert len(output.tail) == TAIL_LINES
    assert output.tail[-1] == "line 9999"


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("E: Temporary failure resolving 'mirror.example'", "the network did not answer"),
        ("Failed to establish a new connection: [Errno 111] Connection refused", "the network did not answer"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate is not trusted"),
        ("write /usr/lib/x: no space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "could not be built: returned a non-zero code"),
    ],
)
def test_failed_build_tells_its_cause(sandbox: Path, output: str, cause: str) -> None:
    """What is outside the image is told from a fault of it; the output and the next command are always there."""
    error = _failure(find_recipe("tester", sandbox), "returned a non-zero code: 1", ["Step 4/9", output])
    assert cause in error.message
    assert output in error.message
    assert error.hint.endswith("-m grader images build tester")


def test_ca_bundle_is_the_one_that_a_variable_names(tmp_path: Path) -> None:
    """The first variable that is set counts; empty ones do not."""
    (tmp_path / "one.pem").write_bytes(b"one")
    (tmp_path / "two.pem").write_bytes(b"two")
    assert ca_bundle({"SSL_CERT_FILE": "", "PIP_CERT": str(tmp_path / "two.pem")}) == b"two"
    both = {"PIP_CERT": str(tmp_path / "two.pem"), "SSL_CERT_FILE": str(tmp_path / "one.pem")}
    assert ca_bundle(both) == b"one"


def test_unreadable_ca_bundle_is_the_operators_fault(tmp_path: Path) -> None:
    """The error names the variable and the path."""
    with pytest.raises(SandboxError, match=r"PIP_CERT names the CA bundle .*gone\.pem"):
        ca_bundle({"PIP_CERT": str(tmp_path / "gone.pem")})


def test_proxies_are_taken_in_either_spelling() -> None:
    """Only proxy variables that are set reach a build."""
    environment = {"HTTPS_PROXY": "http://p:1", "no_proxy": "localhost", "HTTP_PROXY": "", "HOME": "/root"}
    assert proxy_settings(environment) == {"HTTPS_PROXY": "http://p:1", "no_proxy": "localhost"}
