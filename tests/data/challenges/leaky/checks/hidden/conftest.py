"""CANARY-IN-CONFTEST."""

import pytest


def pytest_runtest_setup(item):
    print(f"CANARY-IN-HOOK {item.nodeid}")


@pytest.fixture(autouse=True)
def canary_of_every_check():
    print("CANARY-IN-AUTOUSE-FIXTURE")
    yield "CANARY-YIELDED"
    print("CANARY-IN-TEARDOWN")


@pytest.fixture
def canary_broken_fixture():
    raise RuntimeError("CANARY-IN-FIXTURE-ERROR")


@pytest.fixture
def canary_broken_teardown():
    yield
    raise RuntimeError("CANARY-IN-TEARDOWN-ERROR")
