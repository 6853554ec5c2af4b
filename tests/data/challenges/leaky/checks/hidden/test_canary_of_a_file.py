"""CANARY-DOCSTRING-OF-THE-MODULE."""

import logging
import os
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
from canary_helpers import canary_ask, canary_chain
from grader_checks import attempt, expect, fail, that

CANARY_NAME = "CANARY-CONSTANT"  # CANARY-COMMENT
check = pytest.mark.check


def canary_slow():
    time.sleep(30)


@check(points=1, group="told", hint="A hint that is told.")
def test_message(api):
    """A check of which everything is told.

    CANARY-DOCSTRING-OF-A-CHECK

    >>> "CANARY-DOCTEST-OF-A-CHECK"
    """
    canary_local = "CANARY-LOCAL-OF-A-CHECK"
    expect(api.get("/first").status == len(canary_local), "A message that is told.")


@check(points=1, group="told")
def test_shape(api):
    """A shape that does not fit."""
    api.get("/first").expect((200, 500), {"name": that("a name that is told", lambda name: name == "CANARY-WANTED")})


@check(points=1, group="told")
def test_plain(api):
    """A plain assertion."""
    status = api.get("/first").status
    assert {"status": status, "canary": CANARY_NAME} == {"status": 0, "canary": "CANARY-INTROSPECTED"}, "CANARY-ASSERTION"


@check(points=1, group="told")
def test_pytest_fail():
    """A call of pytest.fail."""
    pytest.fail("CANARY-PYTEST-FAIL")


@check(points=1, group="told")
@pytest.mark.parametrize("canary_parameter", ["CANARY-PARAMETER", "other"], ids=["CANARY-ID", "CANARY-OTHER-ID"])
def test_parameters(canary_parameter):
    """A check with parameters."""
    expect(canary_parameter == "other", "A message that is told of parameters.")


@check(points=1, group="told")
def test_output():
    """A check that prints, logs and warns."""
    print("CANARY-PRINTED")
    print("CANARY-ERR", file=sys.stderr)
    os.write(1, b"CANARY-FD-1\n")
    os.write(2, b"CANARY-FD-2\n")
    logging.getLogger("canary").warning("CANARY-LOGGED")
    warnings.warn("CANARY-WARNED", stacklevel=1)
    thread = threading.Thread(target=canary_chain)
    thread.start()
    thread.join()
    fail("A message that is told of output.")


@check(points=1, group="told")
def test_attack(api):
    """An attack that does harm."""
    attempt(
        benign=lambda: api.get("/first").expect((200, 500)),
        exploit=lambda: api.get("/first", params={"q": "CANARY-PAYLOAD"}),
        harm=lambda: "CANARY-HARM" != CANARY_NAME,
    )


@check(points=1, group="told")
def test_error():
    """A check that errs."""
    canary_chain()


@check(points=1, group="told")
def test_exit():
    """A check that exits."""
    sys.exit("CANARY-EXIT")


@check(points=1, group="told")
def test_group():
    """A check that errs twice."""
    raise ExceptionGroup("CANARY-GROUP", [ValueError("CANARY-MEMBER"), fail_later("CANARY-MEMBER-FAILED")])


def fail_later(text):
    try:
        fail(text)
    except AssertionError as error:
        return error


@check(points=1, group="told")
def test_setup(canary_broken_fixture):
    """A fixture that errs."""


@check(points=1, group="told")
def test_teardown(canary_broken_teardown):
    """A fixture that errs at the end."""


@check(points=1, group="told")
def test_unknown_fixture(canary_unknown_fixture):
    """A fixture that is not there."""


@check(points=1, group="told")
def test_skip():
    """A check that skips."""
    pytest.skip("CANARY-SKIP")


@check(points=1, group="told")
@pytest.mark.xfail(reason="CANARY-XFAIL")
def test_xfail():
    """A check that is expected to fail."""
    assert Path("canary.txt").read_text() == ""


@check(points=1, group="told")
@pytest.mark.skipif(True, reason="CANARY-SKIPIF")  # noqa: FBT003
def test_skipif():
    """A check that is skipped."""


@check(points=2, group="levels", hint="A hint that is told at the level hint.", feedback="hint")
def test_hint(api):
    """A check whose hint is told."""
    api.get("/second").expect(418, {"name": "CANARY-SHAPE"}, sent="CANARY-SENT")


@check(points=2, group="levels", feedback="hint")
def test_hint_of_an_attack(api):
    """An attack whose harm is not told."""
    canary_ask(api)


@check(points=2, group="levels", hint="CANARY-HINT", cwe="CANARY-CWE", feedback="title")
def test_title(api):
    """A check whose title is told."""
    api.get("/canary-title").expect(418)


@check(points=2, group="levels", hint="CANARY-SILENT-HINT", cwe="CANARY-SILENT", feedback="silent")
def test_canary_silent(api):
    """CANARY-SILENT-TITLE."""
    api.get("/canary-silent").expect(418)


@check(points=2, group="levels", feedback="silent")
def test_canary_silent_error():
    """CANARY-SILENT-TITLE-OF-AN-ERROR."""
    raise RuntimeError("CANARY-SILENT-ERROR")


@check(points=2, group="levels", feedback="silent")
def test_canary_silent_pass():
    """CANARY-SILENT-TITLE-OF-A-PASS."""


@check(points=2, group="levels", feedback="silent")
def test_canary_silent_crash(api):
    """CANARY-SILENT-TITLE-OF-A-CRASH."""
    api.get("/crash").expect(418)


@check(points=1, group="late")
def test_slow():
    """A check that takes too long."""
    canary_slow()


@check(points=1, group="late", feedback="silent")
def test_canary_slow():
    """CANARY-SILENT-TITLE-OF-A-HANG."""
    canary_slow()


@check(points=1, group="late")
def test_last(api):
    """A request that gets no answer."""
    api.get("/last", timeout_s=0.5).expect(200)
