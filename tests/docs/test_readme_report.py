"""The report in the README is one that the program writes."""

from __future__ import annotations

import re

from tests.docs.pages import README, blocks
from tests.running import Command

LEFT_OUT = "[...]"
CALL = "$ grader grade todo-api --solution wrong-in-memory"

# What differs from run to run, or with any change of the submission.
_VARIES = (
    (r"/todos/\d+", "/todos/N"),
    (r"submission [0-9a-f]{12}", "submission DIGEST"),
    (r"\d+\.\d s$", "N s"),
)


def test_report_in_the_readme_is_real(run_grader: Command) -> None:
    """Graded again with the seed that it names, the submission gets the report of the README, line by line."""
    shown = next(block.text for block in blocks(README) if block.text.startswith(CALL)).splitlines()[1:]
    seed = re.search(r"--seed (\d+)", shown[-1])
    assert seed
    ended = run_grader(*CALL.split()[2:], "--seed", seed[1])
    assert ended.code == 1, ended.err
    real = steady(ended.out.splitlines())
    place = 0
    for passage in passages(steady(shown)):
        assert passage in windows(real[place:], len(passage)), "\n".join(passage)
        place += windows(real[place:], len(passage)).index(passage) + len(passage)
    assert place == len(real)


def steady(lines: list[str]) -> list[str]:
    """Return the lines without what varies, and without empty ones."""
    text = "\n".join(filter(str.strip, lines))
    for pattern, word in _VARIES:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return text.splitlines()


def passages(lines: list[str]) -> list[list[str]]:
    """Return the runs of lines between those that say that something is left out."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line == LEFT_OUT:
            found.append([])
        else:
            found[-1].append(line)
    return found


def windows(lines: list[str], size: int) -> list[list[str]]:
    """Return every `size` lines that stand together."""
    return [lines[start : start + size] for start in range(len(lines) - size + 1)]
