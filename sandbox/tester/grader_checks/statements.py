"""Which statements the app ran, from the counters that PostgreSQL keeps (pg_stat_statements)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# What is sent without the app having asked for it, by drivers, pools and object mappers.
_NOT_COUNTED = re.compile(
    r"\s*(begin|start transaction|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate)\b"
    r"|\s*select (\$1|1|pg_catalog\.version\(\)|version\(\)|current_schema\(\))\s*;?\s*$"
    r"|\s*;?\s*$",
    re.IGNORECASE,
)


class Statements:
    """What `db.statements()` yields; filled in at the end of its block."""

    # Counted by user: the suite's own statements are not among them.
    SNAPSHOT = (
        "SELECT s.queryid AS id, s.toplevel AS top, s.query AS text, s.calls AS calls"
        " FROM statistics.pg_stat_statements AS s JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid"
        " WHERE r.rolname = 'app'"
    )

    # How often counters were dropped to make room for those of other statements; there are 5,000.
    DROPPED = "SELECT dealloc FROM statistics.pg_stat_statements_info"

    def __init__(self) -> None:
        """Nothing was counted yet."""
        self.texts: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many statements there were."""
        return len(self.texts)


def difference(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the texts, with `$1` for values, of the statements between two snapshots, each as often as it ran."""
    known = {(row["id"], row["top"]): row["calls"] for row in before}
    texts: list[str] = []
    for row in after:
        if not _NOT_COUNTED.match(row["text"]):
            texts += [row["text"]] * (row["calls"] - known.get((row["id"], row["top"]), 0))
    return tuple(texts)
