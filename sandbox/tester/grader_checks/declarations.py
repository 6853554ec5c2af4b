"""From collected pytest items to the checks they declare: one a test function, its parametrized items together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

KEYWORDS = ("points", "group", "hint", "cwe", "feedback")
FEEDBACK_LEVELS = ("message", "hint", "title", "silent")
MAX_CHECKS, MAX_POINTS = 1000, 10_000
MAX_CHARS = {"id": 200, "title": 500, "group": 100, "hint": 2000, "cwe": 20}
"""What the host takes, which would name no check."""


@dataclass(slots=True)
class DeclaredCheck:
    """One check, as its marker and docstring declare it, with the pytest items that must all pass."""

    id: str
    title: str
    points: int
    group: str
    hint: str
    cwe: str
    feedback: str | None
    node: str
    items: list[pytest.Item] = field(default_factory=list)

    def as_message(self) -> dict[str, Any]:
        """Return what the host is told: words that the author wrote for learners, and how many of them they may see."""
        return {name: getattr(self, name) for name in ("id", "title", *KEYWORDS)}


def declare(items: list[pytest.Item]) -> tuple[list[DeclaredCheck], list[str]]:
    """Return the declared checks in the order of the suite, and every problem of their declarations."""
    checks: dict[str, DeclaredCheck] = {}
    problems: list[str] = []
    for item in items:
        node = item.nodeid.split("[")[0]
        id_ = _check_id(item)
        known = checks.get(id_)
        if known is None:
            check, found = _declare_one(item, id_, node)
            problems += found
            checks[id_] = check
            known = check
        elif known.node != node:
            problems.append(f"{node}: its check id {id_!r} is taken by {known.node}; rename one of the functions")
        known.items.append(item)
    if len(checks) > MAX_CHECKS:
        problems.append(f"the suite has {len(checks):,} checks, at most {MAX_CHECKS:,}")
    return list(checks.values()), problems


def _check_id(item: pytest.Item) -> str:
    name = getattr(item, "originalname", None) or item.name.split("[")[0]
    return str(name).removeprefix("test_").replace("_", "-")


def _declare_one(item: pytest.Item, id_: str, node: str) -> tuple[DeclaredCheck, list[str]]:
    problems: list[str] = []
    mark = item.get_closest_marker("check")
    values: dict[str, Any] = dict(mark.kwargs) if mark is not None else {}
    if mark is None:
        problems.append(f"{node}: no @pytest.mark.check(points=..., group=...)")
    elif mark.args:
        problems.append(f"{node}: mark.check takes keywords only")
    points, group = values.pop("points", 0), values.pop("group", "")
    hint, cwe = values.pop("hint", ""), values.pop("cwe", "")
    feedback = values.pop("feedback", None)
    title = ((getattr(item, "function", None) and item.function.__doc__) or "").strip().split("\n")[0].strip()  # type: ignore[attr-defined]
    if mark is not None:
        if not isinstance(points, int) or isinstance(points, bool) or not 1 <= points <= MAX_POINTS:
            problems.append(f"{node}: points={points!r}, expected a whole number from 1 to {MAX_POINTS:,}")
        if not isinstance(group, str) or not group:
            problems.append(f"{node}: group={group!r}, expected the name of the check's group")
        for name, value in (("hint", hint), ("cwe", cwe)):
            if not isinstance(value, str):
                problems.append(f"{node}: {name}={value!r}, expected text")
        if feedback is not None and feedback not in FEEDBACK_LEVELS:
            problems.append(f"{node}: feedback={feedback!r}, expected one of {', '.join(FEEDBACK_LEVELS)}")
        problems += [f"{node}: mark.check has no keyword {name!r}" for name in values]
    if not title:
        problems.append(f"{node}: no docstring; its first line is the title that the learner reads")
    check = DeclaredCheck(
        id=id_,
        title=title,
        points=points,
        group=str(group),
        hint=str(hint),
        cwe=str(cwe),
        feedback=feedback,
        node=node,
    )
    sizes = {name: len(getattr(check, name)) for name in MAX_CHARS}
    problems += [
        f"{node}: {name} has {chars:,} characters, at most {MAX_CHARS[name]:,}"
        for name, chars in sizes.items()
        if chars > MAX_CHARS[name]
    ]
    return check, problems
