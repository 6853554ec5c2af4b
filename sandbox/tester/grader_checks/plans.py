"""What PostgreSQL did to answer a query, from `EXPLAIN (ANALYZE, FORMAT JSON)`; never how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]

_BY_INDEX = ("Index ", "Bitmap ")
_FUNCTIONS = frozenset({"Function Scan", "Table Function Scan", "ProjectSet"})


class Plan:
    """The plan of a query that was run: which indexes it used, how many rows it read."""

    def __init__(self, root: Node) -> None:
        """`root` is the object under "Plan"."""
        self.nodes = tuple(_walk(root))

    @property
    def node_types(self) -> tuple[str, ...]:
        """The kinds of its nodes, outermost first: "Sort", "Index Scan", ..."""
        return tuple(node["Node Type"] for node in self.nodes)

    @property
    def index_names(self) -> tuple[str, ...]:
        """The indexes that it used, in the order of the plan."""
        return tuple(node["Index Name"] for node in self.nodes if "Index Name" in node)

    def uses_index(self) -> bool:
        """Tell whether every read went by an index, and there was one."""
        return bool(self._reads) and all(node["Node Type"].startswith(_BY_INDEX) for node in self._reads)

    def rows_read(self) -> int:
        """Return how many rows were looked at, those that a filter then dropped included, or came from functions."""
        kept_and_dropped = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        return int(
            sum(node["Actual Loops"] * sum(node.get(key, 0) for key in kept_and_dropped) for node in self._reads)
        )

    @property
    def _reads(self) -> list[Node]:
        """The nodes that bring in rows, of whatever table: one that is asked for by name may be a view or a decoy."""
        return [
            node
            for node in self.nodes
            if ("Relation Name" in node and "Scan" in node["Node Type"]) or node["Node Type"] in _FUNCTIONS
        ]

    def __repr__(self) -> str:
        """Return the nodes, for an instructor's traceback."""
        return f"<Plan {', '.join(self.node_types)}>"


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", ()):
        yield from _walk(child)
