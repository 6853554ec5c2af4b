"""What goes into a container, or comes out of it, is cut in the middle by Docker: nobody is judged by half of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.proxy import Fault, Rule
from tests.running import Finished

# Inside a file, and where the archive is whole.
CUTS = (700, 10_240)


@pytest.mark.parametrize("bytes_", CUTS)
def test_submission_that_does_not_arrive_whole(graded: Callable[..., Finished], bytes_: int) -> None:
    """An app without some of its files is never judged, and its author is not told that it does not start."""
    done = graded(Rule(Fault.INPUT_TRUNCATED, "POST", "/containers/app/attach", after_bytes=bytes_))
    assert done.error["message"] == "Docker could not bring the submission into its container"


@pytest.mark.parametrize("bytes_", [100, 3000])
def test_suite_that_does_not_arrive_whole(graded: Callable[..., Finished], bytes_: int) -> None:
    """The challenge's author is not blamed for what the tester did not get."""
    done = graded(Rule(Fault.INPUT_TRUNCATED, "POST", "/containers/tester/attach", after_bytes=bytes_))
    assert done.error["message"] == "Docker lost the connection to the tester"


@pytest.mark.parametrize("bytes_", [0, 1500])
def test_results_that_do_not_arrive(graded: Callable[..., Finished], bytes_: int) -> None:
    """Neither the author nor the learner is blamed for results that were on their way."""
    done = graded(Rule(Fault.TRUNCATED, "POST", "/containers/tester/attach", after_bytes=bytes_))
    assert done.error["message"] == "Docker lost the connection to the tester"


@pytest.mark.parametrize(("nth", "bytes_"), [(1, 0), (2, 50_000), (3, 14)])
def test_output_of_a_command_that_does_not_arrive_whole(graded: Callable[..., Finished], nth: int, bytes_: int) -> None:
    """A check of a command's output, or of a file, does not fail for what Docker lost of it."""
    done = graded(Rule(Fault.TRUNCATED, "POST", "/exec/.*/start", nth=nth, after_bytes=bytes_))
    assert done.code == 5
    assert "output of a command" in done.error["message"]


def test_file_that_does_not_arrive_whole(graded: Callable[..., Finished]) -> None:
    """A file that a suite puts beside the app is there as a whole, or there is no score."""
    assert graded(Rule(Fault.INPUT_TRUNCATED, "POST", "/exec/.*/start", after_bytes=500)).code == 5
