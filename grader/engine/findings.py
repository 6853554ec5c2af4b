"""What `grader doctor` found, as values. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

PLACE = "This machine"
LIMITS = "What a container may do (measured)"
REACH = "What a container can reach (measured)"
SWAP, RUNTIME = "control groups", "runtime"


class Status(StrEnum):
    """What a finding means: `fail` must be put right before anything is graded, `warn` should be."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding: what was measured, what was required, and the next command if the two differ."""

    group: str
    name: str
    status: Status
    measured: str
    required: str = ""
    next_command: str = ""

    @property
    def is_control(self) -> bool:
        """Whether this is about what confines a container, and not about room or comfort."""
        return self.group in {LIMITS, REACH} or (self.group == PLACE and self.name in {SWAP, RUNTIME})


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, in the order in which to read them."""

    rows: tuple[Row, ...]

    @property
    def failed(self) -> bool:
        """Whether anything must be put right before grading."""
        return any(row.status is Status.FAIL for row in self.rows)

    @property
    def exit_code(self) -> int:
        """0, or 5 as for every `SandboxError`."""
        return 5 if self.failed else 0

    @property
    def broken_controls(self) -> tuple[str, ...]:
        """The names of the controls that do not bite."""
        return tuple(row.name for row in self.rows if row.is_control and row.status is Status.FAIL)

    def strict(self) -> Report:
        """Return the same findings, where a control that was not seen to bite counts as one that does not."""
        return Report(
            tuple(
                replace(row, status=Status.FAIL) if row.is_control and row.status is Status.WARN else row
                for row in self.rows
            )
        )
