"""All that a learner gets to see of one grading, in every format, and what of it should not be there."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import asdict

from grader.display import TextStyle, safe_text
from grader.errors import GraderError
from grader.models import Attempt, Audience
from grader.progress import Event, LineProgress, LiveProgress
from grader.reports import Report, formats, get_format
from grader.reports.text import TextReport

_CI_COMMAND = re.compile(r"^\s*(::[A-Za-z][\w-]*(?:[ \t][^\n]*?)?::\S*)|(##(?:\[|vso\[|teamcity\[)\S*)", re.MULTILINE)
# What the format `github` consists of: a part in which no command is obeyed, and one-line commands around it.
_COMMANDS_OFF = re.compile(r"^::stop-commands::(\w+)\n(.*?)\n::\1::$", re.MULTILINE | re.DOTALL)
_OUR_COMMANDS = re.compile(r"^::(?:group|endgroup|(?:error|warning|notice) title=[^\n:,]*)::", re.MULTILINE)
_OUR_SEQUENCES = re.compile(r"\x1b\[[0-9;]*[mK]|\r")
_WIDE = 10_000


class Screen:
    """Takes note of the progress of a grading, as a terminal and a log would show it."""

    def __init__(self) -> None:
        """Nothing was shown yet."""
        self._terminal, self._log = io.StringIO(), io.StringIO()
        self._shows = (LiveProgress(self._terminal, {}), LineProgress(self._log))

    def __call__(self, event: Event, /) -> None:
        """Show `event`."""
        for show in self._shows:
            show(event)

    @property
    def texts(self) -> tuple[str, str]:
        """All that was shown, on the terminal and in the log."""
        return self._terminal.getvalue(), self._log.getvalue()


def shown_to_learner(outcome: Attempt | GraderError, screen: Screen) -> tuple[str, ...]:
    """Return every text that a learner can get: each report, wrapped and not, the words in them, the progress."""
    reports: list[Report] = [get_format(name) for name in formats()]
    reports += [TextReport(TextStyle(width=width)) for width in (80, _WIDE)]
    if isinstance(outcome, Attempt):
        texts = [report.render(outcome, Audience.LEARNER) for report in reports]
        texts.append("\n".join(_strings(asdict(outcome.grade_for(Audience.LEARNER)))))
    else:
        texts = [report.render_error(outcome, Audience.LEARNER) for report in reports]
        texts.append("\n".join([outcome.message, outcome.hint, *map(str, outcome.problems)]))
    return (*texts, *screen.texts)


def unsafe_in(outcome: Attempt | GraderError, screen: Screen) -> tuple[str, ...]:
    """Return what a terminal, an eye or a CI system would be misled by in a learner's reports and in the progress."""
    reports = dict(zip(formats(), shown_to_learner(outcome, screen), strict=False))
    reports["github"] = _without_our_commands(reports["github"])
    found: list[str] = []
    for text in (_OUR_SEQUENCES.sub("", text) for text in (*reports.values(), *screen.texts)):
        safe = safe_text(text, limit_chars=2 * len(text) + 1, keep_newlines=True)
        if safe != text:
            found += [line for line in text.splitlines() if line not in safe]
        found += [match[1] or match[2] for match in _CI_COMMAND.finditer(text)]
    return tuple(dict.fromkeys(found))


def _without_our_commands(text: str) -> str:
    """Return a report in the format `github` without its own commands; what they carry, and what they quote, stays."""
    quoted = "\n".join(match[2] for match in _COMMANDS_OFF.finditer(text))
    return _OUR_COMMANDS.sub("", _COMMANDS_OFF.sub("", text)) + quoted


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
