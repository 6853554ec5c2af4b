"""The events that a tester sends, as validated values (sandbox/PROTOCOL.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.errors import ChallengeError
from grader.models import Check, FeedbackLevel, Outcome

VERSION = 1
MAX_CHECKS, MAX_POINTS = 1000, 10_000
MAX_CHARS = {"id": 200, "title": 500, "group": 100, "hint": 2000, "cwe": 20}
"""What a suite may declare; the tester and `grader lint` say the same, with the name of the check."""


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeclaredCheck(_Event):
    """One check of the suite, as its author declared it."""

    id: str = Field(min_length=1, max_length=MAX_CHARS["id"])
    title: str = Field(min_length=1, max_length=MAX_CHARS["title"])
    points: int = Field(ge=1, le=MAX_POINTS)
    group: str = Field(min_length=1, max_length=MAX_CHARS["group"])
    hint: str = Field(max_length=MAX_CHARS["hint"])
    cwe: str = Field(max_length=MAX_CHARS["cwe"])
    feedback: FeedbackLevel | None

    def as_check(self, level: FeedbackLevel | None) -> Check:
        """Return the check in the words of the rest of the program.

        `level` is for one that declares none itself; with None everything is told, whatever it declares.
        """
        told = FeedbackLevel.MESSAGE if level is None else self.feedback or level
        return Check(**self.model_dump(exclude={"feedback"}), feedback_level=told)


class Collected(_Event):
    """The suite's checks, in order."""

    type: Literal["collected"]
    checks: tuple[DeclaredCheck, ...] = Field(min_length=1, max_length=MAX_CHECKS)


class Broken(_Event):
    """The suite cannot be collected."""

    type: Literal["broken"]
    problems: tuple[str, ...]


class Ready(_Event):
    """The app answered."""

    type: Literal["ready"]
    after_s: float


class Unready(_Event):
    """The app did not answer within its start deadline."""

    type: Literal["unready"]
    reason: str


class Started(_Event):
    """A check began."""

    type: Literal["started"]
    id: str


class Finished(_Event):
    """A check ended."""

    type: Literal["finished"]
    id: str
    outcome: Outcome
    feedback: str
    detail: str
    node: str
    duration_s: float


class Request(_Event):
    """A fixture asks the host to act."""

    type: Literal["request"]
    operation: str
    arguments: dict[str, Any]


class Ended(_Event):
    """The tester has nothing more to say."""

    type: Literal["ended"]


Event = Collected | Broken | Ready | Unready | Started | Finished | Request | Ended

_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


def parse_event(message: dict[str, Any]) -> Event:
    """Return the event that `message` is; raises `ChallengeError` (a suite tampers with the channel)."""
    try:
        return _EVENTS.validate_python(message)
    except ValidationError as error:
        raise ChallengeError(
            "the suite's process sent something that is not an event",
            hint="see sandbox/PROTOCOL.md",
            detail=str(error),
        ) from error
